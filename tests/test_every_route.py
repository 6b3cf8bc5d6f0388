"""Every route by direct request: who may, by which method, with a token and without. What nobody declared here fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.job import Job
from admin_app.models.passkey import Passkey
from admin_app.models.presence import Presence
from admin_app.models.role import Role
from admin_app.models.saved_view import SavedView
from admin_app.models.staff import Staff, StaffSession

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

    @property
    def methods(self) -> set[str]:
        return {"OPTIONS"} | ({"GET", "HEAD"} if self.get else set()) | ({"POST"} if self.post else set())

    def answers(self, person: str) -> dict[str, int]:
        place = PEOPLE.index(person)
        get = self.get[place] if self.get else 405
        refused = 400 if self.post else 405
        return {
            "OPTIONS": 200,
            "HEAD": get,
            "GET": get,
            "PUT": 405,
            "PATCH": 405,
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
    "/static/<path:filename>": Route("/static/icon.svg", get=EVERYBODY),
    "/sign-in": Route("/sign-in", get=(200, 303, 303, 303), post=(422, 303, 303, 303)),
    "/sign-out": Route("/sign-out", post=(303, 303, 303, 303)),
    "/set-up/<token>": Route("/set-up/0", get=(404, 404, 404, 404), post=(404, 404, 404, 404)),
    "/sign-in/code": Route("/sign-in/code", get=(303, 303, 303, 303), post=(303, 303, 303, 303)),
    "/sign-in/enrol": Route("/sign-in/enrol", get=(303, 303, 303, 303), post=(303, 303, 303, 303)),
    "/password/<token>": Route("/password/0", get=(404, 404, 404, 404), post=(404, 404, 404, 404)),
    "/admin/": Route("/admin/", get=SIGNED_IN),
    "/admin/account/": Route("/admin/account/", get=SIGNED_IN, post=(302, 422, 422, 422)),
    "/admin/account/session/": Route("/admin/account/session/", get=SIGNED_IN, post=SIGNED_IN),
    "/admin/account/two-factor/": Route("/admin/account/two-factor/", get=SIGNED_IN, post=(302, 422, 422, 422)),
    "/admin/account/passkeys/": Route("/admin/account/passkeys/", get=SIGNED_IN, post=(302, 422, 422, 422)),
    "/admin/account/passkeys/edit/": Route(
        "/admin/account/passkeys/edit/?id={passkey}", get=(302, 404, 404, 200), post=(302, 404, 404, 422)
    ),
    "/admin/account/confirm/": Route("/admin/account/confirm/", get=SIGNED_IN, post=(302, 422, 422, 422)),
    "/admin/account/sessions/": Route("/admin/account/sessions/", post=(302, 303, 303, 303)),
    "/admin/account/time-zone/": Route("/admin/account/time-zone/", post=(302, 422, 422, 422)),
    "/admin/account/shortcuts/": Route("/admin/account/shortcuts/", post=(302, 303, 303, 303)),
    "/admin/activity/": Route("/admin/activity/", get=SIGNED_IN),
    "/admin/activity/set/": Route("/admin/activity/set/?id={act}", get=SIGNED_IN),
    "/admin/activity/undo/": Route("/admin/activity/undo/", post=(302, 404, 404, 404)),
    "/admin/user/history/": Route("/admin/user/history/?id={user}", get=SIGNED_IN),
    "/admin/user/restore/": Route("/admin/user/restore/", post=(302, 403, 404, 404)),
    "/admin/post/history/": Route("/admin/post/history/?id={post}", get=SIGNED_IN),
    "/admin/post/restore/": Route("/admin/post/restore/", post=(302, 403, 404, 404)),
    "/admin/staff/history/": Route("/admin/staff/history/?id={staff}", get=OWNERS),
    "/admin/staff/restore/": Route("/admin/staff/restore/", post=(302, 403, 403, 404)),
    "/admin/jobs/": Route("/admin/jobs/", get=SIGNED_IN),
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
    "/admin/user/presence/": Route("/admin/user/presence/?id={user}", post=(302, 403, 200, 200)),
    "/admin/post/": Route("/admin/post/", get=SIGNED_IN),
    "/admin/post/details/": Route("/admin/post/details/?id={post}", get=SIGNED_IN),
    "/admin/post/export/<export_type>/": Route("/admin/post/export/csv/", get=SIGNED_IN),
    "/admin/post/export/": Route("/admin/post/export/", get=SIGNED_IN, post=(302, 422, 422, 422)),
    "/admin/post/lookup/": Route("/admin/post/lookup/?name=user", get=SIGNED_IN),
    "/admin/post/new/": Route("/admin/post/new/", get=EDITORS, post=(302, 403, 303, 303)),
    "/admin/post/edit/": Route("/admin/post/edit/?id={post}", get=EDITORS, post=(302, 403, 303, 303)),
    "/admin/post/delete/": Route("/admin/post/delete/?id={post}", get=EDITORS, post=(302, 403, 303, 303)),
    "/admin/post/presence/": Route("/admin/post/presence/?id={post}", post=(302, 403, 200, 200)),
    "/admin/staff/": Route("/admin/staff/", get=OWNERS),
    "/admin/staff/details/": Route("/admin/staff/details/?id={staff}", get=OWNERS),
    "/admin/staff/export/<export_type>/": Route("/admin/staff/export/csv/", get=OWNERS),
    "/admin/staff/export/": Route("/admin/staff/export/", get=OWNERS, post=(302, 403, 403, 422)),
    "/admin/staff/lookup/": Route("/admin/staff/lookup/", get=(302, 403, 403, 404)),
    "/admin/staff/new/": Route("/admin/staff/new/", get=OWNERS, post=(302, 403, 403, 422)),
    "/admin/staff/edit/": Route("/admin/staff/edit/?id={staff}", get=OWNERS, post=(302, 403, 403, 303)),
    "/admin/staff/access/": Route("/admin/staff/access/?id={staff}", get=OWNERS, post=(302, 403, 403, 303)),
    "/admin/staff/delete/": Route("/admin/staff/delete/?id={staff}", get=OWNERS, post=(302, 403, 403, 303)),
    "/admin/staff/presence/": Route("/admin/staff/presence/?id={staff}", post=(302, 403, 403, 200)),
    "/admin/role/": Route("/admin/role/", get=OWNERS),
    "/admin/role/details/": Route("/admin/role/details/?id={role}", get=OWNERS),
    "/admin/role/export/<export_type>/": Route("/admin/role/export/csv/", get=OWNERS),
    "/admin/role/export/": Route("/admin/role/export/", get=OWNERS, post=(302, 403, 403, 422)),
    "/admin/role/lookup/": Route("/admin/role/lookup/", get=(302, 403, 403, 404)),
    "/admin/role/new/": Route("/admin/role/new/", get=OWNERS, post=(302, 403, 403, 422)),
    "/admin/role/edit/": Route("/admin/role/edit/?id={role}", get=OWNERS, post=(302, 403, 403, 303)),
    "/admin/role/delete/": Route("/admin/role/delete/?id={role}", get=OWNERS, post=(302, 403, 403, 303)),
    "/admin/role/presence/": Route("/admin/role/presence/?id={role}", post=(302, 403, 403, 200)),
    "/admin/role/history/": Route("/admin/role/history/?id={role}", get=OWNERS),
    "/admin/role/restore/": Route("/admin/role/restore/", post=(302, 403, 403, 404)),
}

# What every resource's list can be made into: its columns, its views.
for _name, _get in (("user", SIGNED_IN), ("post", SIGNED_IN), ("staff", OWNERS), ("role", OWNERS)):
    _done, _missing, _refused, _unnamed = (
        tuple(302 if one == 302 else status if one == 200 else 403 for one in _get) for status in (303, 404, 400, 422)
    )
    _root = f"/admin/{_name}/"
    ROUTES |= {
        f"{_root}columns/": Route(f"{_root}columns/", get=_get, post=_done),
        f"{_root}page-size/": Route(f"{_root}page-size/", post=_refused),
        f"{_root}ticked/": Route(f"{_root}ticked/?act=export_page&tick=1", get=_done),
        f"{_root}views/": Route(f"{_root}views/", get=_get),
        f"{_root}views/new/": Route(f"{_root}views/new/", get=_get, post=_unnamed),
        f"{_root}views/save/": Route(f"{_root}views/save/", post=_missing),
        f"{_root}views/default/": Route(f"{_root}views/default/", post=_done),
        # The views are the owner's own: nobody else has them.
        f"{_root}views/edit/": Route(
            f"{_root}views/edit/?id={{{_name}_view}}", get=_own(_get, 200), post=_own(_get, 422)
        ),
        f"{_root}views/delete/": Route(
            f"{_root}views/delete/?id={{{_name}_view}}", get=_own(_get, 200), post=_own(_get, 303)
        ),
    }

# There is no file of a job that waits.
NEVER_FOUND = ("/admin/jobs/file/", "/admin/jobs/cancel/", "/admin/jobs/retry/")
BY_ID = [rule for rule, route in ROUTES.items() if "id={" in route.url and rule not in NEVER_FOUND]
READ_BY_ID = [rule for rule in BY_ID if ROUTES[rule].get]
FORGED = [
    *[
        "abc",
        "-1",
        "0",
        "2147483648",
        "9223372036854775807",
        "9223372036854775808",
        "1,2",
        "1'--",
        "1.0",
        "+1",
        "%",
        "%s",
    ],
    "1 OR 1=1",
    " 1",
    "\N{FULLWIDTH DIGIT ONE}",
    "1\0",
    str(10**30),
    "9" * 5000,
    "",
]  # fmt: skip -- one list, not a column

# NUL, half a UTF-8 sequence, a surrogate in UTF-8, a percent sign alone, more than anybody types, and
# numbers beyond a column, a database and Python's own patience.
HOSTILE = [
    *["%00", "a%00b", "%ff%fe", "%ed%a0%80", "%c0%80", "%", "-1", "2147483648", "9223372036854775808"],
    "x" * 5000,
    "9" * 5000,
]

# What each page reads from its address, in groups that are sent together: what refuses the page stands alone.
LISTED = ["sort", "q page per_page columns url", "view", "q view", "nothing__is"]
FILTERS = {
    "user": "name__contains email__in email__empty created_at__from created_at__between",
    "post": "content__contains user__is user__empty user.email__not_in created_at__on",
    "staff": "email__not_equals roles__has is_active__is last_sign_in_at__until",
    "role": "name__contains permissions__has_not",
}
READ = {
    "details/": ["id", "url posts.q posts.page posts.per_page", "posts.sort"],
    "history/": ["id", "before before_act url"],
    "edit/": ["id", "url posts.q posts.page posts.per_page draft", "posts.sort"],
    "presence/": ["id"],
    "delete/": ["id", "url"],
    "new/": ["url user name draft"],
    "columns/": ["sort q columns per_page", "view"],
    "views/new/": ["sort q columns per_page", "view"],
    "views/edit/": ["id"],
    "views/delete/": ["id"],
    "lookup/": ["name", "query page"],
}
ARGUMENTS = {
    "/sign-in": ["next"],
    "/admin/account/": ["id url"],
    "/admin/account/confirm/": ["next"],
    "/admin/account/passkeys/edit/": ["id"],
    "/admin/activity/": ["q", "person resource kind", "from to", "before", "after"],
    "/admin/activity/set/": ["id", "after"],
    "/admin/jobs/": ["all"],
    "/admin/jobs/file/": ["id"],
}
# The filters are each resource's own; the other pages are one code for all of them, asked once.
ARGUMENTS |= {f"/admin/post/{kind}": groups for kind, groups in READ.items()}
for _kind in ("export/<export_type>/", "export/"):
    ARGUMENTS[f"/admin/post/{_kind}"] = [*LISTED, FILTERS["post"]]
for _name, _filters in FILTERS.items():
    ARGUMENTS[f"/admin/{_name}/"] = [*LISTED, _filters, "add.created_at.op add.created_at", "add.email.op add.user"]

# A form filled in; each of its values is replaced in turn.
OWN = {"_version": "1", "_seen": "1", "_once": "x", "_draft": "x", "_take.name": "yours"}
USER = {"name": "Ann", "email": "ann%40example.com", "url": "", **OWN}
POST = {"content": "Words", "user": "", "url": "", **OWN}
ROLE = {"name": "Author", "permissions": "post%3Aedit", "rows": "", "fields": "post.content%3Ahidden", **OWN}
STAFF = {"name": "Ann", "email": "ann%40example.com", "roles": "viewer", "password": "", **OWN}
EXPORT = {"format": "csv", "column": "id", "place.id": "1", "delimiter": "comma", "excel": "1", "long_text": "cut"}
FORMS = {
    **dict.fromkeys(("/admin/user/export/", "/admin/post/export/", "/admin/staff/export/"), EXPORT),
    "/sign-in": {"email": "", "password": "", "next": ""},
    "/admin/account/": {"current_password": "", "new_password": ""},
    "/admin/account/two-factor/": {"act": "", "secret": "", "code": "000000"},
    "/admin/account/confirm/": {"proof_password": "", "proof_typed": ""},
    "/admin/account/sessions/": {"session": ""},
    "/admin/account/passkeys/": {"passkey": "{}", "passkey_question": "x", "passkey_name": "Key"},
    "/admin/account/passkeys/edit/": {"name": "Key", "act": ""},
    "/admin/staff/access/": {"act": "", "session": ""},
    "/admin/activity/undo/": {"id": "1", "insist": "1", "proceed": "1", "url": ""},
    "/admin/user/restore/": {"change": "1", "url": ""},
    "/admin/user/delete/": {"fate.posts": "give", "heir.posts": "nobody", "url": ""},
    "/admin/post/columns/": {"column": "id", "place.id": "2", "per_page": "50", "density": "compact"},
    "/admin/post/page-size/": {"per_page": "50", "url": ""},
    "/admin/post/views/new/": {"name": "Mine", "audience": "mine", "default": ""},
    "/admin/post/views/edit/": {"name": "Mine", "audience": "mine", "default": ""},
    "/admin/post/views/default/": {"view": ""},
    "/admin/post/views/save/": {"url": ""},
    **dict.fromkeys(("/admin/user/new/", "/admin/user/edit/"), USER),
    **dict.fromkeys(("/admin/post/new/", "/admin/post/edit/"), POST),
    **dict.fromkeys(("/admin/staff/new/", "/admin/staff/edit/"), STAFF),
    **dict.fromkeys(("/admin/role/new/", "/admin/role/edit/"), ROLE),
}
URLENCODED = "application/x-www-form-urlencoded"


@pytest.fixture
def address_of(  # noqa: PLR0917 -- fixtures, by name
    app: Flask, make_user: Any, make_post: Any, make_staff: Any, owner: Staff, keep: Any
) -> Callable[[str], str]:
    user = make_user()
    job = keep(Job(kind="export", staff_id=owner.id, title="Posts", arguments={}, problems=[[1, "It was cut."]]))
    ids = {"user": user.id, "post": make_post(user=user).id, "staff": make_staff("Subject").id}
    ids |= {"act": act_of(app), "job": job.id, "role": keep(Role(name="Subject", key="subject")).id}
    key = {"name": "Key", "site": "localhost", "credential": "AAAA", "public_key": b"", "sign_count": 0}
    ids["passkey"] = keep(Passkey(staff_id=owner.id, **key)).id
    for name in ("user", "post", "staff", "role"):
        view = SavedView(staff_id=owner.id, resource=name, name="View", arguments="per_page=20")
        ids[f"{name}_view"] = keep(view).id
    return lambda rule: ROUTES[rule].url.format_map(ids)


def act_of(app: Flask) -> int:
    """Return an act that everybody who signs in may see."""
    with app.app_context():
        return int(db.session.scalar(select(ChangeSet.id).where(ChangeSet.resource == "user")) or 0)


def own_token(client: Any, person: str = "owner") -> str:
    return client.token_of("/sign-in" if person == "nobody" else "/admin/account/")


def everything(app: Flask) -> dict[str, list[Any]]:
    """Return every row of every table but the sessions, which signing in writes, who is at a form, and what was exported."""
    tables = [one for one in db.metadata.sorted_tables if one not in {StaffSession.__table__, Presence.__table__}]
    with app.app_context():
        rows = {one.name: db.session.execute(select(one).order_by(*one.primary_key)).all() for one in tables}
    return {**rows, "change_set": [row for row in rows["change_set"] if row.kind != "export"]}


@pytest.fixture
def client(person: str, request: pytest.FixtureRequest) -> Any:
    """Return the client of who asks, with everybody else there too."""
    for name in ("owner", "editor", "viewer"):
        request.getfixturevalue(name)
    return request.getfixturevalue(f"as_{person}")


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_every_route_is_declared_here_with_its_methods(app: Flask) -> None:
    routes = {rule.rule: rule.methods for rule in app.url_map.iter_rules()}

    assert routes == {rule: route.methods for rule, route in ROUTES.items()}


# Who may is decided above the store; what the pages show is asked of both stores elsewhere.
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("rule", ROUTES)
def test_a_route_answers_each_person_as_declared(
    rule: str, person: str, client: Any, app: Flask, address_of: Callable[[str], str]
) -> None:
    url = address_of(rule)
    foreign = app.test_client().token_of("/sign-in")
    token = own_token(client, person)
    plain = ("OPTIONS", "HEAD", "GET", "PUT", "PATCH", "DELETE")

    answers = {method: client.open(url, method=method, buffered=True).status_code for method in plain}
    answers["POST without a token"] = client.post(url).status_code
    answers["POST with another visitor's token"] = client.post(url, data={"csrf_token": foreign}).status_code
    answers["POST"] = client.post(url, data={"csrf_token": token}).status_code

    assert answers == ROUTES[rule].answers(person)


@pytest.mark.parametrize("rule", ["/admin/user/edit/", "/admin/post/delete/", "/admin/staff/delete/"])
def test_without_a_token_nothing_is_written(rule: str, as_owner: Any, app: Flask, address_of: Any) -> None:
    before = everything(app)

    as_owner.post(address_of(rule), data={"name": "Changed"})

    assert everything(app) == before


def test_reading_writes_nothing(as_owner: Any, app: Flask, address_of: Callable[[str], str]) -> None:
    addresses = [address_of(rule) for rule, route in ROUTES.items() if route.get]
    before = everything(app)

    for address in addresses:
        for method in ("GET", "HEAD"):
            as_owner.open(address, method=method, buffered=True)

    assert everything(app) == before


@pytest.mark.parametrize("rule", READ_BY_ID)
def test_a_forged_id_finds_nothing(rule: str, as_owner: Any, address_of: Callable[[str], str]) -> None:
    path = address_of(rule).partition("?")[0]
    addresses = [path, *(f"{path}?id={quote(forged)}" for forged in FORGED)]
    before = as_owner.get(address_of(rule)).status_code

    answers = {address: as_owner.get(address).status_code for address in addresses}

    assert before == 200
    assert answers == dict.fromkeys(addresses, 404)


@pytest.mark.parametrize("rule", [rule for rule in BY_ID if ROUTES[rule].post])
def test_a_forged_id_changes_nothing(rule: str, as_owner: Any, app: Flask, address_of: Callable[[str], str]) -> None:
    path = address_of(rule).partition("?")[0]
    addresses = [path, *(f"{path}?id={quote(forged)}" for forged in FORGED)]
    data = {"csrf_token": own_token(as_owner), "name": "Forged", "email": "forged@example.com", "id": "1"}
    before = everything(app)

    answers = {address: as_owner.post(address, data=data).status_code for address in addresses}

    assert answers == dict.fromkeys(addresses, 404)
    assert everything(app) == before


@pytest.mark.parametrize("rule", ARGUMENTS)
def test_no_argument_breaks_a_page(rule: str, as_owner: Any, as_nobody: Any, address_of: Callable[[str], str]) -> None:
    path, _, query = address_of(rule).partition("?")
    given = ["&".join(f"{key}={value}" for key in group.split()) for group in ARGUMENTS[rule] for value in HOSTILE]
    addresses = [f"{path}?{arguments}&{query}" for arguments in given]
    client = as_nobody if rule == "/sign-in" else as_owner

    answers = {address: client.get(address, buffered=True).status_code for address in addresses}

    assert [address for address, status in answers.items() if status >= 500] == []


@pytest.mark.parametrize("rule", FORMS)
def test_no_form_value_breaks_a_page(
    rule: str, as_owner: Any, as_nobody: Any, address_of: Callable[[str], str]
) -> None:
    address = address_of(rule)
    client, person = (as_nobody, "nobody") if rule == "/sign-in" else (as_owner, "owner")
    filled = {**FORMS[rule], "csrf_token": own_token(client, person)}
    bodies = ["&".join(f"{name}={text}" for name, text in {**filled, key: value}.items())
              for key in filled for value in HOSTILE]  # fmt: skip

    statuses = {body: client.post(address, data=body, content_type=URLENCODED).status_code for body in bodies}

    assert {body: status for body, status in statuses.items() if status >= 500} == {}


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "path",
    [
        "/%00",
        "/%ff",
        "/static/%00",
        "/static/%ff",
        "/static/../manage.py",
        "/static/%2e%2e/manage.py",
        "/set-up/%00",
        "/set-up/%ff",
        "/set-up/%C3%A9",
        "/admin/user/export/%00/",
        "/admin/user/export/json/",
        "/admin/%00/",
        "/admin/user/1",
        "/admin/static/x.js",
    ],
)  # fmt: skip -- a list of words
def test_an_address_of_nothing_is_404(path: str, as_owner: Any) -> None:
    assert as_owner.get(path).status_code == 404
