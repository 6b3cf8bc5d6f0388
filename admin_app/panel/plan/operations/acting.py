"""A resource's own action as an operation of a plan: its form is read, and its changes are checked like a form's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from werkzeug.datastructures import MultiDict
from wtforms import Form

from admin_app.db.record import Record
from admin_app.domain.plan.changes import fitting
from admin_app.domain.plan.lines import Limit
from admin_app.errors import InvalidRecord, PlanError
from admin_app.panel.access.access import Access
from admin_app.panel.list.row_actions import may_act
from admin_app.panel.plan.operation import BulkOperation, Pair
from admin_app.panel.plan.operations.editing import value_of
from admin_app.panel.plan.operations.fields import VALUE
from admin_app.panel.row_action import RowAction

KEY = "act"
# The control that names the action.
NAME = "action"
UNKNOWN = "This action does not exist any more, or it is not for you."


@dataclass(frozen=True)
class ActionOperation:
    """An action with its filled-in form, as the operation on each record."""

    action: RowAction
    form: Form

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns that the action declares; it may write no others."""
        return self.action.writes

    def new_values(self, record: Record) -> Mapping[str, object]:
        """Return the record's new values; raise `InvalidRecord` if they break a rule or the action didn't declare them."""
        values = self.action.change(record, self.form)
        if undeclared := values.keys() - set(self.fields):
            message = f"{self.action.label} would change {', '.join(sorted(undeclared))}, which it does not declare."
            raise InvalidRecord({"": message})
        return fitting(record, values)


def read_action(access: Access, sent: MultiDict[str, str]) -> BulkOperation:
    """Read an action and its form; raise `InvalidRecord` with the problems by control, `PlanError` if it is not available."""
    action = access.resource.row_action(sent.get(NAME, ""))
    if action is None or not may_act(access, action):
        raise PlanError(UNKNOWN)
    form = form_of(action, sent)
    if not form.validate():
        raise InvalidRecord({field.name: str(field.errors[0]) for field in form if field.errors})
    allowed = action.allowed(access.authority.principal)
    return BulkOperation(
        key=KEY,
        action=action.needs,
        verb=action.verb or action.label,
        done=action.done,
        what=_what(form),
        pairs=_pairs(action, form, sent),
        values=ActionOperation(action, form),
        limits=() if allowed is None else (Limit(allowed, action.refusal),),
        effect=partial(action.effect, form=form) if action.has_effect else None,
        effect_words=effect_words(action),
    )


def form_of(action: RowAction, sent: MultiDict[str, str] | None = None) -> Form:
    """Return the action's form, filled with what was sent."""
    return action.form(sent or None, prefix=VALUE)


def effect_words(action: RowAction) -> str:
    """Say what the action does outside the database and that this can't be undone; "" if it does nothing there."""
    return f"{action.effect_words} This cannot be undone.".strip() if action.has_effect else ""


def _what(form: Form) -> list[Pair]:
    """Return what was filled in, as label and value."""
    filled = [(str(field.label.text), *value_of(field)) for field in form]
    return [(label, words) for label, _, words in filled if words]


def _pairs(action: RowAction, form: Form, sent: MultiDict[str, str]) -> list[Pair]:
    own = {field.name for field in form}
    return [(NAME, action.name), *(pair for pair in sent.items(multi=True) if pair[0] in own)]
