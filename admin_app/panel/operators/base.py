"""The base of all operators."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from flask_admin.contrib.sqla import filters as engine
from sqlalchemy import ColumnElement, or_, select

from admin_app.extensions import Attribute, Expression
from admin_app.panel.view_models import Hidden, OperatorChoice
from admin_app.relations import relation_of
from admin_app.relations.base import KeySet
from admin_app.selection.list_schema import LONGEST_VALUE, SearchColumn

# The value that an operator has parsed; only the operator knows its type.
ReadValue = Any


def ends_in(value: str, example: str) -> tuple[str, str]:
    """Split "10 to 20" into its two ends; raise ValueError that says what to type."""
    match re.split(r"\s+(?:to|and)\s+", value.strip()):
        case [first, last]:
            return first, last
    message = f"Enter two {example}."
    raise ValueError(message)


class Operator(engine.BaseSQLAFilter):
    """One operator on one column: a Flask-Admin filter that parses strictly and yields a plain condition."""

    slug: ClassVar[str]
    words: ClassVar[str]
    input_type: ClassVar[str] = "text"
    # The control for this operator's value, if it differs from that of the field's other operators.
    control: ClassVar[str] = ""
    # Whether records without a related record match too: a missing name does not contain the word either.
    holds_for_nothing: ClassVar[bool] = False
    # The most characters of the typed text.
    longest: ClassVar[int] = LONGEST_VALUE
    # A hint what to type, if the label does not say it.
    hint: str = ""
    # Suggested values; other values can be typed.
    suggestions: ClassVar[tuple[Hidden, ...]] = ()
    # The to-one relation that leads to the column, if it is another model's.
    relation: Attribute | None = None

    @cached_property
    def searched(self) -> SearchColumn | None:
        """Return the column that the operator searches for the value as the search box does; None if it does something else."""
        return None

    def operation(self) -> str:
        """Name the operator."""
        return self.words

    def parse(self, text: str) -> object:
        """Turn the typed text into a value; raise ValueError that says what to type instead."""
        if not text.strip():
            message = "Enter a value."
            raise ValueError(message)
        return self.clean(text)

    def criterion(self, value: object) -> ColumnElement[bool]:
        """Return the condition on the listed model, through the relation if there is one."""
        condition = self.condition(self.column, value)
        if self.relation is None:
            return condition
        if self.means_one():
            # The keys are looked up once and the list's index finds their rows; EXISTS would run for each row.
            tie = relation_of(self.relation)
            return tie.condition(
                select(tie.other).select_from(tie.target).where(condition).correlate(None).scalar_subquery()
            )
        found = self.relation.has(condition)
        return or_(found, ~self.relation.has()) if self.includes_nothing(value) else found

    def beyond(self, value: ReadValue) -> ColumnElement[bool] | None:
        """Return the condition on the related record; None if the column is the listed model's own."""
        is_asked = self.relation is not None and not self.includes_nothing(value)
        return self.condition(self.column, value) if is_asked else None

    def key_sets(self, value: ReadValue) -> Sequence[KeySet]:
        """Return the key sets whose intersection is exactly the matching rows; none if there are no such sets."""
        return () if self.relation is not None else self.key_sets_of(value)

    def key_sets_of(self, _value: ReadValue) -> Sequence[KeySet]:
        """Return the key sets of the column's own model."""
        return ()

    def means_one(self) -> bool:
        """Whether a value matches at most one record."""
        return False

    def includes_nothing(self, value: object) -> bool:
        """Whether a missing value matches."""
        return self.holds_for_nothing

    def condition(self, column: Expression, value: object) -> ColumnElement[bool]:
        """Return the condition on the column itself, which Flask-Admin's own `apply` would have added to the query."""
        statement = self.apply(select(column), value)
        condition: ColumnElement[bool] = statement.whereclause
        return condition

    def sentence(self, text: str) -> str:
        """Return the filter in words."""
        return f"{self.name} {self.words} “{text}”"

    def fits(self) -> bool:
        """Whether the operator applies to this column, and no other operator says the same."""
        return True

    def operators(self) -> tuple[OperatorChoice, ...]:
        """Return what the form offers for this filter."""
        return (OperatorChoice(self.slug, self.words, self.control or self.input_type, self.hint),)

    def typed(self, value: object) -> str | None:
        """Return the text that finds the rows with this value; None for an operator that does not mean one value."""
        return None

    def choices(self) -> tuple[Hidden, ...]:
        """Return the values to choose from, if there is a fixed set."""
        return ()


def yes_or_no(text: str) -> bool:
    """Read yes or no."""
    answers = {"yes": True, "1": True, "no": False, "0": False}
    if text.strip().lower() not in answers:
        message = "Enter yes or no."
        raise ValueError(message)
    return answers[text.strip().lower()]
