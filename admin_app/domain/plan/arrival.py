"""A row of an imported file before it becomes a record: its values, and the problems of its cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from admin_app.extensions import Values
from admin_app.formatting import in_sentence

# The keys under which a row names its record.
KEY = "id"


class CellProblem(NamedTuple):
    """What is wrong with a cell, as the end of a sentence, and what the cell says."""

    said: str
    cell: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """A row of a file: its number there, the values that it brings by their columns' keys, and which of its cells are wrong.

    `texts` are its cells as they were written, `missing` what it names that is to be made first, `alike` what cells may mean
    as well: a record that holds it is left alone. A row that is wrong as a whole says so under "".
    """

    number: int
    values: Values
    texts: Mapping[str, str]
    problems: Mapping[str, CellProblem] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    alike: Values = field(default_factory=dict)

    def problem_at(self, name: str, said: str) -> CellProblem:
        """Return a problem with the cell of this column."""
        return CellProblem(said, self.texts.get(name, ""))


def as_end(name: str, problem: str) -> str:
    """Return a rule's sentence as the end of one that begins with the cell: "use the form name@example.com."."""
    said = problem.removeprefix(f"{name} ").replace("must look like ", "use the form ", 1)
    return in_sentence(said)
