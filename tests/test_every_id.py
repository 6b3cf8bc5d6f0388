"""Every id of every route, forged or beyond all sense: nothing is found, changed or broken by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

from tests.routes import PARTS, ROUTES, everything, own_token, rules_of

# There is no file of a job that waits.
NEVER_FOUND = ("/admin/jobs/file/", "/admin/jobs/cancel/", "/admin/jobs/retry/")
BY_ID = [rule for rule, route in ROUTES.items() if "id={" in route.url and rule not in NEVER_FOUND]
READ_BY_ID = [rule for rule in BY_ID if ROUTES[rule].get]
# What a store could be asked for: numbers beyond its own, and a text that PostgreSQL keeps none of.
NUMBERS = ["-1", "0", "2147483648", "9223372036854775807", "9223372036854775808", str(10**30), "1\0"]
# What is no key to begin with, whatever the store.
NO_KEYS = ["abc", "1,2", "1'--", "1.0", "+1", "%", "%s", "1 OR 1=1", " 1", "\N{FULLWIDTH DIGIT ONE}", "9" * 5000, ""]
FORGED = {"sqlite": NUMBERS + NO_KEYS, "postgres": NUMBERS}


# A form that is sent is asked by the same rules as the page that is read.
SENT = [*NUMBERS, "abc", "9" * 5000, ""]


# A key is read by its column's type, and all of these have the same; what is no resource's reads its own.
CASES = [
    *(("sqlite", part) for part in PARTS),
    *(pytest.param("postgres", part, marks=pytest.mark.postgres) for part in ("", "post")),
]


def forged(path: str, ids: list[str]) -> list[str]:
    """Return the addresses of a page with each of them, and with none."""
    return [path, *(f"{path}?id={quote(one)}" for one in ids)]


@pytest.mark.parametrize(("store", "part"), CASES, indirect=["store"])
def test_a_forged_id_finds_nothing(part: str, store: str, as_owner: Any, address_of: Callable[[str], str]) -> None:
    rules = rules_of(part, READ_BY_ID)
    addresses = [one for rule in rules for one in forged(address_of(rule).partition("?")[0], FORGED[store])]
    before = [as_owner.get(address_of(rule)).status_code for rule in rules]

    answers = {address: as_owner.get(address).status_code for address in addresses}

    assert before == [200] * len(rules)
    assert answers == dict.fromkeys(addresses, 404)


@pytest.mark.parametrize(("store", "part"), CASES, indirect=["store"])
def test_a_forged_id_changes_nothing(part: str, as_owner: Any, app: Flask, address_of: Callable[[str], str]) -> None:
    rules = rules_of(part, [rule for rule in BY_ID if ROUTES[rule].post])
    addresses = [one for rule in rules for one in forged(address_of(rule).partition("?")[0], SENT)]
    data = {"csrf_token": own_token(as_owner), "name": "Forged", "email": "forged@example.com", "id": "1"}
    before = everything(app)

    answers = {address: as_owner.post(address, data=data).status_code for address in addresses}

    assert answers == dict.fromkeys(addresses, 404)
    assert everything(app) == before
