"""Every route by direct request: who may, by which method, with a token and without, and with which headers. What routes.py does not declare fails."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from admin_app.panel.drafts import RECORD_FORMS
from tests.routes import PEOPLE, ROUTES, everything, own_token
from tests.test_every_answer import lacking


@pytest.fixture
def client(person: str, request: pytest.FixtureRequest) -> Any:
    """Return the client of who asks, with everybody else there too."""
    for name in ("owner", "editor", "viewer"):
        request.getfixturevalue(name)
    return request.getfixturevalue(f"as_{person}")


@cache
def another_visitors_token(app: Flask) -> str:
    return str(app.test_client().token_of("/sign-in"))


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_every_route_is_declared_here_with_its_methods(app: Flask) -> None:
    routes = {rule.rule: rule.methods for rule in app.url_map.iter_rules()}

    assert routes == {rule: route.methods for rule, route in ROUTES.items()}


# Pages that a crossing writer stops, by the reason why they are not answered anew.
ATTEMPTED_ONCE = {
    # They write nothing, or what the page's script sends again by itself.
    *("account.confirm", "preview_view", "presence_view", "duplicates_view"),
    # They count a try, or end a session, before they know how it ends; tokens are made once.
    *("auth.sign_in", "auth.sign_out", "auth.set_up", "auth.choose_password", "forgotten.ask"),
    *("two_factor.code", "two_factor.enrol", "company_channel.ended"),
    # They move the forms of one's session to and fro in the cookie.
    *("see_as.index", "see_as_view"),
    # They read a file or many rows between two transactions; no record changes before the plan is agreed to.
    *("import_view", "import_source_view", "import_columns_view", "import_corrections_view"),
    *("edit_many_view", "replace_view", "give_view", "delete_many_view", "export_page"),
    # Its programs ask again after a 503.
    *("scim.users", "scim.groups"),
}


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_every_page_that_writes_is_answered_anew_where_it_crosses_another(app: Flask) -> None:
    (admin,) = app.extensions["admin"]
    views = {one.endpoint: one for one in admin._views}

    once = set()
    for rule in app.url_map.iter_rules():
        of, _, name = rule.endpoint.rpartition(".")
        if "POST" in (rule.methods or ()) and name not in getattr(views.get(of), "retried", ()):
            once.add(name if hasattr(views.get(of), "resource") else rule.endpoint)

    assert once == ATTEMPTED_ONCE


def may_write(rule: str, person: str) -> bool:
    """Whether a POST with a token gets further here than to a refusal."""
    return ROUTES[rule].answers(person)["POST"] in {HTTPStatus.OK, HTTPStatus.SEE_OTHER}


# What a method is answered by itself, and what a token is worth, is asked by who may nothing and by who may everything.
PLAIN = {"nobody": ("OPTIONS", "HEAD", "GET", "DELETE"), "viewer": ("GET",), "editor": ("GET",)}
PLAIN["owner"] = PLAIN["nobody"]


# Who may is decided above the store; what the pages show is asked of both stores elsewhere.
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize("person", PEOPLE)
def test_every_route_answers_each_person_as_declared(
    person: str, client: Any, app: Flask, address_of: Callable[[str], str]
) -> None:
    tokens = own_token(client, person), another_visitors_token(app)
    before = everything(app) | {"proof_try": []}

    # What writes nothing can be asked one after the other.
    answers = {rule: answers_of(client, rule, person, address_of(rule), tokens) for rule in ROUTES}

    told = {rule: {name: one.status_code for name, one in own.items()} for rule, own in answers.items()}
    assert told == {rule: {name: ROUTES[rule].answers(person)[name] for name in answers[rule]} for rule in ROUTES}
    bare = {(name, rule): lacking(rule, one) for rule, own in answers.items() for name, one in own.items()}
    assert {where: headers for where, headers in bare.items() if headers} == {}
    # A password that is none counts as a try.
    assert everything(app) | {"proof_try": []} == before


def answers_of(client: Any, rule: str, person: str, url: str, tokens: tuple[str, str]) -> dict[str, TestResponse]:
    """Return the answers to everything that writes nothing."""
    own, foreign = tokens
    answers = {method: client.open(url, method=method) for method in PLAIN[person]}
    if "DELETE" in PLAIN[person]:
        answers["POST without a token"] = client.post(url)
    if "DELETE" in PLAIN[person] and ROUTES[rule].post:
        answers["POST with another visitor's token"] = client.post(url, data={"csrf_token": foreign})
    if ROUTES[rule].post and not may_write(rule, person):
        answers["POST"] = client.post(url, data={"csrf_token": own})
    return answers


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize("person", ["owner"])
def test_a_form_that_is_left_does_nothing(
    person: str, client: Any, app: Flask, address_of: Callable[[str], str]
) -> None:
    sent = {"csrf_token": own_token(client, person), "_leaving": "k" * 22}
    # Of these what was typed is kept: tests/panel/forms/test_typed_work.py asks how.
    acting = {
        one.rule: one.endpoint
        for one in app.url_map.iter_rules()
        if "POST" in (one.methods or ()) and one.endpoint.rpartition(".")[2] not in RECORD_FORMS
    }
    before = everything(app)

    answers = {rule: client.post(address_of(rule), data=sent).status_code for rule in acting}

    assert {acting[rule]: status for rule, status in answers.items() if status != 204} == {}
    assert everything(app) == before


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("rule", "person"), [(rule, person) for rule in ROUTES for person in PEOPLE if may_write(rule, person)]
)
def test_a_post_is_answered_as_declared(rule: str, person: str, client: Any, address_of: Callable[[str], str]) -> None:
    url, token = address_of(rule), own_token(client, person)

    response = client.post(url, data={"csrf_token": token})

    assert (response.status_code, lacking(rule, response)) == (ROUTES[rule].answers(person)["POST"], {})


@pytest.mark.parametrize("rule", ["/admin/user/edit/", "/admin/post/delete/", "/admin/staff/delete/"])
def test_without_a_token_nothing_is_written(rule: str, as_owner: Any, app: Flask, address_of: Any) -> None:
    before = everything(app)

    as_owner.post(address_of(rule), data={"name": "Changed"})

    assert everything(app) == before


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
        "/admin/user/export/exe/",
        "/admin/%00/",
        "/admin/user/1",
        "/admin/static/x.js",
    ],
)  # fmt: skip -- a list of words
def test_an_address_of_nothing_is_404(path: str, as_owner: Any) -> None:
    assert as_owner.get(path).status_code == 404
