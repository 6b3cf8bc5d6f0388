"""Form fields of our own: a relation chosen by searching or typing, text that keeps its line ends, a new password."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from sqlalchemy.orm.attributes import set_committed_value
from wtforms import Field, Form, PasswordField
from wtforms.validators import ValidationError
from wtforms.widgets import TextInput

from admin_app.db.keys import Key, print_key
from admin_app.db.record import Record
from admin_app.domain.naming import noun_of
from admin_app.domain.permissions.policy import Action
from admin_app.errors import NotFoundError
from admin_app.panel.access.access import access_of
from admin_app.panel.access.lookup import find_offered, typing_hint
from admin_app.panel.links import record_url
from admin_app.panel.view_models import UNSEEN
from admin_app.relations import ToOne
from admin_app.relations.to_one import dangling_key
from admin_app.web.form_parser import SentAsFile


@dataclass(frozen=True)
class Picked:
    """The record in a relation field: its name, a second line, its address."""

    id: str
    text: str
    detail: str
    url: str


AS_FILE = "This field takes text, not a file. Type or paste the text."

OF_LIST = "{label} must be one of the list."
# The messages of WTForms' own fields and validators, which lack the field's name, and ours.
_OWN_WORDS = {
    "Invalid Choice: could not coerce.": OF_LIST,
    "Invalid choice(s): one or more data inputs could not be coerced.": OF_LIST,
    "Not a valid choice.": OF_LIST,
    "Not a valid integer value.": "{label} must be a whole number, like 42.",
    "Not a valid decimal value.": "{label} must be a number, like 4.2.",
    "Not a valid float value.": "{label} must be a number, like 4.2.",
    "Not a valid date value.": "{label} must be a date, like 2026-01-31.",
    "Not a valid datetime value.": "{label} must be a date and a time, like 2026-01-31 17:30.",
    "Not a valid time value.": "{label} must be a time, like 17:30.",
    "Invalid email address.": "{label} must be an email address, like ann@example.com.",
    "Invalid URL.": "{label} must be an address, like https://example.com.",
    "Invalid UUID.": "{label} must be a UUID.",
    "Invalid IP address.": "{label} must be an IP address.",
    "Invalid Mac address.": "{label} must be a MAC address.",
    "Invalid input.": "{label} has a form that is not expected here.",
    "This field is required.": "{label} is missing.",
}


def in_own_words(field: Field) -> list[str]:
    """Return the errors of a field. A summary shows them apart from the field, so each has to name it."""
    label = field.label.text
    # A list of fields has lists of errors.
    texts = (one if isinstance(one, str) else "" for one in field.errors)
    found = ((one, _OWN_WORDS.get(text)) for one, text in zip(field.errors, texts, strict=True))
    return [one if own is None else own.format(label=label) for one, own in found]


class TextForm(Form):
    """A form without files. A field that was sent as a file is refused, required or not: it must not count as emptied."""

    def validate(self, extra_validators: Mapping[str, Sequence[object]] | None = None) -> bool:
        """Check the fields, then whether one was sent as a file; that message replaces its other errors."""
        is_valid = super().validate(extra_validators)
        for field in (one for one in self if isinstance(one.errors, list | tuple)):
            field.errors = in_own_words(field)
        as_files = [one for one in self if any(isinstance(text, SentAsFile) for text in one.raw_data or ())]
        for field in as_files:
            field.errors = [AS_FILE]
        return is_valid and not as_files


class RelationField(Field):
    """A to-one relation. The person types (or picks, with JavaScript) an id, an email or a name that only one record has."""

    # The field's type, as templates see it.
    kind: ClassVar[str] = "relation"
    widget = TextInput()

    def __init__(self, *args: Any, target: type[Record], lookup: Callable[[], str], **kwargs: Any) -> None:
        """Keep the model on the other side, and where its records are looked up; `tie` is the relation of a record's own field."""
        self.tie: ToOne | None = kwargs.pop("tie", None)
        # Flask-Admin passes this for nullable keys; WTForms' own fields do not accept it.
        kwargs.pop("allow_blank", None)
        super().__init__(*args, **kwargs)
        self.target = target
        self._lookup = lookup
        self._typed: str | None = None
        self._original: object = None

    @property
    def lookup_url(self) -> str:
        """Where the picker looks records up."""
        return self._lookup()

    @property
    def hint(self) -> str:
        """What to type without JavaScript."""
        return typing_hint(self.target)

    @property
    def noun(self) -> str:
        """The noun for a record of the other side."""
        return noun_of(self.target)

    @property
    def picked(self) -> Picked | None:
        """The record in the field, or the key of one that is gone."""
        if self.dangling and self.data is None and self._value() == self.dangling:
            # The record may exist without meeting the relation's further condition.
            is_gone = self.tie is not None and self.tie.is_by_columns_alone
            return Picked(self.dangling, no_such(self._stored_key, self.noun), "", "") if is_gone else None
        return None if self.data is None else picked_of(self.data)

    @property
    def dangling(self) -> str:
        """The text for the input if the form's record refers to one that does not exist; else ""."""
        return "" if self.object_data is not None else self._stored_text

    @property
    def _stored_text(self) -> str:
        """The stored foreign key as text for an input."""
        return self._drawn_of(self._stored_key)

    def was_drawn_of(self, key: object) -> bool:
        """Whether the field came back as it is drawn for a record whose foreign key has this value and leads to no record."""
        return bool(drawn := self._drawn_of(cast("Key | None", key))) and self._typed == drawn

    def _drawn_of(self, key: Key | None) -> str:
        """Return a foreign key as text for an input: an ID, or a text that cannot be mistaken for an ID or a name."""
        if key is None or self.tie is None:
            return ""
        if self.tie.is_by_key:
            return print_key(key)
        text = str(key)
        # An input would lose blanks at the ends, and line ends.
        return f"{text if text == ' '.join(text.split()) else print_key(key)} (as stored)"

    @property
    def _stored_key(self) -> Key | None:
        # Flask-Admin's forms keep the record that they change.
        holder = self._original or getattr(getattr(self, "_form", None), "_obj", None)
        return None if self.tie is None or holder is None else dangling_key(holder, self.tie)

    @property
    def is_left_dangling(self) -> bool:
        """Whether the field was sent unchanged with the key of a record that does not exist."""
        return bool(self.dangling) and self._typed == self.dangling

    @property
    def lets_go(self) -> bool:
        """Whether the key of a record that does not exist was emptied: the ORM sees no difference."""
        return bool(self.dangling) and self._typed == ""

    def copy_dangling(self, original: object) -> None:
        """Take the foreign key of a copy's original if it leads to no record, unless something else was sent.

        Only where the database has no foreign key constraint: it would refuse the new record.
        """
        tie = self.tie
        if tie is None or not tie.may_dangle or tie.is_unique or getattr(original, tie.key) is not None:
            return
        self._original = original
        if self.is_left_dangling:
            self.process_errors = []
            self.data = None

    def populate_obj(self, obj: object, name: str) -> None:
        """Let the record refer to the chosen one; set the columns directly if the ORM would empty a column that another relation needs."""
        if self.is_left_dangling:
            if self.tie is not None and self._original is not None:
                setattr(obj, self.tie.own_name, getattr(self._original, self.tie.own_name))
            return
        if self.tie is None or (self.tie.is_plain and not self.lets_go):
            super().populate_obj(obj, name)
            return
        for column, value in self.tie.values_for(self.data).items():
            setattr(obj, column, value)
        set_committed_value(obj, name, self.data)

    def _value(self) -> str:
        """Return the text for the input: what was typed, or the id."""
        if self._typed is not None:
            return self._typed
        return print_key(self.data.id) if self.data is not None else self.dangling

    def process_data(self, value: object) -> None:
        """Set the record; earlier input is dropped."""
        self._typed = None
        super().process_data(value)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Find the record; raise ValueError, which WTForms shows at the field, if there is none or several."""
        if not valuelist:
            return
        self._typed = str(valuelist[0]).strip()
        held = self.object_data
        # The record may have been created since the form was drawn with the key alone.
        if held is not None and self._typed in {print_key(held.id), self._stored_text}:
            # Unchanged. A person who may not see that record does not get this field.
            self.data = held
            return
        self.data = None
        if self._typed and not self.is_left_dangling:
            try:
                self.data = find_offered(self.target, self._typed)
            except NotFoundError as error:
                raise ValueError(str(error)) from error


def no_such(key: object, noun: str) -> str:
    """Say that there is no record with this key."""
    return f"{key} (no such {noun})"


def picked_of(record: Record) -> Picked:
    """Return the view of a record for a relation field."""
    access = access_of(type(record))
    if access is None:
        return Picked(print_key(record.id), str(record), "", "")
    if not access.sees(record):
        return Picked(print_key(record.id), UNSEEN.text, "", "")
    url = record_url(access, record) if access.may(Action.VIEW) else ""
    return Picked(print_key(record.id), access.title_of(record), access.detail_of(record), url)


class NewPasswordField(PasswordField):
    """A new password. It is never stored in the record: it is hashed first."""

    def populate_obj(self, obj: object, name: str) -> None:
        """Leave the record unchanged."""


class Rule:
    """A WTForms validator that asks a function for the problem with the field's value."""

    def __init__(self, problem: Callable[[Any], str | None], *, is_required: bool = False) -> None:
        """Keep the function. With `is_required` the label lacks its "(optional)"."""
        self.problem = problem
        self.field_flags = {"required": True} if is_required else {}

    def __call__(self, _form: object, field: Field) -> None:
        """Raise with the problem's words. A value that the record holds already is accepted, whatever it is."""
        if field.data is not None and field.data != "" and field.data is field.object_data:
            return
        if isinstance(field, RelationField) and field.is_left_dangling:
            return
        if problem := self.problem(field.data):
            raise ValidationError(problem)


def as_drawn(field: Field, drawn: object) -> object:
    """Return a field's value, or the value that it was drawn from if both look empty: an empty text and no value look the same."""
    is_empty = field.raw_data == [""] and (field.data is None or field.data == "")
    return drawn if is_empty and (drawn is None or drawn == "") else field.data
