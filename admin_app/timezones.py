"""Time zones: those a person may choose from, and the one that a kept name means."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

UTC_NAME = "UTC"
# The names of places. The rest are abbreviations, offsets and what older systems called the same places.
_REGIONS = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)  # fmt: skip -- one list, two lines


@lru_cache(maxsize=1)
def offered() -> tuple[str, ...]:
    """Return the zones' names, sorted."""
    return (UTC_NAME, *sorted(name for name in _known() if name.partition("/")[0] in _REGIONS))


def known_zone(name: str) -> tzinfo | None:
    """Return the zone of this name, None if this system's tables have none. `ZoneInfo` would open any file of that name."""
    if name == UTC_NAME:
        return UTC
    return ZoneInfo(name) if name in _known() else None


def zone_of(name: str) -> tzinfo:
    """Return the zone of this name; UTC for no name, and for one that this system's tables no longer have."""
    return known_zone(name) or UTC


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    """Return the names of all zones; finding them reads a folder, so they are found once."""
    return frozenset(available_timezones())


class UnclearTimeError(ValueError):
    """A time means no single moment: its zone's clocks show it twice, or never, or the zone is unknown. The message says what to enter instead."""


def moment_at(clock: datetime, zone: tzinfo) -> datetime:
    """Return the moment, in UTC, at which the clocks of a zone show a time; raise `UnclearTimeError` if there is not one such moment."""
    first, second = (clock.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    moment = first.astimezone(UTC)
    if first.utcoffset() == second.utcoffset():
        return moment
    if moment.astimezone(zone).replace(tzinfo=None) == clock:
        twice, ways = f"{clock:%H:%M} occurs twice on that day", " or ".join(map(datetime.isoformat, (first, second)))
        message = f"In {zone}, {twice}, because the clocks are put back. Enter {ways}."
    else:
        message = f"In {zone}, {clock:%H:%M} is skipped on that day, because the clocks are put forward. Enter a time before or after."
    raise UnclearTimeError(message)


def clock_text(moment: datetime, zone: tzinfo) -> str:
    """Write what the clocks of a zone show, with the offset where that alone is not clear."""
    try:
        there = moment.astimezone(zone)
        clock = there.replace(tzinfo=None, fold=0)
        return (clock if moment_at(clock, zone) == moment else there).isoformat()
    except UnclearTimeError:
        return there.isoformat()
    except OverflowError:
        # At the calendar's very ends, where that would lie outside.
        return moment.isoformat()
