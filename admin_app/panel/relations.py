"""What a relation is to the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import RelationshipProperty


def foreign_key_of(relation: RelationshipProperty[Any]) -> Any:
    """Return the column of a to-one relation that holds the other side's key."""
    return relation.local_remote_pairs[0][0]
