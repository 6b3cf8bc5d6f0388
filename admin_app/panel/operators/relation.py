"""A to-one relation: is this record, is empty."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

from admin_app.domain.finding import find_one
from admin_app.errors import NotFoundError
from admin_app.extensions import db
from admin_app.models.limits import as_key
from admin_app.panel.engine import foreign_key_of
from admin_app.panel.operators.base import Operator
from admin_app.panel.operators.text import Empty
from admin_app.panel.registry import names_of, typing_hint


class RelationIs(Operator):
    """The related record is this one, given by its ID, its email or its name."""

    slug, words, input_type = "is", "is", "relation"

    def __init__(self, relation: InstrumentedAttribute[Any], name: str) -> None:
        """Keep the relation and the model on its other side."""
        super().__init__(relation, name)
        self.target = relation.property.mapper.class_
        self.hint = typing_hint(self.target)

    def clean(self, value: str) -> Any:
        """Find the record; an id that is gone still means that id, and matches nothing."""
        if (key := as_key(self.target, value.strip())) is not None:
            return key
        noun, nouns = names_of(self.target)
        try:
            return find_one(db.session, self.target, value, noun=noun, nouns=nouns).id
        except NotFoundError as error:
            raise ValueError(str(error)) from error

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        """Compare the foreign key: no join."""
        condition: ColumnElement[bool] = foreign_key_of(column.property) == value
        return condition

    def sentence(self, text: str) -> str:
        """Name the record rather than its number."""
        record = db.session.get(self.target, self.parse(text))
        return f"{self.name} is “{record}”" if record is not None else f"{self.name} is ID {text} (deleted)"


class RelationEmpty(Empty):
    """There is a related record, or none."""

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        """Ask the foreign key."""
        foreign_key = foreign_key_of(column.property)
        condition: ColumnElement[bool] = foreign_key.is_(None) if value else foreign_key.is_not(None)
        return condition
