"""The queue's own connection: lost, it is opened anew."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from psycopg import OperationalError
from sqlalchemy import text

from admin_app.extensions import db


@pytest.mark.parametrize("store", ["postgres"], indirect=True)
def test_who_wakes_a_worker_and_who_works_outlive_the_loss_of_the_database(app: Flask, jobs: Any) -> None:
    jobs.queue.wake(1)
    lose_connections(app)
    jobs.queue.wake(2)
    lose_connections(app)
    with pytest.raises(OperationalError):
        jobs.queue.huey.dequeue()

    waiting = [jobs.queue.huey.dequeue().args[0] for _ in range(2)]

    assert waiting == [1, 2]


def lose_connections(app: Flask) -> None:
    with app.app_context():
        # Those that wait in the pool were lost the last time.
        db.engine.dispose()
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL"
        db.session.execute(text(others))
        db.session.rollback()
