"""Every route by direct request: who may, by which method, with a token and without. What routes.py does not declare fails."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from typing import Any

import pytest
from flask import Flask

from tests.routes import PEOPLE, ROUTES, everything, own_token


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


def may_write(rule: str, person: str) -> bool:
    """Whether a POST with a token gets further here than to a refusal."""
    return ROUTES[rule].answers(person)["POST"] in {HTTPStatus.OK, HTTPStatus.SEE_OTHER}


# Who may is decided above the store; what the pages show is asked of both stores elsewhere.
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize("person", PEOPLE)
def test_every_route_answers_each_person_as_declared(
    person: str, client: Any, app: Flask, address_of: Callable[[str], str]
) -> None:
    foreign, token = another_visitors_token(app), own_token(client, person)

    # What writes nothing can be asked one after the other.
    answers = {rule: answers_of(client, address_of(rule), foreign) for rule in ROUTES}
    for rule in ROUTES:
        if not may_write(rule, person):
            answers[rule]["POST"] = client.post(address_of(rule), data={"csrf_token": token}).status_code

    expected = {rule: route.answers(person) for rule, route in ROUTES.items()}
    for rule in (one for one in ROUTES if may_write(one, person)):
        del expected[rule]["POST"]
    assert answers == expected


def answers_of(client: Any, url: str, foreign: str) -> dict[str, int]:
    """Return the statuses of everything that a POST with an own token is not."""
    plain = ("OPTIONS", "HEAD", "GET", "DELETE")
    answers = {method: client.open(url, method=method, buffered=True).status_code for method in plain}
    answers["POST without a token"] = client.post(url).status_code
    answers["POST with another visitor's token"] = client.post(url, data={"csrf_token": foreign}).status_code
    return answers


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("rule", "person"), [(rule, person) for rule in ROUTES for person in PEOPLE if may_write(rule, person)]
)
def test_a_post_is_answered_as_declared(rule: str, person: str, client: Any, address_of: Callable[[str], str]) -> None:
    url, token = address_of(rule), own_token(client, person)

    response = client.post(url, data={"csrf_token": token})

    assert response.status_code == ROUTES[rule].answers(person)["POST"]


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
