"""The form of a record: its fields may be called as attributes of a form, because columns may be called anything."""

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

# What WTForms sets on each form; the rest are attributes of its classes, or begin with an underscore.
OF_INSTANCES = frozenset({"meta", "form_errors"})


class FieldsApart(FormMeta):
    """Keeps fields like `data` and `process` from replacing what a form has under these names."""

    # The fields that are no attributes.
    _apart: Mapping[str, UnboundField[Field]]
    _unbound_fields: list[tuple[str, UnboundField[Field]]] | None

    def __init__(self, name: str, bases: tuple[type, ...], body: Values) -> None:
        """Take such fields out of the class."""
        super().__init__(name, bases, body)
        apart = {key: one for key, one in body.items() if isinstance(one, UnboundField) and _is_taken(key, bases)}
        for key in apart:
            delattr(self, key)
        self._apart = apart

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Make a form with all of its fields in their order."""
        if self._unbound_fields is None:
            plain = [(key, getattr(self, key)) for key in dir(self) if not key.startswith("_")]
            fields = [*((key, one) for key, one in plain if isinstance(one, UnboundField)), *self._apart.items()]
            self._unbound_fields = sorted(fields, key=lambda field: (field[1].creation_counter, field[0]))
        return super().__call__(*arguments, **named)


def _is_taken(name: str, bases: tuple[type, ...]) -> bool:
    return name.startswith("_") or name in OF_INSTANCES or any(hasattr(one, name) for one in bases)


class RecordForm(TextForm, BaseForm, metaclass=FieldsApart):
    """The form of a record, as Flask-Admin wants its forms. A field is `form["data"]`, and an attribute if its name is free."""

    _apart: ClassVar[Mapping[str, UnboundField[Field]]]

    def post_process(self, formdata: object = None) -> None:
        """Let what the form was drawn from stay what it is where nobody touched it: an empty text, or no value."""
        super().post_process(formdata)
        for field in self:
            if hasattr(self._obj, field.name):
                field.data = as_drawn(field, field.object_data)

    @override
    def __setattr__(self, name: str, value: object) -> None:
        """Set an attribute; a field that is apart is none."""
        if not (isinstance(value, Field) and name in self._apart):
            super().__setattr__(name, value)

    @override
    def __delitem__(self, name: str) -> None:
        """Take a field out."""
        if name in self._apart:
            del self._fields[name]
        else:
            super().__delitem__(name)
