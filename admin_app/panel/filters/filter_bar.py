"""The bar above a list: the chips of its filters, and the filter form, even while it is being built."""

from __future__ import annotations

from typing import cast

from flask import request

from admin_app.panel.access.access import Access
from admin_app.panel.filters.declared import filters_shown
from admin_app.panel.filters.filter_form import BUILD, FormGroup, form_of, sent_form
from admin_app.panel.filters.filter_rows import FilterRows
from admin_app.panel.filters.one_filter import ALL, asked, asking_url, edited, editing_url, one_filter
from admin_app.panel.filters.promoted import promoted_filters
from admin_app.panel.filters.view_models import Chip, FilterBar
from admin_app.panel.links import ListLinks
from admin_app.panel.operators.base import Operator
from admin_app.panel.view_models import Link
from admin_app.selection.conditions import Condition, Member, reader_of
from admin_app.selection.selection import ALONE, TOO, Selection


def sent_filters(access: Access, selection: Selection) -> tuple[Selection, FormGroup | None]:
    """Add the filters that the form sent; return the form too if it is still being built."""
    form = sent_form(request.args, filters_shown(access))
    members = [*selection.filters, *form.members(reader_of(selection.schema))]
    return selection.with_filters(members), form if request.args.get(BUILD) else None


def filter_bar(
    access: Access, selection: Selection, links: ListLinks, identity: str, form: FormGroup | None
) -> FilterBar | None:
    """Build the chips of the active filters, and the form; None if the list has no filters."""
    by_name = filters_shown(access)
    if not by_name:
        return None
    names = tuple(by_name)
    rows = FilterRows(access, identity)
    here = links.to(selection.unticked().changed())
    return FilterBar(
        chips=(
            *_archive_chip(access, selection, links),
            *(_chip(member, selection, links) for member in selection.filters),
        ),
        fields=tuple((name, by_name[name][0].name) for name in names),
        group=rows.group(form or form_of(selection.filters), fill=names),
        suggestions=rows.suggestions,
        hidden=tuple(links.hidden(selection.unticked().changed(conditions=(), groups=()))),
        state=tuple(links.hidden(selection.unticked().changed())),
        clear_url=links.to(selection.cleared()),
        is_open=form is not None or bool(selection.problems) or asked() == ALL,
        promoted=tuple(promoted_filters(rows, selection, links)),
        field_links=tuple(Link(by_name[name][0].name, asking_url(here, name)) for name in names),
        all_url=asking_url(here, ALL),
        one=one_filter(rows, selection, links),
    )


def _archive_chip(access: Access, selection: Selection, links: ListLinks) -> tuple[Chip, ...]:
    """Return a chip that says that archived records are shown, and leads back to the others."""
    words = {TOO: "Archived too", ALONE: f"Archived {access.resource.nouns}"}
    if selection.archived not in words:
        return ()
    return (Chip(words[selection.archived], links.to(selection.unticked().changed(archived=""))),)


def _chip(member: Member, selection: Selection, links: ListLinks) -> Chip:
    remove_url = links.to(selection.without(member))
    if member.problem:
        bad = [condition for condition in member.conditions() if condition.problem]
        words = " or ".join(_as_typed(condition) for condition in member.conditions())
        return Chip(words, remove_url, " ".join(condition.problem for condition in bad))
    edit_url = editing_url(links.to(selection.unticked().changed()), member)
    return Chip(member.sentence(), remove_url, edit_url=edit_url, is_edited=member is edited(selection))


def _as_typed(condition: Condition) -> str:
    operator = cast("Operator", condition.filter)
    return f"{operator.name} {operator.words} “{condition.text}”"
