"""Time zones: those a person may choose from, and the one that a kept name means."""

from __future__ import annotations

from datetime import UTC, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

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
    """Return the zones' names, sorted; finding them reads a folder, so they are found once."""
    return (UTC_NAME, *sorted(name for name in available_timezones() if name.partition("/")[0] in _REGIONS))


def zone_of(name: str) -> tzinfo:
    """Return the zone of this name; UTC for no name, and for one that this system's tables no longer have."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
