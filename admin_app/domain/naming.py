"""What the records of each model are called: the resources say it when the dashboard is built, the history and messages ask."""

from __future__ import annotations

# By model: the noun for one record and for several. Classes declare them, so they are the same for all applications
# of a process.
_NOUNS: dict[type[object], tuple[str, str]] = {}


def name_records(model: type[object], noun: str, nouns: str) -> None:
    """Say what one and several records of a model are called."""
    _NOUNS[model] = noun, nouns


def names_of(model: type[object]) -> tuple[str, str]:
    """Return what one and several records of a model are called; one without a resource by its own name."""
    name = model.__name__.lower()
    return _NOUNS.get(model, (name, f"{name}s"))


def noun_of(model: type[object]) -> str:
    """Return what one record of a model is called."""
    return names_of(model)[0]
