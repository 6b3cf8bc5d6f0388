"""Read the options of an import from its form; each problem is reported at its control."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from werkzeug.datastructures import MultiDict

from admin_app.domain.records.rules import has_to_be_given
from admin_app.errors import InvalidRecord
from admin_app.formatting import in_words
from admin_app.panel.access.access import Access
from admin_app.panel.export.columns import import_columns
from admin_app.panel.import_.offered import (
    KEY,
    brought,
    columns_to_create,
    default_lookup,
    importable_columns,
    is_found,
    label_of,
    lookup_columns,
    lookup_label,
    match_columns,
    modes,
    offered_columns,
    relations_to_one,
)
from admin_app.panel.import_.opening import MOST_COLUMNS
from admin_app.relations.base import Relation
from admin_app.transfer.columns import ImportColumn
from admin_app.transfer.import_.options import BY, COLUMN, KEEP, MAKE, DateOrder, Empty, ImportOptions, Mode

# Controls besides one for each column and each relation. `COLUMNS` is no control: it stands for problems of the
# columns as a whole.
COLUMNS = "columns"
MODE, MATCH, EMPTY, DATES, DECIMAL = "mode", "match", "empty", "dates", "decimal"
DECIMALS = {".": "1.5", ",": "1,5"}
CHOOSE = "Choose one of these."

Choice = TypeVar("Choice", bound=StrEnum)
Sent = MultiDict[str, str]


def is_own(name: str) -> bool:
    """Whether a control belongs to this form."""
    return name.startswith((COLUMN, BY, MAKE, KEEP)) or name in {MODE, MATCH, EMPTY, DATES, DECIMAL}


def read_options(access: Access, sent: Sent) -> ImportOptions:
    """Read the options with the person's present rights; raise `InvalidRecord` with the problems by control."""
    found = _Found(access, sent)
    problems = dict(found.problems())
    if problems:
        raise InvalidRecord(problems)
    mode, match = found.mode, found.match
    # If another column finds the record, the key column is ignored: an import gives no key to a record.
    columns = {place: key for place, key in found.columns.items() if key != KEY or match == KEY}
    return ImportOptions(
        columns=columns,
        mode=mode,
        match=match,
        empty=_one_of(Empty, sent.get(EMPTY, Empty.LEAVE)) or Empty.LEAVE,
        by={
            key: sent.get(BY + key, default_lookup(access, relation))
            for key, relation in relations_to_one(access).items()
            if key in columns.values()
        },
        makes=frozenset(key for key in columns.values() if sent.get(MAKE + key)),
        dates=_one_of(DateOrder, sent.get(DATES, "")) or DateOrder.NONE,
        decimal=sent.get(DECIMAL, "."),
        keeps=frozenset(key for key in columns.values() if sent.get(KEEP + key)),
    )


@dataclass(frozen=True)
class _Found:
    """The options as they were sent, as far as they can be read."""

    access: Access
    sent: Sent

    @property
    def mode(self) -> Mode:
        """The chosen mode, or the only one that the person may use."""
        offered = modes(self.access)
        chosen = _one_of(Mode, self.sent.get(MODE, ""))
        return chosen if chosen in offered and chosen is not None else offered[0] if offered else Mode.BOTH

    @property
    def match(self) -> str:
        """The column by which a row finds its record."""
        return "" if self.mode is Mode.ADD else self.sent.get(MATCH, "")

    @property
    def columns(self) -> dict[int, str]:
        """The chosen column keys, by position in the file."""
        pairs = ((_place(name), key) for name, key in self.sent.items() if name.startswith(COLUMN))
        return {place: key for place, key in sorted(pairs) if key and place >= 0}

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield the problems, by control."""
        yield from self._problems_of_ways()
        yield from self._problems_of_columns()
        yield from self._problems_of_cells()

    def _problems_of_ways(self) -> Iterator[tuple[str, str]]:
        offered, chosen = modes(self.access), _one_of(Mode, self.sent.get(MODE, ""))
        if not offered or (chosen not in offered and (len(offered) > 1 or self.sent.get(MODE))):
            yield MODE, CHOOSE if offered else "You can neither add nor change records here."
        known = match_columns(self.access)
        if self.mode is Mode.ADD:
            return
        if self.match not in known:
            yield MATCH, CHOOSE
        elif not is_found(self.access, self.match, self.columns.values()):
            nouns = self.access.resource.nouns
            yield MATCH, f"No column of the file goes to {known[self.match]}. Choose the column that finds {nouns}."

    def _problems_of_columns(self) -> Iterator[tuple[str, str]]:
        offered = importable_columns(self.access)
        here = {one.key for one in offered_columns(self.access, self.mode)}
        taken: set[str] = set()
        for place, key in self.columns.items():
            if key not in offered or place >= MOST_COLUMNS:
                yield f"{COLUMN}{place}", "This cannot be imported. Choose another field, or leave it out."
            elif key in taken:
                label = label_of(self.access, offered[key])
                yield f"{COLUMN}{place}", f"Two columns go to {label}. Leave one of them out."
            elif key not in here:
                yield f"{COLUMN}{place}", self._closed(offered[key])
            taken.add(key)
        if not set(self.columns.values()) - {KEY}:
            yield COLUMNS, "Choose a field for at least one column."
        elif missing := self._missing():
            yield COLUMNS, self._incomplete(missing)

    def _missing(self) -> list[ImportColumn]:
        """Return the columns that a new record requires and the file doesn't fill."""
        if self.mode is Mode.UPDATE:
            return []
        given = brought(self.access, self.columns.values())
        wanted = [
            one for one in import_columns(self.access.resource) if not one.is_made and has_to_be_given(one.column)
        ]
        return [one for one in wanted if one.key not in given]

    def _incomplete(self, missing: list[ImportColumn]) -> str:
        noun, labels = self.access.resource.noun, in_words([label_of(self.access, one) for one in missing])
        way = ", or only change existing ones" if Mode.UPDATE in modes(self.access) else ""
        return f"A new {noun} needs {labels}. Choose the column that has it{way}."

    def _closed(self, column: ImportColumn) -> str:
        nouns = self.access.resource.nouns
        offered = {mode: [one.key for one in offered_columns(self.access, mode)] for mode in modes(self.access)}
        ways = [mode for mode, keys in offered.items() if column.key in keys]
        act, which = ("add", f"new {nouns}") if ways == [Mode.ADD] else ("change", f"existing {nouns}")
        label = label_of(self.access, column)
        return f"You may fill in {label} only for {which}. Leave the column out, or choose “Only {act} {which}” above."

    def _problems_of_names(self, key: str, relation: Relation) -> Iterator[tuple[str, str]]:
        by = self.sent.get(BY + key, default_lookup(self.access, relation))
        if by not in lookup_columns(self.access, relation):
            yield BY + key, CHOOSE
        elif self.sent.get(MAKE + key) and not columns_to_create(self.access, relation, by):
            yield MAKE + key, f"Missing ones cannot be added by their {lookup_label(self.access, relation, by)}."

    def _problems_of_cells(self) -> Iterator[tuple[str, str]]:
        for key, relation in relations_to_one(self.access).items():
            if key in self.columns.values():
                yield from self._problems_of_names(key, relation)
        for name, kind, default in ((EMPTY, Empty, Empty.LEAVE), (DATES, DateOrder, DateOrder.NONE)):
            if _one_of(kind, self.sent.get(name, default)) is None:
                yield name, CHOOSE
        if self.sent.get(DECIMAL, ".") not in DECIMALS:
            yield DECIMAL, CHOOSE


def _place(name: str) -> int:
    text = name.removeprefix(COLUMN)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= len(str(MOST_COLUMNS)) else -1


def _one_of(kind: type[Choice], text: str) -> Choice | None:
    return next((one for one in kind if one.value == text), None)
