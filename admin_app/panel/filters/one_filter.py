"""The form of a single condition: of a field chosen under “Filter”, or of a chip that is edited in place.

The list's address names it, `filter=user` or `filter=user__is`, so that a browser without scripts has the same form.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from flask import request

from admin_app.panel.filters.filter_form import FormRow, row_of
from admin_app.panel.filters.filter_rows import FilterRows
from admin_app.panel.filters.view_models import OneFilter
from admin_app.panel.links import ListLinks
from admin_app.selection.conditions import Condition, Member
from admin_app.selection.selection import Selection

FILTER = "filter"
# Stands for the whole form in place of a field's name. No field's name has a hyphen.
ALL = "all-filters"


def asking_url(list_url: str, what: str) -> str:
    """Return the address of a list at which a field, a chip or the whole form is open."""
    return f"{list_url}{'&' if '?' in list_url else '?'}{urlencode({FILTER: what})}"


def asked() -> str:
    """Return the filter that the current address opens."""
    return request.args.get(FILTER, "")


def edited(selection: Selection) -> Condition | None:
    """Return the condition whose chip is open, if there is one."""
    return next((one for one in selection.conditions if one.key == asked()), None)


def editing_url(list_url: str, member: Member) -> str:
    """Return the address at which a chip is edited; a group is edited in the whole form."""
    return asking_url(list_url, member.key if isinstance(member, Condition) else ALL)


def one_filter(rows: FilterRows, selection: Selection, links: ListLinks) -> OneFilter | None:
    """Build the form of the condition that the address opens; None if it opens none."""
    here, condition = selection.unticked().changed(), edited(selection)
    if condition is None and asked() not in rows.operators:
        return None
    form_row = FormRow(asked()) if condition is None else row_of(condition)
    if form_row.name not in rows.operators:
        return None
    row = replace(rows.row(form_row, "", "one"), remove="", is_asked=True)
    rest = here if condition is None else selection.without(condition)
    return OneFilter(
        row=row,
        hidden=tuple(links.hidden(rest)),
        close_url=links.to(here),
        remove_url="" if condition is None else links.to(rest),
    )
