"""What the templates of an import are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from admin_app.panel.view_models import Cell


@dataclass(frozen=True)
class Option:
    """An answer of a control."""

    value: str
    words: str
    is_chosen: bool
    hint: str = ""


@dataclass(frozen=True)
class Question:
    """A control with its answers; one answer alone is said, not asked."""

    name: str
    label: str
    options: Sequence[Option]
    hint: str = ""
    problem: str = ""


@dataclass(frozen=True)
class FileColumn:
    """A column of the file: its header, its first values, and where it goes."""

    name: str
    title: Cell
    values: Sequence[Cell]
    options: Sequence[Option]
    note: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Preview:
    """The first rows of a file, each with its number; why one is wrong, or cannot be read, stands below."""

    titles: Sequence[Cell]
    rows: Sequence[tuple[int, Sequence[Cell]]]
    notes: Sequence[str]
    problem: str = ""
