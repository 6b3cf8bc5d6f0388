"""Servers, each with an address, of a column type that nobody has a kind for. Copied by test_new_kind.py."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from admin_app.db.record import Record


class IpAddress(TypeDecorator[Any]):
    """An IP address as text."""

    impl = String(39)
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Any) -> str | None:
        """Write it."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, _dialect: Any) -> IPv4Address | IPv6Address | None:
        """Read it."""
        return None if value is None else ip_address(value)


class Server(Record):
    """A machine."""

    title = "name"

    name: Mapped[str] = mapped_column(String(40))
    address: Mapped[Any] = mapped_column(IpAddress, nullable=True)
