"""The settings for company sign-in: the identity provider, its groups, and a header of a proxy."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from admin_app.errors import ConfigurationError
from admin_app.extensions import Values
from admin_app.setting import Setting, boolean

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
LONGEST_NAME = 40
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


def _issuer(text: str) -> str:
    url = urlsplit(text)
    is_safe = url.scheme == "https" or (url.scheme == "http" and url.hostname in LOCAL)
    if text and not (is_safe and url.hostname and not url.query and not url.fragment):
        message = "must be the provider's issuer, like https://login.example.org/realms/staff"
        raise ValueError(message)
    return text


def one_line(text: str) -> str:
    """Check that a name is one line of readable length."""
    if len(text) > LONGEST_NAME or not text.isprintable():
        message = f"must have {LONGEST_NAME} characters at most, on one line"
        raise ValueError(message)
    return text


def _groups(text: str) -> dict[str, frozenset[str]]:
    """Parse which roles each group gives: "admins=owner, writers=editor"."""
    found: dict[str, frozenset[str]] = {}
    for one in filter(None, (part.strip() for part in re.split(r"[,;]", text))):
        group, equals, role = (piece.strip() for piece in one.rpartition("="))
        if not (group and equals and role):
            message = "must be groups and roles separated by commas, like admins=owner, writers=editor"
            raise ValueError(message)
        found[group] = found.get(group, frozenset()) | {role.lower()}
    return found


def _header(text: str) -> str:
    if text and not _HEADER.fullmatch(text):
        message = "must be the name of a header, like X-Forwarded-Email"
        raise ValueError(message)
    return text


def _networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(one.strip()) for one in text.split(",") if one.strip())
    except ValueError as error:
        message = "must be addresses or networks separated by commas, like 127.0.0.1, 10.0.0.0/8"
        raise ValueError(message) from error


COMPANY_SETTINGS = (
    Setting(
        "ADMIN_OIDC_ISSUER",
        "",
        "The issuer of an OpenID Connect provider with which people sign in; needs `requirements-oidc.txt`. Empty: by password only.",
        _issuer,
    ),
    Setting("ADMIN_OIDC_CLIENT_ID", "", "What the provider calls this dashboard.", str),
    Setting("ADMIN_OIDC_CLIENT_SECRET", "", "The secret that the provider gave this dashboard. Empty: none.", str),
    Setting("ADMIN_OIDC_NAME", "your company", "What the button says after “Sign in with”.", one_line),
    Setting("ADMIN_OIDC_SCOPES", "openid email profile", "What the dashboard asks the provider for.", str),
    Setting("ADMIN_OIDC_GROUPS_CLAIM", "groups", "Where the provider names a person's groups.", str),
    Setting(
        "ADMIN_COMPANY_ACCOUNTS",
        "",
        "Who gets an account with the first company sign-in: everybody, with the role of this key, or `groups`: those whose groups give a role. Empty: nobody.",
        str.lower,
    ),
    Setting(
        "ADMIN_COMPANY_TWO_FACTOR",
        "0",
        "1 to ask for the dashboard's own second factor after a company sign-in, too.",
        boolean,
    ),
    Setting(
        "ADMIN_GROUPS",
        "",
        "Which roles the company's groups give, like `admins=owner, writers=editor`. These roles are then given and taken by groups only.",
        _groups,
    ),
    Setting(
        "ADMIN_AUTH_HEADER",
        "",
        "The header in which a proxy sends the email of the person that it signed in. Empty: none.",
        _header,
    ),
    Setting(
        "ADMIN_AUTH_PROXIES",
        "",
        "The addresses or networks of the proxies whose `ADMIN_AUTH_HEADER` is believed.",
        _networks,
    ),
)


def require_whole(values: Values) -> None:
    """Raise `ConfigurationError` if a setting needs another one that is missing."""
    for problem in _missing(values):
        raise ConfigurationError(problem)


def _missing(values: Values) -> Iterator[str]:
    if values["ADMIN_OIDC_ISSUER"] and not values["ADMIN_OIDC_CLIENT_ID"]:
        yield "ADMIN_OIDC_CLIENT_ID must be set where ADMIN_OIDC_ISSUER is."
    if values["ADMIN_OIDC_ISSUER"] and "openid" not in values["ADMIN_OIDC_SCOPES"].split():
        yield "ADMIN_OIDC_SCOPES must hold openid."
    if values["ADMIN_COMPANY_ACCOUNTS"] == "owner":
        yield "ADMIN_COMPANY_ACCOUNTS must not be owner: everybody at the company would be one."
    if values["ADMIN_AUTH_HEADER"] and not values["ADMIN_AUTH_PROXIES"]:
        yield "ADMIN_AUTH_PROXIES must be set where ADMIN_AUTH_HEADER is: anybody could send the header."
