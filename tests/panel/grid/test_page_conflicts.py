"""What others did to the rows while the page was open: nothing is overwritten unseen, and nothing of it is saved by halves."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from tests.page import Page
from tests.panel.forms.meanwhile import at, now
from tests.panel.grid.grids import POSTS, USERS, cells, notes, opened, send, trail
from tests.stores import both_stores

Change = Callable[..., None]


@pytest.fixture
def emil_saves(as_emil: Any) -> Change:
    """Let Emil save a record by its form."""

    def save(record: Any, **typed: str) -> None:
        address = at(record)
        assert as_emil.post(address, data={**Page(as_emil.get(address)).values(), **typed}).status_code == 303

    return save


@both_stores
@pytest.mark.parametrize(("take", "kept"), [("theirs", "Annie"), ("yours", "Anna")])
def test_a_cell_that_two_people_changed_is_asked_about_at_its_row(
    take: str, kept: str, app: Flask, as_editor: Any, *, emil_saves: Change, make_user: Any
) -> None:
    ann, bea = make_user(name="Ann"), make_user(name="Bea")
    page = opened(as_editor, USERS)
    emil_saves(ann, name="Annie")

    asked = Page(send(as_editor, page, **cells(ann, name="Anna"), **cells(bea, name="Beate")))
    before = [now(app, one).name for one in (ann, bea)]
    again = Page(send(as_editor, asked))
    saved = send(as_editor, asked, **{f"_take.name-{ann.id}": take})

    assert asked.status == 409
    assert asked.summary == ["Nothing was saved.", "Annie: Emil changed it."]
    assert "Emil (emil@example.com) changed this user" in notes(asked)[0]
    assert "Previous valueAnn Their valueAnnie" in notes(asked)[0]
    assert (asked.values()[f"{ann.id}-name"], asked.values()[f"{bea.id}-name"]) == ("Anna", "Beate")
    assert before == ["Annie", "Bea"]
    assert again.texts("p", id=f"_take.name-{ann.id}-error") == ["Error: Choose which Name to keep."]
    assert (saved.status_code, [now(app, one).name for one in (ann, bea)]) == (303, [kept, "Beate"])


def test_what_others_changed_in_other_cells_is_kept_and_told(
    app: Flask, as_editor: Any, emil_saves: Change, make_user: Any
) -> None:
    ann = make_user(name="Ann", email="ann@example.com")
    page = opened(as_editor, USERS)
    emil_saves(ann, email="annie@example.com")

    told = Page(send(as_editor, page, **cells(ann, name="Anna")))
    saved = send(as_editor, told)

    assert (told.status, told.values()[f"{ann.id}-email"]) == (409, "annie@example.com")
    assert notes(told)[0].endswith("Email: Changed by Emil. Their value is used.")
    after = now(app, ann)
    assert (saved.status_code, after.name, after.email) == (303, "Anna", "annie@example.com")


def test_a_row_that_only_others_changed_is_nothing_to_ask_about(
    app: Flask, as_editor: Any, emil_saves: Change, make_user: Any
) -> None:
    ann, bea = make_user(name="Ann"), make_user(name="Bea")
    page = opened(as_editor, USERS)
    emil_saves(ann, name="Annie")

    saved = send(as_editor, page, **cells(bea, name="Beate"))

    assert (saved.status_code, trail(app)[-1]) == (303, ("Changed user “Beate”", 1))
    assert [now(app, one).name for one in (ann, bea)] == ["Annie", "Beate"]


def test_a_change_of_a_column_that_has_no_cell_is_no_conflict(
    app: Flask, as_editor: Any, emil_saves: Change, make_user: Any
) -> None:
    ann = make_user(name="Ann", email="ann@example.com")
    page = opened(as_editor, f"{USERS}?columns=name,id")
    emil_saves(ann, email="annie@example.com")

    saved = send(as_editor, page, **cells(ann, name="Anna"))

    after = now(app, ann)
    assert (saved.status_code, after.name, after.email) == (303, "Anna", "annie@example.com")


def test_a_choice_stays_while_another_row_is_wrong(as_editor: Any, emil_saves: Change, make_user: Any) -> None:
    ann, bea = make_user(name="Ann"), make_user(name="Bea")
    page = opened(as_editor, USERS)
    emil_saves(ann, name="Annie")
    asked = Page(send(as_editor, page, **cells(ann, name="Anna")))

    refused = Page(send(as_editor, asked, **{f"_take.name-{ann.id}": "yours"}, **cells(bea, name="")))

    assert (refused.status, refused.values()[f"_take.name-{ann.id}"]) == (422, "yours")
    assert refused.values()[f"{ann.id}-name"] == "Anna"


def test_a_row_that_was_deleted_is_said_and_what_was_typed_into_it_stays_to_be_copied(
    app: Flask, as_editor: Any, as_emil: Any, make_post: Any
) -> None:
    gone, other = make_post(content="Wall"), make_post(content="Gate")
    page = opened(as_editor)
    as_emil.post_form(at(gone, "delete"))

    told = Page(send(as_editor, page, **cells(gone, content="Garden wall"), **cells(other, content="Garden gate")))
    before = now(app, other).content
    saved = send(as_editor, told)

    assert told.status == 409
    assert notes(told)[0].startswith(f"Post {gone.id}: Emil deleted it at ")
    assert "ContentGarden wall" in notes(told)[0]
    assert before == "Gate"
    assert (saved.status_code, now(app, other).content) == (303, "Garden gate")


@both_stores
def test_two_pages_that_are_saved_in_the_same_moment_are_each_saved_whole_or_not_at_all(
    app: Flask, as_editor: Any, as_emil: Any, make_user: Any
) -> None:
    rows = [make_user(name=f"Old {number}", email=f"old{number}@example.com") for number in range(3)]
    # Each begins at the other end.
    pages = [(as_editor, opened(as_editor, f"{USERS}?sort=id")), (as_emil, opened(as_emil, f"{USERS}?sort=-id"))]
    typed = [
        {f"{one.id}-name": f"New {one.id}" for one in rows},
        {f"{one.id}-email": f"new{one.id}@example.com" for one in rows},
    ]
    barrier = threading.Barrier(2)

    def save(client: Any, page: Page, cells_: dict[str, str]) -> int:
        barrier.wait()
        return int(send(client, page, **cells_).status_code)

    with ThreadPoolExecutor(2) as threads:
        statuses = [*threads.map(save, *zip(*pages, strict=True), typed)]

    after = [now(app, one) for one in rows]
    assert set(statuses) <= {303, 409}
    assert 303 in statuses
    assert [one.name.startswith("New") for one in after] == [statuses[0] == 303] * 3
    assert [one.email.startswith("new") for one in after] == [statuses[1] == 303] * 3


@pytest.mark.parametrize("address", [POSTS, USERS])
def test_a_page_of_which_every_row_is_gone_saves_nothing(
    address: str, as_editor: Any, as_emil: Any, make_user: Any, make_post: Any
) -> None:
    record = make_post(user=make_user()) if address == POSTS else make_user()
    page = opened(as_editor, address)
    as_emil.post_form(at(record, "delete"), {"posts": "detach"} if address == USERS else None)

    told = Page(send(as_editor, page))

    assert (told.status, len(notes(told))) == (409, 1)
    assert Page(send(as_editor, told)).status == 303
