"""A form's field of links with many records: each can be removed, and others are added by searching or typing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from sqlalchemy import inspect as inspect_record
from wtforms import Field
from wtforms.widgets import TextInput

from admin_app.db.keys import print_key
from admin_app.db.record import Record
from admin_app.domain.naming import names_of
from admin_app.errors import NotFoundError
from admin_app.extensions import db
from admin_app.panel.access.lookup import find_offered, typing_hint
from admin_app.panel.fields import Picked, picked_of
from admin_app.value_lists import list_of, values_of


class LinksField(Field):
    """Links with many records: a box for each that is linked, and a line to type further ones in (or pick, with JavaScript)."""

    # The field's type, as templates see it.
    kind: ClassVar[str] = "links"
    widget = TextInput()

    def __init__(self, *args: Any, target: type[Record], lookup: Callable[[], str], **kwargs: Any) -> None:
        """Keep the model on the other side, and where its records are looked up."""
        # Flask-Admin passes this for every relation; WTForms' own fields do not accept it.
        kwargs.pop("allow_blank", None)
        super().__init__(*args, **kwargs)
        self.target = target
        self._lookup = lookup
        # The typed texts that mean no record.
        self.typed = ""

    @property
    def lookup_url(self) -> str:
        """Where the picker looks records up."""
        return self._lookup()

    @property
    def hint(self) -> str:
        """What to type without JavaScript."""
        return f"{typing_hint(self.target)} Separate several with commas."

    @property
    def nouns(self) -> str:
        """What the records of the other side are called."""
        return names_of(self.target)[1]

    @property
    def picked(self) -> list[tuple[Picked, bool]]:
        """The records that are linked, or were when the form was drawn, each with whether its box is ticked."""
        shown = {one.id: one for one in [*(self.object_data or ()), *self.data]}
        kept = {one.id for one in self.data}
        return [(picked_of(one), key in kept) for key, one in shown.items()]

    def process_data(self, value: Sequence[Any] | None) -> None:
        """Set the records; earlier input is dropped."""
        self.typed = ""
        self.data = list(value or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        """Find the records; raise ValueError, which WTForms shows at the field, for a text that means none or several."""
        if not valuelist:
            return
        held = {print_key(one.id): one for one in self.object_data or ()}
        found: dict[Any, Any] = {}
        unknown: dict[str, str] = {}
        for text in dict.fromkeys(one for sent in valuelist for one in values_of(str(sent))):
            try:
                # Unchanged. A person who may not see that record does not get this field.
                one = held.get(text) or find_offered(self.target, text)
                found[one.id] = one
            except NotFoundError as error:
                unknown[text] = str(error)
        self.data = [found[key] for key in sorted(found)]
        self.typed = list_of(unknown)
        if unknown:
            raise ValueError(" ".join(unknown.values()))

    def let_go_of_gone(self) -> None:
        """Drop the records that no longer exist, after the database refused one of them."""
        keys = [inspect_record(one).identity for one in self.data]
        there = (db.session.get(self.target, key) for key in keys)
        self.data = [one for one in there if one is not None]
