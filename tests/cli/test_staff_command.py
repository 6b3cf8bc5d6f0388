from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from admin_app.cli import terminal_actor
from admin_app.cli.address import remember_address
from admin_app.domain.auth import passwords, throttle, two_factor
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.role import EDITOR, OWNER
from admin_app.models.staff import Staff, StaffSession
from admin_app.models.two_factor import Authenticator, RecoveryCode

pytestmark = pytest.mark.covers

Manage = Callable[..., Any]
Make = Callable[..., Staff]

NEW = "a new and long password"


def person(app: Flask, email: str) -> Staff:
    with app.app_context():
        staff = db.session.scalars(select(Staff).where(Staff.email == email)).one()
        db.session.expunge(staff)
        return staff


def count(app: Flask, model: type[Any]) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


# ---- create


def test_create_makes_an_account_that_can_sign_in(manage: Manage, app: Flask) -> None:
    result = manage("staff", "create", " Ada@Example.com", "--name", "Ada", "--role", "owner", "--password", NEW)

    ada = person(app, "ada@example.com")
    assert (result.exit_code, result.output) == (0, "Ada can sign in as ada@example.com (owner).\n")
    assert (ada.name, ada.roles, ada.is_active) == ("Ada", (OWNER,), True)
    assert passwords.is_right_for(ada.password_hash, NEW)


@pytest.mark.parametrize("command", ["create", "invite"])
def test_no_account_is_made_without_a_role_that_was_said(command: str, manage: Manage, app: Flask) -> None:
    result = manage("staff", command, "ada@example.com")

    assert result.exit_code == 2
    assert "Error: Choose a role for the person, like --role editor.\n" in result.stderr
    assert (result.stdout, count(app, Staff)) == ("", 0)


def test_create_asks_for_what_is_left_out_and_shows_no_password(manage: Manage, app: Flask) -> None:
    result = manage("staff", "create", "ada@example.com", "--role", "viewer", typed=f"Ada\n{NEW}\n{NEW}\n")

    assert result.exit_code == 0
    assert NEW not in result.output
    assert passwords.is_right_for(person(app, "ada@example.com").password_hash, NEW)


def test_create_refuses_a_short_password(manage: Manage, app: Flask) -> None:
    result = manage("staff", "create", "ada@example.com", "--name", "Ada", "--role", "viewer", "--password", "short")

    assert (result.exit_code, result.stderr) == (1, "Error: Use 12 characters or more for the password.\n")
    assert count(app, Staff) == 0


def test_create_refuses_an_address_that_has_an_account(manage: Manage, app: Flask, viewer: Staff) -> None:
    result = manage("staff", "create", viewer.email.upper(), "--name", "Ada", "--role", "viewer", "--password", NEW)

    assert (result.exit_code, result.stderr) == (1, f"Error: {viewer.email} already has an account.\n")
    assert count(app, Staff) == 1


def test_create_refuses_what_is_no_address(manage: Manage) -> None:
    result = manage("staff", "create", "ada", "--name", "Ada", "--role", "viewer", "--password", NEW)

    assert (result.exit_code, result.stderr) == (1, "Error: Email must look like name@example.com.\n")


def test_an_account_can_have_several_roles(manage: Manage, app: Flask) -> None:
    result = manage("staff", "create", "ada@example.com", "--name", "Ada", "--password", NEW, "--role", "editor", "--role", "owner")  # fmt: skip

    assert result.output == "Ada can sign in as ada@example.com (editor, owner).\n"
    assert person(app, "ada@example.com").roles == (EDITOR, OWNER)


def test_create_refuses_an_unknown_role_as_a_wrong_use(manage: Manage) -> None:
    result = manage("staff", "create", "ada@example.com", "--name", "Ada", "--password", NEW, "--role", "king")

    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == (
        "Error: Invalid value for --role: king is not a role. Choose from: editor, owner, viewer."
    )


# ---- list


def test_list_shows_every_account_and_no_hash(
    manage: Manage, owner: Staff, make_staff: Make, password_hash: str
) -> None:
    make_staff("Zoe", EDITOR, is_active=False)

    result = manage("staff", "list")

    assert (result.exit_code, result.output) == (
        0,
        f"{owner.email}  Olivia  owner  never signed in\nzoe@example.com  Zoe  editor  never signed in  (disabled)\n",
    )
    assert password_hash not in result.output


def test_list_without_accounts_says_how_to_make_one(manage: Manage) -> None:
    result = manage("staff", "list")

    assert result.exit_code == 0
    assert "manage.py staff create" in result.output


# ---- reset-password


def test_reset_password_changes_it_and_ends_the_sessions(
    manage: Manage, app: Flask, viewer: Staff, signed_in: Callable[[Staff], Any]
) -> None:
    signed_in(viewer)

    result = manage("staff", "reset-password", viewer.email, "--password", NEW)

    assert (result.exit_code, result.output) == (0, "Vera has a new password and is signed out everywhere.\n")
    assert passwords.is_right_for(person(app, viewer.email).password_hash, NEW)
    assert count(app, StaffSession) == 0


def test_reset_password_refuses_a_short_one(manage: Manage, app: Flask, viewer: Staff, password: str) -> None:
    result = manage("staff", "reset-password", viewer.email, "--password", "short")

    assert (result.exit_code, result.stderr) == (1, "Error: Use 12 characters or more for the password.\n")
    assert passwords.is_right_for(person(app, viewer.email).password_hash, password)


def test_reset_password_of_nobody_says_where_to_look(manage: Manage) -> None:
    result = manage("staff", "reset-password", "nobody@example.com", "--password", NEW)

    assert (result.exit_code, result.stderr) == (
        1,
        "Error: No account has the email nobody@example.com. See: manage.py staff list\n",
    )


# ---- an account as an older program kept it


@pytest.mark.parametrize("typed", ["josé@example.com", "JOSÉ@Example.com", "Jose\u0301@example.com"])
def test_an_account_is_found_whose_email_is_kept_in_another_form(
    typed: str, manage: Manage, app: Flask, viewer: Staff
) -> None:
    with app.app_context():
        db.session.execute(update(Staff).where(Staff.id == viewer.id).values(email="Jose\u0301@example.com"))
        db.session.commit()

    refused = manage("staff", "create", typed, "--name", "Ada", "--role", "viewer", "--password", NEW)
    result = manage("staff", "disable", typed)

    assert (refused.exit_code, refused.stderr) == (1, "Error: josé@example.com already has an account.\n")
    assert (result.exit_code, person(app, "Jose\u0301@example.com").is_active) == (0, False)


# ---- disable


def test_disable_switches_an_account_off_and_ends_the_sessions(
    manage: Manage, app: Flask, owner: Staff, viewer: Staff, signed_in: Callable[[Staff], Any]
) -> None:
    signed_in(viewer)
    signed_in(owner)

    result = manage("staff", "disable", viewer.email)

    assert (result.exit_code, result.output) == (0, "Vera can no longer sign in.\n")
    assert not person(app, viewer.email).is_active
    assert count(app, StaffSession) == 1


def test_disable_refuses_the_last_owner(manage: Manage, app: Flask, owner: Staff) -> None:
    result = manage("staff", "disable", owner.email)

    assert (result.exit_code, result.stderr) == (
        1,
        "Error: Olivia is the last owner. Make someone else an owner first.\n",
    )
    assert person(app, owner.email).is_active


def test_disable_of_a_viewer_needs_no_other_owner(manage: Manage, app: Flask, viewer: Staff) -> None:
    assert manage("staff", "disable", viewer.email).exit_code == 0
    assert not person(app, viewer.email).is_active


# ---- links


def test_invite_makes_an_account_and_prints_its_link(manage: Manage, app: Flask) -> None:
    result = manage("staff", "invite", "Ada@example.com", "--name", "Ada", "--role", "editor")

    words, url = result.output.splitlines()
    assert (result.exit_code, words) == (
        0,
        "Send this link to Ada through a channel you trust. It works once and expires in 72 hours:",
    )
    assert url.startswith("http://127.0.0.1:8000/password/")
    assert app.test_client().get(url.removeprefix("http://127.0.0.1:8000")).status_code == 200
    assert person(app, "ada@example.com").roles == (EDITOR,)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_link_leads_to_where_the_server_listened_last(manage: Manage, app: Flask) -> None:
    with app.app_context():
        file = Path(f"{db.engine.url.database}.address")
        remember_address("http://127.0.0.1:9000")

    try:
        result = manage("staff", "invite", "Ada@example.com", "--name", "Ada", "--role", "editor")
    finally:
        file.unlink()

    assert result.output.splitlines()[1].startswith("http://127.0.0.1:9000/password/")


def test_reset_password_by_link_changes_nothing_before_it_is_used(
    manage: Manage, app: Flask, viewer: Staff, password: str
) -> None:
    result = manage("staff", "reset-password", viewer.email, "--link")

    assert result.output.startswith(
        "Send this link to Vera through a channel you trust. It works once and expires in 24 hours:\nhttp://"
    )
    assert passwords.is_right_for(person(app, viewer.email).password_hash, password)


def test_reset_password_asks_for_what_is_left_out(manage: Manage, app: Flask, viewer: Staff) -> None:
    result = manage("staff", "reset-password", viewer.email, typed=f"{NEW}\n{NEW}\n")

    assert result.exit_code == 0
    assert NEW not in result.output
    assert passwords.is_right_for(person(app, viewer.email).password_hash, NEW)


def test_a_link_is_under_the_first_host_name(manage: Manage, app: Flask, viewer: Staff, monkeypatch: Any) -> None:
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", ["admin.example.org"])

    result = manage("staff", "reset-password", viewer.email, "--link")

    assert "\nhttp://admin.example.org/password/" in result.output


def test_a_link_for_nobody_says_where_to_look(manage: Manage) -> None:
    result = manage("staff", "reset-password", "nobody@example.com", "--link")

    assert (result.exit_code, result.stderr) == (
        1,
        "Error: No account has the email nobody@example.com. See: manage.py staff list\n",
    )


# ---- unlock


def test_unlock_forgets_the_failed_tries(
    manage: Manage, app: Flask, viewer: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = throttle.utc_now()
    monkeypatch.setattr(throttle, "utc_now", lambda: now)
    client = app.test_client()
    for _ in range(6):
        answer = client.post_form("/sign-in", {"email": viewer.email, "password": "wrong"})

    result = manage("staff", "unlock", viewer.email)

    assert answer.status_code == 429
    assert (result.exit_code, result.output) == (0, "Vera can try again now, from anywhere.\n")
    assert client.post_form("/sign-in", {"email": viewer.email, "password": "wrong"}).status_code == 422


# ---- reset-two-factor


def test_reset_two_factor_is_the_last_resort(
    manage: Manage, app: Flask, viewer: Staff, signed_in: Callable[[Staff], Any]
) -> None:
    signed_in(viewer)
    with app.app_context():
        db.session.add(Authenticator(staff_id=viewer.id, secret="sealed"))
        db.session.add(RecoveryCode(staff_id=viewer.id, code_hash="hash"))
        db.session.commit()

    result = manage("staff", "reset-two-factor", viewer.email)

    assert (result.exit_code, result.output) == (
        0,
        "Vera signs in with a password only, and is signed out everywhere.\n",
    )
    assert [count(app, model) for model in (Authenticator, RecoveryCode, StaffSession)] == [0, 0, 0]


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_who_gets_a_new_password_or_loses_a_factor_by_a_command_is_told(
    manage: Any, viewer: Staff, outbox: Any
) -> None:
    manage("staff", "reset-password", viewer.email, "--password", "a new one that is long enough")
    manage("staff", "reset-two-factor", viewer.email)

    told = [(one.to, next(line for line in one.body.splitlines() if line[:2] == "- ")) for one in outbox.outbox]
    assert told == [
        ([viewer.email], "- The password was changed."),
        ([viewer.email], "- Two-factor sign-in was turned off: apps, passkeys and recovery codes are gone."),
    ]


# ---- after a backup was restored


@pytest.fixture
def ways_in(app: Flask, viewer: Staff, owner: Staff, client_of: Any) -> dict[str, Any]:
    """Return what a backup brings back: sessions, a link, codes; and the app, which stays good."""
    clients = [client_of(viewer), client_of(owner)]
    with app.app_context():
        link = passwords.make_link(db.session, db.session.get_one(Staff, viewer.id))
        db.session.add(Authenticator(staff_id=viewer.id, secret="sealed"))
        codes = two_factor.renew_codes(db.session, db.session.get_one(Staff, viewer.id), key=str(app.secret_key))
        db.session.commit()
    return {"clients": clients, "link": f"/password/{link}", "codes": codes}


def test_after_a_restore_nothing_from_before_lets_anybody_in(
    manage: Manage, app: Flask, viewer: Staff, ways_in: dict[str, Any], as_nobody: Any
) -> None:
    before = [client.get("/admin/").status_code for client in ways_in["clients"]]

    result = manage("staff", "sign-out", "--all")

    assert (before, result.exit_code, result.output.splitlines()) == (
        [200, 200],
        0,
        [
            "Everyone is signed out. Ended: 2 sessions, 1 password link and 8 recovery codes.",
            "Those who had recovery codes create new ones under Account.",
        ],
    )
    assert [client.get("/admin/").status_code for client in ways_in["clients"]] == [302, 302]
    assert as_nobody.get(ways_in["link"]).status_code == 404
    with app.app_context():
        vera, key = db.session.get_one(Staff, viewer.id), str(app.secret_key)
        assert [two_factor.prove(db.session, vera, code, key=key) for code in ways_in["codes"]] == [False] * 8
        assert (two_factor.has_app(db.session, vera), vera.is_active) == (True, True)


@pytest.mark.usefixtures("ways_in")
def test_signing_everybody_out_is_in_the_history(manage: Manage, app: Flask) -> None:
    manage("staff", "sign-out", "--all")

    with app.app_context():
        act = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc()).limit(1)).one()
        assert (act.kind, act.resource, act.summary) == (
            "access",
            "staff",
            "Signed everyone out: ended 2 sessions, 1 password link and 8 recovery codes",
        )
        assert (act.actor_id, act.actor) == terminal_actor()


@pytest.mark.usefixtures("ways_in")
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_who_loses_recovery_codes_is_told_by_email_and_on_their_page(
    manage: Manage, outbox: Any, viewer: Staff, client_of: Any
) -> None:
    manage("staff", "sign-out", "--all")

    told = [(one.to, next(line for line in one.body.splitlines() if line[:2] == "- ")) for one in outbox.outbox]
    words = "- Everyone's recovery codes were cancelled. Create new ones under Account."
    assert told == [([viewer.email], words)]
    assert "0 of 8 recovery codes are left" in client_of(viewer).get("/admin/account/").text
    assert "Create new ones:" in client_of(viewer).get("/admin/account/").text


@pytest.mark.usefixtures("ways_in")
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_everybody_is_signed_out_only_when_it_is_said(manage: Manage, app: Flask) -> None:
    result = manage("staff", "sign-out")

    assert (result.exit_code, "--all" in result.stderr, count(app, StaffSession)) == (2, True, 2)
