"""Filters of a command: KEY=VALUE, as in a list's address."""

from __future__ import annotations

import click


def filter_of(text: str) -> tuple[str, str]:
    """Read one filter."""
    key, equals, value = text.partition("=")
    if not equals:
        message = f"a filter looks like name__contains=ann, not “{text}”"
        raise click.BadParameter(message, param_hint="--filter")
    return key, value
