"""Words for numbers, times and things, as a person reads them."""

from __future__ import annotations

from datetime import UTC, datetime

import humanize


def number(value: int) -> str:
    """Write a whole number with thousands separators: 19,452."""
    return f"{value:,}"


def counted(count: int, singular: str, plural: str) -> str:
    """Write a number of things: "1 post", "1,204 posts"."""
    return f"{number(count)} {singular if count == 1 else plural}"


def relative_time(moment: datetime) -> str:
    """Say how long ago: "2 hours ago"."""
    return str(humanize.naturaltime(datetime.now(UTC) - moment))


def exact_time(moment: datetime) -> str:
    """Write the time to the second with its zone: "2026-11-22 09:05:10 UTC"."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def in_words(names: list[str]) -> str:
    """Join names for a sentence: "name, email and role"."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1] if names else ""]))
