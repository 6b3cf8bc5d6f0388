"""What a column holds is what its model says: a list whose rows hold nothing there is as wide as any other."""

from __future__ import annotations

from typing import Any

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
    assert [one.removeprefix("column--") for one in shown[0] if one not in {"column--tick", "column--actions"}] == [
        "text",
        "relation",
        "text",
        "time",
        "number",
    ]


def test_a_number_of_children_and_a_choice_are_what_they_are(as_owner: Any, make_user: Any) -> None:
    make_user()

    assert "column--count" in kinds(as_owner, "/admin/user/?columns=name,posts")
