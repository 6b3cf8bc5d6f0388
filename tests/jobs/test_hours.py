"""What has its hour of the day is looked at beside the jobs, and goes on after a trouble."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from sqlalchemy import text

from admin_app.extensions import db
from admin_app.jobs import worker


@pytest.mark.parametrize("trouble", ["SELECT * FROM nothing", ""])
def test_what_fails_once_is_tried_again(trouble: str, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "HOURLY", 0.01)
    stopping, tried = threading.Event(), []

    def act() -> None:
        tried.append(1)
        if len(tried) > 1:
            stopping.set()
        elif trouble:
            db.session.execute(text(trouble))
        else:
            raise LookupError

    worker._keep_hours(app, act, stopping)

    assert len(tried) == 2
