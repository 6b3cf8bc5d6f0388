"""The dependents of a merged record, which move to the survivor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from admin_app.db.record import Record
from admin_app.domain.naming import names_of
from admin_app.domain.records.deletion import Dependence, dependences
from admin_app.domain.records.merge import problem_with_links, problem_with_moving, twins_of
from admin_app.extensions import db
from admin_app.formatting import sentence_case
from admin_app.panel.deletion.dependents import bound_of
from admin_app.relations import links_into


@dataclass(frozen=True)
class Moving:
    """The dependents of one relation; `blocked` says why they cannot move, "" if they can."""

    counted: str
    note: str = ""
    blocked: str = ""


def moving_of(gone: Record, kept: Record) -> tuple[Moving, ...]:
    """List the dependents that move, and the links that cannot; the cost does not grow with their number."""
    dependents = (_moving(one, kept, gone) for one in dependences(db.session, gone, bound_of))
    return (*dependents, *_blocked_links(gone))


def _moving(one: Dependence, kept: Record, gone: Record) -> Moving:
    noun, nouns = names_of(one.relation.target)
    words = noun if one.count.number == 1 and one.count.is_exact else nouns
    are_unique = twins_of(one.relation, kept, gone) is not None
    return Moving(
        counted=f"{one.count} {words}" if one.count.number else f"{nouns} that you cannot see",
        note="Those that it has already are deleted." if are_unique else "",
        blocked=problem_with_moving(db.session, one.relation, kept, gone, bound_of) or "",
    )


def _blocked_links(gone: Record) -> Iterator[Moving]:
    for relation in links_into(type(gone)):
        if problem := problem_with_links(db.session, relation, gone, bound_of):
            yield Moving(counted=sentence_case(names_of(relation.model)[1]), blocked=problem)
