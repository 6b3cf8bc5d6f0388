"""The form of a record. Its fields may have the names of WTForms' own attributes, because columns may have any name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from flask_admin.form import BaseForm
from typing_extensions import override
from wtforms import Field
from wtforms.fields.core import UnboundField
from wtforms.form import FormMeta

from admin_app.extensions import Values
from admin_app.panel.fields import TextForm, as_drawn

# The attributes that WTForms sets on each form; its others are on the classes, or begin with an underscore.
OF_INSTANCES = frozenset({"meta", "form_errors"})


class FieldsApart(FormMeta):
    """Keeps fields called `data` or `process` from replacing a form's own attributes of these names."""

    # The fields that cannot be attributes.
    _apart: Mapping[str, UnboundField[Field]]
    _unbound_fields: list[tuple[str, UnboundField[Field]]] | None

    def __init__(self, name: str, bases: tuple[type, ...], body: Values) -> None:
        """Remove such fields from the class."""
        super().__init__(name, bases, body)
        apart = {key: one for key, one in body.items() if isinstance(one, UnboundField) and _is_taken(key, bases)}
        for key in apart:
            delattr(self, key)
        self._apart = apart

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Create a form with all its fields in their order."""
        if self._unbound_fields is None:
            plain = [(key, getattr(self, key)) for key in dir(self) if not key.startswith("_")]
            fields = [*((key, one) for key, one in plain if isinstance(one, UnboundField)), *self._apart.items()]
            self._unbound_fields = sorted(fields, key=lambda field: (field[1].creation_counter, field[0]))
        return super().__call__(*arguments, **named)


def _is_taken(name: str, bases: tuple[type, ...]) -> bool:
    return name.startswith("_") or name in OF_INSTANCES or any(hasattr(one, name) for one in bases)


class RecordForm(TextForm, BaseForm, metaclass=FieldsApart):
    """The base of Flask-Admin's forms of records. A field is `form["data"]`, and also an attribute if its name is free."""

    _apart: ClassVar[Mapping[str, UnboundField[Field]]]

    def post_process(self, formdata: object = None) -> None:
        """Keep an unchanged value exactly: an empty text stays empty, and no value stays no value."""
        super().post_process(formdata)
        for field in self:
            if hasattr(self._obj, field.name):
                field.data = as_drawn(field, field.object_data)

    @override
    def __setattr__(self, name: str, value: object) -> None:
        """Set an attribute; a field that cannot be an attribute is left out."""
        if not (isinstance(value, Field) and name in self._apart):
            super().__setattr__(name, value)

    @override
    def __delitem__(self, name: str) -> None:
        """Remove a field."""
        if name in self._apart:
            del self._fields[name]
        else:
            super().__delitem__(name)
