"""Pins: the views and summaries that a person put on their home page, and their order."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select

from admin_app.db.limits import as_key
from admin_app.domain.permissions.principal import AnyPrincipal
from admin_app.domain.work.saved_views import LONGEST_ARGUMENTS, visible_to
from admin_app.errors import InvalidRecord, NotFoundError
from admin_app.extensions import AnySession
from admin_app.models.pin import Pin
from admin_app.models.saved_view import SavedView

# More would be too much for one page, and each has to be counted.
MOST_PINS = 12


def pins_of(session: AnySession, person: AnyPrincipal) -> Sequence[tuple[Pin, SavedView | None]]:
    """Return a person's pins in their order, each with its view; pins of views that they may no longer see are left out."""
    is_seen, parameters = visible_to(person)
    mine = select(Pin, SavedView).outerjoin(SavedView, SavedView.id == Pin.view_id).where(Pin.staff_id == person.id)
    wanted = mine.where(or_(Pin.view_id.is_(None), is_seen)).order_by(Pin.place, Pin.id)
    return [(pin, view) for pin, view in session.execute(wanted, parameters)]


def pin(
    session: AnySession, person: AnyPrincipal, *, resource: str, view: SavedView | None = None, arguments: str = ""
) -> Pin:
    """Pin a view or a summary after all others, or return the existing pin (not yet committed); raise `InvalidRecord` for too many."""
    view_id = None if view is None else view.id
    mine = session.scalars(select(Pin).where(Pin.staff_id == person.id)).all()
    same = [one for one in mine if (one.resource, one.view_id, one.arguments) == (resource, view_id, arguments)]
    if same:
        return same[0]
    if len(mine) >= MOST_PINS:
        raise InvalidRecord({"": f"You have {MOST_PINS} cards of your own. Unpin one first."})
    if len(arguments) > LONGEST_ARGUMENTS:
        raise InvalidRecord({"": "This summary has too many filters to be pinned. Use fewer filters."})
    place = max((one.place for one in mine), default=0) + 1
    made = Pin(staff_id=person.id, resource=resource, view_id=view_id, arguments=arguments, place=place)
    session.add(made)
    return made


def unpin(session: AnySession, person: AnyPrincipal, key: str) -> None:
    """Delete a pin (not yet committed); raise `NotFoundError` if it does not exist or is another person's."""
    session.delete(_own(session, person, key))


def move_up(session: AnySession, person: AnyPrincipal, key: str) -> None:
    """Swap a pin with the one before it (not yet committed); the first pin stays."""
    moved = _own(session, person, key)
    before = select(Pin).where(Pin.staff_id == person.id, Pin.place < moved.place).order_by(Pin.place.desc()).limit(1)
    other = session.scalar(before)
    if other is not None:
        moved.place, other.place = other.place, moved.place


def _own(session: AnySession, person: AnyPrincipal, key: str) -> Pin:
    number = as_key(Pin, key)
    found = None if number is None else session.get(Pin, number)
    if found is None or found.staff_id != person.id:
        message = "This card is not on your home page."
        raise NotFoundError(message)
    return found
