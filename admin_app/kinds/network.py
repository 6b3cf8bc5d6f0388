"""IP addresses and networks of both versions: as text, and as PostgreSQL's own types, with MAC addresses."""

from __future__ import annotations

import re
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
    ip_address,
    ip_interface,
    ip_network,
)
from typing import ClassVar

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import CIDR, INET, MACADDR
from sqlalchemy.types import Text
from typing_extensions import override

from admin_app.kinds.base import Expression, Kind, read_as
from admin_app.kinds.formatted import FormattedKind

# The bits before an IPv4 address inside an IPv6 one; below the second number, no IPv4 address is written.
_MAPPED, _COMPATIBLE = 0xFFFF, 0x10000
_SIGNS = re.compile(r"[:.\-]")
_DEVICE = re.compile(r"[0-9a-f]{12}")


class IpKind(FormattedKind):
    """An IP address in its shortest form."""

    name = "ip"
    wanted = "be an IP address"
    example = "192.0.2.7"

    def read(self, text: str) -> str:
        """Return the shortest form."""
        return str(ip_address(text))


class NetworkKind(FormattedKind):
    """A network with its prefix length."""

    name = "network"
    wanted = "be a network"
    example = "192.0.2.0/24"

    def read(self, text: str) -> str:
        """Return the network's first address with the prefix length."""
        return str(ip_network(text, strict=False))


class NativeAddress(Kind[object]):
    """A type of PostgreSQL's own. The driver returns Python's address objects, or text if it is told to."""

    is_inert = True
    wanted: ClassVar[str]
    example: ClassVar[str]

    @staticmethod
    def read(text: str) -> object:
        """Return the value of a text; raise `ValueError` if it has none."""
        raise NotImplementedError

    def from_url(self, text: str) -> object:
        """Read any spelling."""
        return self.read(text)

    def from_cell(self, cell: str) -> object:
        """Read any spelling."""
        return read_as(self.read, cell.strip(), self.wanted)

    def history_of(self, value: object) -> str:
        """Write PostgreSQL's spelling."""
        return spelling_of(value)

    def value_in_history(self, value: object) -> object:
        """Read PostgreSQL's spelling."""
        return self.read(str(value))


def spelling_of(value: object) -> str:
    """Write an address as PostgreSQL does: an IPv4 address inside an IPv6 one has points."""
    if isinstance(value, IPv6Interface) and value.network.prefixlen < value.max_prefixlen:
        return f"{spelling_of(value.ip)}/{value.network.prefixlen}"
    if isinstance(value, IPv6Network):
        return f"{spelling_of(value.network_address)}/{value.prefixlen}"
    if isinstance(value, IPv6Address):
        high, low = divmod(int(value), 2**32)
        if high == _MAPPED or (high == 0 and low >= _COMPATIBLE):
            return f"::{'ffff:' if high else ''}{IPv4Address(low)}"
        return str(IPv6Address(int(value)))
    return str(value)


def address_of(text: str) -> IPv4Address | IPv6Address:
    """Read an address, perhaps with its network."""
    found = ip_interface(text.strip())
    return found if found.network.prefixlen < found.max_prefixlen else found.ip


def network_of(text: str) -> IPv4Network | IPv6Network:
    """Read a network from any of its addresses."""
    return ip_network(text.strip(), strict=False)


def device_of(text: str) -> str:
    """Read a MAC address with any separators."""
    digits = _SIGNS.sub("", text.strip().lower())
    if _DEVICE.fullmatch(digits) is None:
        raise ValueError(text)
    return ":".join(digits[place : place + 2] for place in range(0, len(digits), 2))


class InetKind(NativeAddress):
    """An address, or one with its network."""

    name = "inet"
    types = (INET,)
    values = (IPv4Address, IPv6Address)
    wanted = "an IP address"
    example = "192.0.2.7"

    @staticmethod
    @override
    def read(text: str) -> object:
        """Read any spelling."""
        return address_of(text)

    def history_on_postgres(self, column: Expression) -> Expression:
        """Leave out the prefix length of a single address."""
        return func.abbrev(column, type_=Text())


class CidrKind(NativeAddress):
    """A network."""

    name = "cidr"
    types = (CIDR,)
    values = (IPv4Network, IPv6Network)
    wanted = "a network"
    example = "192.0.2.0/24"

    @staticmethod
    @override
    def read(text: str) -> object:
        """Read any spelling."""
        return network_of(text)


class MacKind(NativeAddress):
    """A MAC address."""

    name = "macaddr"
    types = (MACADDR,)
    values = ()
    wanted = "the address of a device"
    example = "08:00:2b:01:02:03"

    @staticmethod
    @override
    def read(text: str) -> object:
        """Read any spelling."""
        return device_of(text)
