"""Where a request came from, in words that a person recognises, without any look-up on the network."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache

from flask import request
from ua_parser import parse

from admin_app.domain.auth.sessions import ClientInfo

_WITH_PORT = re.compile(r"(?P<v4>[0-9.]+):[0-9]+|\[(?P<v6>[^\]]+)\](?::[0-9]+)?")


def client_info() -> ClientInfo:
    """Return what the current request says about its origin."""
    return ClientInfo(address=_address(request.remote_addr or ""), user_agent=request.user_agent.string)


def _address(text: str) -> str:
    """Return the address in its one spelling, or "": a client may have written anything into the header."""
    try:
        address = ipaddress.ip_address(_without_port(text))
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    # A zone is this machine's own name for a network card.
    return str(mapped or address).partition("%")[0]


def _without_port(text: str) -> str:
    """Remove the port that some proxies add: "192.0.2.1:5678", "[2001:db8::1]:443"."""
    found = _WITH_PORT.fullmatch(text)
    return found["v4"] or found["v6"] if found else text


@lru_cache(maxsize=500)
def device_in_words(user_agent: str) -> str:
    """Name the browser and the system: "Firefox on Linux"."""
    known = parse(user_agent)
    browser = known.user_agent.family if known.user_agent else "Unknown browser"
    return f"{browser} on {known.os.family}" if known.os else browser


def place_in_words(address: str) -> str:
    """Say what the address itself shows: this computer, the local network, or the internet."""
    if not address:
        return "unknown location"
    place = ipaddress.ip_address(address)
    if place.is_loopback:
        return "this server itself"
    return f"local network, {address}" if place.is_private else f"internet, {address}"
