"""The key of a record of any model, in the dashboard's own tables: no form or list shows it, but the history stores it."""

from __future__ import annotations

from sqlalchemy import Integer, case, cast, func
from sqlalchemy.types import Text

from admin_app.db.keys import Key, RecordKey, from_stored, stored
from admin_app.kinds.base import Expression, Kind


class RecordKeyKind(Kind[Key]):
    """A key as the dashboard's own tables store it."""

    name = "record_key"
    types = (RecordKey,)
    values = ()

    def history_of(self, value: Key) -> str:
        """Write the stored form."""
        return stored(value)

    def value_in_history(self, value: object) -> Key:
        """Read the stored form; old entries hold numbers."""
        return from_stored(str(value))

    def history_on_sqlite(self, column: Expression) -> Expression:
        """Write numbers as text too."""
        return cast(column, Text)

    def from_history_on_sqlite(self, found: Expression) -> Expression:
        """Turn digits into numbers."""
        is_number = func.substr(found, 2, 1) != ":"
        return case((is_number, cast(found, Integer)), else_=found)
