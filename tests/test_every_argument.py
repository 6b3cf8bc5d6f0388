"""Every id, argument and form value of every route, forged or beyond all sense: nothing is found, changed or broken by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

from tests.routes import ROUTES, everything, own_token

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
