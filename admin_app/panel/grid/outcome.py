"""The message after rows of a list were changed: how many, the undo button, and the rows that the list no longer has."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from admin_app.db.keys import Key, print_key
from admin_app.db.record import Record
from admin_app.domain.audit.recorder import last_change_set
from admin_app.extensions import db
from admin_app.formatting import counted
from admin_app.panel.access.access import Access
from admin_app.panel.links import list_links
from admin_app.panel.list.rows import mark_of
from admin_app.panel.list.staying import written
from admin_app.selection.conditions import read_condition
from admin_app.selection.paging.planner import KEYS
from admin_app.selection.selection import Selection
from admin_app.web.flash import announce

# The notice travels in the session's cookie, which browsers drop when it is long.
MOST_NAMED = 20


def announce_changes(access: Access, selection: Selection, records: Sequence[Record], order: Sequence[Key]) -> None:
    """Announce what was saved, with a link to rows that the list no longer has; on the next page these rows stay in place."""
    resource = access.resource
    if not records:
        announce("Nothing was changed.")
        return
    undo = last_change_set(db.session)
    said = [f"Changed {counted(len(records), resource.noun, resource.nouns)}.", resource.after_save()]
    outside = outside_of(selection, records)
    links = []
    if outside:
        number = "It is" if len(records) == 1 else f"{len(outside):,} of them {'is' if len(outside) == 1 else 'are'}"
        said.append(f"{number} no longer in this list.")
        if len(outside) <= MOST_NAMED:
            these = read_condition(selection.schema, KEYS, ",".join(print_key(one.id) for one in outside))
            shown = selection.cleared().with_filters([these])
            links.append(("Show", list_links(resource).to(shown)))
    marks = " ".join(mark_of(resource, one) for one in records[:MOST_NAMED])
    stay = written(list_links(resource).to(selection), order, {one.id for one in outside})
    announce(" ".join(filter(None, said)), links=links, mark=marks, undo=undo, staying=stay)


def outside_of(selection: Selection, records: Sequence[Record]) -> list[Record]:
    """Return the records that the list no longer has."""
    model = selection.schema.model
    found = select(model.id).where(model.id.in_([one.id for one in records]), *selection.criteria)
    inside = set(db.session.scalars(found))
    return [one for one in records if one.id not in inside]
