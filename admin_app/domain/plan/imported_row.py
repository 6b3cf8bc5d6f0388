"""A row of an imported file before it becomes a record: its values, and the problems of its cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from admin_app.extensions import Values
from admin_app.formatting import in_sentence

# The column key under which a row holds its record's key.
KEY = "id"


class CellProblem(NamedTuple):
    """A problem with one cell: the end of a sentence about it, and the cell's text."""

    said: str
    cell: str


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """A row of an imported file: its number in the file, its values by column key, and the problems of its cells.

    `texts` are the cells as written. `missing` are names of related records that have to be created first. `alike` are
    second readings of ambiguous cells: a record that already holds such a value is left unchanged. A problem of the
    whole row has the key "".
    """

    number: int
    values: Values
    texts: Mapping[str, str]
    problems: Mapping[str, CellProblem] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    alike: Values = field(default_factory=dict)

    def problem_at(self, name: str, said: str) -> CellProblem:
        """Return a problem with the cell in this column."""
        return CellProblem(said, self.texts.get(name, ""))


def as_end(name: str, problem: str) -> str:
    """Turn a rule's sentence into the end of a sentence that begins with the cell: "use the form name@example.com."."""
    said = problem.removeprefix(f"{name} ").replace("must look like ", "use the form ", 1)
    return in_sentence(said)
