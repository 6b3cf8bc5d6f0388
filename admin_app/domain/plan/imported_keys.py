"""The primary key that a row of a file gives: in one column, or in several for a composite key."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from admin_app.db.attributes import stored_columns
from admin_app.db.key_parts import Parts
from admin_app.db.keys import Key, has_parts, is_numbered, key_in, key_names, key_values
from admin_app.db.limits import highest_to_give
from admin_app.db.record import Record
from admin_app.domain.plan.imported_row import KEY, CellProblem, ImportedRow
from admin_app.extensions import TableColumn, table_of
from admin_app.formatting import in_sentence, label, number

NOT_THERE = "it does not exist."
USED = "already used by another record."
# Returns the problem with a value of a named column, or None.
Judge = Callable[[TableColumn, str, object], str | None]


@dataclass(frozen=True)
class ImportedKey:
    """Read the key from a row, and check the key that a row gives to a new record."""

    model: type[Record]
    is_given: bool

    @cached_property
    def parts(self) -> Sequence[str]:
        """The columns of a composite key, each a column of the file; empty for a simple key."""
        return key_names(self.model) if has_parts(self.model) else ()

    def put_together(self, row: ImportedRow) -> ImportedRow:
        """Replace the values of the key columns by one key, if all of them have a value."""
        values = [row.values.pop(name, None) for name in self.parts]
        if None not in values:
            row.values[KEY] = Parts(one for one in values if one is not None)
        return row

    @property
    def made(self) -> Key | None:
        """A new key made by Python, for models that have such a default; None otherwise."""
        if self.parts:
            return None
        default = key_in(table_of(self.model)).default
        made: Key | None = default.arg(None) if default is not None and default.is_callable else None
        return made

    def problem(self, row: ImportedRow, said: str) -> dict[str, CellProblem]:
        """Return a problem with the whole key. For a composite key it stands at the first column."""
        names = self.parts or [KEY]
        return {names[0]: CellProblem(said, ", ".join(row.texts.get(one, "") for one in names))}

    def problems(
        self, row: ImportedRow, key: Key | None, taken: Collection[Key], problem_with: Judge
    ) -> dict[str, CellProblem]:
        """Return the problems with the key of a new record."""
        if key is None:
            return {} if is_numbered(self.model) else self._problem_with_none(row)
        if key in taken:
            return self.problem(row, USED)
        if not self.is_given:
            return self.problem(row, NOT_THERE)
        if is_numbered(self.model) and isinstance(key, int):
            return self._problem_with_number(row, key)
        return self._problems_of_values(row, key, problem_with)

    def _problem_with_none(self, row: ImportedRow) -> dict[str, CellProblem]:
        if not self.parts:
            return {KEY: row.problem_at(KEY, "enter one.")}
        empty = [name for name in self.parts if not row.texts.get(name)]
        return {name: CellProblem(f"enter the {in_sentence(label(name))}.", "") for name in empty}

    def _problem_with_number(self, row: ImportedRow, key: int) -> dict[str, CellProblem]:
        highest = highest_to_give(key_in(table_of(self.model)))
        said = f"a new record's ID must be {number(highest)} or less, so that later records have room."
        said = "a new record's ID must be 1 or more." if key < 1 else said
        return {} if 1 <= key <= highest else self.problem(row, said)

    def _problems_of_values(self, row: ImportedRow, key: Key, problem_with: Judge) -> dict[str, CellProblem]:
        """Return the problems with key values that break the rules of their columns."""
        columns = stored_columns(self.model)
        pairs = zip(key_names(self.model), key_values(key), strict=True)
        said = {name: problem_with(columns[name], name, value) for name, value in pairs}
        cells = {name: name if self.parts else KEY for name in said}
        return {cells[name]: row.problem_at(cells[name], one) for name, one in said.items() if one is not None}
