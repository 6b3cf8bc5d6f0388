"""Saved views: save a list under a name, change it, share it, delete it; and the rules of who sees and changes one."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields

from sqlalchemy import ColumnElement, and_, bindparam, case, func, literal, or_, select, true
from sqlalchemy.exc import IntegrityError

from admin_app.db import caseless
from admin_app.db.dialects import insert_into
from admin_app.db.limits import as_key
from admin_app.db.ordering import in_order
from admin_app.domain.permissions.policy import rights_of
from admin_app.domain.permissions.principal import AnyPrincipal
from admin_app.domain.records.refusals import refusals_of
from admin_app.errors import InvalidRecord, NotFoundError
from admin_app.extensions import AnySession, Statement
from admin_app.models.saved_view import EVERYONE, MINE, SavedView, ViewPlace
from admin_app.models.staff import Staff
from admin_app.models.watch import ViewWatch
from admin_app.selection.search.match_sql import contains
from admin_app.unicode_text import line

LONGEST_NAME = 60
# Views of one person on one resource: nobody finds their way among more.
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


def may_change(staff: AnyPrincipal, view: SavedView | ViewAtHand) -> bool:
    """Whether this person may rename, save, share or delete the view: its owner may, and for a shared view people with all rights."""
    is_shared = view.audience != MINE
    return view.staff_id == staff.id or (is_shared and rights_of(staff).has_everything)


def views_at_hand(session: AnySession, staff: AnyPrincipal, *, most: int, with_id: int) -> list[ViewAtHand]:
    """Return the first views of each resource in the person's order, up to `most`, and the one of this id, if the person sees it."""
    asked = _FIRST_VIEWS[_sees_all(staff)]
    found = session.execute(asked, {**_viewer(staff), "most": most, "with_id": with_id})
    return [ViewAtHand(*row) for row in found]


def views_of(session: AnySession, staff: AnyPrincipal, *, resource: str) -> Sequence[tuple[SavedView, Staff]]:
    """Return every view of a resource that the person sees, each with who made it, in the person's order."""
    seen = SavedView.resource == resource, _visible(sees_all=_sees_all(staff))
    statement = select(SavedView, Staff).join(Staff, Staff.id == SavedView.staff_id).where(*seen)
    placed = statement.outerjoin(ViewPlace, _PLACE).order_by(*_IN_THEIR_ORDER)
    return [(view, maker) for view, maker in session.execute(placed, _viewer(staff))]


def move_view(session: AnySession, staff: AnyPrincipal, view: SavedView, *, is_up: bool) -> None:
    """Let a view change places with the one before or after it, for this person alone (not yet committed); at the end it stays."""
    keys = [one.id for one, _ in views_of(session, staff, resource=view.resource)]
    place = keys.index(view.id)
    other = place - 1 if is_up else place + 1
    if not 0 <= other < len(keys):
        return
    keys[place], keys[other] = keys[other], keys[place]
    at = case({key: number for number, key in enumerate(keys)}, value=SavedView.id)
    # In one order, so that two windows wait for each other; views that somebody deletes meanwhile drop out.
    present = select(literal(staff.id), SavedView.id, at).where(SavedView.id.in_(keys)).order_by(SavedView.id)
    row = insert_into(session, ViewPlace).from_select(
        ["staff_id", "view_id", "place"], present.with_for_update(read=True, key_share=True, of=SavedView)
    )
    session.execute(
        row.on_conflict_do_update(index_elements=["staff_id", "view_id"], set_={"place": row.excluded.place})
    )


def views_named(
    session: AnySession, staff: AnyPrincipal, terms: Sequence[str], *, resources: Sequence[str], most: int
) -> Sequence[SavedView]:
    """Return the first of the views of these resources that the person sees and whose names contain all these words."""
    named = [contains(SavedView.name, term) for term in terms]
    seen = _visible(sees_all=_sees_all(staff)), SavedView.resource.in_(resources)
    wanted = select(SavedView).where(*seen, *named).order_by(in_order(SavedView.name), SavedView.id).limit(most)
    return session.scalars(wanted, _viewer(staff)).all()


def watched_views(session: AnySession, staff: AnyPrincipal) -> Sequence[tuple[SavedView, ViewWatch]]:
    """Return the views that a person watches and can still see, by name."""
    mine = select(SavedView, ViewWatch).join(ViewWatch, ViewWatch.view_id == SavedView.id)
    wanted = mine.where(ViewWatch.staff_id == staff.id, _visible(sees_all=_sees_all(staff)))
    named = wanted.order_by(in_order(SavedView.name), SavedView.id)
    return [(view, watch) for view, watch in session.execute(named, _viewer(staff))]


def find_view(session: AnySession, staff: AnyPrincipal, *, resource: str, key: str) -> SavedView:
    """Return a view by the id in an address; raise `NotFoundError` if it does not exist or is not shared."""
    number = as_key(SavedView, key)
    seen = SavedView.resource == resource, _visible(sees_all=_sees_all(staff))
    wanted = select(SavedView).where(SavedView.id == number, *seen)
    view: SavedView | None = session.scalar(wanted, _viewer(staff)) if number is not None else None
    if view is None:
        message = "This view does not exist."
        raise NotFoundError(message)
    return view


def create_view(
    session: AnySession, staff: AnyPrincipal, *, resource: str, name: str, arguments: str, audience: str
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
    """Delete the view (not yet committed). People who had it as default see the whole list again."""
    session.delete(view)


@contextmanager
def refusals_of_a_view() -> Iterator[None]:
    """Say why the database refused a view; a name taken at the same moment is an `InvalidRecord`.

    Other refusals, such as for a view whose owner is gone, are not the form's fault and are re-raised.
    """
    try:
        with refusals_of(SavedView):
            yield
    except InvalidRecord as error:
        if "resource" in error.problems:
            raise InvalidRecord({"name": NAME_TAKEN}) from error
        raise (error.__cause__ if isinstance(error.__cause__, IntegrityError) else error) from None


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


def visible_to(staff: AnyPrincipal) -> tuple[ColumnElement[bool], dict[str, object]]:
    """Return the condition on the views that a person sees, with its parameters."""
    return _visible(sees_all=_sees_all(staff)), _viewer(staff)


def _visible(*, sees_all: bool) -> ColumnElement[bool]:
    """Return the condition on the views that a person sees: their own and those shared with them; with every right, all shared ones."""
    shared = SavedView.audience != MINE if sees_all else SavedView.audience.in_(bindparam("audiences", expanding=True))
    return or_(SavedView.staff_id == bindparam("viewer_id"), shared)


def _sees_all(staff: AnyPrincipal) -> bool:
    return rights_of(staff).has_everything


def _viewer(staff: AnyPrincipal) -> dict[str, object]:
    """Return the parameters of that condition."""
    return {"viewer_id": staff.id, "audiences": [EVERYONE, *(role.key for role in staff.held_roles)]}


def _first_views(*, sees_all: bool) -> Statement:
    """Ask for the first views of each resource, and for the one with the id that is named."""
    place = func.row_number().over(partition_by=SavedView.resource, order_by=_IN_THEIR_ORDER)
    columns = [getattr(SavedView, one.name) for one in fields(ViewAtHand)]
    placed = select(*columns, place.label("place")).outerjoin(ViewPlace, _PLACE)
    seen = placed.where(_visible(sees_all=sees_all)).subquery()
    wanted = or_(seen.c.place <= bindparam("most"), seen.c.id == bindparam("with_id"))
    return select(*(seen.c[one.key] for one in columns)).where(wanted).order_by(seen.c.resource, seen.c.place)


_PLACE = and_(ViewPlace.view_id == SavedView.id, ViewPlace.staff_id == bindparam("viewer_id"))
# What somebody never moved, such as a view that was shared since, comes last.
_IN_THEIR_ORDER = (ViewPlace.place.is_(None), ViewPlace.place, in_order(SavedView.name), SavedView.id)
# Put together once: every page asks, and that takes ten times as long as to send it.
_FIRST_VIEWS = {sees_all: _first_views(sees_all=sees_all) for sees_all in (False, True)}
