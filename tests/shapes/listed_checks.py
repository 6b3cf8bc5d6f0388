"""Lists in a form, a list, a filter, a file and the history, on both stores. Copied by test_shapes.py."""

from __future__ import annotations

from typing import Any

import pytest
from admin_app.models.shelf import Shelf, Use
from flask import Flask
from sqlalchemy import select

from admin_app.db.json_spelling import spelled
from admin_app.domain.audit.bulk import delete_rows
from admin_app.domain.audit.undo import undo
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from tests.page import Page
from tests.transfer.bringing import bring

TYPED = {"label": "a", "tags": "red, big, red", "sizes": "3\r\n1\r\n\r\n3", "uses": "old_tools\nbooks"}
KEPT = (["red", "big"], [3, 1, 3], [Use.OLD_TOOLS, Use.BOOKS])


@pytest.fixture
def made(app: Flask, as_editor: Any) -> int:
    assert as_editor.post_form("/admin/shelf/new/", TYPED).status_code == 303
    with app.app_context():
        return db.session.scalars(select(Shelf.id)).one()


def lists(app: Flask) -> Any:
    with app.app_context():
        one = db.session.scalars(select(Shelf)).one()
        return one.tags, one.sizes, one.uses


def test_a_form_reads_lists_and_shows_them_again(app: Flask, as_editor: Any, made: int) -> None:
    form = Page(as_editor.get(f"/admin/shelf/edit/?id={made}"))
    values = form.values()
    refused = Page(as_editor.post_form("/admin/shelf/new/", {**TYPED, "sizes": "1\nx", "uses": "green"}))

    assert lists(app) == KEPT
    assert [one.attributes.get("rows") for name in ("tags", "sizes") for one in form.all(name=name)] == [None, "4"]
    assert (values["tags"], values["sizes"].split(), values["uses"].split()) == (
        "red, big",
        ["3", "1", "3"],
        ["old_tools", "books"],
    )
    assert [refused.error_of(name) for name in ("sizes", "uses")] == [
        "Enter one per line. Each must be a whole number.",
        "Enter one per line. Each must be one of books, old_tools.",
    ]


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ("tags__has=big", 1),
        ("tags__has=bi", 0),
        ("sizes__has=1", 1),
        ("sizes__has_not=2", 1),
        ("uses__has=books", 1),
        ("uses__has_not=books", 0),
        ("tags__empty=no", 1),
    ],
)
def test_a_list_goes_by_their_items(asked: str, number: int, as_viewer: Any) -> None:
    page = Page(as_viewer.get(f"/admin/shelf/?{asked}"))

    assert (page.status, len(page.ids())) == (200, number)


def test_a_list_and_a_file_say_them_and_a_file_brings_them(app: Flask, as_editor: Any, made: int) -> None:
    row = Page(as_editor.get("/admin/shelf/")).rows()[0]
    file = as_editor.get("/admin/shelf/export/csv/").get_data(as_text=True)
    with app.app_context():
        delete_rows(db.session, Shelf, Shelf.id == made)
        db.session.commit()
        bring(
            Shelf,
            file.replace("\r\n", "\n").replace("Label,Tags,Sizes,Uses,ID", "label,tags,sizes,uses,id").lstrip("\ufeff"),
        )

    assert row[1:4] == ["red, big", "3, 1, 3", "old_tools, books"]
    assert lists(app) == KEPT


def test_an_undo_gives_them_back_by_either_way(app: Flask, as_owner: Any, made: int) -> None:
    with app.app_context():
        delete_rows(db.session, Shelf, Shelf.id > 0)
        db.session.commit()
        undo(db.session, db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc())).first())
        db.session.commit()
    after_many = lists(app)
    as_owner.post_form(
        f"/admin/shelf/edit/?id={made}",
        {**Page(as_owner.get(f"/admin/shelf/edit/?id={made}")).values(), "tags": "", "sizes": "2", "uses": ""},
    )
    changed = lists(app)
    with app.app_context():
        undo(db.session, db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc())).first())
        db.session.commit()

    assert (after_many, changed, lists(app)) == (KEPT, ([], [2], None), KEPT)


def test_an_edit_to_what_python_takes_for_the_same_is_saved_by_a_form_and_a_file(
    app: Flask, as_editor: Any, made: int
) -> None:
    address = f"/admin/shelf/edit/?id={made}"
    has_offset = app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql")
    kept = []

    for notes, dusted in (('[1, {"a": true}]', "09:30+02:00"), ('[1.0, {"a": 1}]', "08:30+01:00")):
        typed = {"notes": notes, "dusted": dusted if has_offset else ""}
        as_editor.post_form(address, {**Page(as_editor.get(address)).values(), **typed})
        kept.append(spelling(app))
    with app.app_context():
        number, brought = (bring(Shelf, f'id,notes\n{made},"[true, {{""a"": {one}}}]"\n') for one in ("1", "1.0"))
    kept.append(spelling(app))

    offsets = ("+02:00", "+01:00", "+01:00") if has_offset else ("None",) * 3
    notes = ('[1, {"a": true}]', '[1.0, {"a": 1}]', '[true, {"a": 1.0}]')
    assert kept == [*zip(notes, offsets, strict=True)]
    assert (number.changed, brought.changed) == (1, 1)


def spelling(app: Flask) -> tuple[str, str]:
    with app.app_context():
        one = db.session.scalars(select(Shelf)).one()
        return spelled(one.notes), str(one.dusted)[-6:] if one.dusted else "None"
