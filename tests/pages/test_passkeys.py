"""Passkeys on the pages: enrolled, used to sign in and as proof; every answer once, from the browser that was asked, delayed like a code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from admin_app.domain import passkeys, throttle, two_factor
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet, Kind
from admin_app.models.passkey import Passkey
from admin_app.models.staff import Staff, StaffSession
from admin_app.web import passkeys as web_passkeys
from tests.authenticator import Authenticator
from tests.page import Page

on_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
ACCOUNT, NEW, OWN = "/admin/account/", "/admin/account/passkeys/", "/admin/account/two-factor/"
CODE, ENROL, CONFIRM = "/sign-in/code", "/sign-in/enrol", "/admin/account/confirm/"
REFUSED = "This passkey was not accepted. Press the button to try again, or use another way."
USED = "This page was open too long, or its passkey was used already. Press the button to try again."


@pytest.fixture(autouse=True)
def no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock of the delays: the first is a second, and hashing takes its time."""
    now = throttle.utc_now()
    monkeypatch.setattr(throttle, "utc_now", lambda: now)


@pytest.fixture
def required(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask owners for a second factor."""
    monkeypatch.setitem(app.config, "TWO_FACTOR", frozenset({"owner"}))


@pytest.fixture
def half_way(as_nobody: Any, password: str) -> Callable[..., Any]:
    """Send somebody's right password, Olivia's unless told."""

    def send(client: Any = as_nobody, email: str = "olivia@example.com") -> Any:
        return client.post_form("/sign-in", {"email": email, "password": password})

    return send


@pytest.fixture
def device(as_owner: Any) -> Authenticator:
    """Return the device that holds Olivia's only passkey."""
    device = Authenticator()
    assert add(as_owner, device).status_code == 200
    return device


def form_of(page: Page, answer: Callable[[str], str], **typed: str) -> dict[str, str]:
    """Return what the page's script sends once a device has answered."""
    (button,) = page.all("button", data_passkey="create") + page.all("button", data_passkey="get")
    (form,) = [one for one in page.all("form", within="main") if button in list(one)]
    hidden = {one.attributes["name"]: one.attributes["value"] for one in form.all("input", type="hidden")}
    return {**hidden, "passkey": answer(button.attributes["data-options"]), **typed}


def add(client: Any, device: Authenticator, name: str = "Blue key", url: str = NEW) -> Any:
    return client.post(url, data=form_of(Page(client.get(url)), device.make, passkey_name=name))


def prove(client: Any, device: Authenticator, url: str = CODE, **typed: str) -> Any:
    return client.post(url, data=form_of(Page(client.get(url)), device.prove, **typed))


def sessions(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(StaffSession)) or 0


def let_proof_age(app: Flask) -> None:
    with app.app_context():
        db.session.execute(update(StaffSession).values(proved_at=datetime.now(UTC) - timedelta(minutes=16)))
        db.session.commit()


def told(app: Flask, number: int) -> list[str]:
    """Return the last acts that the trail holds, the newest first."""
    with app.app_context():
        acts = select(ChangeSet.summary).where(ChangeSet.kind == Kind.ACCESS).order_by(ChangeSet.id.desc())
        return list(db.session.scalars(acts.limit(number)))


def edit_of(client: Any) -> str:
    return Page(client.get(ACCOUNT)).link("Rename or remove Blue key")


# ---- one's own


def test_the_first_passkey_shows_recovery_codes_and_the_next_ends_other_sessions(
    client_of: Any, viewer: Staff, app: Flask
) -> None:
    here, elsewhere = client_of(viewer), client_of(viewer)
    first = Page(add(here, Authenticator()))
    codes = first.texts("li", within="main")
    second = add(here, Authenticator(), "Phone")

    page = Page(here.get(ACCOUNT))

    assert (len(codes), second.status_code, second.location) == (8, 303, ACCOUNT)
    assert page.notice == "Success The passkey was added. You are signed out everywhere else."
    assert [row[0] for row in page.rows("passkeys")] == ["Blue key", "Phone"]
    assert "On: after the password you use a passkey. 8 of 8 recovery codes are left" in page.root.text
    assert elsewhere.get("/admin/").status_code == 302
    assert told(app, 3) == [
        "Added the passkey “Phone” of staff “Vera”",
        "Added the passkey “Blue key” of staff “Vera”",
    ]


@on_sqlite
@pytest.mark.parametrize("name", ["", "x" * 61, "a\0b"])
def test_a_passkey_without_a_name_is_called_by_its_browser(name: str, as_viewer: Any) -> None:
    add(as_viewer, Authenticator(), name)

    assert Page(as_viewer.get(ACCOUNT)).column("Passkey", "passkeys") == ["Unknown browser"]


def test_a_passkey_is_renamed_and_removed(as_viewer: Any, app: Flask) -> None:
    add(as_viewer, Authenticator())
    url = edit_of(as_viewer)

    refused = Page(as_viewer.post_form(url, {"name": " "}))
    as_viewer.post_form(url, {"name": "Red key"})
    renamed = Page(as_viewer.get(ACCOUNT)).column("Passkey", "passkeys")
    removed = as_viewer.post_form(url, {"act": "remove"})

    assert (refused.status, refused.error_of("name")) == (422, "Enter the name.")
    assert (renamed, removed.location) == (["Red key"], ACCOUNT)
    assert "Off: your password alone signs you in." in as_viewer.get(ACCOUNT).text
    assert told(app, 2) == [
        "Removed the passkey “Red key” of staff “Vera”",
        "Renamed the passkey “Blue key” to “Red key” of staff “Vera”",
    ]


@on_sqlite
def test_adding_and_removing_ask_for_proof_first_and_renaming_does_not(as_viewer: Any, app: Flask) -> None:
    add(as_viewer, Authenticator())
    page, url = Page(as_viewer.get(NEW)), edit_of(as_viewer)
    let_proof_age(app)

    asked = as_viewer.get(NEW)
    added = as_viewer.post(NEW, data=form_of(page, Authenticator().make))
    removed = as_viewer.post_form(url, {"act": "remove"})
    renamed = as_viewer.post_form(url, {"name": "Red key"})

    assert (asked.status_code, asked.location) == (302, f"{CONFIRM}?next=/admin/account/passkeys/")
    assert [added.status_code, removed.status_code, renamed.status_code] == [403, 403, 303]


def test_a_passkey_that_was_made_survives_the_question_for_the_password(
    as_viewer: Any, app: Flask, password: str
) -> None:
    page = Page(as_viewer.get(NEW))
    let_proof_age(app)
    asked = Page(as_viewer.post(NEW, data=form_of(page, Authenticator().make, passkey_name="Blue key")))

    done = as_viewer.post(NEW, data={**asked.values("words"), "proof_password": password})

    assert len(Page(done).texts("li", within="main")) == 8
    assert Page(as_viewer.get(ACCOUNT)).column("Passkey", "passkeys") == ["Blue key"]


@pytest.mark.usefixtures("required")
def test_the_last_factor_stays_where_the_role_needs_one(as_owner: Any, device: Authenticator) -> None:
    url = edit_of(as_owner)

    page = Page(as_owner.get(url))
    answers = [as_owner.post_form(url, {"act": "remove"}), as_owner.post_form(OWN, {"act": "remove"}, page=ACCOUNT)]

    assert device
    assert "Remove passkey" not in page.texts("button")
    assert [answer.status_code for answer in answers] == [422, 403]
    assert Page(answers[0]).summary == ["Your role needs a second factor, and this is the last. Add another one first."]
    assert Page(as_owner.get(ACCOUNT)).column("Passkey", "passkeys") == ["Blue key"]


@on_sqlite
@pytest.mark.usefixtures("required")
def test_the_app_stays_where_it_is_the_last_factor_and_the_role_needs_one(
    as_owner: Any, owner: Staff, app: Flask
) -> None:
    enrol_app(app, owner)

    as_owner.post_form(OWN, {"act": "remove-app"}, page=ACCOUNT)

    page = Page(as_owner.get(ACCOUNT))
    assert "Your role needs a second factor, and this is the last. Add another one first." in page.notice
    assert "On: after the password you use a code of your app." in page.root.text


@on_sqlite
def test_beside_a_passkey_one_may_do_without_the_app(as_viewer: Any, viewer: Staff, app: Flask) -> None:
    add(as_viewer, Authenticator())
    enrol_app(app, viewer)
    before = as_viewer.get(ACCOUNT).text

    as_viewer.post_form(OWN, {"act": "remove-app"}, page=ACCOUNT)

    assert "On: after the password you use a passkey or a code of your app." in before
    assert "On: after the password you use a passkey." in as_viewer.get(ACCOUNT).text


@on_sqlite
def test_the_page_without_scripts_says_what_is_needed(as_viewer: Any) -> None:
    page = Page(as_viewer.get(NEW))

    answer = Page(as_viewer.post(NEW, data={**page.values(""), "passkey_name": "Blue key"}))

    assert page.texts("noscript") == [
        "Passkeys need JavaScript, which is off in this browser. Set up an app instead under Account."
    ]
    assert (answer.status, answer.summary) == (
        422,
        ["Your browser sent no passkey. Press the button, which needs JavaScript."],
    )


# ---- signing in


def test_a_passkey_signs_in_after_the_password_and_there_is_no_session_before(
    device: Authenticator, half_way: Any, as_nobody: Any, app: Flask
) -> None:
    first = half_way()
    before = (sessions(app), as_nobody.get("/admin/").status_code)

    done = prove(as_nobody, device)

    assert (first.location, before) == (CODE, (1, 302))
    assert (done.status_code, done.location) == (303, "/admin/")
    assert as_nobody.get("/admin/").status_code == 200


@pytest.mark.usefixtures("required", "owner")
def test_a_role_that_needs_a_second_factor_enrols_a_passkey_before_there_is_a_session(
    half_way: Any, as_nobody: Any, app: Flask
) -> None:
    first = half_way()
    before = sessions(app)

    done = add(as_nobody, Authenticator(), url=ENROL)
    again = as_nobody.get(ENROL)

    assert (first.location, before, sessions(app)) == (ENROL, 0, 1)
    assert len(Page(done).texts("li", within="main")) == 8
    assert (as_nobody.get("/admin/").status_code, again.location) == (200, "/sign-in")


@on_sqlite
@pytest.mark.usefixtures("required", "owner")
def test_a_passkey_that_is_refused_enrols_nobody(half_way: Any, as_nobody: Any, app: Flask) -> None:
    half_way()

    answer = Page(add(as_nobody, Authenticator(origin="https://evil.example"), url=ENROL))

    assert (answer.status, answer.summary, sessions(app)) == (422, [passkeys.NOT_MADE], 0)


@on_sqlite
def test_whoever_has_a_factor_cannot_enrol_another_half_way(
    device: Authenticator, half_way: Any, as_nobody: Any, app: Flask
) -> None:
    half_way()
    form = form_of(Page(as_nobody.get(CODE)), device.prove)

    answer = as_nobody.post(ENROL, data=form)

    assert (answer.status_code, answer.location, sessions(app)) == (303, "/sign-in", 1)


def test_an_answer_signs_in_once(device: Authenticator, half_way: Any, as_nobody: Any, app: Flask) -> None:
    device.counts = False
    with app.app_context():
        db.session.execute(update(Passkey).values(sign_count=0))
        db.session.commit()
    half_way()
    copy = copy_of(app, as_nobody)
    form = form_of(Page(as_nobody.get(CODE)), device.prove)
    with as_nobody.session_transaction() as original, copy.session_transaction() as session:
        session.update(original)

    answers = [client.post(CODE, data=form) for client in (as_nobody, copy)]

    assert [answer.status_code for answer in answers] == [303, 422]
    assert Page(answers[1]).summary == [USED]


def test_a_passkey_whose_count_goes_back_signs_nobody_in(
    device: Authenticator, half_way: Any, as_nobody: Any, app: Flask
) -> None:
    with app.app_context():
        db.session.execute(update(Passkey).values(sign_count=2**32 - 1))
        db.session.commit()
    half_way()

    answer = Page(prove(as_nobody, device))

    assert (answer.status, answer.summary) == (422, [passkeys.COPIED])
    assert told(app, 1) == ["Refused the passkey “Blue key”, which may have been copied, of staff “Olivia”"]
    assert sessions(app) == 1


@on_sqlite
def test_another_persons_passkey_signs_nobody_in(
    device: Authenticator, half_way: Any, as_viewer: Any, as_nobody: Any, app: Flask
) -> None:
    add(as_viewer, Authenticator())
    half_way(email="vera@example.com")

    answer = Page(prove(as_nobody, device))

    assert (answer.status, answer.summary, sessions(app)) == (422, [REFUSED], 2)


@on_sqlite
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"origin": "https://evil.example"}, REFUSED),
        ({"credential": b"unknown"}, REFUSED),
        ({"verifies": False}, REFUSED),
    ],
    ids=["another site", "an unknown key", "nobody was asked"],
)
def test_what_a_device_may_not_do_signs_nobody_in(
    change: dict[str, Any], words: str, *, device: Authenticator, half_way: Any, as_nobody: Any
) -> None:
    for name, value in change.items():
        setattr(device, name, value)
    half_way()

    answer = Page(prove(as_nobody, device))

    assert (answer.status, answer.summary) == (422, [words])


@on_sqlite
def test_a_question_of_another_browser_another_kind_or_none_is_refused(
    device: Authenticator, half_way: Any, as_owner: Any, as_nobody: Any, app: Flask
) -> None:
    half_way()
    other = app.test_client()
    half_way(client=other)
    asked = Page(as_nobody.get(CODE))
    of_another_browser = form_of(Page(other.get(CODE)), device.prove)["passkey_question"]
    for_making = form_of(Page(as_owner.get(NEW)), device.make)["passkey_question"]
    of_an_app = Page(as_owner.get(OWN)).values("enrolment")["secret"]

    forged = [of_another_browser, for_making, of_an_app, "", "é"]
    answers = [
        Page(as_nobody.post(CODE, data={**form_of(asked, device.prove), "passkey_question": one})) for one in forged
    ]

    assert [answer.summary for answer in answers] == [[USED]] * 5


@on_sqlite
def test_a_question_is_good_for_ten_minutes(
    device: Authenticator, half_way: Any, as_nobody: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    half_way()
    monkeypatch.setattr(passkeys, "CHALLENGE_SECONDS", -1)

    assert Page(prove(as_nobody, device)).summary == [USED]


@on_sqlite
def test_wrong_passkeys_and_wrong_codes_are_delayed_together(
    device: Authenticator, half_way: Any, as_nobody: Any, app: Flask
) -> None:
    half_way()
    stranger = Authenticator()

    answers = [as_nobody.post_form(CODE, {"code": "000000"}) for _ in range(3)]
    answers += [prove(as_nobody, stranger) for _ in range(3)]
    right = prove(as_nobody, device)

    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert (right.status_code, int(right.headers["Retry-After"]) > 0, sessions(app)) == (429, True, 1)


@on_sqlite
def test_a_passkey_needs_the_forms_token(device: Authenticator, half_way: Any, as_nobody: Any, app: Flask) -> None:
    half_way()
    form = form_of(Page(as_nobody.get(CODE)), device.prove)

    answer = as_nobody.post(CODE, data={**form, "csrf_token": ""})

    assert (answer.status_code, sessions(app)) == (400, 1)


@on_sqlite
def test_at_another_host_the_page_says_where_the_passkeys_work(
    device: Authenticator, half_way: Any, as_nobody: Any, app: Flask
) -> None:
    with app.app_context():
        db.session.execute(update(Passkey).values(site="admin.example.org"))
        db.session.commit()
    half_way()

    page = Page(as_nobody.get(CODE))

    assert device
    assert page.texts("p", within="main")[1] == "Your passkeys work only at admin.example.org."
    assert page.all("button", data_passkey="get") == []


# ---- proof


def test_a_passkey_is_proof_and_what_was_sent_is_carried_out(
    device: Authenticator, as_owner: Any, viewer: Staff, app: Flask
) -> None:
    url = f"/admin/staff/edit/?id={viewer.id}"
    sent = {"name": "Verity", "email": viewer.email, "role": "viewer", "is_active": "y", "password": ""}
    let_proof_age(app)
    asked = Page(as_owner.post_form(url, sent))

    done = as_owner.post(url, data=form_of(asked, device.prove))

    with app.app_context():
        assert db.session.get_one(Staff, viewer.id).name == "Verity"
    assert (asked.status, done.status_code) == (403, 303)
    assert as_owner.post_form(url, sent).status_code == 303


@on_sqlite
def test_wrong_passkeys_and_wrong_passwords_are_delayed_together(
    device: Authenticator, as_owner: Any, app: Flask
) -> None:
    let_proof_age(app)
    stranger = Authenticator()

    answers = [Page(as_owner.post_form(CONFIRM, {"proof_password": "wrong"})) for _ in range(3)]
    answers += [Page(prove(as_owner, stranger, CONFIRM)) for _ in range(3)]
    right = prove(as_owner, device, CONFIRM)

    assert [answer.summary for answer in answers[2:5]] == [
        ["This is not your password. Nothing was changed."],
        [REFUSED],
        [REFUSED],
    ]
    assert (answers[5].summary, right.status_code) == (["Too many tries failed. Wait 1 second, then try again."], 422)


# ---- where


@on_sqlite
@pytest.mark.parametrize(
    ("address", "listed", "host", "origin"),
    [
        ("http://localhost", None, "localhost", "http://localhost"),
        ("http://localhost:8000", None, "localhost", "http://localhost:8000"),
        ("https://admin.example.org", ["admin.example.org"], "admin.example.org", "https://admin.example.org"),
        ("https://ADMIN.example.org", ["admin.example.org"], "admin.example.org", "https://admin.example.org"),
        ("https://admin.example.org:8443", ["admin.example.org:8443"], "admin.example.org", None),
        ("https://eu.example.org", [".example.org"], "eu.example.org", "https://eu.example.org"),
        ("https://example.org", [".example.org"], "example.org", "https://example.org"),
        ("http://127.0.0.1:8000", None, "", ""),
        ("https://admin.example.org", None, "", ""),
        ("http://admin.example.org", ["admin.example.org"], "", ""),
        ("https://admin.example.org:8443", ["admin.example.org"], "", ""),
        ("https://192.0.2.7", ["192.0.2.7"], "", ""),
    ],
)  # fmt: skip -- a table
def test_passkeys_are_for_hosts_that_the_settings_name(
    address: str, listed: list[str] | None, host: str, origin: str | None, *, app: Flask, monkeypatch: Any
) -> None:
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", listed)
    with app.test_request_context(base_url=address):
        found = web_passkeys.site()

    expected = (host, address if origin is None else origin) if host else None
    assert (found and (found.host, found.origin)) == expected


@on_sqlite
def test_behind_a_proxy_that_speaks_https_the_origin_is_https(app: Flask, monkeypatch: Any) -> None:
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", ["admin.example.org"])
    monkeypatch.setitem(app.config, "HTTPS", True)  # noqa: FBT003 -- monkeypatch's signature
    with app.test_request_context(base_url="http://admin.example.org"):
        found = web_passkeys.site()

    assert found is not None
    assert found.origin == "https://admin.example.org"


@on_sqlite
def test_where_passkeys_do_not_work_the_page_says_why(as_viewer: Any, app: Flask, monkeypatch: Any) -> None:
    monkeypatch.setattr(web_passkeys, "LOCAL", "elsewhere")

    page = Page(as_viewer.get(NEW))
    form = {"csrf_token": as_viewer.token_of(ACCOUNT), "passkey": "{}"}
    answer = Page(as_viewer.post(NEW, data=form))
    proof = Page(as_viewer.post(CONFIRM, data=form))

    assert app
    assert page.texts("p", within="main")[0] == web_passkeys.ELSEWHERE
    assert [answer.summary, proof.summary] == [[web_passkeys.ELSEWHERE]] * 2


# ---- an owner's reset


def test_an_owner_resets_a_second_factor_and_ends_the_sessions(
    as_owner: Any, as_viewer: Any, viewer: Staff, half_way: Any, app: Flask
) -> None:
    add(as_viewer, Authenticator())
    enrol_app(app, viewer)
    url = f"/admin/staff/access/?id={viewer.id}"
    before = Page(as_owner.get(url)).root.text

    done = as_owner.post_form(url, {"act": "reset-two-factor"})

    page = Page(as_owner.get(url))
    assert "Beside the password: an app, 1 passkey and 8 recovery codes." in before
    assert (done.status_code, page.notice) == (
        303,
        "Success The second factor of Vera is reset, and they are signed out everywhere.",
    )
    assert "None: the password alone signs Vera in." in page.root.text
    assert as_viewer.get("/admin/").status_code == 302
    assert half_way(client=app.test_client(), email=viewer.email).location == "/admin/"
    assert told(app, 1) == ["Turned two-factor sign-in off for staff “Vera”"]


@on_sqlite
def test_ones_own_factor_is_not_reset_there(as_owner: Any, device: Authenticator, owner: Staff, app: Flask) -> None:
    url = f"/admin/staff/access/?id={owner.id}"

    page = Page(as_owner.get(url))
    answer = as_owner.post_form(url, {"act": "reset-two-factor"})

    with app.app_context():
        assert two_factor.has_factor(db.session, db.session.get_one(Staff, owner.id))
    assert device
    assert "Reset two-factor sign-in" not in page.texts("button")
    assert answer.status_code == 403


@on_sqlite
def test_a_reset_asks_for_proof(as_owner: Any, as_viewer: Any, viewer: Staff, app: Flask) -> None:
    add(as_viewer, Authenticator())
    let_proof_age(app)

    answer = as_owner.post_form(f"/admin/staff/access/?id={viewer.id}", {"act": "reset-two-factor"})

    assert answer.status_code == 403
    assert Page(as_viewer.get(ACCOUNT)).column("Passkey", "passkeys") == ["Blue key"]


# ---- the trail


def test_what_was_done_about_somebodys_access_is_in_their_history(as_owner: Any, client_of: Any, viewer: Staff) -> None:
    here = client_of(viewer)
    url = f"/admin/staff/access/?id={viewer.id}"
    as_owner.post_form(f"/admin/staff/edit/?id={viewer.id}", {"name": "Verity", "email": viewer.email, "role": "viewer", "is_active": "y", "password": ""})  # fmt: skip
    here.post_form("/admin/account/sessions/", {"session": "others"}, page=ACCOUNT)
    for form in ({"act": "link"}, {"act": "unlock"}, {"session": handle_of(here)}, {"session": "others"}):
        as_owner.post_form(url, form)

    history = Page(as_owner.get(f"/admin/staff/history/?id={viewer.id}"))
    activity = Page(as_owner.get("/admin/activity/?kind=access"))

    heads = [one.all("p")[0].text for one in history.all("li", class_="event")]
    who = "Olivia (olivia@example.com)"
    assert heads == [
        f"{who} ended all sessions of staff “Verity”",
        f"{who} ended a session of staff “Verity”",
        f"{who} forgot the failed tries to sign in as staff “Verity”",
        f"{who} made a link for a new password of staff “Verity”",
        "Verity (vera@example.com) ended all other sessions of staff “Verity”",
        f"{who} changed it by form",
        heads[-1],
    ]
    assert [one.text for one in activity.all("a", class_="event__what")][:2] == [
        "Ended all sessions of staff “Verity”",
        "Ended a session of staff “Verity”",
    ]


def test_a_long_history_of_access_comes_in_pages_and_leaves_nothing_out(
    as_owner: Any, viewer: Staff, app: Flask
) -> None:
    edit = f"/admin/staff/edit/?id={viewer.id}"
    values = {"email": viewer.email, "role": "viewer", "is_active": "y", "password": ""}
    for number in range(24):
        as_owner.post_form(f"/admin/staff/access/?id={viewer.id}", {"session": "others"})
        if number % 6 == 0:
            as_owner.post_form(edit, {"name": f"Vera {number}", **values})

    pages = [Page(as_owner.get(f"/admin/staff/history/?id={viewer.id}"))]
    while pages[-1].has_link("Older"):
        pages.append(Page(as_owner.get(pages[-1].link("Older"))))

    entries = [[one.all("p")[0].text for one in page.all("li", class_="event")] for page in pages]
    links = [link.attributes["href"] for page in pages for link in page.all("a") if "The whole act" in link.text]
    assert app
    assert [len(one) for one in entries] == [20, 9]
    assert len(set(links)) == 29
    assert sum("changed it" in one for page in entries for one in page) == 4
    assert ([page.has_link("Newest") for page in pages]) == [False, True]


def enrol_app(app: Flask, staff: Staff) -> None:
    """Enrol an app without a look at its square."""
    with app.app_context():
        person = db.session.get_one(Staff, staff.id)
        secret = two_factor.offered_secret(person, two_factor.offer(person, key="x"), key="x") or ""
        code = two_factor.pyotp.TOTP(secret).now()
        two_factor.enrol(db.session, person, secret, code, key=str(app.secret_key))
        db.session.commit()


def copy_of(app: Flask, client: Any) -> Any:
    """Return another browser; what it holds is copied when the test says so."""
    assert client
    return app.test_client()


def handle_of(client: Any) -> str:
    """Return what names a client's session."""
    rows = Page(client.get(ACCOUNT))
    assert rows.status == 200
    with client.application.app_context():
        newest = select(StaffSession).join(Staff).where(Staff.email == "vera@example.com")
        return db.session.scalars(newest).one().handle
