"""What a person may see, move and delete of the records that depend on one that is deleted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement

from admin_app.relations import Relation


@dataclass(frozen=True)
class DeletionScope:
    """With which records of a relation somebody may do what; None: with every one."""

    seen: ColumnElement[bool] | None = None
    to_move: ColumnElement[bool] | None = None
    to_delete: ColumnElement[bool] | None = None


# What a person may do with dependents, by relation.
DeletionScopes = Callable[[Relation], DeletionScope]


def everything_in_scope(_relation: Relation) -> DeletionScope:
    """Limit nothing: the command line may delete anything."""
    return DeletionScope()
