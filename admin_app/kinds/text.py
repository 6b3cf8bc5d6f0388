"""Text of one line or of several."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from sqlalchemy import ColumnElement, LargeBinary, String, and_, case, cast, func, literal, or_
from sqlalchemy.types import NullType, Text

from admin_app.db.driver_text import BYTES, unreadable_of
from admin_app.db.key_parts import KeyOfParts
from admin_app.db.limits import LONGEST_TEXT
from admin_app.db.unreadable import Unreadable
from admin_app.extensions import AnyColumn, ColumnType
from admin_app.kinds.base import CsvStyle, Expression, Kind, as_it_is
from admin_app.kinds.spreadsheet import SIGNS
from admin_app.unicode_text import composed, line

# Patterns for a visible character at the beginning, at the end and anywhere, for SQLite and PostgreSQL.
_BEGINS, _ENDS, _HAS = ("[!-~]*", "^[!-~]"), ("*[!-~]", "[!-~]$"), ("*[!-~]*", "[!-~]")
# The first character of a placeholder: a control character, which no email or name has.
_STANDING_IN = "\x1a"
_ROOM = 20
# Before bytes in the history: a text may begin as they are written there, "hex:".
_BYTES = "\x1f"


class TextKind(Kind[str]):
    """Text of one line."""

    name = "text"
    types: ClassVar[tuple[type[ColumnType], ...]] = (String,)
    values: ClassVar[tuple[type[object], ...]] = (str,)
    is_text = True
    names_records = True
    shown: ClassVar[tuple[tuple[str, str], ...]] = (_BEGINS, _ENDS)

    def __init__(self, column: AnyColumn) -> None:
        """Find the length limit, never more than a form can send."""
        super().__init__(column)
        self.longest: int = self.type.length or LONGEST_TEXT

    @property
    def normaliser(self) -> Callable[[str], str]:
        """The function that composes the text and strips invisible characters at its ends."""
        return line

    def problem_with(self, label: str, value: str) -> str | None:
        """Return the problem with a text that can't be stored or is too long."""
        if "\0" in value:
            return f"{label} contains a NUL character, which cannot be stored. Remove it."
        if len(value) > self.longest:
            return f"{label} must be {self.longest:,} characters or fewer; it has {len(value):,}."
        return None

    def fits_sql(self, value: Expression, dialect: str) -> ColumnElement[bool] | None:
        """Accept plain ASCII only: the database can't tell whether other letters are composed, or visible."""
        shown = (
            value.op("GLOB")(glob) if dialect == "sqlite" else value.collate("C").regexp_match(expression)
            for glob, expression in self.shown
        )
        return and_(is_plain(value, dialect), func.length(value) <= self.longest, *shown)

    def placeholder_sql(self, key: Expression) -> Expression | None:
        """Prefix the key with a character that no text has, if the column is long enough."""
        has_room = (self.type.length or _ROOM) >= _ROOM and not isinstance(key.type, KeyOfParts)
        return literal(_STANDING_IN, Text()).concat(cast(key, Text)) if has_room else None

    def from_url(self, text: str) -> str:
        """Return the text unchanged."""
        return text

    to_csv = staticmethod(as_it_is)
    to_json = staticmethod(as_it_is)
    to_sheet = staticmethod(as_it_is)

    def csv_sql(self, column: Expression, style: CsvStyle) -> ColumnElement[str]:
        """Quote and neutralise the text."""
        return csv_text(column, style)

    def from_cell(self, cell: str) -> str | None:
        """Normalise the cell."""
        return self.normaliser(cell) or self.value_of_empty_cell()

    def value_of_empty_cell(self) -> str | None:
        """Return the empty string if the column requires text."""
        return None if self.stored.nullable else ""

    def to_history(self, value: str | None) -> str | int | None:
        """Return the text, and bytes, which are none, with a mark that no text has."""
        kept = super().to_history(value)
        return f"{_BYTES}{kept}" if isinstance(value, Unreadable) and isinstance(value.raw, bytes) else kept

    def value_in_history(self, value: object) -> str:
        """Return the text unchanged, or the bytes."""
        text = str(value)
        return unreadable_of(text.removeprefix(_BYTES)) if text.startswith(_BYTES + BYTES) else text

    def history_on_sqlite(self, column: Expression) -> Expression:
        """Write the text, and bytes with the mark."""
        marked = literal(_BYTES, Text()).concat(func.stored_text(column))
        return case((func.typeof(column) == "blob", marked), else_=super().history_on_sqlite(column))

    def from_history_on_sqlite(self, found: Expression) -> Expression:
        """Give bytes back as bytes."""
        are_bytes = func.substr(found, 1, len(_BYTES + BYTES)) == _BYTES + BYTES
        stored = func.stored_value(func.substr(found, len(_BYTES) + 1), type_=NullType())
        return case((are_bytes, stored), else_=found)

    def from_history_on_postgres(self, text: Expression) -> Expression:
        """Return the text unchanged."""
        return text


class LongTextKind(TextKind):
    """Text of several lines."""

    name = "long_text"
    types: ClassVar[tuple[type[ColumnType], ...]] = (Text,)
    names_records = False
    is_ordered = False
    shown = (_HAS,)

    @property
    def normaliser(self) -> Callable[[str], str]:
        """The function that composes the text."""
        return composed


def is_plain(text: Expression, dialect: str) -> ColumnElement[bool]:
    """Return the SQL condition for pure ASCII, where each character is one byte."""
    if dialect == "sqlite":
        return and_(func.typeof(text) == "text", func.length(cast(text, LargeBinary)) == func.length(text))
    return func.octet_length(text) == func.length(text)


def csv_text(column: Expression, style: CsvStyle) -> ColumnElement[str]:
    """Write any text as a CSV cell: quoted if necessary, neutralised if wanted."""
    text, place = cast(column, Text), func.instr if style.store == "sqlite" else func.strpos
    is_run = func.substr(func.ltrim(text, "'"), 1, 1).in_(sorted(SIGNS))
    mark = case((is_run, "'"), else_="") if style.neutralises else literal("", Text())
    has_signs = or_(*(place(text, sign) > 0 for sign in f'{style.delimiter}"\r\n'))
    in_quotes = literal('"', Text()).concat(mark).concat(func.replace(text, '"', '""')).concat('"')
    return case((has_signs, in_quotes), else_=mark.concat(text))
