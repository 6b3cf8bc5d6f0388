"""Bytes: a file, a digest, a key. Pages show their size; files hold Base64."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode

from sqlalchemy import LargeBinary, case, cast, func, literal_column
from sqlalchemy.types import NullType, String, Text

from admin_app.kinds.base import Expression, Kind, read_as


def _from_base64(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(text) from error


class BinaryKind(Kind[bytes]):
    """Bytes. A form shows them read-only."""

    name = "binary"
    types = (LargeBinary,)
    values = (bytes,)
    is_read_only = True
    is_ordered = False

    def to_url(self, value: bytes) -> str:
        """Write hexadecimal digits."""
        return value.hex()

    def from_url(self, text: str) -> bytes:
        """Read hexadecimal digits."""
        return bytes.fromhex(text)

    @staticmethod
    def to_csv(value: bytes) -> str:
        """Write Base64. Of its letters only the plus sign can begin a formula, and CSV neutralises that."""
        return b64encode(value).decode()

    to_json = to_sheet = to_csv

    def from_cell(self, cell: str) -> bytes:
        """Read Base64."""
        return read_as(_from_base64, cell.strip(), "Base64, like aGVsbG8=")

    def history_of(self, value: bytes) -> str:
        """Write hexadecimal digits."""
        return value.hex()

    def value_in_history(self, value: object) -> bytes:
        """Read hexadecimal digits; a number is none, though its digits look so."""
        if not isinstance(value, str):
            raise TypeError(value)
        return bytes.fromhex(value)

    def history_on_sqlite(self, column: Expression) -> Expression:
        """Write hexadecimal digits, or what another program stored that is no bytes."""
        digits = func.lower(func.hex(column), type_=String())
        return case((func.typeof(column) == "blob", digits), else_=func.stored_text(column, type_=String()))

    def history_on_postgres(self, column: Expression) -> Expression:
        """Write hexadecimal digits."""
        return func.encode(column, literal_column("'hex'"), type_=Text())

    def from_history_on_sqlite(self, found: Expression) -> Expression:
        """Read hexadecimal digits."""
        return func.bytes_of_hex(found, type_=NullType())

    def from_history_on_postgres(self, text: Expression) -> Expression:
        """Read hexadecimal digits."""
        return func.decode(cast(text, Text), literal_column("'hex'"), type_=NullType())
