"""Saved views: name a list, change it, share it, let it go. Who sees one and who may change it is decided here."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased

from admin_app.domain import records
from admin_app.domain.people import Holder, Whose, roles_asked_for
from admin_app.domain.permissions import holds_everything, rights_of
from admin_app.errors import InvalidRecord, NotFoundError
from admin_app.extensions import AnySession
from admin_app.letters import line
from admin_app.models import caseless
from admin_app.models.limits import as_key
from admin_app.models.ordering import in_order
from admin_app.models.role import Role
from admin_app.models.saved_view import EVERYONE, MINE, SavedView
from admin_app.models.staff import Staff

LONGEST_NAME = 60
# Of one person and resource: more nobody finds their way in.
MOST_VIEWS = 100
# A view has to fit into an address, and into another one that leads back to it.
LONGEST_ARGUMENTS = 2000

NAME_TAKEN = "You already have a view with this name. Choose another name."


@dataclass(frozen=True)
class ViewAtHand:
    """A view as navigation and lists need it: plain values that outlive the transaction they were read in."""

    id: int
    resource: str
    name: str
    arguments: str
    audience: str
    staff_id: int


def visible_to(staff_id: Whose) -> ColumnElement[bool]:
    """Return the condition on the views this person sees: their own and those shared with them; with every right, all shared ones.

    Each part of it is found by an index.
    """
    one = aliased(SavedView)
    every = select(one.audience).where(one.audience != MINE, holds_everything(staff_id))
    audiences = union_all(
        select(literal_column(f"'{EVERYONE}'", String())), roles_asked_for(staff_id).with_only_columns(Role.key), every
    )
    return or_(SavedView.staff_id == staff_id, SavedView.audience.in_(audiences))


def may_change(staff: Holder, view: SavedView | ViewAtHand) -> bool:
    """Whether this person may rename, save, share or delete the view: who made it, and with every right what is shared."""
    is_shared = view.audience != MINE
    return view.staff_id == staff.id or (is_shared and rights_of(staff).has_everything)


def asked_at_hand(staff_id: Whose, *, most: int) -> Select[*tuple[Any, ...]]:
    """Ask for the first views of each resource by name, up to `most`, and for one by its id if the person sees it.

    The view, `view_id`, is a parameter.
    """
    columns = [SavedView.id, SavedView.resource, SavedView.name, SavedView.arguments, SavedView.audience]
    place = func.row_number(type_=Integer).over(
        partition_by=SavedView.resource, order_by=(in_order(SavedView.name), SavedView.id)
    )
    seen = select(*columns, SavedView.staff_id, place.label("place")).where(visible_to(staff_id)).subquery()
    return select(seen).where(or_(seen.c.place <= most, seen.c.id == bindparam("view_id")))


def views_at_hand(rows: Iterable[Sequence[Any]]) -> list[ViewAtHand]:
    """Return the views of these rows, as `asked_at_hand` asks for them, by resource and name."""
    return [ViewAtHand(*row[:-1]) for row in sorted(rows, key=lambda row: (row[1], row[-1]))]


def views_of(session: AnySession, staff: Holder, *, resource: str) -> Sequence[tuple[SavedView, Staff]]:
    """Return every view of a resource that the person sees, each with who made it, by name."""
    statement = select(SavedView, Staff).join(Staff, Staff.id == SavedView.staff_id).where(visible_to(staff.id))
    named = statement.where(SavedView.resource == resource).order_by(in_order(SavedView.name), SavedView.id)
    return [(view, maker) for view, maker in session.execute(named)]


def find_view(session: AnySession, staff: Holder, *, resource: str, key: str) -> SavedView:
    """Return a view by its id as it stands in an address; raise `NotFoundError` for one that is not there, or not shown."""
    number = as_key(SavedView, key)
    wanted = select(SavedView).where(SavedView.id == number, SavedView.resource == resource, visible_to(staff.id))
    view: SavedView | None = session.scalar(wanted) if number is not None else None
    if view is None:
        message = "This view does not exist."
        raise NotFoundError(message)
    return view


def create_view(
    session: AnySession, staff: Holder, *, resource: str, name: str, arguments: str, audience: str
) -> SavedView:
    """Keep a list under a name (not yet committed); raise `InvalidRecord` for a name that does not fit or is taken."""
    count = select(func.count()).where(SavedView.staff_id == staff.id, SavedView.resource == resource)
    if (session.scalar(count) or 0) >= MOST_VIEWS:
        raise InvalidRecord({"": f"You have {MOST_VIEWS} views of this list. Delete one first."})
    view = SavedView(staff_id=staff.id, resource=resource, audience=audience)
    change_view(session, view, name=name)
    keep_arguments(view, arguments)
    session.add(view)
    return view


def change_view(session: AnySession, view: SavedView, *, name: str, audience: str | None = None) -> None:
    """Give the view another name, and another audience if one is given; raise `InvalidRecord` where the name does not do."""
    name = line(" ".join(name.split()))
    if problem := _problem_with(session, view, name):
        raise InvalidRecord({"name": problem})
    view.name = name
    if audience is not None:
        view.audience = audience


def keep_arguments(view: SavedView, arguments: str) -> None:
    """Let the view show another list; raise `InvalidRecord` for more than an address carries."""
    if len(arguments) > LONGEST_ARGUMENTS:
        words = f"The list's address has {len(arguments):,} characters; a view can have {LONGEST_ARGUMENTS:,}. Use fewer filters."
        raise InvalidRecord({"": words})
    view.arguments = arguments


def delete_view(session: AnySession, view: SavedView) -> None:
    """Let the view go (not yet committed); who opens their list with it finds the whole list again."""
    session.delete(view)


@contextmanager
def commit(session: AnySession) -> Iterator[None]:
    """Commit a view, or roll back; a name that was taken in the same moment is an `InvalidRecord` like any other."""
    try:
        with records.commit(session, SavedView):
            yield
    except InvalidRecord as error:
        raise InvalidRecord({"name": NAME_TAKEN} if "resource" in error.problems else error.problems) from error


def _problem_with(session: AnySession, view: SavedView, name: str) -> str | None:
    if not name:
        return "Enter a name."
    if len(name) > LONGEST_NAME:
        return f"Use {LONGEST_NAME} characters or fewer for the name; this one has {len(name)}."
    if any(unicodedata.category(letter) == "Cc" for letter in name):
        return "Remove the control characters."
    others = true() if view.id is None else SavedView.id != view.id
    same = select(SavedView.id).where(
        SavedView.staff_id == view.staff_id,
        SavedView.resource == view.resource,
        caseless.same(SavedView.name, name),
        others,
    )
    with session.no_autoflush:
        return NAME_TAKEN if session.scalar(same.limit(1)) is not None else None
