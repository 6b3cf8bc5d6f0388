"""The bulk bar of a list: how many rows are selected, the buttons that select more, and the actions on the selected rows."""

from __future__ import annotations

from admin_app import formatting
from admin_app.db.keys import print_key
from admin_app.domain.work import ticks
from admin_app.domain.work.ticks import Ticks
from admin_app.extensions import db
from admin_app.panel.access.access import Access
from admin_app.panel.links import list_links
from admin_app.panel.list.row_actions import bulk_actions
from admin_app.panel.list.selections import ticked_list
from admin_app.panel.list.view_models import BulkBar, BulkButton, Listing
from admin_app.selection.selection import Selection


def bulk_bar(access: Access, listing: Listing, selection: Selection, *, url: str = "") -> BulkBar | None:
    """Build the bar; None if no bulk action is allowed, or if there are no rows and no ticks.

    A list on a record's page, at `url`, shares the ticks of the resource's own list narrowed to the record, whatever is searched in it.
    """
    actions = buttons(access)
    if not actions or listing.is_cut or selection.problems:
        return None
    keys = [row.key for row in listing.rows if not row.outside]
    found = ticks.find(db.session, ticked_list(access, selection), keys)
    if not keys and found is None:
        return None
    is_part = bool(selection.ticks) or (bool(url) and listing.is_narrowed)
    return BulkBar(
        url=list_links(access.resource, "ticks_view").to(selection),
        back_url=url,
        words=selected_in_words(found, selection, total="" if is_part else _total(listing)),
        ticked=frozenset(map(print_key, found.among(keys))) if found else frozenset(),
        actions=actions,
        page_words=f"Select {'all ' if len(keys) > 1 else ''}{len(keys)} on this page" if keys else "",
        all_words="" if is_part or (found and found.is_all_but) else _all_words(listing),
        show_url=show_url(access, selection, found),
        whole_url=list_links(access.resource).to(selection.unticked().changed()) if selection.ticks else "",
    )


def buttons(access: Access) -> tuple[BulkButton, ...]:
    """Return the buttons of the bulk actions that this person may take."""
    return tuple(
        BulkButton(one.view, one.words_for(access.resource), is_danger=one.is_danger) for one in bulk_actions(access)
    )


def show_url(access: Access, selection: Selection, found: Ticks | None) -> str:
    """Return the address of the selected rows alone."""
    return list_links(access.resource).to(selection.changed(ticks=found.id)) if found else ""


def selected_in_words(found: Ticks | None, selection: Selection, *, total: str = "") -> str:
    """Say how many rows are selected, "" for none; `total` is the number of all matching rows, if it is known."""
    if found is None:
        return ""
    is_here = len(found.found) == found.number
    present = found.number if is_here else ticks.in_list(db.session, found, selection.unticked())
    if found.is_all_but:
        every = f"All {total} selected" if total else "All selected"
        unticked = "one" if present == 1 else formatting.number(present)
        return f"{every} but the {unticked} you deselected" if present else every
    pages = f" on {formatting.number(found.pages)} pages" if found.pages > 1 else ""
    return f"{formatting.number(found.number)} selected{pages}{_gone_words(found.number - present)}"


def _gone_words(gone: int) -> str:
    return f", {formatting.number(gone)} {'is' if gone == 1 else 'are'} no longer in this list" if gone else ""


def _total(listing: Listing) -> str:
    """Return how many rows match in figures: "4,312", "of more than 10,000"."""
    return f"{'of ' if listing.total and listing.count_url else ''}{listing.total}"


def _all_words(listing: Listing) -> str:
    return f"Select all {_total(listing)}{' that match' if listing.is_narrowed else ''}" if listing.total else ""
