"""What was counted exactly is not forgotten on the next page."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from admin_app.models.post import Post
from admin_app.models.staff import Staff
from admin_app.panel.list import counted
from admin_app.selection.paging import planner
from tests.many import many
from tests.page import Page

LIST = "/admin/post/?id__in=" + ",".join(map(str, range(1, 100))) + "&sort=id"


@pytest.fixture(autouse=True)
def posts(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make more posts than a list counts."""
    monkeypatch.setattr(planner, "LIST_COUNT_LIMIT", 30)
    many(app, Post, [{"content": f"Post {number}"} for number in range(45)])


def said(client: Any, address: str) -> str:
    return str(Page(client.get(address)).result_line())


def test_a_number_counted_exactly_stays_on_other_pages_of_the_list_and_nowhere_else(
    as_viewer: Any, as_editor: Any
) -> None:
    before = said(as_viewer, LIST)

    counted_now = said(as_viewer, Page(as_viewer.get(LIST)).link("Count exactly"))
    next_page = Page(as_viewer.get(f"{LIST}&page=2"))
    other_list, other_person = said(as_viewer, LIST.replace("id__in=1,", "id__in=100,")), said(as_editor, LIST)

    assert (before, counted_now) == ("1 to 20 of more than 30 posts · Count exactly", "1 to 20 of 45 posts")
    assert (next_page.result_line(), next_page.has_link("Count exactly")) == ("21 to 40 of 45 posts", False)
    assert "more than 30" in other_list
    assert "more than 30" in other_person


def test_it_is_not_the_number_of_whom_one_sees_the_dashboard_as(as_owner: Any, editor: Staff) -> None:
    said(as_owner, f"{LIST}&count=exact")

    as_owner.post_form(f"/admin/staff/see-as/?id={editor.id}")

    assert "more than 30" in said(as_owner, LIST)


@pytest.mark.parametrize("later", [counted.SECONDS, -3600], ids=["a minute later", "the clock was ahead"])
def test_it_is_forgotten_after_a_minute(as_viewer: Any, monkeypatch: pytest.MonkeyPatch, later: int) -> None:
    said(as_viewer, f"{LIST}&count=exact")

    monkeypatch.setattr(counted, "time", SimpleNamespace(time=lambda: time.time() + later))

    assert "more than 30" in said(as_viewer, f"{LIST}&page=2")


def test_more_rows_than_were_counted_then_are_not_hidden(as_viewer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    said(as_viewer, f"{LIST}&count=exact")

    monkeypatch.setattr(planner, "LIST_COUNT_LIMIT", 44)
    with_45 = said(as_viewer, f"{LIST}&page=2")
    with as_viewer.session_transaction() as kept:
        name, _, at = kept[counted.KEPT]
        kept[counted.KEPT] = [name, 40, at]
    with_40 = said(as_viewer, f"{LIST}&page=2")

    assert (with_45, with_40) == ("21 to 40 of 45 posts", "21 to 40 of more than 44 posts · Count exactly")
