"""Forms by rights: what may be written stands in the form, what may only be read beside it, and nothing is saved out of reach."""

from __future__ import annotations

from typing import Any

from wtforms import Form

from admin_app.domain.permissions import Act
from admin_app.domain.rules import is_required
from admin_app.errors import InvalidRecord
from admin_app.extensions import db
from admin_app.panel.cells import cell_of
from admin_app.panel.details import Details
from admin_app.panel.elements import Fact
from admin_app.panel.engine import foreign_key_of
from admin_app.panel.registry import resource_of
from admin_app.text import in_words


class FormRights(Details):
    """A form has the fields that the person may write. What else a request sends is nobody's."""

    def create_form(self, obj: Any = None) -> Form:
        """Make the form of a new record."""
        return self.narrowed_form(super().create_form(obj), Act.CREATE)

    def edit_form(self, obj: Any = None) -> Form:
        """Make the form of a record."""
        return self.narrowed_form(super().edit_form(obj), Act.EDIT, obj)

    def narrowed_form(self, form: Form, act: Act, record: Any = None) -> Form:
        """Take out what the person may not write by this act."""
        for name in [field.name for field in form if hasattr(self.model, field.name)]:
            if not self.may_write(name, act) or (record is not None and self._leads_out_of_sight(name, record)):
                del form[name]
        return form

    def fixed_facts(self, form: Form, record: Any) -> tuple[Fact, ...]:
        """List the fields of the record's form that the person may read and not write."""
        names = [name for name in self.form_columns if name not in form and hasattr(self.model, name)]
        return tuple(
            Fact(self.get_column_name(name), cell_of(self, record, name, counts={}, is_whole=True))
            for name in self.shown(names)
        )

    def missing_words(self, form: Form) -> str:
        """Say which fields a new record needs that the person may not fill in, "" for none."""
        names = [name for name in self.form_columns if name not in form and hasattr(self.model, name)]
        labels = [self.get_column_name(name).lower() for name in names if self._is_needed(name)]
        return (
            f"You cannot fill in fields that a new {self.noun} needs: {in_words(labels)}. Ask an owner to create it."
            if labels
            else ""
        )

    def require_within(self, record: Any, act: Act) -> None:
        """Raise `InvalidRecord` where a record, as it is written now, is none that the person may see and do this with."""
        if self.rows(act) is None:
            return
        db.session.flush()
        if not self.is_within(record.id, act):
            words = f"Your permissions cover only {self.rule_words(act)}"
            raise InvalidRecord({"": f"{words}. Nothing was saved. Change it, or ask an owner."})

    def _leads_out_of_sight(self, name: str, record: Any) -> bool:
        """Whether a relation leads to a record that the person does not see, and so may not be taken away from it."""
        relation = self.relation(name)
        other = resource_of(relation.mapper.class_) if relation is not None else None
        if other is None or other.seen() is None:
            return False
        value = getattr(record, name)
        return value is not None and not other.sees(value)

    def _is_needed(self, name: str) -> bool:
        relation = self.relation(name)
        return is_required(self.model.__table__.columns[name] if relation is None else foreign_key_of(relation))
