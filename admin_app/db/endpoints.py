"""The name of a model in addresses, rights and commands."""

from __future__ import annotations

# The names of our own pages. A model with such a name gets another one, because two pages cannot share an address.
OURS = frozenset(
    {
        *("account", "activity", "admin", "auth", "company", "company_channel", "forgotten", "health", "help", "inbox"),
        *("jobs", "passkeys", "password", "pins", "scim", "search", "see_as", "static", "two_factor"),
    }
)


def endpoint_of(model: type[object]) -> str:
    """Return a model's name: "invoice" for Invoice, but "appaccount" for Account, because "account" is a page of ours."""
    name = model.__name__.lower()
    return f"app{name}" if name in OURS else name
