"""Folders that depend on folders, deleted many at once; test_relation_shapes.py runs this file in a copy of the project."""

from __future__ import annotations

from typing import Any

import pytest
from admin_app.models.folder import Folder
from sqlalchemy import select

from admin_app.extensions import db
from tests.page import Page

DELETE = "/admin/folder/delete-many/"


@pytest.fixture(autouse=True)
def folders(keep: Any) -> None:
    """Make 1, in it 2 and 3, in 2 the folder 4; and 5 by itself."""
    for number, parent in ((1, None), (2, 1), (3, 1), (4, 2), (5, None)):
        keep(Folder(name=f"Folder {number}", parent_id=parent))


@pytest.fixture(autouse=True, params=[1, 1000])
def chunk(request: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Carry out one line a transaction, and all of them in one."""
    monkeypatch.setattr("admin_app.panel.plan.making.CHUNK", request.param)


def parents(client: Any) -> dict[int, int | None]:
    with client.application.app_context():
        return dict(map(tuple, db.session.execute(select(Folder.id, Folder.parent_id))))


def deleted(client: Any, ids: str, **chosen: str) -> Page:
    fields = {name.replace("_", "."): value for name, value in chosen.items()}
    plan = client.post_form(f"{DELETE}?id__in={ids}", fields).location
    client.post_form(plan)
    return Page(client.get(plan))


@pytest.mark.parametrize(
    ("ids", "chosen", "said", "left"),
    [
        ("1,2", {"fate_folders": "keep"}, "2 folders deleted", {3: None, 4: None, 5: None}),
        ("1,2,3,4", {"fate_folders": "keep"}, "4 folders deleted", {5: None}),
        ("1,2", {"fate_folders": "give", "heir_folders": "5"}, "2 folders deleted", {3: 5, 4: 5, 5: None}),
        ("1,2", {"fate_folders": "delete"}, "2 folders deleted", {4: None, 5: None}),
        ("1,2,3,4", {"fate_folders": "delete"}, "4 folders deleted", {5: None}),
    ],
)
def test_folders_in_folders_are_deleted_as_chosen_whatever_the_chunks_and_come_back(
    ids: str, chosen: dict[str, str], said: str, left: dict[int, int | None], as_owner: Any
) -> None:
    before = parents(as_owner)

    page = deleted(as_owner, ids, **chosen)
    after = parents(as_owner)
    (undo,) = page.all("form", class_="undo")
    as_owner.post_form("/admin/activity/undo/", {"id": undo.all("input", name="id")[0].attributes["value"]})

    assert (page.heading, after) == (said, left)
    assert page.texts("p", class_="plan__problem") == []
    assert parents(as_owner) == before


def test_a_picker_finds_what_cannot_be_searched_by_its_id_and_exact_name(as_owner: Any, keep: Any) -> None:
    keep(Folder(name="Folder 1"))
    found = {
        typed: as_owner.get(f"/admin/folder/lookup/?name=parent&query={typed}").get_json()
        for typed in ("Folder 1", "4", "Fol")
    }

    hint = "Type an ID, or an exact name."
    assert {typed: [one["id"] for one in answer["results"]] for typed, answer in found.items()} == {
        "Folder 1": ["1", "6"],
        "4": ["4"],
        "Fol": [],
    }
    assert [(answer["more"], answer["hint"]) for answer in found.values()] == [(False, hint)] * 3
