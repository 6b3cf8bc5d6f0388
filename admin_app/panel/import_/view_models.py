"""The view models of an import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from admin_app.panel.view_models import Cell


@dataclass(frozen=True)
class Option:
    """An answer to a question."""

    value: str
    words: str
    is_chosen: bool
    hint: str = ""


@dataclass(frozen=True)
class Question:
    """A control with its answers. A single answer is shown as text."""

    name: str
    label: str
    options: Sequence[Option]
    hint: str = ""
    problem: str = ""


@dataclass(frozen=True)
class FileColumn:
    """A column of the file: its title, its first values, and the field that it fills."""

    name: str
    title: Cell
    values: Sequence[Cell]
    options: Sequence[Option]
    note: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Preview:
    """The first rows of a file with their numbers, and the problems of reading them."""

    titles: Sequence[Cell]
    rows: Sequence[tuple[int, Sequence[Cell]]]
    notes: Sequence[str]
    problem: str = ""
