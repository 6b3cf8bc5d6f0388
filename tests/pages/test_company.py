"""Signing in with the company's provider: whom it means, what their groups give, and answers that are not to be trusted."""

from __future__ import annotations

import time
from typing import Any

import pytest
from flask import Flask
from joserfc.jwk import RSAKey
from sqlalchemy import func, select

from admin_app.db.string_set import StringSet
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.company import Identity
from admin_app.models.role import EDITOR, OWNER, VIEWER
from admin_app.models.staff import Staff, StaffSession
from admin_app.web.auth import oidc
from tests.page import Page
from tests.pages.reauthenticating import confirm, form_of, let_proof_age, name_of
from tests.provider import Provider, through

# The domain's part of it is tried by nothing else.
pytestmark = pytest.mark.covers

UNTRUSTED = "Contoso gave an answer that cannot be trusted. Try again."


def summaries(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(ChangeSet.summary).order_by(ChangeSet.id)))


def read(app: Flask, staff: Staff) -> Any:
    with app.app_context():
        return db.session.get(Staff, staff.id)


def sessions_of(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(StaffSession)) or 0


def test_whom_the_provider_knows_is_signed_in_and_led_on(
    provider: Provider, owner: Staff, app: Flask, as_nobody: Any
) -> None:
    page = Page(as_nobody.get("/sign-in?next=/admin/post/?page=2"))
    (link,) = page.root.all("a", class_="button")

    response = through(provider, as_nobody, link.attributes["href"])

    assert link.text == "Sign in with Contoso"
    assert (response.status_code, response.location) == (303, "/admin/post/?page=2")
    assert Page(as_nobody.get("/admin/")).texts("p", class_="who__name") == [f"{owner.name} Owner"]
    assert summaries(app)[-1] == "Signed in with Contoso"
    (asked,) = provider.asked
    assert (asked["code_challenge_method"], asked["scope"]) == ("S256", "openid email profile")


def test_the_subject_is_the_person_and_not_their_email(
    provider: Provider, owner: Staff, make_staff: Any, app: Flask, as_nobody: Any
) -> None:
    make_staff("Nora")
    through(provider, as_nobody)
    provider.person |= {"email": "nora@example.com", "email_verified": False}

    through(provider, app.test_client())

    with app.app_context():
        assert [one.staff_id for one in db.session.scalars(select(Identity))] == [owner.id]


def test_an_account_belongs_to_one_person_of_the_provider(
    provider: Provider, owner: Staff, app: Flask, as_nobody: Any
) -> None:
    through(provider, app.test_client())
    provider.person["sub"] = "o-2"

    response = through(provider, as_nobody)

    assert response.status_code == 403
    assert Page(response).texts("p", role="alert") == [
        f"The account {owner.email} belongs to another person at Contoso. Ask an owner of this dashboard."
    ]


@pytest.mark.usefixtures("owner")
def test_an_email_that_is_not_confirmed_finds_no_account(provider: Provider, app: Flask, as_nobody: Any) -> None:
    provider.person["email_verified"] = False

    response = through(provider, as_nobody)

    assert Page(response).texts("p", role="alert") == [
        "Contoso does not confirm an email for you, so no account can be found. Ask an owner of this dashboard."
    ]
    assert sessions_of(app) == 0
    assert summaries(app)[-1] == "Could not sign in"


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"aud": "another dashboard"},
        {"aud": ["another dashboard"], "azp": "dashboard"},
        {"iss": "https://another.example.org"},
        {"exp": 1},
        {"iat": int(time.time()) + 3600},
        {"sub": None},
    ],
    ids=["nonce", "audience", "party", "issuer", "expired", "early", "nobody"],
)
@pytest.mark.usefixtures("owner")
def test_an_answer_for_another_request_signs_nobody_in(
    claims: dict[str, Any], provider: Provider, app: Flask, as_nobody: Any
) -> None:
    provider.claims = claims

    response = through(provider, as_nobody)

    assert (response.status_code, Page(response).texts("p", role="alert")) == (403, [UNTRUSTED])
    assert sessions_of(app) == 0


@pytest.mark.usefixtures("owner")
def test_a_token_that_another_key_signed_signs_nobody_in(provider: Provider, as_nobody: Any) -> None:
    provider.signed_by = RSAKey.generate_key(parameters={"kid": provider.key.kid})

    assert Page(through(provider, as_nobody)).texts("p", role="alert") == [UNTRUSTED]


@pytest.mark.usefixtures("owner")
def test_a_new_key_of_the_providers_is_looked_up(provider: Provider, app: Flask, as_nobody: Any) -> None:
    through(provider, app.test_client())
    provider.rotate()

    assert through(provider, as_nobody).status_code == 303


@pytest.mark.usefixtures("owner")
@pytest.mark.usefixtures("provider")
def test_an_answer_is_good_once_and_in_the_browser_that_asked(app: Flask, as_nobody: Any) -> None:
    there = as_nobody.get("/sign-in/company")
    back = (
        f"/sign-in/company/back?code=x&state={dict(one.split('=') for one in there.location.split('&')[1:])['state']}"
    )

    elsewhere = app.test_client().get(back)
    refused = as_nobody.get(f"{back}&error=access_denied")
    again = as_nobody.get(back)

    assert Page(elsewhere).texts("p", role="alert") == [
        "This sign-in was begun in another browser or too long ago. Sign in again."
    ]
    assert [one.status_code for one in (elsewhere, refused, again)] == [403, 403, 403]


def test_a_provider_that_is_away_leaves_the_password(
    provider: Provider, app: Flask, company_rules: Any, as_nobody: Any
) -> None:
    company_rules(OIDC_ISSUER="http://127.0.0.1:9")
    oidc.init_app(app)

    response = as_nobody.get("/sign-in/company")

    assert provider.asked == []
    assert (response.status_code, Page(response).texts("p", role="alert")) == (
        503,
        ["Contoso does not answer. Try again, or sign in with your password."],
    )


def test_groups_give_and_take_the_roles_that_are_theirs(
    provider: Provider, make_staff: Any, app: Flask, company_rules: Any, as_nobody: Any
) -> None:
    nora = make_staff("Nora", EDITOR, VIEWER)
    company_rules(GROUPS={"Admins": frozenset({OWNER}), "Writers": frozenset({EDITOR, "gone"})})
    provider.person = {"sub": "n", "email": nora.email, "email_verified": True, "groups": ["Admins", "Others"]}

    through(provider, as_nobody)

    assert [*read(app, nora).roles] == [OWNER, VIEWER]
    assert "Changed the roles of colleague “Nora” by their groups" in summaries(app)


def test_groups_make_no_owner_of_an_account_that_has_another_email(
    provider: Provider, make_staff: Any, app: Flask, company_rules: Any, as_nobody: Any
) -> None:
    nora = make_staff("Nora", VIEWER)
    company_rules(GROUPS={"Admins": frozenset({OWNER}), "Writers": frozenset({EDITOR})})
    provider.person = {"sub": "n", "email": nora.email, "email_verified": True, "groups": []}
    through(provider, app.test_client())

    provider.person |= {"email": "nora.nagy@example.com", "groups": ["Admins", "Writers"]}
    through(provider, as_nobody)

    assert [*read(app, nora).roles] == [EDITOR, VIEWER]


def test_the_last_owner_stays_one_whatever_the_groups_say(
    provider: Provider, owner: Staff, app: Flask, company_rules: Any, as_nobody: Any
) -> None:
    company_rules(GROUPS={"Admins": frozenset({OWNER})})
    provider.person["groups"] = []

    through(provider, as_nobody)

    assert [*read(app, owner).roles] == [OWNER]


@pytest.mark.usefixtures("owner")
def test_an_owner_among_others_is_none_any_more_when_the_groups_say_so(
    provider: Provider, make_staff: Any, app: Flask, company_rules: Any, as_nobody: Any
) -> None:
    nora = make_staff("Nora", OWNER, VIEWER)
    company_rules(GROUPS={"Admins": frozenset({OWNER})})
    provider.person = {"sub": "n", "email": nora.email, "email_verified": True, "groups": []}

    through(provider, as_nobody)

    assert [*read(app, nora).roles] == [VIEWER]


@pytest.mark.usefixtures("owner")
def test_who_is_in_no_group_any_more_loses_everything_at_once(
    provider: Provider, make_staff: Any, app: Flask, company_rules: Any, as_nobody: Any
) -> None:
    nora = make_staff("Nora", EDITOR)
    company_rules(GROUPS={"Writers": frozenset({EDITOR})})
    provider.person = {"sub": "n", "email": nora.email, "email_verified": True, "groups": ["Writers"]}
    through(provider, app.test_client())
    provider.person["groups"] = []

    response = through(provider, as_nobody)

    assert Page(response).texts("p", role="alert") == [
        f"Contoso gives {nora.email} no role here. Ask an owner of this dashboard."
    ]
    assert ([*read(app, nora).roles], sessions_of(app)) == ([], 0)


def test_groups_may_be_told_apart_from_the_token(
    provider: Provider, make_staff: Any, app: Flask, company_rules: Any, as_nobody: Any
) -> None:
    nora = make_staff("Nora", VIEWER)
    company_rules(GROUPS={"Writers": frozenset({EDITOR})})
    provider.person = {"sub": "n"}
    provider.apart = {"email": nora.email, "email_verified": True, "groups": ["Writers"]}

    through(provider, as_nobody)
    provider.apart["sub"] = "another"
    mixed_up = through(provider, app.test_client())

    assert [*read(app, nora).roles] == [EDITOR, VIEWER]
    assert Page(mixed_up).texts("p", role="alert") == [UNTRUSTED]


@pytest.mark.parametrize(
    ("rule", "roles"),
    [
        (("", ["Writers"]), None),
        (("groups", []), None),
        (("groups", ["Writers"]), [EDITOR]),
        ((VIEWER, []), [VIEWER]),
    ],
)
def test_who_gets_an_account_with_the_first_sign_in(
    rule: tuple[str, list[str]], roles: Any, provider: Provider, company_rules: Any, *, app: Flask, as_nobody: Any
) -> None:
    accounts, provider.person["groups"] = rule
    company_rules(COMPANY_ACCOUNTS=accounts, GROUPS={"Writers": frozenset({EDITOR})})

    response = through(provider, as_nobody)

    with app.app_context():
        made = db.session.scalar(select(Staff))
        assert (None if made is None else [*made.roles]) == roles
        assert made is None or (made.email, made.password_hash) == ("olivia@example.com", "")
    assert response.status_code == (403 if roles is None else 303)


def test_a_name_that_is_none_gets_no_account(provider: Provider, company_rules: Any, as_nobody: Any) -> None:
    company_rules(COMPANY_ACCOUNTS=VIEWER)
    provider.person["name"] = "x" * 81

    response = through(provider, as_nobody)

    assert Page(response).texts("p", role="alert") == [
        "No account can be created from what Contoso says. Name must be 80 characters or fewer; it has 81."
    ]


def test_an_account_that_is_switched_off_stays_closed(provider: Provider, make_staff: Any, as_nobody: Any) -> None:
    make_staff("Olivia", OWNER, is_active=False)

    assert Page(through(provider, as_nobody)).texts("p", role="alert") == [
        "The account olivia@example.com is switched off. Ask an owner of this dashboard."
    ]


def test_who_signs_out_at_the_provider_is_signed_out_here(
    provider: Provider, owner: Staff, app: Flask, as_owner: Any, as_nobody: Any
) -> None:
    through(provider, as_nobody)
    provider.rotate()

    answers = [app.test_client().post("/sign-in/company/ended", data={"logout_token": provider.logout_token()})]
    answers += [app.test_client().post("/sign-in/company/ended", data={"logout_token": provider.logout_token()})]

    assert [one.status_code for one in answers] == [200, 200]
    assert [one.get("/admin/").status_code for one in (as_nobody, as_owner)] == [302, 200]
    assert summaries(app)[-1] == f"Contoso ended all sessions of colleague “{owner.name}”"


def test_whoever_names_keys_that_nobody_knows_does_not_keep_the_provider_busy(provider: Provider, app: Flask) -> None:
    key, before = provider.key, provider.looks
    provider.rotate()
    made_up = provider.logout_token(sub="x")
    provider.key = key

    answers = [app.test_client().post("/sign-in/company/ended", data={"logout_token": made_up}) for _ in range(4)]

    assert [one.status_code for one in answers] == [400] * 4
    # The first time at all, and once for a key that may be new.
    assert provider.looks - before == 2


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize("changes", [{"aud": ["x"]}, {"iss": "x"}, {"iat": 1}, {"events": {}}, {"nonce": "x"}])
def test_another_message_of_the_providers_signs_nobody_out(
    changes: dict[str, Any], provider: Provider, app: Flask, as_nobody: Any
) -> None:
    through(provider, as_nobody)

    answer = app.test_client().post("/sign-in/company/ended", data={"logout_token": provider.logout_token(**changes)})

    assert (answer.status_code, sessions_of(app)) == (400, 1)


@pytest.mark.usefixtures("owner")
def test_signing_out_ends_the_providers_session_too(provider: Provider, as_nobody: Any) -> None:
    through(provider, as_nobody)

    page = as_nobody.post_form("/sign-out", page="/admin/")

    assert page.headers["Refresh"].startswith(f"0; url={provider.issuer}/out?client_id=dashboard&id_token_hint=ey")
    assert as_nobody.get("/admin/").status_code == 302


def test_our_own_second_factor_may_be_asked_as_well(
    provider: Provider, owner: Staff, company_rules: Any, as_nobody: Any
) -> None:
    company_rules(COMPANY_TWO_FACTOR=True)
    company_rules(TWO_FACTOR=frozenset({OWNER}))

    assert through(provider, as_nobody).location == "/sign-in/enrol"
    assert [*owner.roles] == [OWNER]


def test_the_provider_is_asked_again_before_a_dangerous_act(
    provider: Provider, owner: Staff, app: Flask, as_nobody: Any
) -> None:
    through(provider, as_nobody)
    let_proof_age(app, minutes=16)
    url = f"/admin/staff/edit/?id={owner.id}"
    page = Page(as_nobody.post_form(url, form_of(owner, name="Olga")))
    (link,) = (one.attributes["href"] for one in page.root.all("a", target="_blank"))
    provider.claims = {"auth_time": 1}

    old = through(provider, as_nobody, link)
    provider.claims = {}
    proved = through(provider, as_nobody, link)
    done = confirm(as_nobody, url, page, "")

    assert Page(old).texts("p", role="alert") == [
        "Contoso did not ask you again who you are. Use your password or a passkey."
    ]
    assert Page(proved).texts("h1") == ["You have confirmed it's you"]
    assert provider.asked[-1]["prompt"] == "login"
    assert (done.status_code, name_of(app, owner)) == (303, "Olga")


@pytest.mark.usefixtures("owner")
def test_another_persons_proof_proves_nothing(provider: Provider, make_staff: Any, as_nobody: Any) -> None:
    through(provider, as_nobody)
    make_staff("Nora", roles=StringSet([VIEWER]))
    provider.person = {"sub": "n"}

    assert through(provider, as_nobody, "/sign-in/company?again=").status_code == 403


def test_an_owner_unties_an_account(provider: Provider, owner: Staff, app: Flask, as_owner: Any) -> None:
    through(provider, app.test_client())
    page = f"/admin/staff/access/?id={owner.id}"

    assert "Contoso" in as_owner.get(page).text
    as_owner.post_form(page, {"act": "unbind"})

    with app.app_context():
        assert db.session.scalar(select(Identity)) is None
    assert summaries(app)[-1] == "Removed the company sign-in of colleague “Olivia”"


def test_without_a_provider_there_is_no_such_page(as_nobody: Any) -> None:
    assert as_nobody.get("/sign-in/company").status_code == 404
