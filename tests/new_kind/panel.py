"""An IP address: a line of text, this one or one of several. Copied by test_new_kind.py."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from admin_app.kinds.ip_address import IpAddressKind

from admin_app.panel.kinds.base import PanelKind
from admin_app.panel.operators.base import Operator
from admin_app.panel.operators.equality import Empty, Equals, InList, NotEquals, NotInList
from admin_app.panel.typed_fields import TypedField

ADVICE = "Enter an IP address, like 192.0.2.7."


class _IpAddress(Operator):
    """What operators on IP addresses have in common."""

    def clean(self, value: str) -> IPv4Address | IPv6Address:
        """Read one."""
        try:
            return ip_address(value.strip())
        except ValueError as error:
            raise ValueError(ADVICE) from error


class IpAddressEquals(_IpAddress, Equals):
    """This address."""


class IpAddressNotEquals(_IpAddress, NotEquals):
    """Any other address, or none."""


class IpAddressInList(_IpAddress, InList):
    """One of several addresses."""

    clean, clean_one = InList.clean, _IpAddress.clean


class IpAddressNotInList(IpAddressInList, NotInList):
    """None of several addresses."""


class IpAddressField(TypedField):
    """An IP address, however it is written."""

    kind = IpAddressKind.name
    advice = ADVICE

    def read(self, text: str) -> IPv4Address | IPv6Address:
        """Read it."""
        return ip_address(text)


class IpAddressPanel(PanelKind):
    """A line of text that holds an IP address."""

    kind = IpAddressKind
    operators = (IpAddressEquals, IpAddressNotEquals, IpAddressInList, IpAddressNotInList, Empty)

    def field(self, _column: Any, arguments: dict[str, Any]) -> IpAddressField:
        """Make a line of text."""
        return IpAddressField(**arguments)
