"""What every operator is: a Flask-Admin filter that parses strictly and yields a plain condition."""

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
    # What takes this operator's value, where it is another control than the field's others have.
    control: ClassVar[str] = ""
    # Whether records without a related record match too: a missing name does not contain the word either.
    holds_for_nothing: ClassVar[bool] = False
    # How many characters it takes.
    longest: ClassVar[int] = LONGEST_VALUE
    # What to type, where the label does not say it.
    hint: str = ""
    # Values to choose from or to type something else: shown as suggestions.
    suggestions: ClassVar[tuple[Hidden, ...]] = ()
    # The to-one relation that leads to the column, where it is another model's.
    relation: Attribute | None = None

    @cached_property
    def searched(self) -> SearchColumn | None:
        """Return the column in which the value is looked for as by a search, if that is what the operator does."""
        return None

    def operation(self) -> str:
        """Name the operator."""
        return self.words

    def parse(self, text: str) -> object:
        """Turn what was typed into a value; raise ValueError saying what to type."""
        if not text.strip():
            message = "Enter a value."
            raise ValueError(message)
        return self.clean(text)

    def criterion(self, value: object) -> ColumnElement[bool]:
        """Return the condition on the listed model, through the relation where there is one."""
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
        """Return the condition on the record that a row has to point at, where the column is that one's."""
        is_asked = self.relation is not None and not self.includes_nothing(value)
        return self.condition(self.column, value) if is_asked else None

    def key_sets(self, value: ReadValue) -> Sequence[KeySet]:
        """Return the sets of keys that tell the rows together, where the condition says nothing else."""
        return () if self.relation is not None else self.key_sets_of(value)

    def key_sets_of(self, _value: ReadValue) -> Sequence[KeySet]:
        """Return the sets of the keys of the column's own rows."""
        return ()

    def means_one(self) -> bool:
        """Whether a value means one record at most."""
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
        """Say it for a person."""
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
        """Return the values to choose from, where there is a fixed set."""
        return ()


def yes_or_no(text: str) -> bool:
    """Read an answer."""
    answers = {"yes": True, "1": True, "no": False, "0": False}
    if text.strip().lower() not in answers:
        message = "Enter yes or no."
        raise ValueError(message)
    return answers[text.strip().lower()]
