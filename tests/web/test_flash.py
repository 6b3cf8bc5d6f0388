"""What one page leaves for the next to say."""

from __future__ import annotations

import pytest
from flask import Flask, flash, session

from admin_app.web.flash import MOST_NOTICES, Notice, announce, call_attention, notices, warn

on_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@on_sqlite
def test_what_is_said_is_read_as_it_was_said(app: Flask) -> None:
    with app.test_request_context():
        announce("Post “Ä” was saved.", links=[("View", "/admin/post/edit/?id=1")], mark="post-1", undo=7)
        call_attention("Few codes are left.")
        warn("Nothing was saved.")

        assert [(category, notice.text) for category, notice in notices()] == [
            ("success", "Post “Ä” was saved."),
            ("warning", "Few codes are left."),
            ("problem", "Nothing was saved."),
        ]
        said = notices()[0][1]
        assert (said.marked, said.undo, [tuple(link) for link in said.links]) == (
            *("post-1", 7),
            [("View", "/admin/post/edit/?id=1")],
        )


@on_sqlite
@pytest.mark.parametrize("words", ["Saved.", "{", "[1]", '"quoted"', "7", '{"undo": 1}'])
def test_a_sentence_that_a_resources_own_code_flashes_is_shown_as_it_is(app: Flask, words: str) -> None:
    with app.test_request_context():
        flash(words)

        assert notices() == [("message", Notice(words))]


@on_sqlite
def test_only_the_last_notices_are_kept(app: Flask) -> None:
    with app.test_request_context():
        for number in range(MOST_NOTICES + 2):
            announce(f"Saved {number}.")

        assert len(session["_flashes"]) == MOST_NOTICES
        assert notices()[-1][1].text == f"Saved {MOST_NOTICES + 1}."
