"""Downloads let pages go first."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Generator
from typing import Any

import pytest
from flask import Flask

from admin_app.web import priority
from admin_app.web.priority import behind_pages

on_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


def is_way_free() -> bool:
    return priority._nobody_waits.is_set()


@on_sqlite
def test_the_way_is_free_when_the_page_is_answered(as_viewer: Any) -> None:
    as_viewer.get("/admin/post/")

    assert is_way_free()


@on_sqlite
@pytest.mark.parametrize("address", ["/sign-in", "/admin/post/", "/nowhere"])
def test_a_file_waits_while_a_page_is_made(address: str, app: Flask) -> None:
    with app.test_request_context(address):
        app.preprocess_request()
        during = is_way_free()

    assert (during, is_way_free()) == (False, True)


@on_sqlite
def test_a_file_waits_for_the_last_of_several_pages(app: Flask) -> None:
    with app.test_request_context("/sign-in"):
        app.preprocess_request()
        with app.test_request_context("/sign-in"):
            app.preprocess_request()
        after_one = is_way_free()

    assert (after_one, is_way_free()) == (False, True)


@on_sqlite
def test_nothing_waits_for_a_stylesheet(app: Flask) -> None:
    with app.test_request_context("/static/css/app.css"):
        app.preprocess_request()

        assert is_way_free()


@on_sqlite
def test_a_file_goes_on_however_long_a_page_takes(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(priority, "LONGEST_WAIT", 0.01)
    with app.test_request_context("/sign-in"):
        app.preprocess_request()

        assert list(behind_pages(file_of(b"a", b"", b"b"))) == [b"a", b"", b"b"]
        assert not is_way_free()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux knows how far a thread stands back")
def test_a_file_is_made_by_a_thread_that_stands_back_and_those_that_make_pages_do_not() -> None:
    before = politeness()

    made = [int(piece) for piece in behind_pages(str(politeness()).encode() for _ in range(2))]

    assert (made, politeness()) == ([min(before + priority.POLITENESS, 19)] * 2, before)


def politeness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_a_file_that_nobody_takes_any_more_is_ended_and_its_thread_too() -> None:
    ended, makers = [], []
    pieces = behind_pages(file_of(b"a", b"b", on_begin=makers.append, on_end=lambda: ended.append(True)))

    first = next(pieces)
    pieces.close()

    assert (first, ended, [maker.is_alive() for maker in makers]) == (b"a", [True], [False])


def test_an_error_half_way_reaches_whoever_sends_the_file() -> None:
    pieces = behind_pages(file_of(b"1", b"0", on_end=lambda: 1 / 0))

    assert [next(pieces), next(pieces)] == [b"1", b"0"]
    with pytest.raises(ZeroDivisionError):
        next(pieces)


def file_of(
    *pieces: bytes,
    on_begin: Callable[[threading.Thread], object] = lambda _maker: None,
    on_end: Callable[[], object] = lambda: None,
) -> Generator[bytes, None, None]:
    on_begin(threading.current_thread())
    try:
        yield from pieces
    finally:
        on_end()
