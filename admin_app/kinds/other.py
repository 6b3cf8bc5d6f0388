"""What no other kind is for: text of the database's own making, which is shown and changed by nobody."""

from __future__ import annotations

from sqlalchemy import Dialect, cast, func
from sqlalchemy.types import NullType, Text

from admin_app.db import driver_text
from admin_app.extensions import db
from admin_app.kinds.base import Expression, Kind


class OtherKind(Kind[object]):
    """A type that the dashboard knows nothing of."""

    name = "other"
    types = ()
    values = ()
    is_read_only = True
    is_ordered = False
    is_imported = False

    def to_url(self, value: object) -> str:
        """Write it as the history has it."""
        return str(self.to_history(value))

    def from_url(self, text: str) -> object:
        """Refuse it: some types would run what somebody puts into an address."""
        raise ValueError(text)

    def from_cell(self, _cell: str) -> object:
        """Refuse it: nobody knows how it is written."""
        message = "cannot be changed here."
        raise ValueError(message)

    def row_reader(self, _dialect: Dialect) -> None:
        """Leave it to SQLAlchemy: some types ask the result what they are."""

    def comparable(self, column: Expression) -> Expression:
        """Compare texts: some types know no equality."""
        return cast(column, Text)

    def to_history(self, value: object) -> str | int | None:
        """Write the text that the database means by it."""
        return driver_text.text_of(value, self.type, db.engine.dialect)

    def value_in_history(self, value: object) -> object:
        """Read that text."""
        return driver_text.value_of(value if isinstance(value, int) else str(value), self.type, db.engine.dialect)

    def history_on_sqlite(self, column: Expression) -> Expression:
        """Say with it of what type it is."""
        return func.stored_text(column, type_=NullType())

    def from_history_on_sqlite(self, found: Expression) -> Expression:
        """Make it of that type."""
        return func.stored_value(found, type_=NullType())
