"""A UUID."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Uuid, cast, func
from sqlalchemy.types import Text

from admin_app.kinds.base import Expression, Kind, read_as


class UuidKind(Kind[UUID]):
    """A UUID in any notation."""

    name = "uuid"
    types = (Uuid,)
    values = (UUID,)
    is_inert = True

    def from_url(self, text: str) -> UUID:
        """Read a UUID."""
        return UUID(text)

    def from_cell(self, cell: str) -> UUID:
        """Read any notation, with braces or without hyphens."""
        return read_as(UUID, cell.strip(), "a UUID")

    def history_of(self, value: UUID) -> str:
        """Write the digits, as SQLite stores them."""
        return value.hex

    def value_in_history(self, value: object) -> UUID:
        """Read the digits."""
        return UUID(str(value))

    def history_on_postgres(self, column: Expression) -> Expression:
        """Remove the hyphens."""
        return func.replace(cast(column, Text), "-", "")
