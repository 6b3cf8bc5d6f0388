"""What a process believes of the dashboard's mode, and how it learns of it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from admin_app.context import writing
from admin_app.domain.modes import begin_maintenance
from admin_app.extensions import db
from admin_app.web import modes


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_request_that_holds_the_lock_learns_the_mode_without_waiting_for_it(
    context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_maintenance(db.session, None)
    db.session.commit()
    monkeypatch.setattr(modes, "FRESH", 0)
    monkeypatch.setitem(context.extensions, "mode", modes.Kept())

    with writing():
        db.session.execute(text("SELECT 1"))
        mode = modes.present_mode()

    assert mode.is_maintained
