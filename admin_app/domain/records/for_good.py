"""What no undo can restore: a deleted record if the history lacks a required value, and fields that the history does not keep."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from admin_app.db.attributes import stored_columns
from admin_app.db.json_values import row_columns
from admin_app.db.record import Record
from admin_app.domain.audit.undo_sql import not_kept
from admin_app.relations import Dependency
from admin_app.relations.undeclared import relations_to_dependents

# The dependents of dependents that are deleted too; all others lose their reference, or prevent the deletion.
_GO_ALONG = frozenset({Dependency.REQUIRED, Dependency.CASCADE})


def deleted_for_good(model: type[Record], chosen: Collection[str]) -> dict[type[Record], list[str]]:
    """Return which models' deleted records stay deleted, with the columns that the history lacks.

    `chosen` are the model's relations whose dependents are deleted, too.
    """
    found = [model]
    for relation in relations_to_dependents(model):
        if relation.key in chosen:
            _add_with_dependents(relation.target, found)
    return {one: names for one in found if (names := not_kept(one))}


def changed_for_good(model: type[Record], fields: Sequence[str]) -> list[str]:
    """Return which of these fields have columns whose values the history does not keep."""
    kept, columns = row_columns(model), stored_columns(model)
    return [one for one in fields if one in columns and one not in kept]


def _add_with_dependents(model: type[Record], found: list[type[Record]]) -> None:
    if model in found:
        return
    found.append(model)
    for relation in relations_to_dependents(model):
        if relation.on_delete() in _GO_ALONG:
            _add_with_dependents(relation.target, found)
