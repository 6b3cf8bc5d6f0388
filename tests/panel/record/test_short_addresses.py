"""The short address of a record, as it stands in a ticket: it leads to the record's page for whoever may see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from admin_app.models.post import Post
from admin_app.models.user import User
from tests.client import Client
from tests.page import Page
from tests.stores import both_stores

Users, Posts = Callable[..., User], Callable[..., Post]


@both_stores
def test_number_leads_to_the_form_of_who_edits_and_to_the_page_of_who_reads(
    as_editor: Any, as_viewer: Any, make_post: Posts
) -> None:
    make_post(id=3890)

    answers = [client.get("/admin/post/3890") for client in (as_editor, as_viewer)]

    assert [(one.status_code, one.location) for one in answers] == [
        (302, "/admin/post/edit/?id=3890"),
        (302, "/admin/post/details/?id=3890"),
    ]


@pytest.mark.parametrize(
    "number", ["3891", "0", "-1", "3890x", "x", "+3890", "9" * 19, "9" * 20, "9" * 5000, "%EF%BC%93", "3890/"]
)
def test_number_of_nothing_is_404(number: str, as_owner: Any, make_post: Posts) -> None:
    make_post(id=3890)
    make_post(id=3)

    assert as_owner.get(f"/admin/post/{number}").status_code == 404


def test_record_that_a_row_rule_leaves_out_is_404(client_with: Callable[..., Client], make_post: Posts) -> None:
    client, post = client_with("post:*", rows=["post:own"]), make_post()

    assert client.get(f"/admin/post/{post.id}").status_code == 404


def test_stranger_is_led_back_after_signing_in(as_nobody: Any) -> None:
    assert as_nobody.get("/admin/post/3890").location == "/sign-in?next=%2Fadmin%2Fpost%2F3890"


def test_number_of_a_merged_record_leads_to_the_one_that_is_left(as_editor: Any, make_user: Users) -> None:
    kept, gone = make_user(name="Ann", email="ann@example.com"), make_user(name="Ann", email="a@example.com")
    url = f"/admin/user/merge/?a={kept.id}&b={gone.id}"
    form = {**Page(as_editor.get(url)).values(), "keep": str(kept.id)}
    merged = as_editor.post(url, data=form)

    answer = as_editor.get(f"/admin/user/{gone.id}", follow_redirects=True)

    assert merged.status_code == 303
    assert Page(answer).heading == "Ann"


def test_pages_of_a_record_have_its_short_link(as_editor: Any, make_post: Posts) -> None:
    post = make_post()

    links = [Page(as_editor.get(f"/admin/post/{page}/?id={post.id}")).link("Link") for page in ("edit", "details")]

    assert links == [f"/admin/post/{post.id}"] * 2
