"""Delete many records: read what happens to their dependents, from the form and from what the plan stored."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, select, true
from werkzeug.datastructures import MultiDict

from admin_app import formatting
from admin_app.context import reading
from admin_app.db.keys import Key, print_key
from admin_app.db.record import Record
from admin_app.domain.naming import names_of
from admin_app.domain.permissions.policy import Action
from admin_app.domain.plan.carry_out import Deletion
from admin_app.domain.records.deletion import Decision, Dependence, Fate, Loss, dependences_of_many, losses
from admin_app.errors import InvalidRecord, NotFoundError, PlanError
from admin_app.extensions import db
from admin_app.panel.access.access import Access
from admin_app.panel.access.lookup import find
from admin_app.panel.deletion.dependents import FATE, HEIR, DependentsForm, bound_of
from admin_app.panel.deletion.for_good import told_of_deletion
from admin_app.panel.plan.operation import DELETE, BulkOperation, Pair
from admin_app.relations import Relation, links_into
from admin_app.relations.undeclared import relations_to_dependents
from admin_app.selection.paging.counting import Count
from admin_app.selection.paging.planner import planned
from admin_app.selection.selection import Selection

KEY = DELETE
# The number of a relation's dependents when the question was asked, with a "+" if there were more.
TOTAL = "total."
# The number of records that lose links, in the same form.
LOSS = "loss."
# Whether the heir of a relation was among the selected records, and stays.
STAYS = "stays."


def dependences_of_selection(access: Access, selection: Selection, heirs: Collection[Key] = ()) -> Sequence[Dependence]:
    """Count the dependents of the selected records that the person may delete, without those of heirs, which stay. This blocks no writer."""
    with reading():
        found = dependences_of_many(db.session, access.resource.model, _meant(access, selection, heirs), bound_of)
        db.session.rollback()
    return found


def _meant(access: Access, selection: Selection, heirs: Collection[Key]) -> ColumnElement[bool]:
    criteria, rows = planned(db.session, selection).criteria, access.rows(Action.DELETE)
    spared = [access.resource.model.id.not_in(heirs)] if heirs else []
    return and_(true(), *criteria, *([] if rows is None else [rows]), *spared)


def requested_deletion(
    access: Access, selection: Selection, found: Sequence[Dependence], sent: Mapping[str, str]
) -> BulkOperation:
    """Read what the person chose for the dependents; raise `InvalidRecord` with the missing choices by control."""
    decisions = _decisions(access, found, sent)
    heirs = _selected(access, selection, {one.heir.id for one in decisions.values() if one.heir is not None})
    counts = {one.name: one.count for one in (dependences_of_selection(access, selection, heirs) if heirs else found)}
    pairs: list[Pair] = []
    for name, decision in decisions.items():
        # Without those of the heirs no dependents may be left; the heir is stored all the same, to be protected.
        if name in counts or decision.heir is not None:
            pairs += _kept(name, decision, counts.get(name, Count(0)), heirs)
    pairs += [(LOSS + _name_of(one.relation), _number_of(one.count)) for one in _losses(access, selection, heirs)]
    return read_deletion(access, MultiDict(pairs))


def _decisions(access: Access, found: Sequence[Dependence], sent: Mapping[str, str]) -> dict[str, Decision]:
    decisions: dict[str, Decision] = {}
    problems: dict[str, str] = {}
    for one in found:
        try:
            decisions[one.name] = DependentsForm(access, one).decision(sent)
        except InvalidRecord as error:
            problems |= error.problems
    if problems:
        raise InvalidRecord(problems)
    return decisions


def _selected(access: Access, selection: Selection, keys: Collection[Key]) -> Collection[Key]:
    """Return which of these keys belong to records that are to be deleted."""
    model = access.resource.model
    wanted = select(model.id).where(_meant(access, selection, ()), model.id.in_(keys))
    return set(db.session.scalars(wanted)) if keys else ()


def _losses(access: Access, selection: Selection, heirs: Collection[Key]) -> Sequence[Loss]:
    """Count the records that lose links with the deleted ones. This blocks no writer."""
    with reading():
        found = losses(db.session, access.resource.model, _meant(access, selection, heirs), bound_of)
        db.session.rollback()
    return found


def read_deletion(access: Access, sent: MultiDict[str, str]) -> BulkOperation:
    """Read a deletion as a plan stores it; raise `PlanError` if it is no longer possible."""
    relations = [one for one in relations_to_dependents(access.resource.model) if FATE + one.key in sent]
    decisions = {one.key: _decision(access, one, sent) for one in relations}
    return BulkOperation(
        key=KEY,
        action=Action.DELETE,
        verb="Delete",
        done="deleted",
        what=[
            *(
                (_counted(one, sent), _words(access, decisions[one.key], stays=STAYS + one.key in sent))
                for one in relations
                if _number(one, sent) or STAYS + one.key not in sent
            ),
            *_told_losses(access, sent),
        ],
        pairs=list(sent.items(multi=True)),
        deletion=Deletion(decisions, bound_of),
        along=sum(_number(one, sent) for one in relations if decisions[one.key].fate is Fate.DELETE),
        is_danger=True,
        protected={
            one.heir.id: f"It gets the {names_of(relation.target)[1]} of the others, so it stays."
            for relation, one in ((relation, decisions[relation.key]) for relation in relations)
            if one.heir is not None
        },
    )


def told_for_good(model: type[Record], pairs: Iterable[Pair]) -> list[str]:
    """Say what of a deletion that a plan stores stays deleted."""
    sent = dict(pairs)
    along = [one for one in relations_to_dependents(model) if sent.get(FATE + one.key) == Fate.DELETE]
    return told_of_deletion(model, {one.key for one in along if _number(one, sent)})


def _told_losses(access: Access, sent: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield how many records lose their links, with the note that they stay."""
    for relation in links_into(access.resource.model):
        if number := sent.get(LOSS + _name_of(relation)):
            counted = formatting.counted(int(number.rstrip("+")), *names_of(relation.model))
            yield (
                f"More than {counted}" if number.endswith("+") else counted,
                f"kept, without the {access.resource.nouns}",
            )


def _name_of(relation: Relation) -> str:
    return f"{relation.model.__name__}.{relation.key}"


def _kept(name: str, decision: Decision, count: Count, heirs: Collection[Key]) -> Iterator[Pair]:
    """Yield what the plan stores of a decision."""
    yield FATE + name, decision.fate.value
    yield TOTAL + name, _number_of(count)
    if decision.heir is not None:
        yield HEIR + name, print_key(decision.heir.id)
        if decision.heir.id in heirs:
            yield STAYS + name, "1"


def _number_of(count: Count) -> str:
    return f"{count.number}{'' if count.is_exact else '+'}"


def _decision(access: Access, relation: Relation, sent: Mapping[str, str]) -> Decision:
    fate = Fate(sent[FATE + relation.key])
    return Decision(fate, _heir(access, sent[HEIR + relation.key]) if fate is Fate.GIVE else None)


def _heir(access: Access, key: str) -> Any:
    """Return the record that gets the dependents; raise `PlanError` if it is gone or not visible."""
    try:
        return find(access.resource.model, key)
    except NotFoundError as error:
        raise PlanError(str(error)) from error


def _number(relation: Relation, sent: Mapping[str, str]) -> int:
    return int(sent[TOTAL + relation.key].rstrip("+"))


def _counted(relation: Relation, sent: Mapping[str, str]) -> str:
    """Say how many dependents there were: "312 posts"."""
    counted = formatting.counted(_number(relation, sent), *names_of(relation.target))
    return f"More than {counted}" if sent[TOTAL + relation.key].endswith("+") else counted


def _words(access: Access, decision: Decision, *, stays: bool) -> str:
    """Say what happens to the dependents."""
    if decision.fate is Fate.GIVE:
        return f"given to {access.title_of(decision.heir)}{', which stays' if stays else ''}"
    kept = f"kept, without {formatting.with_article(access.resource.noun)}"
    return kept if decision.fate is Fate.KEEP else "deleted too, with everything that belongs only to them"
