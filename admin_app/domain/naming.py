"""The nouns for the records of each model: resources register them when the dashboard is built, the history and messages read them."""

from __future__ import annotations

# By model: the noun for one record and for several. Classes declare them, so they are the same for all applications
# of a process.
_NOUNS: dict[type[object], tuple[str, str]] = {}


def name_records(model: type[object], noun: str, nouns: str) -> None:
    """Register the singular and the plural for a model's records."""
    _NOUNS[model] = noun, nouns


def names_of(model: type[object]) -> tuple[str, str]:
    """Return the singular and the plural for a model's records; a model without a resource is called by its class name."""
    name = model.__name__.lower()
    return _NOUNS.get(model, (name, f"{name}s"))


def noun_of(model: type[object]) -> str:
    """Return the singular for a model's records."""
    return names_of(model)[0]
