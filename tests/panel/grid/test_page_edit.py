"""“Edit this page”: a list's rows in fields, saved together or not at all."""

from __future__ import annotations

from typing import Any

from tests.page import Page

EDIT = "/admin/post/edit-page/"


def test_the_page_of_a_list_is_edited_and_saved_at_once(as_editor: Any, make_user: Any, make_post: Any) -> None:
    ann = make_user(name="Ann")
    first, second = make_post(content="One"), make_post(content="Two")
    page = Page(as_editor.get("/admin/post/?sort=id"))
    form = Page(as_editor.get(page.link("Edit this page")))

    saved = as_editor.post(form.form().attributes["action"], data={**form.values(), f"{first.id}-content": "Uno", f"{second.id}-user": "Ann"})
    after = Page(as_editor.get(saved.location))

    assert (saved.status_code, saved.location) == (303, "/admin/post/?sort=id")
    assert after.column("Content") == ["UnoJust saved", "TwoJust saved"]
    assert after.notice == "Success Changed 2 posts."
