"""Types without a kind of their own: the database's text for the value, read-only."""

from __future__ import annotations

from sqlalchemy import Dialect, cast, func
from sqlalchemy.types import NullType, Text

from admin_app.db import driver_text
from admin_app.extensions import db
from admin_app.kinds.base import Expression, Kind


class OtherKind(Kind[object]):
    """A type that the dashboard doesn't know."""

    name = "other"
    types = ()
    values = ()
    is_read_only = True
    is_ordered = False
    is_imported = False

    def to_url(self, value: object) -> str:
        """Write the history's form."""
        return str(self.to_history(value))

    def from_url(self, text: str) -> object:
        """Refuse it: some types could run code from an address."""
        raise ValueError(text)

    def from_cell(self, _cell: str) -> object:
        """Refuse it: its notation is unknown."""
        message = "cannot be changed here."
        raise ValueError(message)

    def row_reader(self, _dialect: Dialect) -> None:
        """Leave it to SQLAlchemy: some types need the result to find their conversion."""

    def comparable(self, column: Expression) -> Expression:
        """Compare texts: some types have no equality."""
        return cast(column, Text)

    def to_history(self, value: object) -> str | int | None:
        """Write the database's text for the value."""
        return driver_text.text_of(value, self.type, db.engine.dialect)

    def value_in_history(self, value: object) -> object:
        """Read the database's text for the value."""
        return driver_text.value_of(value if isinstance(value, int) else str(value), self.type, db.engine.dialect)

    def history_on_sqlite(self, column: Expression) -> Expression:
        """Write the text together with the value's storage type."""
        return func.stored_text(column, type_=NullType())

    def from_history_on_sqlite(self, found: Expression) -> Expression:
        """Read the value with its storage type."""
        return func.stored_value(found, type_=NullType())
