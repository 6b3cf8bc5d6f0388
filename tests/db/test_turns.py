"""Turns at SQLite's write lock: long work lets waiting writers go first, and does not pause without them."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from admin_app import listeners
from admin_app.context import writing
from admin_app.db import turns
from admin_app.db.turns import is_awaited, let_others_write, waiting


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    listeners.install()
    return create_engine(f"sqlite:///{tmp_path / 'turns.db'}")


def test_a_waiting_writer_gets_the_write_lock_before_a_long_job_goes_on(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "LONGEST", 60)
    came = threading.Event()

    def save() -> None:
        with writing(), engine.begin() as connection:
            came.set()
            connection.execute(text("CREATE TABLE saved (id INTEGER)"))

    other = threading.Thread(target=save)
    with writing(), engine.begin():
        other.start()
        while not is_awaited(engine):
            time.sleep(0.001)
        came_early = came.is_set()
    let_others_write(engine)

    came_first = came.is_set()
    other.join()
    assert (came_early, came_first, is_awaited(engine)) == (False, True, False)


def test_a_long_job_does_not_wait_for_ever(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONGEST", 0.01)

    with waiting(engine):
        let_others_write(engine)

        assert is_awaited(engine)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:////nowhere/at/all.db"])
def test_nobody_waits_for_a_database_that_nobody_else_has(url: str) -> None:
    engine = create_engine(url)

    with waiting(engine):
        assert not is_awaited(engine)
