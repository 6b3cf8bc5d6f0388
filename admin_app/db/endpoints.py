"""What a model is called in addresses, rights and commands."""

from __future__ import annotations

# What our own pages are called there. A model of such a name is called otherwise, as two cannot share an address.
OURS = frozenset(
    {
        *("account", "activity", "admin", "auth", "company", "company_channel", "forgotten", "health", "help", "inbox"),
        *("jobs", "passkeys", "password", "pins", "scim", "search", "see_as", "static", "two_factor"),
    }
)


def endpoint_of(model: type[object]) -> str:
    """Return what a model is called: Invoice "invoice", and Account "appaccount", because "account" is a page of ours."""
    name = model.__name__.lower()
    return f"app{name}" if name in OURS else name
