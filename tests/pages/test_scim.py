"""The company's directory: requests as Okta and Microsoft Entra send them, and what becomes of the accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from admin_app.context import writing
from admin_app.db.transaction import transaction
from admin_app.domain.auth import directory
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.role import EDITOR, OWNER, VIEWER
from admin_app.models.staff import Staff, StaffSession

pytestmark = pytest.mark.covers

Ask = Callable[..., tuple[int, Any]]
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"


@pytest.fixture
def without_password(app: Flask, viewer: Staff) -> None:
    """Let the viewer have only the company's sign-in."""
    with app.app_context(), writing(), transaction(db.session):
        db.session.get_one(Staff, viewer.id).password_hash = ""


@pytest.fixture
def ask(app: Flask, as_nobody: Any, company_rules: Any) -> Ask:
    """Ask as the directory, which has a token; groups give roles."""
    company_rules(GROUPS={"Writers": frozenset({EDITOR}), "Admins": frozenset({OWNER})})
    with app.app_context(), writing(), transaction(db.session):
        token = directory.make_token(db.session)

    def send(method: str, path: str, body: object = None, token: str = token) -> tuple[int, Any]:
        answer = as_nobody.open(
            f"/scim/v2/{path}", method=method, json=body, headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.mimetype == "application/scim+json" or answer.status_code == 204
        return answer.status_code, answer.get_json(silent=True)

    return send


def patch(*operations: dict[str, Any]) -> dict[str, Any]:
    return {"schemas": [PATCH], "Operations": list(operations)}


def account(app: Flask, key: object) -> Any:
    with app.app_context():
        return db.session.get_one(Staff, int(str(key)))


def okta_user(**changes: Any) -> dict[str, Any]:
    return {
        "schemas": [USER],
        "userName": "Nora.Novak@Example.com",
        "name": {"givenName": "Nora", "familyName": "Novak"},
        "emails": [{"primary": True, "value": "nora.novak@example.com", "type": "work"}],
        "displayName": "Nora Novak",
        "locale": "en-US",
        "externalId": "00u1",
        "groups": [],
        "password": "not ours",
        "active": True,
        **changes,
    }


def test_a_joiner_gets_an_account_and_the_roles_of_their_groups(ask: Ask, app: Flask) -> None:
    """As Okta does it: look, make, look for the group, make that."""
    none = ask("GET", "Users?filter=userName%20eq%20%22nora.novak%40example.com%22&startIndex=1&count=100")
    made = ask("POST", "Users", okta_user())
    key = made[1]["id"]
    found = ask("GET", 'Users?filter=userName eq "NORA.novak@example.com"')
    group = ask("POST", "Groups", {"displayName": "Writers", "members": [{"value": key, "display": "nora"}]})

    assert none[1]["totalResults"] == 0
    assert (made[0], made[1]["userName"], made[1]["externalId"]) == (201, "Nora.Novak@Example.com", "00u1")
    assert [one["id"] for one in found[1]["Resources"]] == [key]
    assert (group[0], group[1]["members"]) == (201, [{"value": key, "display": "Nora Novak"}])
    nora = account(app, key)
    assert (nora.name, nora.email, [*nora.roles], nora.password_hash) == (
        "Nora Novak",
        "nora.novak@example.com",
        [EDITOR],
        "",
    )
    with app.app_context():
        told = db.session.execute(select(ChangeSet.actor, ChangeSet.summary).order_by(ChangeSet.id)).all()
    assert [tuple(one) for one in told] == [
        ("SCIM", "Created colleague “Nora Novak”"),
        ("SCIM", "Changed colleague “Nora Novak”"),
    ]


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "value": {"active": False}},
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "replace", "path": f"{USER}:active", "value": False},
    ],
    ids=["Okta", "Entra", "URN"],
)
def test_a_leaver_is_signed_out_at_once(
    operation: dict[str, Any], ask: Ask, editor: Staff, as_editor: Any, app: Flask
) -> None:
    before = as_editor.get("/admin/").status_code

    status, told = ask("PATCH", f"Users/{editor.id}", patch(operation))

    assert (before, status, told["active"]) == (200, 200, False)
    assert as_editor.get("/admin/").status_code == 302
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(StaffSession)) == 0


@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])
def test_a_leaver_is_signed_out_in_maintenance_too_and_all_else_is_put_off(
    method: str, ask: Ask, editor: Staff, as_editor: Any, app: Flask, *, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAINTENANCE", value=True)
    before, name = as_editor.get("/admin/").status_code, editor.name
    body = {
        "PATCH": patch({"op": "replace", "value": {"active": False, "displayName": "Else"}}),
        "PUT": okta_user(userName=editor.email, emails=[], active=False),
    }
    group = {"displayName": "Writers", "members": []}

    later = [ask("POST", "Users", okta_user()), ask("POST", "Groups", group), ask("PUT", "Users/1", okta_user())]
    status, _ = ask(method, f"Users/{editor.id}", body.get(method))

    put_off = {"detail": "The dashboard is in maintenance. Send this again later.", "status": "503"}
    assert [{name: told[name] for name in put_off} for _, told in later] == [put_off] * 3
    assert ({code for code, _ in later}, status) == ({503}, 204 if method == "DELETE" else 200)
    assert (before, as_editor.get("/admin/").status_code) == (200, 302)
    assert account(app, editor.id).name == name


def test_okta_replaces_a_whole_user(ask: Ask, app: Flask) -> None:
    key = ask("POST", "Users", okta_user())[1]["id"]

    status, _ = ask("PUT", f"Users/{key}", okta_user(displayName="", name={"givenName": "N.", "familyName": "Nagy"}))

    assert (status, account(app, key).name) == (200, "N. Nagy")


def test_entra_changes_parts_of_a_user(ask: Ask, app: Flask) -> None:
    key = ask("POST", "Users", okta_user())[1]["id"]

    status, told = ask(
        "PATCH",
        f"Users/{key}",
        patch(
            {"op": "Replace", "path": "name.familyName", "value": "Nagy"},
            {"op": "Add", "path": 'emails[type eq "work"].value', "value": "nora@example.com"},
            {"op": "Add", "path": 'emails[type eq "home"].value', "value": "at.home@example.com"},
            {"op": "Remove", "path": 'emails[type eq "home"]'},
            {"op": "Remove", "path": "externalId"},
            {"op": "Remove", "path": "active"},
            {
                "op": "Add",
                "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
                "value": "x",
            },
            {"op": "Add", "value": {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {}, "title": "x"}},
        ),
    )

    nora = account(app, key)
    assert (status, nora.name, nora.email, "externalId" in told) == (200, "Nora Nagy", "nora@example.com", False)


def test_groups_follow_their_members(ask: Ask, make_staff: Any, app: Flask) -> None:
    """As Entra does it: members one by one, removed by their value; and as Okta does: removed by a path, replaced."""
    ann, ben = make_staff("Ann"), make_staff("Ben")
    key = ask("POST", "Groups", {"displayName": "Writers", "externalId": "g1"})[1]["id"]
    group = f"Groups/{key}"

    added = patch({"op": "Add", "path": "members", "value": [{"value": str(ann.id)}, {"value": str(ben.id)}]})
    ask("PATCH", group, added)
    ask("PATCH", f"{group}?excludedAttributes=members", patch({"op": "Replace", "path": "externalId", "value": "g1"}))
    both = [[*account(app, one.id).roles] for one in (ann, ben)]
    ask("PATCH", group, patch({"op": "Remove", "path": "members", "value": [{"value": str(ann.id)}]}))
    second = [[*account(app, one.id).roles] for one in (ann, ben)]
    ask("PATCH", group, patch({"op": "remove", "path": f'members[value eq "{ben.id}"]'}))
    ask("PATCH", group, patch({"op": "replace", "path": "members", "value": [{"value": str(ann.id)}, {"value": "x"}]}))
    first = [[*account(app, one.id).roles] for one in (ann, ben)]
    ask("PATCH", group, patch({"op": "replace", "value": {"id": key, "displayName": "Readers"}}))
    renamed = [[*account(app, one.id).roles] for one in (ann, ben)]
    listed = ask("GET", 'Groups?excludedAttributes=members&filter=displayName eq "readers"')[1]["Resources"]

    assert both == [[EDITOR, VIEWER], [EDITOR, VIEWER]]
    assert second == [[VIEWER], [EDITOR, VIEWER]]
    assert first == [[EDITOR, VIEWER], [VIEWER]]
    assert renamed == [[VIEWER], [VIEWER]]
    assert [(one["displayName"], one["externalId"], "members" in one) for one in listed] == [("Readers", "g1", False)]


def test_a_group_that_is_removed_takes_its_roles_along(ask: Ask, make_staff: Any, app: Flask) -> None:
    ann = make_staff("Ann")
    key = ask("POST", "Groups", {"displayName": "Writers", "members": [{"value": str(ann.id)}]})[1]["id"]

    status, _ = ask("DELETE", f"Groups/{key}")

    assert (status, [*account(app, ann.id).roles]) == (204, [VIEWER])
    assert ask("GET", f"Groups/{key}")[0] == 404


def test_a_user_who_is_removed_is_switched_off_and_may_come_back(ask: Ask, app: Flask) -> None:
    key = ask("POST", "Users", okta_user())[1]["id"]
    ask("POST", "Groups", {"displayName": "Writers", "members": [{"value": key}]})

    status, _ = ask("DELETE", f"Users/{key}")
    gone, nora = ask("GET", f"Users/{key}")[0], account(app, key)
    back = ask("POST", "Users", okta_user())

    assert (status, gone, nora.is_active, [*nora.roles]) == (204, 404, False, [])
    assert (back[0], back[1]["id"], back[1]["groups"]) == (201, key, [])


def test_the_last_owner_can_be_neither_switched_off_nor_removed(ask: Ask, owner: Staff, app: Flask) -> None:
    off = ask("PATCH", f"Users/{owner.id}", patch({"op": "replace", "value": {"active": False}}))
    removed = ask("DELETE", f"Users/{owner.id}")

    assert [off[0], removed[0]] == [409, 409]
    assert off[1]["detail"] == "Olivia is the last owner. Make someone else an owner first."
    assert account(app, owner.id).is_active


@pytest.mark.usefixtures("owner")
def test_who_holds_more_than_scim_gives_keeps_their_email_and_stays_switched_off(
    ask: Ask, make_staff: Any, company_rules: Any, app: Flask
) -> None:
    """Whoever has the token would get a link for a new password sent to an address of theirs."""
    company_rules(GROUPS={"Readers": frozenset({VIEWER})})
    ann, ben = make_staff("Ann", OWNER), make_staff("Ben", EDITOR)
    email = patch({"op": "replace", "path": 'emails[type eq "work"].value', "value": "thief@example.com"})

    refused = [ask("PATCH", f"Users/{one.id}", email) for one in (ann, ben)]
    ask("PATCH", f"Users/{ann.id}", patch({"op": "replace", "value": {"active": False, "displayName": "Anna"}}))
    refused.append(ask("PATCH", f"Users/{ann.id}", patch({"op": "replace", "value": {"active": True}})))
    ask("DELETE", f"Users/{ann.id}")
    refused.append(ask("POST", "Users", okta_user(emails=[{"value": ann.email}])))

    assert [status for status, _ in refused] == [403] * 4
    assert refused[1][1]["detail"] == (
        "Ben has permissions that SCIM may not give, so SCIM may not change the email of this account. "
        "An owner of the dashboard may."
    )
    now = account(app, ann.id)
    assert (now.name, now.email, now.is_active) == ("Anna", ann.email, False)
    with app.app_context():
        told = db.session.scalars(select(ChangeSet.summary).where(ChangeSet.actor == "SCIM").order_by(ChangeSet.id))
    assert [*told] == [
        "Was not allowed to change the email of colleague “Ann”",
        "Was not allowed to change the email of colleague “Ben”",
        "Changed colleague “Anna”",
        "Was not allowed to switch on colleague “Anna”",
        "Was not allowed to switch on colleague “Anna”",
    ]


@pytest.mark.usefixtures("owner")
def test_who_has_a_password_here_keeps_their_email_also_once_scim_has_taken_their_roles(
    ask: Ask, make_staff: Any, company_rules: Any, app: Flask
) -> None:
    """The next sign-in with the company would make an owner of an account whose password the thief has set."""
    company_rules(GROUPS={"Admins": frozenset({OWNER})})
    ann = make_staff("Ann", OWNER)
    key = ask("POST", "Groups", {"displayName": "Admins", "members": [{"value": str(ann.id)}]})[1]["id"]
    ask("DELETE", f"Groups/{key}")

    email = patch({"op": "replace", "path": 'emails[type eq "work"].value', "value": "thief@example.com"})
    status, told = ask("PATCH", f"Users/{ann.id}", email)

    words = "signs in here with a password or passkey, so SCIM may not change the email of this account"
    assert (status, told["detail"]) == (403, f"Ann {words}. An owner of the dashboard may.")
    now = account(app, ann.id)
    assert ([*now.roles], now.email) == ([], ann.email)


def test_scim_takes_the_owner_role_and_never_gives_it(ask: Ask, owner: Staff, make_staff: Any, app: Flask) -> None:
    ann, ben = make_staff("Ann", OWNER), make_staff("Ben", VIEWER)
    both = [{"value": str(one.id)} for one in (ann, ben)]

    key = ask("POST", "Groups", {"displayName": "Admins", "members": both})[1]["id"]
    joined = [[*account(app, one.id).roles] for one in (ann, ben)]
    ask("DELETE", f"Groups/{key}")

    assert joined == [[OWNER], [VIEWER]]
    assert [*account(app, ann.id).roles] == []
    assert [*account(app, owner.id).roles] == [OWNER]


def test_a_switched_off_user_can_be_removed(ask: Ask, app: Flask) -> None:
    key = ask("POST", "Users", okta_user(active=False))[1]["id"]

    assert ask("DELETE", f"Users/{key}")[0] == 204
    assert not account(app, key).is_active


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "kind"),
    [
        ("POST", "Users", okta_user(userName="olivia@example.com", emails=[]), 409, "uniqueness"),
        ("POST", "Users", {"userName": ""}, 400, "invalidSyntax"),
        ("POST", "Users", ["no object"], 400, "invalidSyntax"),
        ("POST", "Users", okta_user(displayName="x" * 81), 400, "invalidValue"),
        ("PUT", "Users/2", okta_user(displayName="x" * 81), 400, "invalidValue"),
        ("PUT", "Users/2", okta_user(emails=[{"value": "olivia@example.com"}]), 409, "uniqueness"),
        ("PATCH", "Users/1", patch({"op": "replace", "path": "active", "value": "maybe"}), 400, "invalidSyntax"),
        ("PATCH", "Users/1", patch({"op": "move", "path": "active"}), 400, "invalidSyntax"),
        ("PATCH", "Users/1", patch({"op": "add", "path": "name ne x"}), 400, "invalidSyntax"),
        ("PATCH", "Users/1", patch({"op": "add", "value": "x"}), 400, "invalidSyntax"),
        ("PATCH", "Users/1", {}, 400, "invalidSyntax"),
        ("GET", "Users?filter=title pr", None, 400, "invalidFilter"),
        ("GET", "Users/77", None, 404, None),
        ("POST", "Groups", {"members": []}, 400, "invalidSyntax"),
    ],
)
@pytest.mark.usefixtures("owner", "without_password")
def test_what_cannot_be_done_is_refused_in_scims_words(
    method: str, path: str, body: object, status: int, kind: str | None, *, ask: Ask
) -> None:
    answered, told = ask(method, path, body)

    assert (answered, told["status"], told.get("scimType")) == (status, str(status), kind)
    assert told["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]


def test_a_group_of_a_name_is_made_once(ask: Ask) -> None:
    ask("POST", "Groups", {"displayName": "Writers"})

    assert ask("POST", "Groups", {"displayName": "Writers"})[0] == 409


@pytest.mark.usefixtures("owner", "editor", "viewer")
def test_lists_have_pages(ask: Ask) -> None:
    _, told = ask("GET", "Users?startIndex=2&count=1&filter=active eq true")

    assert (told["totalResults"], told["startIndex"], told["itemsPerPage"]) == (3, 2, 1)
    assert [one["displayName"] for one in told["Resources"]] == ["Edgar"]


def test_who_joins_may_get_a_role_of_the_operators(ask: Ask, company_rules: Any, app: Flask) -> None:
    company_rules(COMPANY_ACCOUNTS=VIEWER)

    key = ask("POST", "Users", okta_user())[1]["id"]

    assert [*account(app, key).roles] == [VIEWER]


@pytest.mark.parametrize(
    ("what", "status"),
    [
        ("ServiceProviderConfig", 200),
        ("ResourceTypes", 200),
        ("ResourceTypes/User", 200),
        (f"Schemas/{USER}", 200),
        ("Schemas/x", 404),
        ("x", 404),
    ],
)
def test_the_service_says_what_it_can_do(what: str, status: int, ask: Ask) -> None:
    assert ask("GET", what)[0] == status


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("attributes=userName,name.givenName", {"schemas", "id", "userName", "name"}),
        (f"excludedAttributes={USER}:groups,META,emails,name,active,id", {"schemas", "id", "userName", "displayName"}),
    ],
)
@pytest.mark.usefixtures("owner")
def test_only_what_is_asked_for_is_told(query: str, names: set[str], ask: Ask) -> None:
    _, told = ask("GET", f"Users?{query}")

    assert set(told["Resources"][0]) == names


@pytest.mark.usefixtures("no_time_passes")
def test_a_token_that_is_none_opens_nothing(ask: Ask, app: Flask) -> None:
    statuses = [ask("POST", "Users", okta_user(), token="guessed")[0] for _ in range(12)]
    with app.app_context(), writing(), transaction(db.session):
        directory.end_tokens(db.session)

    assert statuses == [401] * 10 + [429] * 2
    assert ask("GET", "Users")[0] == 401


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "Users/2", okta_user(emails=5), 400),
        ("PUT", "Users/2", okta_user(emails={"value": "a@example.com"}), 400),
        ("PUT", "Users/2", okta_user(emails=[{"primary": [1], "value": "nora@example.com"}, "x"]), 200),
        ("PUT", "Users/2", okta_user(displayName="No\ud800ra", externalId="\ud800\0"), 200),
        ("PATCH", "Users/2", patch({"op": "replace", "path": "userName", "value": ["a"]}), 400),
        ("POST", "Groups", {"displayName": "Cooks", "members": 7}, 400),
        ("GET", f"Users/{10**30}", None, 404),
        ("GET", f"Groups/{10**30}", None, 404),
        ("GET", 'Users?filter=externalId eq "%00"', None, 200),
    ],
)
@pytest.mark.usefixtures("owner", "without_password")
def test_what_no_directory_should_send_is_answered_too(
    method: str, path: str, body: object, status: int, ask: Ask
) -> None:
    assert ask(method, path, body)[0] == status


def test_json_that_is_nested_too_deep_is_refused(as_nobody: Any, app: Flask) -> None:
    with app.app_context(), writing(), transaction(db.session):
        token = directory.make_token(db.session)

    answer = as_nobody.post("/scim/v2/Users", data="[" * 100_000, headers={"Authorization": f"Bearer {token}"})

    assert (answer.status_code, answer.get_json()["detail"]) == (400, "The body must be a JSON object.")
