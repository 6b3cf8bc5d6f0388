"""A text as long as an import takes it can be edited: the form sends it in one piece, and says how long it may be."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import encode_multipart

from admin_app.config import MAX_BODY_BYTES
from admin_app.db.limits import LONGEST_TEXT
from admin_app.domain.records import rules
from admin_app.extensions import db
from admin_app.models.post import Post
from tests.page import Page

EDIT = "/admin/post/edit/?id={}"


def posted(client: Any, address: str, values: dict[str, Any]) -> Any:
    """Send fields as a form of this encoding does, from memory: the client would leave a temporary file open."""
    boundary, body = encode_multipart(values)
    return client.post(address, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')


def sent(client: Any, address: str, **values: str) -> Any:
    """Send a form as a browser does, by its own encoding."""
    page = Page(client.get(address))
    assert page.form().attributes["enctype"] == "multipart/form-data"
    return posted(client, address, {**page.values(), **values})


@pytest.mark.parametrize("letter", ["a", "é", "語", "\U0001f600"])
def test_a_text_of_three_million_letters_is_edited(letter: str, app: Flask, as_editor: Any, make_post: Any) -> None:
    post = make_post(content=f"Long {letter * 3_000_000}")

    response = sent(as_editor, EDIT.format(post.id), content=f"Longer {letter * 3_000_000}")

    assert response.status_code == 303
    with app.app_context():
        assert db.session.get_one(Post, post.id).content.startswith("Longer ")


def test_the_longest_text_of_the_longest_letters_fits_into_a_form(as_editor: Any, make_post: Any) -> None:
    post = make_post(content="Short")

    response = sent(as_editor, EDIT.format(post.id), content="\U0001f600" * LONGEST_TEXT)

    assert response.status_code == 303
    assert LONGEST_TEXT * 4 < MAX_BODY_BYTES


def test_a_longer_text_is_refused_at_its_field_and_kept_in_it(as_editor: Any, make_post: Any) -> None:
    post = make_post(content="Short")

    page = Page(sent(as_editor, EDIT.format(post.id), content="a" * (LONGEST_TEXT + 1)))

    assert page.texts(id="content-hint") == ["Up to 4,000,000 characters."]
    assert (page.status, page.error_of("content")) == (
        422,
        "Content must be 4,000,000 characters or fewer; it has 4,000,001.",
    )
    assert len(page.values()["content"]) == LONGEST_TEXT + 1


def test_an_import_takes_no_text_that_no_form_could_send() -> None:
    column = Post.__table__.columns["content"]

    assert rules.problem_with(column, "Content", "a" * LONGEST_TEXT) is None
    assert rules.problem_with(column, "Content", "a" * (LONGEST_TEXT + 1)) is not None


def test_a_long_text_that_two_changed_is_asked_about_and_saved(app: Flask, as_editor: Any, make_post: Any) -> None:
    post = make_post(content="Before " + "word " * 600_000)
    address = EDIT.format(post.id)
    form = Page(as_editor.get(address)).values()
    posted(as_editor, address, {**form, "content": "Theirs " + "word " * 600_000})

    asked = Page(posted(as_editor, address, {**form, "content": "Mine " + "word " * 600_000}))
    saved = posted(as_editor, address, {**asked.values(), "_take.content": "yours"})

    assert (asked.status, saved.status_code) == (409, 303)
    with app.app_context():
        assert db.session.get_one(Post, post.id).content.startswith("Mine ")


def test_a_body_beyond_the_limit_is_told_it_in_characters(as_editor: Any) -> None:
    page = Page(posted(as_editor, "/admin/post/new/", {"content": "x" * MAX_BODY_BYTES}))

    assert (page.status, "a text can have up to 4,000,000 characters" in page.root.text) == (413, True)
