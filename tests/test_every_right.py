"""Every route of a resource for a person with exactly one right, and for one whose row rule leaves the record out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from flask import Flask

from admin_app.db.string_set import StringSet
from admin_app.domain.permissions.rights import Action
from admin_app.models.role import Role
from tests.client import Client
from tests.routes import ROUTES, act_of

# Who may is decided above the store.
pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)

# Which right opens each page of a resource, declared here: a page that is not fails the test.
LIST_PAGES = ("", "columns/", "page-size/", "ticks/", "lookup/")
VIEW_PAGES = (
    "views/",
    "views/new/",
    "views/save/",
    "views/default/",
    "views/watch/",
    "views/move/",
    "views/edit/",
    "views/delete/",
)
OPENED_BY = {
    **dict.fromkeys((*LIST_PAGES, *VIEW_PAGES), Action.LIST),
    **dict.fromkeys(("details/", "file/"), Action.VIEW),
    "<number:key>": Action.VIEW,
    **dict.fromkeys(("notes/", "notes/<number:note>/"), Action.VIEW),
    "preview/": Action.VIEW,
    **dict.fromkeys(("history/", "version/", "watch/"), Action.HISTORY),
    "restore/": Action.UNDO,
    "export/": Action.EXPORT,
    "export/<export_type>/": Action.EXPORT,
    "new/": Action.CREATE,
    "edit/": Action.EDIT,
    "edit-page/": Action.EDIT,
    "cell/": Action.EDIT,
    "presence/": Action.EDIT,
    **dict.fromkeys(("access/", "see-as/"), Action.EDIT),
    "delete/": Action.DELETE,
    "duplicates/": Action.LIST,
    "summary/": Action.LIST,
    "summary.csv": Action.EXPORT,
    # The page asks for what the action needs, once it is known.
    "act/<action>/": Action.LIST,
    # For owners alone.
    "forget/": None,
    # They tell of roles, which has to be allowed besides.
    **dict.fromkeys(("permissions/", "sum/"), None),
    # A list and one of the rights to what plans are made for.
    **dict.fromkeys(("plan/", "plan/lines.csv"), None),
    **dict.fromkeys(("import/corrections/", "import/wrong/"), Action.IMPORT),
    # Acts on many records need another right beside that one, a merge two rights, and an import that of what it does.
    **dict.fromkeys(("import/", "import/source/", "import/columns/", "import/template.<format_key>"), None),
    **dict.fromkeys(("give/", "edit-many/", "replace/", "delete-many/", "merge/"), None),
}
RESOURCES = ("user", "post", "staff", "role")


def page_of(rule: str) -> tuple[str, str]:
    """Return the resource and the page of a rule, "" for both where it is no resource's."""
    _, _, name, rest = rule.split("/", 3) if rule.count("/") > 2 else ("", "", "", "")
    return (name, rest) if name in RESOURCES else ("", "")


PAGES = {rule: page_of(rule) for rule in ROUTES if page_of(rule)[0]}
OF_POSTS = {page for name, page in PAGES.values() if name == "post"}
# Every page is asked for by every right once: of posts all that they have, of staff what they have besides.
OWN = {
    "post": {rule: page for rule, (name, page) in PAGES.items() if name == "post"},
    "staff": {
        rule: page for rule, (name, page) in PAGES.items() if name == "staff" and page not in OF_POSTS - {"", "edit/"}
    },
}


@pytest.fixture
def address_of(app: Flask, keep: Any, make_user: Any, make_post: Any, make_staff: Any) -> Callable[[str], str]:
    """Fill in a rule's address: a person and a role that hold nothing, so that nobody's power is too small for them."""
    role = keep(Role(name="Subject", key="subject", permissions=StringSet()))
    user = make_user()
    ids = {"user": user.id, "post": make_post(user=user).id, "staff": make_staff("Subject", "subject").id}
    ids |= {
        "twin": make_user().id,
        "copy": make_post().id,
        "role": role.id,
        "act": act_of(app),
        **{f"{name}_view": 1 for name in RESOURCES},
        **{f"{name}_note": 1 for name in RESOURCES},
    }
    return lambda rule: ROUTES[rule].url.format_map(ids)


def statuses(client: Client, rules: Iterable[str], address_of: Callable[[str], str]) -> set[tuple[str, int]]:
    """Ask each route by every method that it has, with the person's own token; return what they answered."""
    token = client.session_token()
    read = {(rule, client.get(address_of(rule)).status_code) for rule in rules if ROUTES[rule].get}
    sent = {"csrf_token": token}
    return read | {(rule, client.post(address_of(rule), data=sent).status_code) for rule in rules if ROUTES[rule].post}


def opened(client: Client, rules: Iterable[str], address_of: Callable[[str], str]) -> set[str]:
    return {rule for rule, status in statuses(client, rules, address_of) if status != 403}


@pytest.mark.parametrize("resource", ["post", "staff"])
@pytest.mark.parametrize("act", [*Action])
def test_one_right_opens_its_own_pages_of_its_own_resource(
    act: Action, resource: str, client_with: Callable[..., Client], address_of: Callable[[str], str]
) -> None:
    client = client_with(f"{resource}:{act}")

    found = opened(client, OWN[resource], address_of)

    assert found == {rule for rule, page in OWN[resource].items() if OPENED_BY[page] is act}


@pytest.mark.parametrize("resource", ["post", "staff"])
def test_all_rights_to_a_resource_open_no_page_of_another(
    resource: str, client_with: Callable[..., Client], address_of: Callable[[str], str]
) -> None:
    client = client_with(f"{resource}:*")

    found = opened(client, [rule for rule, (name, _) in PAGES.items() if name != resource], address_of)

    assert found == set()


def test_a_right_to_every_resource_opens_no_guarded_one(
    client_with: Callable[..., Client], address_of: Callable[[str], str]
) -> None:
    client = client_with(*(f"*:{act}" for act in Action))

    found = opened(client, PAGES, address_of)

    assert {page_of(rule)[0] for rule in found} == {"user", "post"}


def test_a_record_that_a_row_rule_leaves_out_is_nowhere(
    client_with: Callable[..., Client], address_of: Callable[[str], str]
) -> None:
    client = client_with("post:*", rows=["post:own"])
    rules = [rule for rule, route in ROUTES.items() if "id={post}" in route.url]

    found = statuses(client, rules, address_of)

    assert found == {(rule, 404) for rule in rules}
