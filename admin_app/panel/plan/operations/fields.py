"""A field that can be changed for many records, and the names of its controls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wtforms import Field, Form
from wtforms.validators import Optional

from admin_app.domain.plan.changes import Check, SetTo, ValueChange
from admin_app.domain.records.rules import is_required
from admin_app.extensions import Expression, TableColumn
from admin_app.kinds import kind_of
from admin_app.panel.fields import RelationField, Rule
from admin_app.panel.kinds import panel_kind_of
from admin_app.panel.kinds.base import BulkChange

# Controls: the ticked fields, how each is changed, and its new value. Inputs of a kind's own changes are named alike:
# "increase.price".
CHANGE, HOW, VALUE = "change", "how.", "value."
SET, CLEAR = "set", "clear"


@dataclass(frozen=True)
class EditableField:
    """A field that can be changed: its column, and the form's field with what was sent."""

    name: str
    label: str
    # The attribute under which a plan stores it.
    key: str
    column: TableColumn
    field: Field
    form: Form

    @property
    def compared(self) -> Expression:
        """The expression by which two values are compared."""
        return kind_of(self.column).comparable(self.column)

    @property
    def takes_value(self) -> bool:
        """Whether all records can get the same value."""
        return not kind_of(self.column).is_file

    @property
    def cleared(self) -> ValueChange:
        """The change that clears it."""
        return SetTo(None if self.column.nullable else "")

    @property
    def can_be_cleared(self) -> bool:
        """Whether it may be empty."""
        return bool(self.column.nullable) or (kind_of(self.column).is_text and not is_required(self.column))

    @property
    def is_unique(self) -> bool:
        """Whether no two records may have the same value."""
        return bool(self.column.unique)

    @property
    def further(self) -> Sequence[BulkChange]:
        """The changes that it offers besides setting and clearing."""
        return () if isinstance(self.field, RelationField) else panel_kind_of(self.column).bulk_changes

    def changes(self, change: ValueChange) -> dict[str, ValueChange]:
        """Return the changes by column attribute."""
        return {self.key: change}

    def inputs(self) -> dict[str, list[str]]:
        """Return the names of the inputs, by way of changing."""
        asked = {one.key: [f"{key}.{self.name}" for key, _ in one.inputs] for one in self.further}
        return {**({SET: [VALUE + self.name]} if self.takes_value else {}), CLEAR: [], **asked}

    def problem_by_form(self, value: object) -> str | None:
        """Return the problem that the form's validators find in a value, or None."""
        field: Any = self.field
        field.data, field.raw_data, field.process_errors = value, [] if value is None else [str(value)], []
        return None if field.validate(self.form) else str(field.errors[0])

    @property
    def check(self) -> Check | None:
        """The form's check of a value; None if the form has no rules beyond those of the column."""
        is_plain = all(isinstance(one, Rule | Optional) for one in self.field.validators)
        return None if is_plain else self.problem_by_form
