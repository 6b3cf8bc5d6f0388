"""“Find and replace…”: replaces a text in fields of many records."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from flask import abort
from werkzeug.datastructures import MultiDict

from admin_app.domain.permissions.policy import Action
from admin_app.domain.plan.replacing import FIND, LONGEST, WITH
from admin_app.panel.plan.operation import BulkOperation
from admin_app.panel.plan.operations.replacing import CASE, EXPRESSION, FIELD, WORD, read_replacement, text_fields
from admin_app.panel.plan.questions.asking import Question


class ReplaceQuestion(Question):
    """Asks for the text to find, its replacement, and the fields."""

    action = Action.EDIT
    template = "resource/replace.html"

    def read(self, sent: MultiDict[str, str]) -> BulkOperation:
        """Read the replacement."""
        return read_replacement(self.access, sent)

    def values(self, sent: MultiDict[str, str], problems: Mapping[str, str]) -> dict[str, object]:
        """Return what was sent. If there is only one field, it is ticked."""
        fields = text_fields(self.access)
        if not fields:
            abort(HTTPStatus.FORBIDDEN)
        ticked = sent.getlist(FIELD) if sent else [*fields] if len(fields) == 1 else []
        return {
            "find": sent.get(FIND, ""),
            "by": sent.get(WITH, ""),
            "fields": [(name, one.label, name in ticked) for name, one in fields.items()],
            "ways": {name: name in sent for name in (CASE, WORD, EXPRESSION)},
            "longest": LONGEST,
            "errors": list(problems.items()),
        }

    def kept_names(self) -> set[str]:
        """Keep what was typed and chosen."""
        return {FIND, WITH, FIELD, CASE, WORD, EXPRESSION}
