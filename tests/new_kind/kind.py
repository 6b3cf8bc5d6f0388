"""An IP address. Copied by test_new_kind.py."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from admin_app.models.server import IpAddress

from admin_app.kinds.base import Kind, read_as


class IpAddressKind(Kind):
    """An IP address of either version, in its shortest form."""

    name = "ip_address"
    types = (IpAddress,)
    values = (IPv4Address, IPv6Address)
    is_inert = True

    def from_url(self, text: str) -> IPv4Address | IPv6Address:
        """Read it."""
        return ip_address(text)

    def from_cell(self, cell: str) -> IPv4Address | IPv6Address:
        """Read it however it is written."""
        read: IPv4Address | IPv6Address = read_as(ip_address, cell.strip(), "an IP address like 192.0.2.7")
        return read

    def value_in_history(self, value: Any) -> IPv4Address | IPv6Address:
        """Read it."""
        return ip_address(value)
