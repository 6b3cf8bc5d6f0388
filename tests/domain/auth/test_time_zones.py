"""A person's time zone: kept by its name, UTC as none, and nothing else."""

from __future__ import annotations

import pytest

from admin_app.domain.auth.accounts import set_time_zone
from admin_app.errors import InvalidRecord
from admin_app.models.staff import Staff


def test_zone_is_kept_by_its_name_and_utc_as_none() -> None:
    staff = Staff(time_zone="")

    kept = []
    for name in ("Europe/Prague", "UTC"):
        set_time_zone(staff, name)
        kept.append(staff.time_zone)

    assert kept == ["Europe/Prague", ""]


def test_what_is_no_zone_is_refused() -> None:
    staff = Staff(time_zone="Asia/Tokyo")

    with pytest.raises(InvalidRecord, match="Choose a time zone from the list"):
        set_time_zone(staff, "../secret")
    assert staff.time_zone == "Asia/Tokyo"
