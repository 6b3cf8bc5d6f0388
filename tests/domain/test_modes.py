"""Maintenance begins and ends, and the operator's words come and go; the history says so."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from admin_app.domain import modes
from admin_app.domain.modes import Mode
from admin_app.errors import ConfigurationError
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet

UNTIL = datetime(2026, 12, 1, 22, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("context")


def test_maintenance_and_banner_are_kept_beside_each_other() -> None:
    held = [modes.present_mode(db.session)]
    for change in (
        lambda: modes.begin_maintenance(db.session, UNTIL),
        lambda: modes.set_banner(db.session, "Closed on Friday."),
        lambda: modes.end_maintenance(db.session),
        lambda: modes.set_banner(db.session, ""),
    ):
        change()
        db.session.commit()
        held.append(modes.present_mode(db.session))

    assert held == [
        Mode(),
        Mode(is_maintained=True, until=UNTIL),
        Mode("Closed on Friday.", is_maintained=True, until=UNTIL),
        Mode("Closed on Friday."),
        Mode(),
    ]
    assert db.session.scalars(db.select(ChangeSet.summary).order_by(ChangeSet.id)).all() == [
        "Began maintenance",
        "Set the banner",
        "Ended maintenance",
        "Removed the banner",
    ]


@pytest.mark.parametrize("words", ["w" * 301, "two\nlines"])
def test_a_banner_is_one_line(words: str) -> None:
    with pytest.raises(ConfigurationError, match="The banner must have 300 characters"):
        modes.set_banner(db.session, words)
