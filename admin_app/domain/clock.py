"""Handle times that were written while a clock was ahead: they lie in the future, and must not last longer than others."""

from __future__ import annotations

from datetime import datetime, timedelta

# The clocks of machines that share a database differ by seconds.
TOLERANCE = timedelta(minutes=1)


def is_ahead(moment: datetime, now: datetime) -> bool:
    """Whether a time at which something happened is still to come."""
    return moment > latest(now)


def is_within(moment: datetime, span: timedelta, now: datetime) -> bool:
    """Whether something happened, and less than so long ago."""
    return not is_ahead(moment, now) and now - moment < span


def latest(now: datetime) -> datetime:
    """Return the latest time at which anything can have happened."""
    return now + TOLERANCE
