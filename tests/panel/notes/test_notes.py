"""Notes on a record: written, read, changed, deleted and brought back by who may view it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.change_set import Change, ChangeSet
from admin_app.models.note import Note
from admin_app.models.post import Post
from tests.page import Page
from tests.panel.notes.noting import add, notes_page, texts, undo

pytestmark = pytest.mark.covers


@pytest.fixture
def post(make_post: Any) -> Post:
    return make_post(content="Bicycle")


def _edit_url(client: Any, post: Post) -> str:
    page = add(client, post, "First")
    return next(one.attributes["href"] for one in page.all("a", class_="row-action"))


def test_a_note_stands_above_the_older_ones_with_its_author(as_editor: Any, as_viewer: Any, post: Post) -> None:
    add(as_editor, post, "Called the author.")
    page = add(as_viewer, post, "They agreed.\n\nSee https://example.com/?a=1&b=2")

    assert texts(page) == ["They agreed. See https://example.com/?a=1&b=2", "Called the author."]
    assert [one.text for one in page.all("strong") if one.has(dir="auto")][-2:] == ["Vera", "Edgar"]
    assert page.link("https://example.com/?a=1&b=2") == "https://example.com/?a=1&b=2"
    assert page.notice == "Success Note added."


def test_markup_in_a_note_is_only_text(as_editor: Any, post: Post) -> None:
    page = add(as_editor, post, "<script>alert(1)</script> javascript:alert(1)")

    assert texts(page) == ["<script>alert(1)</script> javascript:alert(1)"]
    assert [one for one in page.all("a") if "alert" in one.text] == []


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        (" \u200b\n", "Enter a note."),
        ("a" * 10_001, "The note must be 10,000 characters or fewer; it has 10,001."),
        ("a\0b", "The note contains a NUL character, which cannot be stored. Remove it."),
    ],
)
def test_a_note_that_cannot_be_kept_comes_back_as_it_was_typed(
    as_editor: Any, post: Post, typed: str, problem: str
) -> None:
    sent = as_editor.post_form(f"/admin/post/notes/?id={post.id}", {"text": typed})

    page = Page(sent)
    assert (page.status, page.error_of("text"), page.summary) == (422, problem, [problem])
    assert page.title.startswith("Error: ")
    assert page.values()["text"].strip() == typed.replace("\0", "").strip()


def test_a_form_that_is_sent_twice_makes_one_note(as_editor: Any, post: Post) -> None:
    sent = {**notes_page(as_editor, post).values(), "text": "Once"}
    for _ in range(2):
        assert as_editor.post(f"/admin/post/notes/?id={post.id}", data=sent).status_code == 303

    assert texts(notes_page(as_editor, post)) == ["Once"]


def test_a_note_is_changed_and_deleted_by_its_author_and_brought_back(as_editor: Any, post: Post) -> None:
    url = _edit_url(as_editor, post)
    form = Page(as_editor.get(url)).values()
    same = Page(as_editor.get(as_editor.post(url, data=form).location))
    as_editor.post(url, data={**form, "text": "Second"})
    changed = notes_page(as_editor, post)
    deleted = Page(as_editor.get(as_editor.post(url, data={**form, "delete": "1"}).location))
    past = Page(as_editor.get(f"/admin/post/history/?id={post.id}"))
    again = undo(as_editor, deleted)

    assert (texts(same), ["edited" in text for text in same.texts("p", class_="event__when")]) == (["First"], [False])
    assert (texts(changed), ["edited" in text for text in changed.texts("p", class_="event__when")]) == (
        ["Second"],
        [True],
    )
    assert (texts(deleted), deleted.notice) == ([], "Success Note deleted.")
    acts = [one.text.partition(" a note")[0].split()[-1] for one in past.all("li", class_="event")[:3]]
    assert (acts, past.has_link("History 4")) == (["deleted", "changed", "added"], True)
    assert texts(again) == ["Second"]


def test_an_older_form_does_not_replace_a_newer_text_unasked(as_editor: Any, post: Post) -> None:
    url = _edit_url(as_editor, post)
    form = Page(as_editor.get(url)).values()
    as_editor.post(url, data={**form, "text": "Second"})

    page = Page(as_editor.post(url, data={**form, "text": "Third"}))

    assert (page.status, page.summary) == (
        409,
        ["You changed this note in another window. Nothing was saved. Save again to replace that text with this one."],
    )
    assert as_editor.post(url, data=page.values()).status_code == 303
    assert texts(notes_page(as_editor, post)) == ["Third"]


def test_nobody_changes_or_takes_back_what_others_wrote(
    as_editor: Any, client_of: Any, make_staff: Any, post: Post, app: Flask
) -> None:
    url = _edit_url(as_editor, post)
    emil = client_of(make_staff("Emil", "editor"))
    with app.app_context():
        act = db.session.scalars(select(ChangeSet.id).where(ChangeSet.kind == "note")).one()

    token = emil.token_of(f"/admin/post/notes/?id={post.id}")
    sent = [emil.post(url, data={"csrf_token": token, "text": "Not mine", **more}) for more in ({}, {"delete": "1"})]
    undone = emil.post("/admin/activity/undo/", data={"csrf_token": token, "id": act})

    assert [one.status_code for one in (emil.get(url), *sent, undone)] == [403] * 4
    assert "Undo" not in [one.text for one in Page(emil.get("/admin/activity/")).all("button")]
    assert texts(notes_page(as_editor, post)) == ["First"]


def test_activity_says_what_was_done_with_a_note_and_shows_its_text(as_viewer: Any, post: Post, app: Flask) -> None:
    add(as_viewer, post, "Look at this")
    with app.app_context():
        act = db.session.scalars(select(ChangeSet).where(ChangeSet.kind == "note")).one()
        heading = (act.summary, act.resource, act.record_id)

    page = Page(as_viewer.get(f"/admin/activity/set/?id={act.id}"))
    past = Page(as_viewer.get(f"/admin/post/history/?id={post.id}"))

    newest = past.all("li", class_="event")[0]
    assert "added a note to post “Bicycle”" in newest.text
    assert past.has_link("History 2")
    assert heading == ("Added a note to post “Bicycle”", "post", post.id)
    assert page.texts("dt", within="main")[-3:] == ["Author", "Text", "Edited at"]
    assert "Look at this" in page.texts("dd")


def test_who_does_not_see_the_record_sees_none_of_its_notes(
    client_with: Any, as_editor: Any, make_post: Any, app: Flask
) -> None:
    post = make_post(content="Theirs")
    add(as_editor, post, "Secret words")
    liam = client_with("post:*", "user:list", rows=["post:own"])
    with app.app_context():
        act, note = (
            db.session.scalars(select(ChangeSet.id).where(ChangeSet.kind == "note")).one(),
            db.session.scalars(select(Note.id)).one(),
        )
    token = liam.token_of("/admin/account/")

    asked = [
        liam.get(f"/admin/post/notes/?id={post.id}"),
        liam.post(f"/admin/post/notes/?id={post.id}", data={"csrf_token": token, "text": "x"}),
        liam.get(f"/admin/post/notes/{note}/?id={post.id}"),
        liam.post(f"/admin/post/watch/?id={post.id}", data={"csrf_token": token, "on": "1"}),
        liam.get(f"/admin/activity/set/?id={act}"),
        liam.post("/admin/activity/undo/", data={"csrf_token": token, "id": act}),
    ]

    assert [one.status_code for one in asked] == [404] * 6
    assert "Secret words" not in liam.get("/admin/activity/").text


def test_a_note_of_another_record_is_not_found_at_this_one(as_editor: Any, make_post: Any, post: Post) -> None:
    url = _edit_url(as_editor, post).replace(f"id={post.id}", f"id={make_post().id}")

    assert as_editor.get(url).status_code == 404


def test_notes_wait_for_a_deleted_record_and_follow_a_merged_one(as_editor: Any, make_post: Any, post: Post) -> None:
    add(as_editor, post, "Stays")
    done = Page(as_editor.get(as_editor.post_form(f"/admin/post/delete/?id={post.id}").location))
    undo(as_editor, done)
    back = texts(notes_page(as_editor, post))
    other = make_post(content="Bike")
    url = f"/admin/post/merge/?a={other.id}&b={post.id}"
    form = Page(as_editor.get(url)).values("")
    merged = Page(as_editor.get(as_editor.post(url, data={**form, "survivor": str(other.id)}).location))
    moved = texts(notes_page(as_editor, other))
    undo(as_editor, merged)

    assert (back, moved) == (["Stays"], ["Stays"])
    assert (texts(notes_page(as_editor, other)), texts(notes_page(as_editor, post))) == ([], ["Stays"])


def test_a_record_says_how_many_notes_it_has(as_viewer: Any, as_editor: Any, post: Post) -> None:
    add(as_viewer, post, "One")
    add(as_viewer, post, "Two")

    pages = (
        Page(as_viewer.get(f"/admin/post/details/?id={post.id}")),
        Page(as_editor.get(f"/admin/post/edit/?id={post.id}")),
    )

    assert [page.has_link("Notes 2") for page in pages] == [True, True]


def test_older_notes_are_a_page_further_and_a_page_sends_as_many_statements_for_many(
    as_editor: Any, post: Post, statements: Any
) -> None:
    address = f"/admin/post/notes/?id={post.id}"
    add(as_editor, post, "0")
    with statements() as few:
        as_editor.get(address)
    for number in range(1, 22):
        add(as_editor, post, str(number))
    with statements() as many:
        page = notes_page(as_editor, post)

    older = Page(as_editor.get(page.link("Older")))
    assert (texts(page), texts(older)) == ([str(number) for number in range(21, 1, -1)], ["1", "0"])
    assert len(few) == len(many)
    assert texts(Page(as_editor.get(older.link("Newest")))) == texts(page)


def test_what_was_typed_survives_the_end_of_the_session(as_editor: Any, post: Post, app: Flask, password: str) -> None:
    address = f"/admin/post/notes/?id={post.id}"
    form = notes_page(as_editor, post).values()
    with app.app_context():
        db.session.execute(db.text("DELETE FROM staff_session"))
        db.session.commit()

    asked = as_editor.post(address, data={**form, "text": "Long thought"})
    sign_in = Page(as_editor.get(asked.location))
    back = as_editor.post(
        asked.location, data={**sign_in.values(""), "email": "edgar@example.com", "password": password}
    )
    page = Page(as_editor.get(back.location))

    assert page.values()["text"] == "Long thought"
    assert texts(page) == []


def test_the_notes_are_in_no_export(as_editor: Any, post: Post) -> None:
    add(as_editor, post, "Internal words")

    assert "Internal words" not in as_editor.get("/admin/post/export/csv/").text


def test_a_note_changes_nothing_of_its_record(as_editor: Any, post: Post, app: Flask) -> None:
    add(as_editor, post, "Seen")

    with app.app_context():
        assert db.session.get_one(Post, post.id).version == post.version
        assert db.session.scalars(select(Change.model).order_by(Change.id)).all()[-1] == "note"
