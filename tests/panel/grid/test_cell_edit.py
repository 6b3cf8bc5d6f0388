"""One cell of a list: its field is fetched, sent, and the row comes back as it is then."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask

from admin_app.models.post import Post
from admin_app.models.user import User
from tests.client import Client
from tests.page import Page
from tests.panel.forms.meanwhile import at, now
from tests.panel.grid.grids import trail

# The columns that a list has unless somebody chooses.
USUAL = {User: "name,email,posts,created_at,id", Post: "content,user,created_at,id"}


def address(record: Any, field: str, **arguments: str) -> str:
    own = {"cells": USUAL[type(record)], "id": record.id, "field": field}
    return f"/admin/{type(record).__name__.lower()}/cell/?{urlencode({**own, **arguments})}"


class Controls(HTMLParser):
    """What the form in an answer would send."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in {"input", "textarea", "select"} and given.get("type") not in {"radio", "checkbox"}:
            self.sent[given["name"]] = given.get("value", "")


def form_in(answer: Any) -> dict[str, str]:
    return Controls(answer.json["html"]).sent


def send(client: Any, url: str, value: str, *, name: str, form: dict[str, str] | None = None, **own: str) -> Any:
    """Fetch a cell's field, fill it in and send it."""
    sent = form or form_in(client.get(url))
    return client.post(url, data={**sent, name: value, **own})


def test_a_cell_is_fetched_saved_and_drawn_anew(app: Flask, as_editor: Any, make_user: Any) -> None:
    ann = make_user(name="Ann")
    url = address(ann, "name")

    fetched = as_editor.get(url)
    saved = send(as_editor, url, "Anna", name=f"{ann.id}-name")

    assert set(form_in(fetched)) == {"csrf_token", f"_version-{ann.id}", f"{ann.id}-name"}
    assert form_in(fetched)[f"{ann.id}-name"] == "Ann"
    assert (saved.status_code, now(app, ann).name, trail(app)) == (200, "Anna", [("Changed user “Anna”", 1)])
    assert [("Anna" in cell, "Ann<" in cell) for cell in saved.json["cells"]] == [(True, False), *[(False, False)] * 4]
    assert ("Saved." in saved.json["note"], "Undo" in saved.json["note"], saved.json["outside"]) == (True, True, "")


def test_the_row_comes_back_in_the_columns_of_its_table(as_editor: Any, make_user: Any) -> None:
    ann = make_user(name="Ann", email="ann@example.com")
    listed = Page(as_editor.get("/admin/user/?columns=name,id,email"))
    (region,) = (one.attributes["data-cells"] for one in listed.all("div", class_="table-region"))
    url = f"{region}&id={ann.id}&field=name"

    saved = send(as_editor, url, "Anna", name=f"{ann.id}-name")

    assert listed.heads()[:3] == ["Name", "ID", "Email"]
    assert [text in cell for text, cell in zip(("Anna", str(ann.id), "ann@example.com"), saved.json["cells"], strict=True)] == [True] * 3  # fmt: skip


@pytest.mark.parametrize(("typed", "outside"), [("Boat", "No longer in this list"), ("garden gate", "")])
def test_a_row_that_the_list_has_no_more_is_said_to_be_so(
    typed: str, outside: str, as_editor: Any, make_post: Any
) -> None:
    post = make_post(content="garden wall")

    saved = send(as_editor, address(post, "content", q="garden"), typed, name=f"{post.id}-content")

    assert (saved.status_code, saved.json["outside"]) == (200, outside)


def test_what_is_wrong_is_said_in_the_cell_and_stays(app: Flask, as_editor: Any, make_user: Any) -> None:
    ann = make_user(email="ann@example.com")

    refused = send(as_editor, address(ann, "email"), "nonsense", name=f"{ann.id}-email")

    assert (refused.status_code, form_in(refused)[f"{ann.id}-email"]) == (422, "nonsense")
    assert "Email must look like name@example.com." in refused.json["html"]
    assert now(app, ann).email == "ann@example.com"


@pytest.mark.parametrize(("take", "kept"), [("theirs", "Annie"), ("yours", "Anna")])
def test_a_cell_that_two_people_changed_is_asked_about(
    take: str, kept: str, app: Flask, as_editor: Any, *, as_emil: Any, make_user: Any
) -> None:
    ann = make_user(name="Ann")
    url, name = address(ann, "name"), f"{ann.id}-name"
    form = form_in(as_editor.get(url))
    as_emil.post(at(ann), data={**Page(as_emil.get(at(ann))).values(), "name": "Annie"})

    asked = send(as_editor, url, "Anna", name=name, form=form)
    before = now(app, ann).name
    saved = send(as_editor, url, "Anna", name=name, form=form_in(asked), **{f"_take.name-{ann.id}": take})

    assert (asked.status_code, before) == (409, "Annie")
    assert "theirs or yours?" in asked.json["html"]
    assert (saved.status_code, now(app, ann).name) == (200, kept)


def test_another_cell_that_somebody_changed_is_no_conflict_and_shows(
    app: Flask, as_editor: Any, as_emil: Any, make_user: Any
) -> None:
    ann = make_user(name="Ann", email="ann@example.com")
    form = form_in(as_editor.get(address(ann, "name")))
    as_emil.post(at(ann), data={**Page(as_emil.get(at(ann))).values(), "email": "annie@example.com"})

    saved = send(as_editor, address(ann, "name"), "Anna", name=f"{ann.id}-name", form=form)

    assert (saved.status_code, now(app, ann).name, now(app, ann).email) == (200, "Anna", "annie@example.com")
    assert "annie@example.com" in saved.json["cells"][1]


def test_sent_twice_it_is_saved_once(app: Flask, as_editor: Any, make_user: Any) -> None:
    ann = make_user(name="Ann")
    form = form_in(as_editor.get(address(ann, "name")))

    answers = [send(as_editor, address(ann, "name"), "Anna", name=f"{ann.id}-name", form=form) for _ in range(2)]

    assert [one.status_code for one in answers] == [200, 200]
    assert now(app, ann).version == 2


@pytest.mark.parametrize(
    "field", ["", "id", "version", "created_at", "posts", "user_id", "user.email", "nothing", "\0", "x" * 3000]
)
def test_what_is_no_cell_to_be_changed_is_not_found_and_takes_nothing(
    field: str, app: Flask, as_editor: Any, make_post: Any
) -> None:
    post = make_post(content="Wall")
    token = as_editor.token_of("/admin/account/")
    forged = {"csrf_token": token, f"_version-{post.id}": "1", f"{post.id}-{field}": "7"}

    answers = [as_editor.get(address(post, field)), as_editor.post(address(post, field), data=forged)]

    assert (answers[0].status_code, now(app, post).version, now(app, post).user_id) == (404, 1, None)


def test_a_cell_takes_nothing_but_its_own_field(app: Flask, as_editor: Any, make_user: Any) -> None:
    ann, bea = make_user(name="Ann", email="ann@example.com"), make_user(name="Bea")
    url = address(ann, "name")
    form = form_in(as_editor.get(url))

    more = {f"{ann.id}-email": "forged@example.com", f"_version-{bea.id}": "1", f"{bea.id}-name": "Forged"}
    saved = as_editor.post(url, data={**form, **more, f"{ann.id}-name": "Anna"})

    assert saved.status_code == 200
    assert [(now(app, one).name, now(app, one).email) for one in (ann, bea)] == [
        ("Anna", "ann@example.com"),
        ("Bea", bea.email),
    ]


def test_only_a_right_to_the_field_opens_its_cell(
    client_with: Callable[..., Client], make_user: Any, make_post: Any
) -> None:
    post = make_post(user=make_user())
    client = client_with("*:list", "*:view", "*:edit", fields=["post.user:read_only", "post.content:hidden"])

    assert [client.get(address(post, name)).status_code for name in ("user", "content")] == [404, 404]


def test_a_row_of_another_is_not_reached_by_its_cell(app: Flask, as_liam: Client, theirs: Any, mine: Any) -> None:
    token = as_liam.token_of("/admin/account/")
    forged = {"csrf_token": token, f"_version-{theirs.id}": "1", f"{theirs.id}-content": "Taken"}

    answers = [as_liam.get(address(theirs, "content")), as_liam.post(address(theirs, "content"), data=forged)]

    assert [one.status_code for one in answers] == [404, 404]
    assert now(app, theirs).content == "Sentinel of another"
    assert as_liam.get(address(mine, "content")).status_code == 200


def test_a_list_says_which_cells_may_be_changed(as_editor: Any, as_viewer: Any, make_post: Any) -> None:
    post = make_post()

    lists = [Page(client.get("/admin/post/?q=post")) for client in (as_editor, as_viewer)]

    cells = [[one.attributes["data-cell"] for one in page.all() if "data-cell" in one.attributes] for page in lists]
    regions = [
        [one.attributes.get("data-cells", "") for one in page.all("div", class_="table-region")] for page in lists
    ]
    rows = [[one.attributes.get("data-row", "") for one in page.all("tbody")[0].all("tr")] for page in lists]
    assert cells == [["content", "user"], []]
    assert regions == [["/admin/post/cell/?cells=content%2Cuser%2Ccreated_at%2Cid&q=post"], [""]]
    assert rows == [[str(post.id)], [""]]


def test_where_a_record_asks_for_a_proof_its_cells_are_not_changed_in_the_list(as_owner: Any) -> None:
    page = Page(as_owner.get("/admin/staff/"))

    assert page.has_link("Edit this page")
    assert [one for one in page.all() if "data-cell" in one.attributes] == []


def test_a_cell_costs_as_many_statements_in_a_long_list(
    as_editor: Any, make_user: Any, make_post: Any, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    post = make_post(user=make_user())
    url = address(post, "content", q="post")
    send(as_editor, url, "post begun", name=f"{post.id}-content")

    with statements() as for_one:
        send(as_editor, url, "post once", name=f"{post.id}-content")
    for _ in range(3):
        make_post(user=make_user())
    with statements() as for_more:
        send(as_editor, url, "post twice", name=f"{post.id}-content")

    assert len(for_more) == len(for_one)


def test_a_column_that_is_not_for_the_person_any_more_is_left_as_it_stands(
    client_with: Callable[..., Client], make_user: Any
) -> None:
    ann = make_user(name="Ann", email="ann@example.com")
    client = client_with("*:list", "*:view", "*:edit", fields=["user.email:hidden"])

    saved = send(client, address(ann, "name", cells="name,email,nothing,id"), "Anna", name=f"{ann.id}-name")

    assert [cell is None for cell in saved.json["cells"]] == [False, True, True, False]
    assert "ann@example.com" not in saved.text
