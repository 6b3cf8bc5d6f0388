"""Every parameter and field of every route, with made-up values: never a failure, a hang, or a word taken for markup.

What a page reads is found by looking at it, so a new route or resource is tried by being there. The examples are the
same ones every time; `FUZZ=200 make pytest ARGS="-k every_parameter"` tries so many others a route.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from admin_app.config import MAX_BODY_BYTES
from admin_app.selection.selection import OWN_KEYS
from admin_app.web.security import HEADERS
from tests.hostile import BODIES, FORM, HEADER_NAMES, HEADER_VALUES, MARK, MARKED, VALUES
from tests.page import Page
from tests.routes import ROUTES
from tests.test_every_answer import OWN

DEEP = int(os.environ.get("FUZZ", "0"))
EXAMPLES = settings(
    max_examples=DEEP or 4,
    derandomize=not DEEP,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
# Seconds of work for one answer; and of waiting, which a busy machine alone can make long.
MOST_WORK, LONGEST_WAIT = 5, 60

Pairs = list[tuple[str, Any]]


class Fuzzed:
    """A route with what it reads and its form as it is shown, asked by an owner; signed in anew after every form, as some of them sign out."""

    def __init__(self, path: str, names: list[str], form: dict[str, Any], make_client: Callable[[], Any]) -> None:
        self.path, self.names, self.form, self.make_client = path, names, form, make_client
        self.client = make_client()

    def get(self, arguments: Pairs, **how: Any) -> None:
        """Ask for the page, and require a sound answer."""
        self._send("GET", arguments, **how)

    def post(self, arguments: Pairs, fields: Pairs, **how: Any) -> None:
        """Send a form with a good token, and require a sound answer."""
        token = ("csrf_token", self.client.make_token())
        how = {"data": urlencode([token, *fields], doseq=True), "content_type": FORM, **how}
        self._send("POST", arguments, **how)
        self.client = self.make_client()

    def _send(self, method: str, arguments: Pairs, **how: Any) -> None:
        begun, worked = time.monotonic(), time.thread_time()
        response = self.client.open(f"{self.path}?{urlencode(arguments)}", method=method, buffered=True, **how)
        assert (time.thread_time() - worked < MOST_WORK, time.monotonic() - begun < LONGEST_WAIT) == (True, True)
        require_sound(response)


def require_sound(response: TestResponse) -> None:
    """Require no failure, our headers, no way to another site, and that nothing which was sent became markup."""
    assert response.status_code < 500
    own = OWN.get(response.request.path, set())
    expected = {name: [one] for name, one in HEADERS.items() if name not in own}
    assert {name: response.headers.getlist(name) for name in expected} == expected
    assert [name for name in response.headers.keys() if MARK in name.lower()] == []  # noqa: SIM118 -- no mapping
    location = response.headers.get("Location", "")
    assert f"{MARK}.example" not in urlsplit(location).netloc
    assert not location.startswith(("//", "/\\", "javascript:"))
    # A preview is markup that was sent: its policy keeps it from doing anything.
    if response.mimetype == "text/html" and "Content-Security-Policy" not in own and MARK in response.text:
        elements = Page(response).all()
        assert [one for one in elements if MARK in one.tag or any(MARK in name for name in one.attributes)] == []
        led = [one.attributes[name] for one in elements for name in LEADING if name in one.attributes]
        assert [one for one in led if one.strip().lower().startswith(("javascript:", "data:text", "//", "/\\"))] == []


LEADING = ("href", "src", "action", "formaction")


def names_on(page: Page) -> set[str]:
    """Return what a page's forms send and its links say."""
    controls = {
        one.attributes.get("name", "") for tag in ("input", "select", "textarea", "button") for one in page.all(tag)
    }
    links = [one.attributes.get("href", "") for one in page.all("a")]
    return controls | {name for link in links for name, _ in parse_qsl(urlsplit(link).query, keep_blank_values=True)}


@pytest.fixture
def fuzzed(  # noqa: PLR0917 -- fixtures, by name
    rule: str,
    app: Flask,
    as_owner: Any,
    owner: Any,
    client_of: Any,
    address_of: Any,
) -> Fuzzed:
    """Find out what the route reads: from its page, its resource, and what any page may be asked."""
    address = address_of(rule)
    path, _, query = address.partition("?")
    answer = as_owner.get(address, buffered=True)
    names = {*ANYWHERE, *OWN_KEYS, *(name for name, _ in parse_qsl(query))}
    page = Page(answer) if answer.mimetype == "text/html" else None
    names |= names_on(page) if page else set()
    form = page.values() if page and page.all("form", class_="form--long") else {}
    view = next(
        (one for one in app.extensions["resources"].values() if path.startswith(f"/admin/{one.endpoint}/")), None
    )
    names |= set(getattr(view, "filters", ()))
    form.pop("csrf_token", None)
    return Fuzzed(path, sorted(names - {"", "csrf_token"}), form, lambda: client_of(owner))


# Read by some route, whether or not its page shows it.
ANYWHERE = (
    *["id", "url", "next", "back", "name", "query", "draft", "act", "session", "insist", "proceed", "change", "person"],
    *[
        "resource",
        "filter",
        "who",
        "kind",
        "from",
        "to",
        "all",
        "column",
        "format",
        "proof_password",
        "proof_typed",
        "_version",
        "_once",
        "before",
        "before_act",
        "after",
        "page",
    ],
)  # fmt: skip -- a list of words


# Of PostgreSQL one resource asks what the store is asked by all: texts, numbers, times and relations. What another has beside
# them, answers and choices, its list, its forms and its acts on many ask.
OTHERS = [
    f"/admin/staff/{page}" for page in ("", "new/", "edit/", "access/", "cell/", "edit-page/", "edit-many/", "summary/")
]
ASKED = [rule for rule in ROUTES if rule in OTHERS or not re.match("/static/|/admin/(user|role|staff)/", rule)]
# And of SQLite the other three: of that one's pages those whose relation users, staff and roles have no like of.
OF_RELATIONS = ("/admin/post/", "/admin/post/new/", "/admin/post/edit/", "/admin/post/give/", "/admin/post/lookup/")
CASES = [
    *(("sqlite", rule) for rule in ROUTES if rule in OF_RELATIONS or not rule.startswith("/admin/post/")),
    *(pytest.param("postgres", rule, marks=pytest.mark.postgres) for rule in ASKED),
]


@pytest.mark.parametrize(("store", "rule"), CASES, indirect=["store"])
def test_no_value_of_any_parameter_or_field_breaks_a_route(rule: str, fuzzed: Fuzzed) -> None:
    names = st.sampled_from(fuzzed.names) | st.sampled_from(MARKED)
    pairs = st.lists(st.tuples(names, VALUES), min_size=1, max_size=6)
    _, _, query = ROUTES[rule].url.partition("?")
    usual = [(name, "1") for name, _ in parse_qsl(query)]

    @EXAMPLES
    @given(arguments=pairs, fields=pairs, is_sent=st.booleans(), is_found=st.booleans(), is_whole=st.booleans())
    def holds(arguments: Pairs, fields: Pairs, *, is_sent: bool, is_found: bool, is_whole: bool) -> None:
        arguments = [*(usual if is_found else ()), *arguments]
        # The rest of the form as it is shown: the one bad value gets further than where all is missing.
        fields = [*(dict(fuzzed.form) | dict(fields)).items()] if is_whole else fields
        if is_sent and ROUTES[rule].post:
            fuzzed.post(arguments, fields)
        else:
            fuzzed.get(arguments)

    holds()


# Headers are read before any route is known: three kinds of pages stand for all.
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize("rule", ["/sign-in", "/admin/user/", "/admin/post/edit/"])
def test_no_header_breaks_a_route(fuzzed: Fuzzed, app: Flask) -> None:
    # The cookies have names of this dashboard's own.
    own = {"session": app.config["SESSION_COOKIE_NAME"], "device": f"device-{app.config['COOKIE_MARK']}"}
    values = HEADER_VALUES.map(lambda value: re.sub(r"\b(session|device)=", lambda found: f"{own[found[1]]}=", value))
    headers = st.dictionaries(st.sampled_from(HEADER_NAMES), values, min_size=1, max_size=4)

    @settings(EXAMPLES, max_examples=DEEP or 40)
    @given(headers=headers, is_sent=st.booleans())
    def holds(headers: dict[str, str], *, is_sent: bool) -> None:
        if is_sent:
            fuzzed.post([], [("name", f"<{MARK}>")], environ_overrides=headers)
        else:
            fuzzed.get([], environ_overrides=headers)

    holds()


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize("rule", ["/admin/user/new/"])
@pytest.mark.parametrize("kind", BODIES)
def test_no_body_breaks_a_form(kind: str, fuzzed: Fuzzed) -> None:
    content_type, body = BODIES[kind]

    fuzzed.post([], [], data=body.encode("latin-1"), content_type=content_type)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_body_too_large_is_refused_everywhere(as_owner: Any, address_of: Any) -> None:
    rules = [rule for rule, route in ROUTES.items() if route.post]
    # What a body says about its length decides, before it is read.
    said = {"CONTENT_LENGTH": str(MAX_BODY_BYTES + 1), "CONTENT_TYPE": FORM}

    answers = {rule: as_owner.post(address_of(rule), environ_overrides=said).status_code for rule in rules}

    assert answers == dict.fromkeys(rules, 413)
