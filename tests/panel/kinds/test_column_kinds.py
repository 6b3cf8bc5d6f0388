"""What a column holds is what its model says: a list whose rows hold nothing there is as wide as any other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from admin_app.panel.list.widths import LEAST, MENU, TICK
from tests.page import Page


def kinds(client: Any, path: str) -> list[str]:
    return [one.attributes.get("class", "") for one in Page(client.get(path)).all("col", within="listing")]


def test_a_relation_that_no_row_has_is_as_wide_as_one_that_all_have(
    as_viewer: Any, make_post: Any, make_user: Any
) -> None:
    user = make_user()
    make_post(user=user), make_post()
    columns = "columns=content,user,user.email,created_at,id"

    shown = [
        kinds(as_viewer, f"/admin/post/?{columns}&{which}")
        for which in (f"user__is={user.id}", "user__empty=yes", "sort=id")
    ]

    assert shown[0] == shown[1] == shown[2]
    assert shown[0] == ["column--tick", "", "column--relation", "column--email", "column--time", "column--id"]


def test_a_table_needs_the_room_of_its_columns_as_the_style_sheet_has_it(as_viewer: Any, make_post: Any) -> None:
    make_post()
    style = Path("static/css/columns.css").read_text(encoding="utf-8")

    regions = Page(as_viewer.get("/admin/post/?columns=content,user,user.email,created_at,id")).all(role="region")

    assert regions[0].attributes["class"] == "table-region table-region--least-10"
    found = re.findall(r"((?:\.column--\w+[,\s]+)+){\s*inline-size: (\d+)px", style)
    sizes = {key: int(px) for names, px in found for key in re.findall(r"--(\w+)", names)}
    assert sizes == {**LEAST, "tick": TICK, "actions": MENU}


def test_a_name_needs_less_room_than_the_beginning_of_a_text(as_owner: Any) -> None:
    staff = Page(as_owner.get("/admin/staff/")).all(role="region")

    # At 1280 px a list has room for ten.
    assert staff[0].attributes["class"] == "table-region table-region--least-10"


def test_a_number_of_children_and_a_choice_are_what_they_are(as_owner: Any, make_user: Any) -> None:
    make_user()

    assert "column--count" in kinds(as_owner, "/admin/user/?columns=name,posts")
