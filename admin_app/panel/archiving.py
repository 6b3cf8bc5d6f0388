"""The row actions “Archive” and “Restore” of every resource whose model has an archive."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, false, func
from wtforms import Form

from admin_app.db.record import Record
from admin_app.domain.permissions.principal import AnyPrincipal
from admin_app.domain.records.archive import archived_value, is_archived
from admin_app.panel.row_action import RowAction


class Archive(RowAction):
    """Archive records; people need the right to write the column."""

    label, done = "Archive", "archived"
    refusal = "It is archived already."
    about = "Lists, cards, pickers and searches leave out what is archived. Restore brings it back."

    def __init__(self, model: type[Record]) -> None:
        """Keep whose records they are."""
        self._model, self.writes = model, (model.__archived_at__,)

    def allowed(self, _principal: AnyPrincipal | None) -> ColumnElement[bool]:
        """Choose those that are not archived."""
        return ~_archived(self._model)

    def fits(self, record: Record) -> bool:
        """Look at the column: a list asks of every row."""
        return not getattr(record, self._model.__archived_at__)

    def change(self, _record: Record, _form: Form) -> Mapping[str, object]:
        """Say that it is archived."""
        return {self._model.__archived_at__: archived_value(self._model, is_archived=True)}


class Restore(RowAction):
    """Take records out of the archive."""

    label, done = "Restore", "restored"
    verb = "Restore from the archive"
    refusal = "It is not archived."

    def __init__(self, model: type[Record]) -> None:
        """Keep whose records they are."""
        self._model, self.writes = model, (model.__archived_at__,)

    def allowed(self, _principal: AnyPrincipal | None) -> ColumnElement[bool]:
        """Choose those that are archived."""
        return _archived(self._model)

    def fits(self, record: Record) -> bool:
        """Look at the column."""
        return bool(getattr(record, self._model.__archived_at__))

    def change(self, _record: Record, _form: Form) -> Mapping[str, object]:
        """Say that it is no longer archived."""
        return {self._model.__archived_at__: archived_value(self._model, is_archived=False)}


def archiving_actions(model: type[Record]) -> tuple[RowAction, ...]:
    """Return the actions that a model's records have by its archive."""
    return (Archive(model), Restore(model)) if model.__archived_at__ else ()


def _archived(model: type[Record]) -> ColumnElement[bool]:
    """Return the condition on archived rows, for models that have an archive."""
    found = is_archived(model)
    return false() if found is None else func.coalesce(found, false())
