"""A to-one relation: is this record, is empty."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, not_, or_
from typing_extensions import override

from admin_app.db.keys import Key, print_key
from admin_app.db.record import Record
from admin_app.domain.records.lookup import typed_key
from admin_app.errors import ConfigurationError, NotFoundError
from admin_app.extensions import Attribute, Expression, db
from admin_app.formatting import in_sentence
from admin_app.number_parsing import numbers_in
from admin_app.panel.access.access import access_of
from admin_app.panel.access.lookup import find, typing_hint, visible_scope_of
from admin_app.panel.operators.base import Operator, ReadValue, yes_or_no
from admin_app.panel.operators.equality import Empty, InList
from admin_app.panel.view_models import OperatorChoice
from admin_app.relations import relation_of, to_one
from admin_app.relations.base import KeySet
from admin_app.relations.trees import below
from admin_app.value_lists import values_of

# Texts of numbers alone, and of emails alone.
_NUMBERS = re.compile(r"#?\d[\d\s#,;\u060c\uff0c\u3001\uff1b]*")
_EMAILS = re.compile(r"[^\s@]+@[^\s@]+(?:\s+[^\s@]+@[^\s@]+)*")


class RelationIs(Operator):
    """The related record is this one, given by its ID, its email or its name."""

    slug, words, input_type = "is", "is", "relation"

    def __init__(self, relation: Attribute, name: str) -> None:
        """Keep the relation and the model on its other side."""
        super().__init__(relation, name)
        if relation_of(relation).is_many and not relation_of(relation).is_links:
            message = f"{relation} leads to many records: lists cannot be narrowed by it."
            raise ConfigurationError(message)
        self.target = relation_of(relation).target

    def operators(self) -> tuple[OperatorChoice, ...]:
        """Say what to type, depending on what the person may see of the other side's names."""
        return (OperatorChoice(self.slug, self.words, self.input_type, typing_hint(self.target)),)

    def clean(self, value: str) -> Key:
        """Find the record."""
        return key_of(self.target, value)

    def condition(self, column: Expression, value: object) -> ColumnElement[bool]:
        """Compare the foreign key: no join."""
        return relation_of(column).condition(value)

    def beyond(self, value: ReadValue) -> ColumnElement[bool] | None:
        """Return the condition on the record itself, unless a row may lead to many."""
        return None if relation_of(self.column).is_many else self.target.id == value

    def means_one(self) -> bool:
        """Return True: a value is one record."""
        return True

    def sentence(self, text: str) -> str:
        """Name the record rather than its number."""
        if name := self.label_of(text):
            return f"{self.name} is “{name}”"
        is_gone = visible_scope_of(self.target).rows is None
        return f"{self.name} is ID {text}{' (deleted)' if is_gone else ''}"

    def label_of(self, text: str) -> str:
        """Return the record's name; "" if the person may not see it."""
        access = access_of(self.target)
        try:
            key: Any = self.parse(text)
        except ValueError:
            return ""
        record = db.session.get(self.target, key) if access is None else access.find_key(key)
        if record is None:
            return ""
        return str(record) if access is None else access.title_of(record)

    def typed(self, value: Any) -> str | None:
        """Write the record's id."""
        return print_key(value.id)


class RelationInList(InList):
    """The related record is one of several."""

    hint = "Separate IDs, emails or names with commas or new lines."

    def split(self, text: str) -> list[str]:
        """Split at blanks too where no name is meant: between numbers, and between emails."""
        if _NUMBERS.fullmatch(text):
            return numbers_in(text, is_whole=True)
        return [one for value in values_of(text) for one in (value.split() if _EMAILS.fullmatch(value) else [value])]

    def clean_one(self, value: str) -> object:
        """Find the record."""
        return key_of(relation_of(self.column).target, value)

    def condition(self, column: Expression, value: ReadValue) -> ColumnElement[bool]:
        """Compare the foreign key: no join."""
        return to_one(column).among(value)


class RelationNotInList(RelationInList):
    """The related record is none of several, or there is none."""

    slug, words = "not_in", "is none of"

    def condition(self, column: Expression, value: ReadValue) -> ColumnElement[bool]:
        """Include rows without a related record, which NOT IN leaves out."""
        return or_(not_(to_one(column).among(value)), to_one(column).foreign_key.is_(None))


class RelationEmpty(Empty):
    """There is a related record, or none."""

    def sentence(self, text: str) -> str:
        """Say which of the two: "No user", "With any user"."""
        return f"{'No' if yes_or_no(text) else 'With any'} {in_sentence(self.name)}"

    def condition(self, column: Expression, value: object) -> ColumnElement[bool]:
        """Test the foreign key."""
        foreign_key = to_one(column).foreign_key
        condition: ColumnElement[bool] = foreign_key.is_(None) if value else foreign_key.is_not(None)
        return condition


class RelationUnder(RelationIs):
    """The related record is this one, or is below it in a tree."""

    slug, words = "under", "is or is under"

    @override
    def beyond(self, value: ReadValue) -> ColumnElement[bool] | None:
        return None

    @override
    def key_sets_of(self, value: ReadValue) -> Sequence[KeySet]:
        return (below(to_one(self.column), value),)

    def condition(self, column: Expression, value: object) -> ColumnElement[bool]:
        """Include every record below it, at any depth."""
        return below(to_one(column), value).found

    def sentence(self, text: str) -> str:
        """Name the record rather than its number."""
        return super().sentence(text).replace(f"{self.name} is ", f"{self.name} {self.words} ", 1)

    def fits(self) -> bool:
        """Whether the related records form a tree."""
        return to_one(self.column).is_tree


def key_of(target: type[Record], text: str) -> Key:
    """Find a record by what was typed; an id that is gone still means that id, and matches nothing. A text may be a name as well."""
    key = typed_key(target, text)
    if key is not None and not isinstance(key, str):
        return key
    access = access_of(target)
    # A filter of a text is read several times a page.
    return _found(target, text) if access is None else access.once(("key", text), lambda: _found(target, text))


def _found(target: type[Record], text: str) -> Key:
    try:
        found: Key = find(target, text).id
    except NotFoundError as error:
        raise ValueError(str(error)) from error
    return found
