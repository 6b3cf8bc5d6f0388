"""Lists pasted from a spreadsheet into "is one of": they mean what was copied, however the browser writes the line ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from admin_app.models.post import Post
from admin_app.models.user import User
from tests.page import Page
from tests.stores import both_stores

pytestmark = both_stores

Users, Posts = Callable[..., User], Callable[..., Post]


def test_pasted_ids_are_these_and_no_other(as_viewer: Any, make_user: Users, make_post: Posts) -> None:
    for number in (50, 45, 5045):
        make_post(user=make_user(id=number), id=number)
    expected = {"/admin/user/ id__in": [45, 50], "/admin/post/ user__in": [45, 50]}
    expected |= {"/admin/post/ id__in": [45, 50], "/admin/post/ user__not_in": [5045]}

    for pasted in ("50 45", "50\n45", "50\r\n45\r\n", "50\t45", "50;45", "45, 50"):
        found = {}
        for where in expected:
            address, name = where.split()
            found[where] = Page(as_viewer.get(address, query_string={name: pasted, "sort": "id"})).ids()
        assert found == expected, pasted


@pytest.mark.parametrize("pasted", ["a@x.example b@x.example", "a@x.example\nb@x.example", "a@x.example;b@x.example"])
def test_pasted_emails_are_these(pasted: str, as_viewer: Any, make_user: Users, make_post: Posts) -> None:
    people = [make_user(email=f"{letter}@x.example") for letter in "abc"]
    for one in people:
        make_post(user=one)

    by_email = Page(as_viewer.get("/admin/user/", query_string={"email__in": pasted, "sort": "id"}))
    by_user = Page(as_viewer.get("/admin/post/", query_string={"user__in": pasted}))

    assert by_email.ids() == [one.id for one in people[:2]]
    assert by_user.result_line() == "2 posts"


def test_pasted_names_keep_their_blanks(as_viewer: Any, make_user: Users) -> None:
    for name in ("Ann Lee", "Bob", "Ann"):
        make_user(name=name)

    page = Page(as_viewer.get("/admin/user/", query_string={"name__in": "Ann Lee\nBob", "sort": "name"}))

    assert (page.column("Name"), page.chips) == (["Ann Lee", "Bob"], ["Name is one of “Ann Lee, Bob”"])


def test_email_with_blanks_around_is_that_email(as_viewer: Any, make_user: Users) -> None:
    ann = make_user(email="ann@x.example")

    page = Page(as_viewer.get("/admin/user/", query_string={"email__equals": " ann@x.example\n"}))

    assert page.ids() == [ann.id]


def test_form_takes_a_pasted_column(as_viewer: Any, make_user: Users) -> None:
    for number in (50, 45, 5045):
        make_user(id=number)
    page = Page(as_viewer.get("/admin/user/"))
    sent = {**page.values("filters__panel"), "add.id.op": "in", "add.id": "50\r\n45\r\n"}

    response = as_viewer.get("/admin/user/", query_string=sent)
    again = Page(as_viewer.get(response.location))

    assert response.location == "/admin/user/?id__in=50%0A45"
    assert page.all("textarea", name="add.id")
    assert (sorted(again.ids()), again.chips) == ([45, 50], ["ID is one of 50, 45"])
    assert again.values("filters__panel")["add.id"] == "50\r\n45"


def test_file_of_two_pasted_cells_finds_those_two(shared_data: Path, as_viewer: Any, make_user: Users) -> None:
    lines = (shared_data / "faults" / "29-two-users-two-ids.csv").read_text("utf-8").splitlines()[1:]
    for number, name, email in (line.split(",") for line in lines):
        make_user(id=int(number), name=name, email=email)

    page = Page(as_viewer.get("/admin/user/", query_string={"id__in": "50 45", "sort": "id"}))

    assert page.column("Name") == ["Forty-five", "Fifty"]
