"""A set of words: a line with commas, has or has not a word, the words with commas."""

from __future__ import annotations

import json
from collections.abc import Sequence

from flask_admin.contrib.sqla import filters as engine
from sqlalchemy import ColumnElement

from admin_app.db.string_set import StringSet
from admin_app.domain.plan.changes import AddWords, RemoveWords
from admin_app.extensions import Expression, TableColumn
from admin_app.kinds.string_set import StringSetKind
from admin_app.panel.kinds.base import Arguments, BulkChange, PanelKind
from admin_app.panel.operators.base import Operator
from admin_app.panel.typed_fields import TypedField
from admin_app.selection.search.match_sql import contains


class HasWord(Operator, engine.FilterLike):
    """The word is in the set."""

    slug, words = "has", "include"

    def clean(self, value: str) -> str:
        """Take one word."""
        return value.strip().lower()

    def condition(self, column: Expression, value: object) -> ColumnElement[bool]:
        """Look for it between its quotes."""
        return contains(column, json.dumps(value, ensure_ascii=False))


class HasNotWord(HasWord):
    """The word is not in the set."""

    slug, words = "has_not", "do not include"

    def condition(self, column: Expression, value: object) -> ColumnElement[bool]:
        """Look for sets without it."""
        return ~super().condition(column, value)


class StringSetField(TypedField):
    """Words with commas between them."""

    kind = StringSetKind.name
    advice = "Enter words with commas between them."

    def read(self, text: str) -> StringSet:
        """Split them."""
        return parse_words(text)


def parse_words(text: str) -> StringSet:
    """Read words with commas between them."""
    return StringSet(word for one in text.split(",") if (word := one.strip()))


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
    """A line of text with commas."""

    kind = StringSetKind
    operators = (HasWord, HasNotWord)
    bulk_changes = (
        BulkChange("add", "Add", (("add", ""),), _add, said="add {}", hint=StringSetField.advice),
        BulkChange("remove", "Remove", (("remove", ""),), _remove, said="remove {}", hint=StringSetField.advice),
    )

    def field(self, _column: TableColumn, arguments: Arguments) -> StringSetField:
        """Make a line of text."""
        return StringSetField(**arguments)
