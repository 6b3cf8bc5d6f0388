"""Sets of words: a line separated by commas, filters for single words."""

from __future__ import annotations

import json
from collections.abc import Sequence

from flask_admin.contrib.sqla import filters as engine
from sqlalchemy import ColumnElement

from admin_app.db.string_set import StringSet
from admin_app.domain.plan.changes import AddWords, RemoveWords
from admin_app.extensions import Expression, TableColumn
from admin_app.kinds.string_set import StringSetKind, parse_words
from admin_app.panel.kinds.base import Arguments, BulkChange, PanelKind
from admin_app.panel.operators.base import Operator
from admin_app.panel.typed_fields import TypedField
from admin_app.selection.search.match_sql import contains


class HasWord(Operator, engine.FilterLike):
    """The set includes the word."""

    slug, words = "has", "include"

    def clean(self, value: str) -> str:
        """Read one word."""
        return value.strip().lower()

    def condition(self, column: Expression, value: object) -> ColumnElement[bool]:
        """Search for the word with its quotes."""
        return contains(column, json.dumps(value, ensure_ascii=False))


class HasNotWord(HasWord):
    """The set doesn't include the word."""

    slug, words = "has_not", "do not include"

    def condition(self, column: Expression, value: object) -> ColumnElement[bool]:
        """Negate the search."""
        return ~super().condition(column, value)


class StringSetField(TypedField):
    """Words separated by commas."""

    kind = StringSetKind.name
    advice = "Enter words with commas between them."

    def read(self, text: str) -> StringSet:
        """Split the text into words."""
        return parse_words(text)


def _words(text: str) -> StringSet:
    words = parse_words(text)
    if not words:
        raise ValueError(StringSetField.advice)
    return words


def _add(_column: TableColumn, typed: Sequence[str]) -> AddWords:
    return AddWords(_words(typed[0]))


def _remove(_column: TableColumn, typed: Sequence[str]) -> RemoveWords:
    return RemoveWords(_words(typed[0]))


class StringSetPanel(PanelKind):
    """A line of text, separated by commas."""

    kind = StringSetKind
    operators = (HasWord, HasNotWord)
    bulk_changes = (
        BulkChange("add", "Add", (("add", ""),), _add, said="add {}", hint=StringSetField.advice),
        BulkChange("remove", "Remove", (("remove", ""),), _remove, said="remove {}", hint=StringSetField.advice),
    )

    def field(self, _column: TableColumn, arguments: Arguments) -> StringSetField:
        """Create a line of text."""
        return StringSetField(**arguments)
