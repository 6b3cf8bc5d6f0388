"""IP addresses and networks, of both versions."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from admin_app.kinds.formatted import FormattedKind


class IpKind(FormattedKind):
    """An address in its shortest form."""

    name = "ip"
    wanted = "be an IP address"
    example = "192.0.2.7"

    def read(self, text: str) -> str:
        """Write it as short as can be."""
        return str(ip_address(text))


class NetworkKind(FormattedKind):
    """A network with its length."""

    name = "network"
    wanted = "be a network"
    example = "192.0.2.0/24"

    def read(self, text: str) -> str:
        """Write its first address and its length."""
        return str(ip_network(text, strict=False))
