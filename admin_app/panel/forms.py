"""How a model becomes a form: Flask-Admin's converter, with native inputs and the domain's rules and words."""

from __future__ import annotations

from typing import Any

from flask_admin.contrib.sqla.form import AdminModelConverter
from flask_admin.contrib.sqla.validators import Unique
from flask_admin.model.form import FieldPlaceholder, converts
from sqlalchemy import Column, Enum
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # new in 3.3; the stubs are of 3.2
from wtforms.validators import InputRequired, Length

from admin_app.domain.rules import is_required, problem_with
from admin_app.kinds import kind_of
from admin_app.panel.fields import EmailField, LineField, LongTextField, RelationField, Rule
from admin_app.panel.typed_fields import (
    DateField,
    DecimalField,
    FloatField,
    TimeField,
    UtcDateTimeField,
    UuidField,
    WholeNumberField,
)


class Converter(AdminModelConverter):
    """Makes the fields. A column's rules come from `domain.rules`, so that a form and an import refuse alike."""

    def convert(self, model: Any, mapper: Any, name: str, prop: Any, field_args: Any, hidden_pk: bool) -> Any:  # noqa: FBT001, PLR0917 -- Flask-Admin's signature
        """Let Flask-Admin make the field, then replace its validators by ours."""
        field = super().convert(model, mapper, name, prop, field_args, hidden_pk)
        if field is None or isinstance(prop, FieldPlaceholder):
            return field
        validators = [
            one for one in field.kwargs.get("validators", []) if not isinstance(one, InputRequired | Length | Unique)
        ]
        label = field.kwargs.get("label") or self._get_label(name, {})
        if hasattr(prop, "columns"):
            rule = self._column_rule(prop.columns[0], label)
            # A select without an empty choice always has a value, whatever the column's default is.
            if isinstance(prop.columns[0].type, Enum) and not prop.columns[0].nullable:
                rule.field_flags = {"required": True}
        else:
            rule = self._relation_rule(prop, label)
        field.kwargs["validators"] = [*validators, rule]
        return field

    def _get_label(self, name: str, field_args: Any) -> str:
        """Ask the view: Flask-Admin forgets the labels that `column_labels` does not name."""
        return str(field_args.get("label") or self.view.get_column_name(name))

    def _column_rule(self, column: Column[Any], label: str) -> Rule:
        return Rule(lambda value: problem_with(column, label, value), is_required=is_required(column))

    def _relation_rule(self, prop: Any, label: str) -> Rule:
        needed = not all(column.nullable for column in prop.local_columns)
        message = f"Choose the {label.lower()}."
        return Rule(lambda value: message if needed and value is None else None, is_required=needed)

    def _model_select_field(self, prop: Any, multiple: Any, remote_model: Any, **kwargs: Any) -> Any:
        """Make a picker that never loads more than a page of the other side."""
        if multiple:
            return None
        view = self.view
        # Optional() would empty the errors of what was typed and not found.
        kwargs["validators"] = []
        return RelationField(target=remote_model, lookup=lambda: view.link("lookup_view", name=prop.key), **kwargs)

    @converts("String")
    def conv_String(self, column: Any, field_args: Any, **_extra: Any) -> Any:  # noqa: N802 -- Flask-Admin's name
        """Make a line of text."""
        self._nullable_common(column, field_args)
        is_email = column.info.get("format") == "email"
        field_args["render_kw"] = (
            {"autocomplete": "off", "spellcheck": "false"} if is_email else {"autocomplete": "off"}
        )
        return EmailField(**field_args) if is_email else LineField(**field_args)

    @converts("Text")
    def conv_Text(self, column: Any, field_args: Any, **_extra: Any) -> Any:  # noqa: N802 -- Flask-Admin's name
        """Make lines of text."""
        self._nullable_common(column, field_args)
        field_args["render_kw"] = {"rows": 14}
        field_args["description"] = field_args.get("description") or f"Up to {kind_of(column).longest:,} characters."
        return LongTextField(**field_args)

    @converts("sqlalchemy.sql.sqltypes.Enum")
    def convert_enum(self, column: Any, field_args: Any, **_extra: Any) -> Any:
        """Make a select of the set's members."""
        kind = column.type.enum_class
        # Also where one has to be chosen: the first of the set would be saved by whoever chose nothing.
        blank = SelectChoice("", "—" if column.nullable else "Choose one")
        members = [SelectChoice(member.value, member.value.replace("_", " ").capitalize()) for member in kind]
        field_args["choices"] = [blank, *members]
        field_args["coerce"] = lambda value: kind(value) if value else None
        return SelectField(**field_args)

    @converts("Integer")
    def handle_integer_types(self, field_args: Any, **_extra: Any) -> Any:
        """Make a number input; the rule keeps it within what the column holds."""
        return WholeNumberField(**field_args)

    @converts("Numeric")
    def handle_decimal_types(self, field_args: Any, **_extra: Any) -> Any:
        """Make a number input that loses no digit."""
        return DecimalField(**field_args)

    @converts("Float", "Double")
    def convert_float(self, field_args: Any, **_extra: Any) -> Any:
        """Make a number input; Flask-Admin has none for these types of SQLAlchemy 2.1."""
        return FloatField(**field_args)

    @converts("Uuid")
    def convert_uuid(self, field_args: Any, **_extra: Any) -> Any:
        """Make a line of text that holds a UUID; Flask-Admin has no field for the type."""
        return UuidField(**field_args)

    @converts("Date")
    def convert_date(self, field_args: Any, **_extra: Any) -> Any:
        """Make the browser's own date input."""
        return DateField(**field_args)

    @converts("Time")
    def convert_time(self, field_args: Any, **_extra: Any) -> Any:
        """Make the browser's own time input."""
        return TimeField(**field_args)

    @converts("DateTime", "UtcDateTime")
    def convert_datetime(self, field_args: Any, **_extra: Any) -> Any:
        """Make the browser's own date and time input, in UTC."""
        return UtcDateTimeField(**field_args)
