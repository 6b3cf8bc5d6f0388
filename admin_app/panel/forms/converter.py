"""How a model becomes a form: Flask-Admin's converter, with native inputs and the domain's rules and words."""

from __future__ import annotations

from typing import Any

from flask_admin.contrib.sqla.form import AdminModelConverter
from flask_admin.contrib.sqla.validators import Unique
from flask_admin.model.form import FieldPlaceholder
from wtforms import Field
from wtforms.validators import InputRequired, Length

from admin_app.db.record import Record
from admin_app.domain.records.rules import is_read_only, is_required, problem_with
from admin_app.errors import ConfigurationError
from admin_app.extensions import Relationship, TableColumn, Values
from admin_app.formatting import in_sentence
from admin_app.panel.fields import RelationField, Rule
from admin_app.panel.forms.declared_choices import DeclaredChoiceField
from admin_app.panel.kinds import panel_kind_of
from admin_app.panel.links import link
from admin_app.panel.links_field import LinksField
from admin_app.relations import ToOne, links_of, relations_of, to_one


class Converter(AdminModelConverter):
    """Makes the fields. A column's rules come from `domain.records.rules`, so that a form and an import refuse alike."""

    def convert(  # noqa: PLR0917 -- Flask-Admin's signature
        self,
        model: type[Record],
        mapper: object,
        name: str,
        prop: Relationship,
        field_args: Values,
        hidden_pk: bool,  # noqa: FBT001 -- Flask-Admin's signature
    ) -> Any:
        """Let Flask-Admin make the field, then replace its validators by ours."""
        given = dict(field_args or {})
        # Kinds set some of these arguments themselves, and passing them twice would be an error.
        attributes = {**(given.pop("render_kw", None) or {}), **((self.view.form_widget_args or {}).get(name) or {})}
        field = super().convert(model, mapper, name, prop, given, hidden_pk)
        if field is None or isinstance(prop, FieldPlaceholder):
            return field
        declared = (self.view.form_choices or {}).get(name)
        if declared is not None and name not in (self.view.form_overrides or {}):
            plain = {key: value for key, value in field.kwargs.items() if key not in {"choices", "allow_blank"}}
            field = DeclaredChoiceField(declared=declared, **plain)
        if attributes:
            field.kwargs["render_kw"] = {**(field.kwargs.get("render_kw") or {}), **attributes}
        validators = [
            one for one in field.kwargs.get("validators", []) if not isinstance(one, InputRequired | Length | Unique)
        ]
        label = field.kwargs.get("label") or self._get_label(name, {})
        if hasattr(prop, "columns"):
            rule = self._column_rule(prop.columns[0], label)
            if panel_kind_of(prop.columns[0]).needs_an_answer(prop.columns[0]):
                rule.field_flags = {"required": True}
        else:
            rule = self._relation_rule(prop, label)
        field.kwargs["validators"] = [*validators, rule]
        return field

    def _get_label(self, name: str, field_args: Values) -> str:
        """Ask the view: Flask-Admin forgets the labels that `column_labels` does not name."""
        return str(field_args.get("label") or self.view.get_column_name(name))

    def _column_rule(self, column: TableColumn, label: str) -> Rule:
        return Rule(lambda value: problem_with(column, label, value), is_required=is_required(column))

    def _relation_rule(self, prop: Any, label: str) -> Rule:
        if prop.uselist:
            return Rule(lambda _value: None)
        needed = to_one(prop).is_required
        message = f"Choose the {in_sentence(label)}."
        return Rule(lambda value: message if needed and value is None else None, is_required=needed)

    def _model_select_field(
        self, prop: Relationship, multiple: Any, remote_model: type[Record], **kwargs: object
    ) -> Field | None:
        """Make a picker that never loads more than a page of the other side."""
        view = self.view
        is_links = prop.key in links_of(view.model)
        tie = relations_of(view.model)[prop.key]
        if (
            not tie.is_many
            and not tie.is_plain
            and (twice := [one for one in tie.own_names if one in (view.form_columns or ())])
        ):
            message = (
                f"{type(view.resource).__name__}.form_columns names {prop.key} and {twice[0]}, which holds its key: "
                "name one of the two."
            )
            raise ConfigurationError(message)
        # The side of a one-to-one relation without the foreign key: the other record stores the link.
        is_field = is_links or isinstance(relations_of(view.model)[prop.key], ToOne)
        if not is_field and prop.key in (view.form_columns or ()):
            message = (
                f"{view.model.__name__}.{prop.key} cannot be a field of the form: "
                f"{'it is a relation to many records' if multiple else 'the other record keeps it'}."
            )
            raise ConfigurationError(message)
        if not is_field:
            return None
        # `Optional` would remove the error about a record that was typed and not found.
        kwargs["validators"] = []
        # A view-only relation cannot be written: the ORM refuses it.
        if not is_links and not tie.is_view:
            kwargs["tie"] = tie
        return (LinksField if is_links else RelationField)(
            target=remote_model, lookup=lambda: link(view.resource, "lookup_view", name=prop.key), **kwargs
        )

    def get_converter(self, column: TableColumn) -> Any:
        """Ask the column's kind for the field. Flask-Admin would look for the name of the column's type, and drop unknown ones.

        A column that no form can change has no field: it is one of the facts.
        """
        if is_read_only(column):
            return None
        kind = panel_kind_of(column)
        return lambda field_args, **_extra: kind.field(column, field_args)
