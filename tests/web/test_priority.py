"""Downloads let pages go first."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from admin_app.web import priority

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


def is_way_free() -> bool:
    return priority._nobody_waits.is_set()


def test_the_way_is_free_when_the_page_is_answered(as_viewer: Any) -> None:
    as_viewer.get("/admin/post/")

    assert is_way_free()


@pytest.mark.parametrize("address", ["/sign-in", "/admin/post/", "/nowhere"])
def test_a_file_waits_while_a_page_is_made(address: str, app: Flask) -> None:
    with app.test_request_context(address):
        app.preprocess_request()
        during = is_way_free()

    assert (during, is_way_free()) == (False, True)


def test_a_file_waits_for_the_last_of_several_pages(app: Flask) -> None:
    with app.test_request_context("/sign-in"):
        app.preprocess_request()
        with app.test_request_context("/sign-in"):
            app.preprocess_request()
        after_one = is_way_free()

    assert (after_one, is_way_free()) == (False, True)


def test_nothing_waits_for_a_stylesheet(app: Flask) -> None:
    with app.test_request_context("/static/css/app.css"):
        app.preprocess_request()

        assert is_way_free()


def test_a_file_goes_on_however_long_a_page_takes(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(priority, "LONGEST_WAIT", 0.01)
    with app.test_request_context("/sign-in"):
        app.preprocess_request()

        priority.give_way()

        assert not is_way_free()
