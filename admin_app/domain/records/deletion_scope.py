"""Which dependents of a deleted record a person may see, move and delete."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement

from admin_app.relations import Relation


@dataclass(frozen=True)
class DeletionScope:
    """The conditions on the dependents of one relation that a person may see, move and delete; None means all."""

    seen: ColumnElement[bool] | None = None
    to_move: ColumnElement[bool] | None = None
    to_delete: ColumnElement[bool] | None = None


# What a person may do with dependents, by relation.
DeletionScopes = Callable[[Relation], DeletionScope]


def everything_in_scope(_relation: Relation) -> DeletionScope:
    """Limit nothing: the command line may delete anything."""
    return DeletionScope()
