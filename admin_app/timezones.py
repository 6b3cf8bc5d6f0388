"""Time zones: the offered ones, and the zone of a stored name."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

UTC_NAME = "UTC"
# The regions whose zones are offered. The other names are abbreviations, offsets and old aliases.
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
    """Return the zone of this name; None if this system's tables lack it. `ZoneInfo` alone would open any file of that name."""
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
    """A time that means no single moment: the zone's clocks show it twice or never, or the zone is unknown. The message says what to enter instead."""


def moment_at(clock: datetime, zone: tzinfo) -> datetime:
    """Return the moment, in UTC, at which the clocks of a zone show a time; raise `UnclearTimeError` if there is none, or two."""
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
    """Write the time on the clocks of a zone, with the offset if the time alone is ambiguous."""
    try:
        there = moment.astimezone(zone)
        clock = there.replace(tzinfo=None, fold=0)
        return (clock if moment_at(clock, zone) == moment else there).isoformat()
    except UnclearTimeError:
        return there.isoformat()
    except OverflowError:
        # The zone's time would lie beyond the calendar's ends.
        return moment.isoformat()
