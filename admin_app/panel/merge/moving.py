"""The dependents of a merged record, which move to the survivor."""

from __future__ import annotations

from dataclasses import dataclass

from admin_app.db.record import Record
from admin_app.domain.naming import names_of
from admin_app.domain.records.deletion import Dependence, Fate, dependences
from admin_app.domain.records.merge import twins_of
from admin_app.extensions import db
from admin_app.panel.deletion.dependents import bound_of


@dataclass(frozen=True)
class Moving:
    """The records of one relation; `blocked` says why they cannot move, where they cannot."""

    counted: str
    note: str = ""
    blocked: str = ""


def moving_of(gone: Record, kept: Record) -> tuple[Moving, ...]:
    """List the dependents that move; the cost does not grow with their number."""
    return tuple(_moving(one, kept, gone) for one in dependences(db.session, gone, bound_of))


def _moving(one: Dependence, kept: Record, gone: Record) -> Moving:
    noun, nouns = names_of(one.relation.target)
    words = noun if one.count.number == 1 and one.count.is_exact else nouns
    are_unique = twins_of(one.relation, kept, gone) is not None
    return Moving(
        counted=f"{one.count} {words}" if one.count.number else f"{nouns} that you cannot see",
        note="Those that it has already are deleted." if are_unique else "",
        blocked="" if Fate.GIVE in one.fates else f"You cannot change some of its {nouns}, so you cannot merge it.",
    )
