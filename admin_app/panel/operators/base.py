"""What every operator is: a Flask-Admin filter that parses strictly and yields a plain condition."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_admin.contrib.sqla import filters as engine
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from admin_app.panel.elements import Hidden


class Operator(engine.BaseSQLAFilter):
    """One operator on one column: a Flask-Admin filter that parses strictly and yields a plain condition."""

    slug: ClassVar[str]
    words: ClassVar[str]
    input_type: ClassVar[str] = "text"
    # What to type, where the label does not say it.
    hint: str = ""
    # The to-one relation that leads to the column, where it is another model's.
    relation: InstrumentedAttribute[Any] | None = None

    def operation(self) -> str:
        """Name the operator."""
        return self.words

    def parse(self, text: str) -> Any:
        """Turn what was typed into a value; raise ValueError saying what to type."""
        if not text.strip():
            message = "Enter a value."
            raise ValueError(message)
        return self.clean(text)

    def criterion(self, value: Any) -> ColumnElement[bool]:
        """Return the condition on the listed model, through the relation where there is one."""
        condition = self.condition(self.column, value)
        return condition if self.relation is None else self.relation.has(condition)

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        """Return the condition on the column itself: what Flask-Admin's own `apply` would have added to the query."""
        statement = self.apply(select(column), value)
        condition: ColumnElement[bool] = statement.whereclause
        return condition

    def sentence(self, text: str) -> str:
        """Say it for a person."""
        return f"{self.name} {self.words} “{text}”"

    def operators(self) -> tuple[Hidden, ...]:
        """Return what the form offers for this filter: (value, words)."""
        return ((self.slug, self.words),)

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
