"""Relations over several columns of which a file fills some: check that the related record exists and may be chosen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import ColumnElement, select

from admin_app.db.keys import key_names, key_values
from admin_app.db.record import Record
from admin_app.domain.plan.imported_keys import NOT_THERE
from admin_app.domain.plan.imported_row import KEY, CellProblem, ImportedRow
from admin_app.domain.records.shared_columns import does_not_fit
from admin_app.extensions import AnySession, Values
from admin_app.formatting import in_sentence
from admin_app.relations import ToOne, relations_of

FIXED_RELATION = "you cannot change it in this record."
# By relation: the foreign key values of related records that exist and that the person may choose.
Known = Mapping[str, Collection[object]]


@dataclass(frozen=True)
class CompositeRelations:
    """The relations over several columns that a file changes; `rows` are the related rows that the person may choose or remove."""

    model: type[Record]
    fields: Collection[str]
    rows: Mapping[str, ColumnElement[bool]]

    @cached_property
    def names(self) -> list[str]:
        """The columns to read from present records in order to check the file's, without the key."""
        own = key_names(self.model)
        return list(dict.fromkeys(name for tie in self._ties for name in tie.own_names if name not in own))

    def known(self, session: AnySession, rows: Iterable[tuple[ImportedRow, Values, Values]]) -> Known:
        """Find out which related records exist, before and after the change; one statement per relation."""
        if not self._ties:
            return {}
        values = [one for row, before, after in rows for one in (before, {**after, **self._key(row)})]
        return {
            tie.key: self._there(session, tie, {tie.reference_in(one) for one in values} - {None}) for tie in self._ties
        }

    def problems(self, row: ImportedRow, before: Values, after: Values, known: Known) -> dict[str, CellProblem]:
        """Return the problems with a row's related records; `before` is empty for a new record."""
        given, after = self._brought(row), {**after, **self._key(row)}
        found: dict[str, CellProblem] = {}
        for tie in self._ties:
            if made := [name for name in tie.own_names if name in row.missing]:
                if said := self._why_not_beside(tie, made, given, after):
                    found.setdefault(made[-1], CellProblem(said, row.texts.get(made[-1], "")))
                continue
            was, now = tie.reference_in(before), tie.reference_in(after)
            names = [name for name in tie.own_names if name in given]
            if was == now or not names:
                continue
            changed = {name for name in names if after[name] != before.get(name)}
            if set(names) != {*tie.own_names} and changed <= self._shared(tie):
                said = in_sentence(does_not_fit(tie.key))
            else:
                said = self._why_not(tie, was, now, known[tie.key])
            if said:
                found.setdefault(names[-1], CellProblem(said, row.texts.get(names[-1], "")))
        return found

    def _why_not_beside(self, tie: ToOne, made: Collection[str], given: Values, after: Values) -> str:
        """Say that a record can't be related yet, because the row's related record still has to be created."""
        others = {name for name in tie.own_names if name not in made}
        if any(after.get(name) is None for name in others):
            return ""
        return in_sentence(does_not_fit(tie.key)) if others.isdisjoint(given) else NOT_THERE

    def _why_not(self, tie: ToOne, was: object, now: object, known: Collection[object]) -> str:
        if was is not None and tie.key in self.rows and was not in known:
            return FIXED_RELATION
        return NOT_THERE if now is not None and now not in known else ""

    def _shared(self, tie: ToOne) -> set[str]:
        """Return the columns that this relation shares with others. A file that fills only these means the others."""
        others = (one for one in self._all if {*one.own_names} != {*tie.own_names})
        return {name for one in others for name in one.own_names}

    def _there(self, session: AnySession, tie: ToOne, told: set[object]) -> Collection[object]:
        if not told:
            return ()
        seen = [self.rows[tie.key]] if tie.key in self.rows else []
        return set(session.scalars(select(tie.other).select_from(tie.target).where(tie.other.in_(told), *seen)))

    def _brought(self, row: ImportedRow) -> Values:
        return {**row.values, **self._key(row)}

    def _key(self, row: ImportedRow) -> Values:
        """Return the values of the key's columns, if the row gives a key."""
        key = row.values.get(KEY)
        return {} if key is None else dict(zip(key_names(self.model), key_values(key), strict=True))

    @cached_property
    def _ties(self) -> list[ToOne]:
        return [one for one in self._all if len(one.own_names) > 1 and not {*one.own_names}.isdisjoint(self.fields)]

    @cached_property
    def _all(self) -> list[ToOne]:
        return list(_to_one(self.model))


def _to_one(model: type[Record]) -> Iterator[ToOne]:
    return (one for one in relations_of(model).values() if isinstance(one, ToOne) and not one.is_view)
