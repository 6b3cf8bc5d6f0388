"""A form that is sent twice: one claims it, the other is told what was made."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask

from admin_app.context import writing
from admin_app.domain.work.idempotency import claim, digest_of, new_key, settle
from admin_app.extensions import db


def test_a_digest_tells_who_what_and_where(context: Flask, editor: Any, viewer: Any) -> None:
    fields = [("a", "1"), ("b", "2")]

    digests = {
        digest_of(editor, "user", fields),
        digest_of(editor, "user", fields[::-1]),
        digest_of(viewer, "user", fields),
        digest_of(editor, "post", fields),
        digest_of(editor, "user", [("a", "12"), ("b", "")]),
        digest_of(editor, "user", [("a", "\ud800")]),
    }

    assert context
    assert len(digests) == 5
    assert new_key() != new_key()


@pytest.mark.usefixtures("context")
def test_a_claim_that_is_settled_tells_the_record(editor: Any) -> None:
    first = claim(db.session, editor, "digest")
    settle(db.session, "digest", 7)
    db.session.commit()

    assert (first, claim(db.session, editor, "digest"), claim(db.session, editor, "another")) == (None, 7, None)


def test_the_second_of_two_at_once_waits_for_the_first(app: Flask, editor: Any) -> None:
    told: list[int | None] = []
    is_going = threading.Event()

    def second() -> None:
        with app.app_context(), writing():
            is_going.set()
            told.append(claim(db.session, editor, "digest"))

    thread = threading.Thread(target=second)
    with app.app_context(), writing():
        first = claim(db.session, editor, "digest")
        thread.start()
        is_going.wait()
        # Until here the other one has nothing to be told.
        thread.join(0.3)
        assert told == []
        settle(db.session, "digest", 7)
        db.session.commit()
    thread.join()

    assert (first, told) == (None, [7])
