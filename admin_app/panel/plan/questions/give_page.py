"""“Give to…”: gives many records to another record of a to-one relation, with one picker."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from flask import abort, request
from werkzeug.datastructures import MultiDict

from admin_app.domain.permissions.policy import Action
from admin_app.errors import InvalidRecord
from admin_app.formatting import in_sentence
from admin_app.panel.plan.operation import BulkOperation
from admin_app.panel.plan.operations import editing
from admin_app.panel.plan.operations.fields import CHANGE, CLEAR, HOW, SET, VALUE, EditableField
from admin_app.panel.plan.questions.asking import Question

FIELD = "field"


class GiveQuestion(Question):
    """Asks who gets the records. This is the most common bulk change, so it has a short page."""

    action = Action.EDIT
    template = "resource/give.html"

    def read(self, sent: MultiDict[str, str]) -> BulkOperation:
        """Read who gets the records."""
        name = self._field().name
        how = CLEAR if "nobody" in sent else SET
        typed = sent.get(VALUE + name, "").strip()
        if how == SET and not typed:
            raise InvalidRecord({VALUE + name: f"Choose the {in_sentence(self._field().label)}."})
        return editing.read_edit(
            self.access,
            MultiDict([(CHANGE, name), (HOW + name, how), (VALUE + name, typed)]),
        )

    def values(self, sent: MultiDict[str, str], problems: Mapping[str, str]) -> dict[str, object]:
        """Return the relation's field, filled with what was sent."""
        field = editing.editable_fields(self.access, sent)[self._field().name]
        # To leave the field empty is a button of its own.
        field.field.flags.required = True
        field.field.errors = [problem for name, problem in problems.items() if name == VALUE + field.name]
        return {"field": field}

    def kept_names(self) -> set[str]:
        """Keep what was typed."""
        return {VALUE + name for name in self.resource.relations}

    def _field(self) -> EditableField:
        """Return the relation in the address, or the only one; 404 for any other."""
        fields = editing.editable_fields(self.access, MultiDict())
        relations = [name for name in self.resource.givers() if name in fields]
        name = request.args.get(FIELD) or (relations[0] if len(relations) == 1 else "")
        if name not in relations:
            abort(HTTPStatus.NOT_FOUND)
        return fields[name]
