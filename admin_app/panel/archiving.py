"""Archive and Restore: what the people of every resource whose model has an archive do with its records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from sqlalchemy import ColumnElement, func, literal
from wtforms import Form

from admin_app.db.record import Record
from admin_app.domain.permissions.principal import AnyPrincipal
from admin_app.domain.records.archive import archived_value, is_archived
from admin_app.panel.row_action import RowAction


class _ArchiveColumn:
    """What both write: the column that says it. Whoever may edit that may archive."""

    to_archive: ClassVar[bool]
    writes: tuple[str, ...]

    def __init__(self, model: type[Record]) -> None:
        """Keep whose records they are."""
        self._model = model
        self.writes = (model.__archived_at__,)

    def allowed(self, _principal: AnyPrincipal | None) -> ColumnElement[bool]:
        """Choose those of which it is not so yet."""
        archived = is_archived(self._model)
        found: ColumnElement[bool] = func.coalesce(literal(value=False) if archived is None else archived, False)
        return ~found if self.to_archive else found

    def fits(self, record: Record) -> bool:
        """Look at the column: a list asks of every row."""
        (name,) = self.writes
        return bool(getattr(record, name)) is not self.to_archive

    def change(self, _record: Record, _form: Form) -> Mapping[str, object]:
        """Say so, or no more."""
        (name,) = self.writes
        return {name: archived_value(self._model, is_archived=self.to_archive)}


class Archive(_ArchiveColumn, RowAction):
    """Put records away."""

    label, done, to_archive = "Archive", "archived", True
    refusal = "It is archived already."


class Restore(_ArchiveColumn, RowAction):
    """Take records out of the archive."""

    label, done, to_archive = "Restore", "restored", False
    verb = "Restore from the archive"
    refusal = "It is not archived."


def archiving_actions(model: type[Record]) -> tuple[RowAction, ...]:
    """Return the actions that a model's records have by its archive."""
    return (Archive(model), Restore(model)) if model.__archived_at__ else ()
