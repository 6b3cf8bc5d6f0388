"""A kind that was added, in form, list, filter, export, import and history; test_new_kind.py runs this file in a copy of the project."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

import pytest
from admin_app.models.server import Server
from flask import Flask
from sqlalchemy import select

from admin_app.domain.audit.bulk import delete_rows
from admin_app.domain.audit.undo import undo
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.panel.registry import resource_of
from admin_app.selection.selection import Selection
from admin_app.transfer.columns import ExportColumn
from admin_app.transfer.export.reader import exported_rows
from admin_app.transfer.formats import FORMATS, FileOptions
from tests.page import Page
from tests.transfer.bringing import bring

FOUR, SIX = ip_address("192.0.2.7"), ip_address("2001:db8::1")


@pytest.fixture
def servers(keep: Any) -> list[Any]:
    return [keep(Server(name=name, address=address)) for name, address in (("a", FOUR), ("b", SIX), ("c", None))]


def addresses(app: Flask) -> dict[str, Any]:
    with app.app_context():
        return {one.name: one.address for one in db.session.scalars(select(Server))}


def test_form_reads_it_however_it_is_written_and_says_what_it_cannot_read(app: Flask, as_editor: Any) -> None:
    made = as_editor.post_form("/admin/server/new/", {"name": "b", "address": " 2001:DB8:0:0::0001 "})
    refused = Page(as_editor.post_form("/admin/server/new/", {"name": "x", "address": "192.0.2.256"}))

    assert made.status_code == 303
    assert addresses(app) == {"b": SIX}
    assert (refused.status, refused.error_of("address")) == (422, "Enter an IP address, like 192.0.2.7.")
    assert refused.values()["address"] == "192.0.2.256"


@pytest.mark.usefixtures("servers")
def test_list_shows_it_and_goes_by_it(as_viewer: Any) -> None:
    page = Page(as_viewer.get("/admin/server/?sort=address"))
    back = Page(as_viewer.get(f"/admin/server/?sort=address&after=2~{SIX}"))
    made_up = Page(as_viewer.get("/admin/server/?sort=address&after=2~x"))

    assert page.column("Address") == ["192.0.2.7", "2001:db8::1", "—No value"]
    assert (back.status, back.column("Name")) == (200, ["c"])
    assert made_up.status == 400


@pytest.mark.usefixtures("servers")
@pytest.mark.parametrize(
    ("filter_", "names"),
    [
        ("address__equals=2001:db8:0::1", ["b"]),
        ("address__not_equals=192.0.2.7", ["b", "c"]),
        ("address__in=192.0.2.7,+2001:db8::1", ["a", "b"]),
        ("address__not_in=192.0.2.7", ["b", "c"]),
        ("address__empty=yes", ["c"]),
        ("address__equals=x", []),
    ],
)
def test_filters_find_it(filter_: str, names: list[str], as_viewer: Any) -> None:
    page = Page(as_viewer.get(f"/admin/server/?sort=id&{filter_}"))

    assert (page.status, page.column("Name") if names else page.rows()) == (200, names)


@pytest.mark.usefixtures("context", "servers")
@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("csv", ["Name,Address", "a,192.0.2.7", "b,2001:db8::1", "c,"]),
        ("jsonl", ['{"name": "b", "address": "2001:db8::1"}', '{"name": "c", "address": null}']),
    ],
)
def test_files_say_it(key: str, said: list[str]) -> None:
    view: Any = resource_of(Server)
    selection = Selection.parse(view.list_schema, [("sort", "id")])
    names = ["name", "address"] if FORMATS[key].has_keys else ["Name", "Address"]
    columns = [ExportColumn("name", "Name", Server.name), ExportColumn("address", "Address", Server.address)]

    rows = exported_rows(db.engine, selection, columns)
    file = b"".join(FORMATS[key].write(names, rows, FileOptions(), lambda _row, _problem: None)).decode()

    assert [one for one in said if one not in file.splitlines()] == []


@pytest.mark.usefixtures("context")
def test_a_file_brings_it() -> None:
    bring(Server, "name,address\na,192.0.2.7\nc,\n")

    assert {one.name: one.address for one in db.session.scalars(select(Server))} == {"a": FOUR, "c": None}


def test_history_says_it_and_the_way_back_restores_it(app: Flask, as_owner: Any, servers: list[Any]) -> None:
    address = f"/admin/server/edit/?id={servers[0].id}"
    as_owner.post_form(address, {**Page(as_owner.get(address)).values(), "address": str(SIX)})

    page = Page(as_owner.get(f"/admin/server/history/?id={servers[0].id}"))

    assert page.texts("dd")[0] == "removed: 192.0.2.7added: 2001:db8::1"
    assert addresses(app)["a"] == SIX
    with app.app_context():
        undo(db.session, db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc())).first())
        db.session.commit()
    assert addresses(app)["a"] == FOUR


def test_history_of_many_rows_is_written_and_read_by_the_database(app: Flask, servers: list[Any]) -> None:
    with app.app_context():
        delete_rows(db.session, Server, Server.id > 0)
        db.session.commit()
        undo(db.session, db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc())).first())
        db.session.commit()

    assert addresses(app) == {one.name: one.address for one in servers} == {"a": FOUR, "b": SIX, "c": None}
