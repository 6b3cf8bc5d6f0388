"""Cells that list linked records: find the records by key or name, and compare them with the present links."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from admin_app.db.caseless import caseless, is_caseless, same_as_any
from admin_app.db.keys import Key, Keys
from admin_app.domain.records.lookup import typed_key
from admin_app.extensions import AnySession, TableColumn
from admin_app.relations import ManyToMany
from admin_app.value_lists import values_of


@dataclass(frozen=True)
class LinkLookup:
    """How a cell names linked records: by their keys, or by the value of a unique column.

    `rows` are the records that the person may link or unlink (None: all). With `adds`, present links stay.
    """

    relation: ManyToMany
    columns: Sequence[TableColumn]
    rows: ColumnElement[bool] | None = None
    adds: bool = False

    def found(self, session: AnySession, cells: Iterable[str]) -> Mapping[str, Keys]:
        """Return the keys of the records that each text in these cells refers to."""
        texts = {text for cell in cells for text in values_of(cell)}
        typed = {text: key for text in texts if (key := typed_key(self.relation.target, text)) is not None}
        there = self._there(session, typed.values())
        found: dict[str, Keys] = {text: [key] for text, key in typed.items() if key in there}
        others = texts - found.keys()
        named = [self._named(session, column, others) for column in self.columns] if others else []
        return {**{text: [key for one in named for key in one.get(text, ())] for text in others}, **found}

    def present(self, session: AnySession, keys: Collection[Key]) -> Mapping[Key, Keys]:
        """Return the present links of these records."""
        own, other = self.relation.own_link, self.relation.other_link
        found: dict[Key, list[Key]] = {key: [] for key in keys}
        for key, one in session.execute(select(own, other).where(own.in_(keys))):
            found[key].append(one)
        return {key: sorted(ones) for key, ones in found.items()}

    def after(self, stored: Keys, brought: Keys) -> Keys:
        """Return a record's links after the import."""
        return sorted({*stored, *brought} if self.adds else {*brought})

    def fixed(self, session: AnySession, keys: Collection[Key]) -> set[Key]:
        """Return the records that have a link to a record the person may not see."""
        if self.rows is None:
            return set()
        own, other = self.relation.own_link, self.relation.other_link
        seen = select(self.relation.other).where(self.rows)
        return set(session.scalars(select(own).where(own.in_(keys), other.not_in(seen))))

    def _there(self, session: AnySession, keys: Collection[Key]) -> Collection[Key]:
        key = self.relation.other
        return set(session.scalars(select(key).where(key.in_(keys), *self._also))) if keys else ()

    def _named(self, session: AnySession, column: TableColumn, texts: Collection[str]) -> Mapping[str, list[Key]]:
        is_folded = is_caseless(column)
        wanted = same_as_any(column, set(texts)) if is_folded else column.in_(texts)
        found: dict[str, list[Key]] = {}
        for key, value in session.execute(select(self.relation.other, column).where(wanted, *self._also)):
            found.setdefault(caseless(value) if is_folded else value, []).append(key)
        return {text: found.get(caseless(text) if is_folded else text, []) for text in texts}

    @property
    def _also(self) -> Sequence[ColumnElement[bool]]:
        return () if self.rows is None else (self.rows,)
