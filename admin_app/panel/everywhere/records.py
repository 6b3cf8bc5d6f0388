"""The records that a search finds in one resource: exact matches, and the first records of its list."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from admin_app import formatting
from admin_app.db.attributes import name_of
from admin_app.db.keys import print_key
from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.domain.records.lookup import EVERYTHING, VisibleScope, find_unique, naming_columns
from admin_app.extensions import db
from admin_app.formatting import folded
from admin_app.panel.access.access import Access
from admin_app.panel.everywhere.view_models import Found, Group
from admin_app.panel.links import link, list_links, record_url
from admin_app.panel.list.selections import of_number, plain_selection
from admin_app.panel.list.table import load_options
from admin_app.panel.record_cells import value_of
from admin_app.selection.paging.pages import Page, page_of
from admin_app.selection.search.passages import Piece, has_hit, passage_of, pieces_of
from admin_app.selection.search.search import terms_of
from admin_app.selection.selection import SEARCH, Selection

# The most records of each resource; its list has the rest.
MOST_RECORDS = 5
# The separators between a resource's name and a record's number.
_BETWEEN = " /#"


def exactly(access: Access, text: str) -> list[Found]:
    """Return the records of a resource that a search identifies by their id or a unique value."""
    model = access.resource.model
    names = access.shown(name_of(model, column) for column in naming_columns(model, EVERYTHING))
    scope = VisibleScope(access.rows(Action.LIST), names, access.archived())
    numbered = of_number(searching(access, _behind_name(access, text)))
    both = (numbered, find_unique(db.session, model, text, visible_scope=scope))
    found = {record.id: record for record in both if record is not None}
    return [_named(access, record, terms_of(text)) for record in found.values()]


def _behind_name(access: Access, text: str) -> str:
    """Return "3890" from "post 3890", "post/3890" and "Posts #3890": people and addresses write these."""
    resource, typed = access.resource, text.strip("/")
    for name in (resource.nouns, resource.noun, resource.endpoint):
        behind = typed[len(name) :]
        if folded(typed).startswith(folded(name)) and behind[:1] in _BETWEEN:
            return behind.strip(_BETWEEN)
    return text


def searching(access: Access, text: str) -> Selection:
    """Return the resource's own list with this search."""
    return plain_selection(access, [(SEARCH, text)])


def first_of(access: Access, selection: Selection, named: Collection[str]) -> Group:
    """Return the first records of a resource's own list, and their number. Records whose addresses are in `named` are shown already, and only counted."""
    names, terms = list(selection.schema.search), terms_of(selection.search)
    options = load_options(access.resource, [*names, *selection.order.relations])
    page = page_of(db.session, replace(selection, per_page=MOST_RECORDS), options)
    drawn = (_with_passage(access, record, names, terms) for record in page.rows)
    found = tuple(one for one in drawn if one.url not in named)
    is_whole = page.count.is_exact and len(found) == page.count.number
    group = replace(in_list(access, selection), found=found, count=_count(access, page, len(found)))
    return replace(group, all_label="") if is_whole else group


def in_list(access: Access, selection: Selection) -> Group:
    """Return a group that only links to the search in the resource's own list."""
    resource = access.resource
    url = list_links(resource).to(selection)
    return Group(resource.plural, all_url=url, all_label=f"Show all {resource.nouns}")


def named(access: Access, record: Record) -> Found:
    """Return a link to a record, without marked hits."""
    return _named(access, record, ())


def _named(access: Access, record: Record, terms: Sequence[str]) -> Found:
    number, title, detail = access.number_of(record.id), access.title_of(record), access.detail_of(record)
    second = number if detail in {title, f"ID {record.id}"} else f"{number} · {detail}"
    return Found(
        title=pieces_of(title or number, terms),
        detail=pieces_of("" if second == title else second, terms),
        url=record_url(access, record) or link(access.resource, "index_view", id__in=print_key(record.id)),
    )


def _with_passage(access: Access, record: Record, names: Sequence[str], terms: Sequence[str]) -> Found:
    """Add the passage with the hit, if the record's name has none."""
    found = _named(access, record, terms)
    if has_hit(found.title) or has_hit(found.detail):
        return found
    for name in names:
        if passage := _passage(record, name, terms):
            return replace(found, passage=passage, passage_label=access.resource.label(name))
    return found


def _passage(record: Record, name: str, terms: Sequence[str]) -> tuple[Piece, ...]:
    value = value_of(record, name)
    return passage_of(value, terms) if isinstance(value, str) else ()


def _count(access: Access, page: Page, shown: int) -> str:
    """Say how many records were found: "1 post", "5 of 21 posts"."""
    one = access.resource
    if page.count.is_exact and shown == page.count.number:
        return formatting.counted(shown, one.noun, one.nouns)
    return f"{shown} of {page.count} {one.nouns}"
