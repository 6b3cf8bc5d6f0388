"""Every route, declared: an address of it, and who may reach it by which method; a plugin of conftest.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.db.string_set import StringSet
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.job import Job
from admin_app.models.note import Note
from admin_app.models.opened_record import OpenedRecord
from admin_app.models.passkey import Passkey
from admin_app.models.post import Post
from admin_app.models.presence import Presence
from admin_app.models.role import VIEWER, Role
from admin_app.models.saved_view import SavedView
from admin_app.models.staff import Staff, StaffSession
from admin_app.models.user import User

PEOPLE = ("nobody", "viewer", "editor", "owner")
Statuses = tuple[int, int, int, int]

#                      nobody, viewer, editor, owner
EVERYBODY: Statuses = (200, 200, 200, 200)
SIGNED_IN: Statuses = (302, 200, 200, 200)
EDITORS: Statuses = (302, 403, 200, 200)
OWNERS: Statuses = (302, 403, 403, 200)


@dataclass(frozen=True)
class Route:
    """An address of a rule, and its status for each of `PEOPLE` by GET, and by POST with a token."""

    url: str
    get: Statuses | None = None
    post: Statuses | None = None
    # What another program asks by these methods, with a token that none of `PEOPLE` has.
    by_token: tuple[str, ...] = ()
    # How these are refused.
    refused: int = 401

    @property
    def methods(self) -> set[str]:
        if self.by_token:
            return {"OPTIONS", *self.by_token, *(["HEAD"] if "GET" in self.by_token else [])}
        return {"OPTIONS"} | ({"GET", "HEAD"} if self.get else set()) | ({"POST"} if self.post else set())

    def answers(self, person: str) -> dict[str, int]:
        if self.by_token:
            asked = ("HEAD", "GET", "DELETE", "POST")
            refused = {name: self.refused if name in self.methods else 405 for name in asked}
            posts = ("POST without a token", "POST with another visitor's token")
            return {"OPTIONS": 200, **refused, **dict.fromkeys(posts, refused["POST"])}
        place = PEOPLE.index(person)
        get = self.get[place] if self.get else 405
        refused = 400 if self.post else 405
        return {
            "OPTIONS": 200,
            "HEAD": get,
            "GET": get,
            # One for all that no route takes, as test_every_route says.
            "DELETE": 405,
            "POST without a token": refused,
            "POST with another visitor's token": refused,
            "POST": self.post[place] if self.post else 405,
        }


def _own(seen: Statuses, status: int) -> Statuses:
    """Return the status for the owner, where everybody else who sees the list finds nothing."""
    return seen[0], *(404 if one == 200 else one for one in seen[1:3]), status  # type: ignore[return-value]


# A form without its fields answers 422 where something is needed, and 303 where nothing is or it stands there already.
ROUTES = {
    "/": Route("/", get=(302, 302, 302, 302)),
    "/static/app.css": Route("/static/app.css", get=EVERYBODY),
    "/static/app.js": Route("/static/app.js", get=EVERYBODY),
    "/static/icons.svg": Route("/static/icons.svg", get=EVERYBODY),
    "/static/preview.css": Route("/static/preview.css", get=EVERYBODY),
    "/static/<path:filename>": Route("/static/icon.svg", get=EVERYBODY),
    "/health": Route("/health", get=EVERYBODY),
    "/sign-in": Route("/sign-in", get=(200, 303, 303, 303), post=(422, 303, 303, 303)),
    "/forgotten-password": Route("/forgotten-password", get=(404, 404, 404, 404), post=(404, 404, 404, 404)),
    "/sign-in/company": Route("/sign-in/company", get=(404, 404, 404, 404)),
    "/sign-in/company/back": Route("/sign-in/company/back", get=(404, 404, 404, 404)),
    "/sign-in/company/ended": Route("/sign-in/company/ended", by_token=("POST",), refused=404),
    "/sign-out": Route("/sign-out", post=(303, 303, 303, 303)),
    "/set-up/<token>": Route("/set-up/0", get=(404, 404, 404, 404), post=(404, 404, 404, 404)),
    "/sign-in/code": Route("/sign-in/code", get=(303, 303, 303, 303), post=(303, 303, 303, 303)),
    "/sign-in/enrol": Route("/sign-in/enrol", get=(303, 303, 303, 303), post=(303, 303, 303, 303)),
    "/password/<token>": Route("/password/0", get=(404, 404, 404, 404), post=(404, 404, 404, 404)),
    "/admin/": Route("/admin/", get=SIGNED_IN),
    "/admin/pins/": Route("/admin/pins/", post=(302, 400, 400, 400)),
    "/admin/first-steps/": Route("/admin/first-steps/", post=(302, 303, 303, 303)),
    "/admin/account/": Route("/admin/account/", get=SIGNED_IN, post=(302, 422, 422, 422)),
    "/admin/account/session/": Route("/admin/account/session/", get=SIGNED_IN, post=SIGNED_IN),
    "/admin/account/two-factor/": Route("/admin/account/two-factor/", get=SIGNED_IN, post=(302, 422, 422, 422)),
    "/admin/account/passkeys/": Route("/admin/account/passkeys/", get=SIGNED_IN, post=(302, 422, 422, 422)),
    "/admin/account/passkeys/edit/": Route(
        "/admin/account/passkeys/edit/?id={passkey}", get=(302, 404, 404, 200), post=(302, 404, 404, 422)
    ),
    "/admin/account/confirm/": Route("/admin/account/confirm/", get=SIGNED_IN, post=(302, 422, 422, 422)),
    "/admin/account/sessions/": Route("/admin/account/sessions/", post=(302, 303, 303, 303)),
    "/admin/account/look/": Route("/admin/account/look/", post=(302, 303, 303, 303)),
    "/admin/account/preferences/": Route("/admin/account/preferences/", post=(302, 422, 422, 422)),
    "/admin/activity/": Route("/admin/activity/", get=SIGNED_IN),
    "/admin/activity/activity.csv": Route("/admin/activity/activity.csv", get=OWNERS),
    "/admin/activity/set/": Route("/admin/activity/set/?id={act}", get=SIGNED_IN),
    "/admin/activity/list/": Route("/admin/activity/list/", post=(302, 404, 404, 404)),
    "/admin/activity/undo/": Route("/admin/activity/undo/", post=(302, 404, 404, 404)),
    "/admin/user/history/": Route("/admin/user/history/?id={user}", get=SIGNED_IN),
    "/admin/user/restore/": Route("/admin/user/restore/", post=(302, 403, 404, 404)),
    "/admin/post/history/": Route("/admin/post/history/?id={post}", get=SIGNED_IN),
    "/admin/post/restore/": Route("/admin/post/restore/", post=(302, 403, 404, 404)),
    "/admin/staff/history/": Route("/admin/staff/history/?id={staff}", get=OWNERS),
    "/admin/staff/restore/": Route("/admin/staff/restore/", post=(302, 403, 403, 404)),
    "/admin/search/": Route("/admin/search/?q=a", get=SIGNED_IN),
    "/admin/help/": Route("/admin/help/", get=SIGNED_IN),
    "/admin/help/keys/": Route("/admin/help/keys/", get=SIGNED_IN),
    "/admin/help/part/<title>/": Route("/admin/help/part/search/", get=SIGNED_IN),
    "/admin/help/image/<file>": Route("/admin/help/image/filters.png", get=SIGNED_IN),
    "/admin/jobs/": Route("/admin/jobs/", get=SIGNED_IN),
    "/admin/inbox/": Route("/admin/inbox/", get=SIGNED_IN),
    "/admin/inbox/read/": Route("/admin/inbox/read/", post=(302, 303, 303, 303)),
    "/admin/inbox/stop/": Route("/admin/inbox/stop/", post=(302, 303, 303, 303)),
    "/admin/jobs/cancel/": Route("/admin/jobs/cancel/?id={job}", post=(302, 404, 404, 303)),
    "/admin/jobs/retry/": Route("/admin/jobs/retry/?id={job}", post=(302, 404, 404, 303)),
    "/admin/jobs/file/": Route("/admin/jobs/file/?id={job}", get=(302, 404, 404, 404)),
    "/admin/jobs/problems/": Route("/admin/jobs/problems/?id={job}", get=(302, 404, 404, 200)),
    "/admin/user/": Route("/admin/user/", get=SIGNED_IN),
    "/admin/user/details/": Route("/admin/user/details/?id={user}", get=SIGNED_IN),
    "/admin/user/export/<export_type>/": Route("/admin/user/export/csv/", get=SIGNED_IN),
    "/admin/user/export/": Route("/admin/user/export/", get=SIGNED_IN, post=(302, 422, 422, 422)),
    "/admin/user/lookup/": Route("/admin/user/lookup/", get=(302, 404, 404, 404)),
    "/admin/user/new/": Route("/admin/user/new/", get=EDITORS, post=(302, 403, 422, 422)),
    "/admin/user/edit/": Route("/admin/user/edit/?id={user}", get=EDITORS, post=(302, 403, 303, 303)),
    "/admin/user/delete/": Route("/admin/user/delete/?id={user}", get=EDITORS, post=(302, 403, 422, 422)),
    "/admin/user/forget/": Route("/admin/user/forget/?id={user}", get=(302, 403, 403, 200), post=(302, 403, 403, 422)),
    "/admin/user/merge/": Route("/admin/user/merge/?a={user}&b={twin}", get=EDITORS, post=(302, 403, 422, 422)),
    "/admin/user/presence/": Route("/admin/user/presence/?id={user}", post=(204, 403, 200, 200)),
    "/admin/post/": Route("/admin/post/", get=SIGNED_IN),
    "/admin/post/details/": Route("/admin/post/details/?id={post}", get=SIGNED_IN),
    "/admin/post/export/<export_type>/": Route("/admin/post/export/csv/", get=SIGNED_IN),
    "/admin/post/export/": Route("/admin/post/export/", get=SIGNED_IN, post=(302, 422, 422, 422)),
    "/admin/post/lookup/": Route("/admin/post/lookup/?name=user", get=SIGNED_IN),
    "/admin/post/new/": Route("/admin/post/new/", get=EDITORS, post=(302, 403, 303, 303)),
    "/admin/post/edit/": Route("/admin/post/edit/?id={post}", get=EDITORS, post=(302, 403, 303, 303)),
    "/admin/post/delete/": Route("/admin/post/delete/?id={post}", get=EDITORS, post=(302, 403, 303, 303)),
    "/admin/post/merge/": Route("/admin/post/merge/?a={post}&b={copy}", get=EDITORS, post=(302, 403, 303, 303)),
    "/admin/post/presence/": Route("/admin/post/presence/?id={post}", post=(204, 403, 200, 200)),
    "/admin/staff/": Route("/admin/staff/", get=OWNERS),
    "/admin/staff/details/": Route("/admin/staff/details/?id={staff}", get=OWNERS),
    "/admin/staff/export/<export_type>/": Route("/admin/staff/export/csv/", get=OWNERS),
    "/admin/staff/export/": Route("/admin/staff/export/", get=OWNERS, post=(302, 403, 403, 422)),
    "/admin/staff/lookup/": Route("/admin/staff/lookup/", get=(302, 403, 403, 404)),
    "/admin/staff/new/": Route("/admin/staff/new/", get=OWNERS, post=(302, 403, 403, 422)),
    "/admin/staff/edit/": Route("/admin/staff/edit/?id={staff}", get=OWNERS, post=(302, 403, 403, 303)),
    "/admin/staff/forget/": Route("/admin/staff/forget/?id={staff}", get=OWNERS, post=(302, 403, 403, 422)),
    "/admin/staff/access/": Route("/admin/staff/access/?id={staff}", get=OWNERS, post=(302, 403, 403, 303)),
    "/admin/staff/permissions/": Route("/admin/staff/permissions/?id={staff}", get=OWNERS),
    "/admin/see-as/": Route("/admin/see-as/", post=(302, 303, 303, 303)),
    "/admin/staff/sum/": Route("/admin/staff/sum/", get=OWNERS),
    "/admin/staff/delete/": Route("/admin/staff/delete/?id={staff}", get=OWNERS, post=(302, 403, 403, 303)),
    "/admin/staff/merge/": Route(
        "/admin/staff/merge/?a={staff}&b=1", get=(302, 403, 403, 404), post=(302, 403, 403, 404)
    ),
    "/admin/staff/presence/": Route("/admin/staff/presence/?id={staff}", post=(204, 403, 403, 200)),
    "/admin/role/": Route("/admin/role/", get=OWNERS),
    "/admin/role/details/": Route("/admin/role/details/?id={role}", get=OWNERS),
    "/admin/role/export/<export_type>/": Route("/admin/role/export/csv/", get=OWNERS),
    "/admin/role/export/": Route("/admin/role/export/", get=OWNERS, post=(302, 403, 403, 422)),
    "/admin/role/lookup/": Route("/admin/role/lookup/", get=(302, 403, 403, 404)),
    "/admin/role/new/": Route("/admin/role/new/", get=OWNERS, post=(302, 403, 403, 422)),
    "/admin/role/edit/": Route("/admin/role/edit/?id={role}", get=OWNERS, post=(302, 403, 403, 303)),
    "/admin/role/delete/": Route("/admin/role/delete/?id={role}", get=OWNERS, post=(302, 403, 403, 303)),
    "/admin/role/merge/": Route("/admin/role/merge/?a={role}&b=1", get=(302, 403, 403, 404), post=(302, 403, 403, 404)),
    "/admin/role/presence/": Route("/admin/role/presence/?id={role}", post=(204, 403, 403, 200)),
    "/admin/role/history/": Route("/admin/role/history/?id={role}", get=OWNERS),
    "/admin/role/restore/": Route("/admin/role/restore/", post=(302, 403, 403, 404)),
}

# What the company's directory asks.
for _name in ("Users", "Groups"):
    _root = f"/scim/v2/{_name}"
    ROUTES |= {
        _root: Route(_root, by_token=("GET", "POST")),
        f"{_root}/<int:key>": Route(f"{_root}/1", by_token=("GET", "PUT", "PATCH", "DELETE")),
    }
ROUTES["/scim/v2/<path:rest>"] = Route("/scim/v2/Schemas", by_token=("GET",))

# A version of a record, which only its history knows: `tests/panel/history/test_restoring.py` opens some.
for _name, _get in (("user", SIGNED_IN), ("post", SIGNED_IN), ("staff", OWNERS), ("role", OWNERS)):
    _absent_version: Statuses = tuple(404 if one == 200 else one for one in _get)  # type: ignore[assignment]
    ROUTES[f"/admin/{_name}/version/"] = Route(f"/admin/{_name}/version/?change=0", get=_absent_version)

# How a text of HTML looks, which posts alone have.
for _name, _none in (("user", 404), ("staff", 403), ("role", 403)):
    _nothing: Statuses = (302, _none, _none, 404)
    _address = f"/admin/{_name}/preview/"
    ROUTES[_address] = Route(f"{_address}?field=name", get=_nothing, post=_nothing)
# A file that a record holds, which none of these does.
for _name, _none in (("user", 404), ("post", 404), ("staff", 403), ("role", 403)):
    ROUTES[f"/admin/{_name}/file/"] = Route(f"/admin/{_name}/file/?field=name", get=(302, _none, _none, 404))
ROUTES["/admin/post/preview/"] = Route("/admin/post/preview/?id={post}&field=content", get=SIGNED_IN, post=SIGNED_IN)

# What every resource's list can be edited by: a page of it, and a cell.
for _name, _get, _field in (
    ("user", EDITORS, "name"),
    ("post", EDITORS, "content"),
    ("staff", OWNERS, "name"),
    ("role", OWNERS, "name"),
):
    _saved: Statuses = tuple(303 if one == 200 else one for one in _get)  # type: ignore[assignment]
    _root = f"/admin/{_name}/"
    ROUTES |= {
        f"{_root}edit-page/": Route(f"{_root}edit-page/", get=_get, post=_saved),
        f"{_root}cell/": Route(f"{_root}cell/?id={{{_name}}}&field={_field}", get=_get, post=_get),
    }

# The short address of a record.
for _name, _get in (("user", SIGNED_IN), ("post", SIGNED_IN), ("staff", OWNERS), ("role", OWNERS)):
    _led: Statuses = tuple(302 if one == 200 else one for one in _get)  # type: ignore[assignment]
    ROUTES[f"/admin/{_name}/<number:key>"] = Route(f"/admin/{_name}/{{{_name}}}", get=_led)

# What staff write about a record, and whether they watch it. The note is the owner's: nobody else changes it.
for _name, _get in (("user", SIGNED_IN), ("post", SIGNED_IN), ("staff", OWNERS), ("role", OWNERS)):
    _untyped, _turned = (tuple(status if one == 200 else one for one in _get) for status in (422, 303))  # type: ignore[assignment]
    _others = (302, 403, 403)
    _root = f"/admin/{_name}/"
    ROUTES |= {
        f"{_root}notes/": Route(f"{_root}notes/?id={{{_name}}}", get=_get, post=_untyped),
        f"{_root}notes/<number:note>/": Route(
            f"{_root}notes/{{{_name}_note}}/?id={{{_name}}}", get=(*_others, 200), post=(*_others, 422)
        ),
        f"{_root}watch/": Route(f"{_root}watch/?id={{{_name}}}", post=_turned),
    }

# What every resource's list can be made into: its columns, its views.
for _name, _get in (("user", SIGNED_IN), ("post", SIGNED_IN), ("staff", OWNERS), ("role", OWNERS)):
    _done, _missing, _refused, _unnamed = (
        tuple(302 if one == 302 else status if one == 200 else 403 for one in _get) for status in (303, 404, 400, 422)
    )
    _root = f"/admin/{_name}/"
    # Acts on many records: only who may change them comes there, and nobody where each record is judged by itself.
    _is_open = _name in {"user", "post"}
    _absent = (302, 403, 404, 404) if _is_open else (302, 403, 403, 404)
    _given = {"user": _absent, "post": EDITORS}.get(_name, (302, 403, 403, 403))
    _unknown = tuple(404 if one == 200 else one for one in _get)
    # Of users alone it is said when two of them may be the same.
    _alike, _looked = (_get, _done) if _name == "user" else (_unknown, _unknown)
    _uploaded = (302, 403, 404, 404) if _is_open else (302, 403, 403, 403)
    _changed, _asked = (EDITORS, (302, 403, 422, 422)) if _is_open else ((302, 403, 403, 403),) * 2
    ROUTES |= {
        f"{_root}give/": Route(f"{_root}give/", get=_given, post=(302, 403, 422, 422) if _name == "post" else _given),
        f"{_root}edit-many/": Route(f"{_root}edit-many/", get=_changed, post=_asked),
        f"{_root}replace/": Route(f"{_root}replace/", get=_changed, post=_asked),
        f"{_root}delete-many/": Route(
            f"{_root}delete-many/?id__in=0",
            get=EDITORS if _is_open else (302, 403, 403, 403),
            post=(302, 403, 303, 303) if _is_open else (302, 403, 403, 403),
        ),
        f"{_root}import/": Route(f"{_root}import/", get=_changed, post=_asked),
        f"{_root}import/source/": Route(f"{_root}import/source/?id=1", get=_uploaded, post=_uploaded),
        f"{_root}import/columns/": Route(f"{_root}import/columns/?id=1", get=_uploaded, post=_uploaded),
        f"{_root}import/template.<format_key>": Route(f"{_root}import/template.csv", get=_changed),
        f"{_root}act/<action>/": Route(f"{_root}act/none/", get=_unknown, post=_unknown),
        f"{_root}import/corrections/": Route(f"{_root}import/corrections/?id=1", get=_absent, post=_absent),
        f"{_root}import/wrong/": Route(f"{_root}import/wrong/?id=1", get=_absent),
        f"{_root}plan/": Route(f"{_root}plan/?id=1", get=_absent, post=_absent),
        f"{_root}plan/lines.csv": Route(f"{_root}plan/lines.csv?id=1", get=_absent),
        f"{_root}duplicates/": Route(f"{_root}duplicates/", get=_alike, post=_looked),
        # Roles have no field to be counted by.
        f"{_root}summary/": Route(f"{_root}summary/", get=_unknown if _name == "role" else _get),
        f"{_root}summary.csv": Route(f"{_root}summary.csv", get=_unknown if _name == "role" else _get),
        f"{_root}columns/": Route(f"{_root}columns/", get=_get, post=_done),
        f"{_root}page-size/": Route(f"{_root}page-size/", post=_refused),
        f"{_root}ticks/": Route(f"{_root}ticks/", post=_done),
        f"{_root}views/": Route(f"{_root}views/", get=_get),
        f"{_root}views/new/": Route(f"{_root}views/new/", get=_get, post=_unnamed),
        f"{_root}views/save/": Route(f"{_root}views/save/", post=_missing),
        f"{_root}views/default/": Route(f"{_root}views/default/", post=_done),
        f"{_root}views/watch/": Route(f"{_root}views/watch/", post=_missing),
        f"{_root}views/move/": Route(f"{_root}views/move/", post=_missing),
        # The views are the owner's own: nobody else has them.
        f"{_root}views/edit/": Route(
            f"{_root}views/edit/?id={{{_name}_view}}", get=_own(_get, 200), post=_own(_get, 422)
        ),
        f"{_root}views/delete/": Route(
            f"{_root}views/delete/?id={{{_name}_view}}", get=_own(_get, 200), post=_own(_get, 303)
        ),
    }

# Last: who has sent it does nothing else any more.
ROUTES["/admin/staff/see-as/"] = Route("/admin/staff/see-as/?id={staff}", get=OWNERS, post=(302, 403, 403, 303))


# The resource that a rule belongs to, "" where to none: what changes nothing is asked of all rules of one in a test.
PARTS = ("", "user", "post", "staff", "role")


def rules_of(part: str, rules: Iterable[str]) -> list[str]:
    """Return those of the rules that belong to a part."""
    parts = {rule: rule.split("/")[2] if rule.count("/") > 2 else "" for rule in rules}
    return [rule for rule, name in parts.items() if (name if name in PARTS else "") == part]


@pytest.fixture
def address_of(app: Flask, owner: Staff) -> Callable[[str], str]:
    user = User(name="Subject", email="subject@example.com")
    key = {"name": "Key", "site": "localhost", "credential": "AAAA", "public_key": b"", "sign_count": 0}
    records = {
        "user": user,
        "twin": User(name="Subject", email="twin@example.com"),
        "post": Post(content="Subject", user=user),
        "copy": Post(content="Subject", user=user),
        "staff": Staff(name="Subject", email="subject@example.com", roles=StringSet([VIEWER]), password_hash="-"),
        "job": Job(
            kind="export",
            staff_id=owner.id,
            title="Posts",
            arguments={"resource": "post", "columns": ["id"]},
            problems=[[1, "It was cut."]],
        ),
        "role": Role(name="Subject", key="subject"),
        "passkey": Passkey(staff_id=owner.id, **key),
        **{
            f"{name}_view": SavedView(staff_id=owner.id, resource=name, name="View", arguments="per_page=20")
            for name in ("user", "post", "staff", "role")
        },
    }
    # In one transaction: hundreds of tests need all of them.
    with app.app_context():
        db.session.add_all(records.values())
        db.session.flush()
        notes = {f"{name}_note": note_on(records[name], owner) for name in ("user", "post", "staff", "role")}
        db.session.add_all(notes.values())
        db.session.commit()
        ids = {name: record.id for name, record in {**records, **notes}.items()} | {"act": act_of(app)}
    return lambda rule: ROUTES[rule].url.format_map(ids)


def note_on(record: Any, author: Staff) -> Note:
    """Return a note of somebody's about a record."""
    place = {"subject": record.__table__.name, "subject_id": record.id}
    return Note(**place, author_id=author.id, author=author.name, text="Seen")


def act_of(app: Flask) -> int:
    """Return an act that everybody who signs in may see."""
    with app.app_context():
        return int(db.session.scalar(select(ChangeSet.id).where(ChangeSet.resource == "user")) or 0)


def own_token(client: Any, person: str = "owner") -> str:
    return str(client.token_of("/sign-in") if person == "nobody" else client.session_token())


def everything(app: Flask) -> dict[str, list[Any]]:
    """Return every row of every table but the sessions, which signing in writes, who is at a form, what somebody opened, and what was exported."""
    noted = {StaffSession.__table__, Presence.__table__, OpenedRecord.__table__}
    tables = [one for one in db.metadata.sorted_tables if one not in noted]
    with app.app_context():
        rows = {one.name: db.session.execute(select(one).order_by(*one.primary_key)).all() for one in tables}
    return {**rows, "change_set": [row for row in rows["change_set"] if row.kind != "export"]}
