"""“Change…”: new values for fields of many records; each field is a row that shows the present values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus

from flask import abort
from werkzeug.datastructures import MultiDict

from admin_app.domain.permissions.policy import Action
from admin_app.errors import InvalidRecord
from admin_app.formatting import in_sentence
from admin_app.panel.list.counted import count_up_to
from admin_app.panel.plan.operation import BulkOperation
from admin_app.panel.plan.operations.editing import control_names, editable_fields, read_edit
from admin_app.panel.plan.operations.fields import CHANGE, CLEAR, HOW, SET, VALUE, EditableField
from admin_app.panel.plan.questions.asking import Question
from admin_app.panel.plan.questions.present_values import present_values
from admin_app.panel.plan.view_models import ChangeInput, ChangeRow, ChangeWay

SHARED = "No two records can have the same {label}, so only one record can be given a value."


class EditQuestion(Question):
    """No field is ticked at first, and no value is remembered: what is sent was chosen just now."""

    action = Action.EDIT
    template = "resource/edit_many.html"

    def read(self, sent: MultiDict[str, str]) -> BulkOperation:
        """Read the changes. A unique field can be set for one record only."""
        operation = read_edit(self.access, sent)
        fields = editable_fields(self.access, sent)
        asked = [fields[name] for name in sent.getlist(CHANGE) if sent.get(HOW + name, SET) == SET and name in fields]
        shared = {VALUE + one.name: _shared(one) for one in asked if one.is_unique}
        if shared and not self._is_single():
            raise InvalidRecord(shared)
        return operation

    def values(self, sent: MultiDict[str, str], problems: Mapping[str, str]) -> dict[str, object]:
        """Return the fields, filled with what was sent."""
        fields = editable_fields(self.access, sent)
        if not fields:
            abort(HTTPStatus.FORBIDDEN)
        now = present_values(self.access, self.selection(), fields.values())
        is_single = not any(one.is_unique for one in fields.values()) or self._is_single()
        rows = [_row(one, sent, problems, can_be_set=is_single or not one.is_unique) for one in fields.values()]
        places = {CHANGE: rows[0].tick} | {VALUE + row.name: row.tick for row in rows if row.note}
        errors = [(places.get(name, name), problem) for name, problem in problems.items()]
        return {"rows": rows, "now": now, "errors": errors}

    def kept_names(self) -> set[str]:
        """Keep what was chosen and typed."""
        return control_names(self.resource)

    def _is_single(self) -> bool:
        return count_up_to(self.selection(), 1).is_exact


def _row(one: EditableField, sent: MultiDict[str, str], problems: Mapping[str, str], *, can_be_set: bool) -> ChangeRow:
    ways = [way for way in _ways(one, sent, problems) if can_be_set or way.key != SET]
    how = sent.get(HOW + one.name, "")
    return ChangeRow(
        name=one.name,
        label=one.label,
        tick=f"{CHANGE}.{one.name}",
        is_ticked=one.name in sent.getlist(CHANGE),
        ways=ways,
        how=how if how in {way.key for way in ways} else ways[0].key if ways else "",
        field=one.field,
        note="" if can_be_set else _shared(one),
        problem="" if can_be_set else problems.get(VALUE + one.name, ""),
    )


def _ways(one: EditableField, sent: MultiDict[str, str], problems: Mapping[str, str]) -> Iterator[ChangeWay]:
    """Yield the ways in which a field can be changed."""

    def asked(key: str, labels: Sequence[str]) -> list[ChangeInput]:
        pairs = zip(one.inputs()[key], labels, strict=True)
        return [ChangeInput(name, label, sent.get(name, ""), problems.get(name, "")) for name, label in pairs]

    if one.takes_value:
        yield ChangeWay(SET, "Set to", asked(SET, ["Set to"]), is_value=True)
    for change in one.further:
        labels = [label or change.words for _, label in change.inputs]
        yield ChangeWay(change.key, change.words, asked(change.key, labels), hint=change.hint)
    if one.can_be_cleared:
        yield ChangeWay(CLEAR, "Clear", [])


def _shared(one: EditableField) -> str:
    return SHARED.format(label=in_sentence(one.label))
