"""Every parameter and field of every route, with made-up values: never a failure, a hang, or a word taken for markup.

What a page reads is found by looking at it, so a new route or resource is tried by being there. The examples are the
same ones every time; `FUZZ=200 make pytest ARGS="-k every_parameter"` tries so many others a route.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from admin_app.config import MAX_BODY_BYTES
from admin_app.selection.selection import OWN_KEYS
from admin_app.web.security import HEADERS
from tests.page import Page
from tests.test_every_route import ROUTES, address_of  # noqa: F401 -- a fixture

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

FORM = "application/x-www-form-urlencoded"
# What a token of a form is made of, in the session's cookie.
RAW = "f" * 40
Pairs = list[tuple[str, Any]]

# Markup, an attribute and a header that no page of ours has: wherever one comes out as such, somebody else's words were believed.
MARK = "zq9"
MARKED = [
    f"<{MARK}>",
    f"</title></textarea></script><{MARK}>",
    f'" {MARK}="1',
    f"' {MARK}='1",
    f"javascript:{MARK}",
    f"//{MARK}.example",
    f"/\\{MARK}.example",
    f"https://{MARK}.example/",
    f"/admin/\r\nX-{MARK}: 1",
    f"x\r\n\r\n<{MARK}>",
    f"{{{{ 7*7 }}}}<{MARK}>",
]
ODD = [
    *[
        "",
        " ",
        "\0",
        "a\0b",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        "%",
        "%s",
        "_",
        "\\",
        "'",
        '"',
        "';--",
        "1 OR 1=1",
        "\u2028",
    ],
    *[
        "0",
        "-1",
        "+1",
        "1.0",
        "1e9",
        "1e1000000",
        "nan",
        "inf",
        "-0",
        "0x10",
        "1_000",
        "\u0663",
        "2147483648",
        "9" * 5000,
    ],
    *[
        "0000-00-00",
        "0001-01-01",
        "9999-12-31",
        "10000-01-01",
        "2026-02-30",
        "2026-01-01T25:61",
        "9999-12-31 to 0001-01-01",
    ],
    *[
        "9999999999 to 1",
        "today",
        "in the last 99999999999 days",
        "yes",
        "me",
        "whole",
        "end",
        "exact",
        "others",
        "csv",
        "xlsx",
    ],
    *[
        "(" * 3000,
        "name contains " * 300,
        'name contains "' + "a" * 3000,
        "a or " * 1000,
        "\\" * 3000,
        "[" * 3000,
        "a," * 3000,
    ],
    *[
        "x" * 5000,
        "\U0001f469\u200d\U0001f469" * 500,
        "e" + "\u0301" * 2000,
        "\u202e" * 50,
        "a@" + "b." * 1000,
        "@" * 1000,
    ],
]  # fmt: skip -- a list of words
VALUES = st.sampled_from(MARKED) | st.sampled_from(ODD) | st.text(max_size=60)

# What reaches the application of a request beside its address and body; what is no HTTP stops at the server.
LATIN = st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=60)
HEADER_NAMES = [
    *[
        "HTTP_HOST",
        "HTTP_X_FORWARDED_HOST",
        "HTTP_X_FORWARDED_PROTO",
        "HTTP_X_FORWARDED_FOR",
        "HTTP_X_FORWARDED_PREFIX",
    ],
    *["HTTP_FORWARDED", "HTTP_REFERER", "HTTP_ORIGIN", "HTTP_COOKIE", "HTTP_USER_AGENT", "HTTP_ACCEPT", "HTTP_RANGE"],
    *["HTTP_ACCEPT_ENCODING", "HTTP_ACCEPT_LANGUAGE", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "CONTENT_TYPE"],
    *["HTTP_X_HTTP_METHOD_OVERRIDE", "HTTP_TRANSFER_ENCODING", "HTTP_X_CSRFTOKEN", "HTTP_HX_REQUEST", "REMOTE_ADDR"],
]  # fmt: skip -- a list of words
HEADER_VALUES = st.one_of(
    LATIN,
    st.sampled_from([
        *[f"{MARK}.example", f"<{MARK}>", f'"{MARK}"', f"https://{MARK}.example/<{MARK}>", "x" * 70_000, "a\0b", ",", ";", "=", ""],
        *["session=" + "x" * 70_000, "session=\0", "session=a; session=b", "device=.", "bytes=0-0,1-1,2-", "bytes=-99999999999"],
        *["multipart/form-data", "multipart/form-data; boundary=" + "b" * 9000, "application/json", "text/html; charset=utf-7"],
        *["Thu, 01 Jan 0000 00:00:00 GMT", "[::1", "a:b:c", "localhost:99999999", "::1%" + "z" * 99, "gzip;q=nan", "*" * 5000],
    ]),
)  # fmt: skip


class Fuzzed:
    """A route with what it reads, asked by an owner; signed in anew after every form, as some of them sign out."""

    def __init__(self, app: Flask, path: str, names: list[str], make_client: Callable[[], Any]) -> None:
        self.app, self.path, self.names, self.make_client = app, path, names, make_client
        self.client = make_client()

    def get(self, arguments: Pairs, **how: Any) -> None:
        """Ask for the page, and require a sound answer."""
        self._send("GET", arguments, **how)

    def post(self, arguments: Pairs, fields: Pairs, **how: Any) -> None:
        """Send a form with a good token, and require a sound answer."""
        with self.client.session_transaction() as session:
            session["csrf_token"] = RAW
        token = URLSafeTimedSerializer(self.app.secret_key, salt="wtf-csrf-token").dumps(RAW)
        how = {"data": urlencode([("csrf_token", token), *fields]), "content_type": FORM, **how}
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
    assert {name: response.headers.getlist(name) for name in HEADERS} == {name: [one] for name, one in HEADERS.items()}
    assert [name for name in response.headers.keys() if MARK in name.lower()] == []  # noqa: SIM118 -- no mapping
    location = response.headers.get("Location", "")
    assert f"{MARK}.example" not in urlsplit(location).netloc
    assert not location.startswith(("//", "/\\", "javascript:"))
    if response.mimetype == "text/html" and MARK in response.text:
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
    names |= names_on(Page(answer)) if answer.mimetype == "text/html" else set()
    view = next((one for one in app.extensions["admin"][0]._views if path.startswith(f"/admin/{one.endpoint}/")), None)
    names |= set(getattr(view, "filters_by_key", ()))
    return Fuzzed(app, path, sorted(names - {"", "csrf_token"}), lambda: client_of(owner))


# Read by some route, whether or not its page shows it.
ANYWHERE = (
    *["id", "url", "next", "back", "name", "query", "draft", "act", "session", "insist", "proceed", "change", "person"],
    *[
        "resource",
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
    ],
)  # fmt: skip -- a list of words


@pytest.mark.parametrize("rule", ROUTES)
def test_no_value_of_any_parameter_or_field_breaks_a_route(rule: str, fuzzed: Fuzzed) -> None:
    names = st.sampled_from(fuzzed.names) | st.sampled_from(MARKED)
    pairs = st.lists(st.tuples(names, VALUES), min_size=1, max_size=4)
    _, _, query = ROUTES[rule].url.partition("?")
    usual = [(name, "1") for name, _ in parse_qsl(query)]

    @EXAMPLES
    @given(arguments=pairs, fields=pairs, is_sent=st.booleans(), is_found=st.booleans())
    def holds(arguments: Pairs, fields: Pairs, *, is_sent: bool, is_found: bool) -> None:
        arguments = [*(usual if is_found else ()), *arguments]
        if is_sent and ROUTES[rule].post:
            fuzzed.post(arguments, fields)
        else:
            fuzzed.get(arguments)

    holds()


# Headers are read before any route is known: three kinds of pages stand for all.
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize("rule", ["/sign-in", "/admin/user/", "/admin/post/edit/"])
def test_no_header_breaks_a_route(fuzzed: Fuzzed) -> None:
    headers = st.dictionaries(st.sampled_from(HEADER_NAMES), HEADER_VALUES, min_size=1, max_size=4)

    @settings(EXAMPLES, max_examples=DEEP or 40)
    @given(headers=headers, is_sent=st.booleans())
    def holds(headers: dict[str, str], *, is_sent: bool) -> None:
        if is_sent:
            fuzzed.post([], [("name", f"<{MARK}>")], environ_overrides=headers)
        else:
            fuzzed.get([], environ_overrides=headers)

    holds()


PART = '--B\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
MULTIPART, JSON = "multipart/form-data; boundary=B", "application/json"
BODIES = {
    "JSON 100,000 deep": (JSON, "[" * 100_000),
    "JSON for a form": (JSON, '{"name": "Ann", "csrf_token": "x"}'),
    "XML with entities": ("application/xml", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
    "no type": ("", "name=Ann"),
    "an unknown charset": (f"{FORM}; charset=utf-7", "name=%2BADw-script%2BAD4-"),
    "half a character": (FORM, "name=%f0%9f&email=\xff"),
    "names without values": (FORM, "&&&=&name&==&csrf_token"),
    "the same name 900 times": (FORM, "name=Ann&" * 900),
    "1,001 fields": (FORM, "&".join(f"f{number}=1" for number in range(1001))),
    "200,000 fields": (FORM, "a=&" * 200_000),
    "a boundary that never comes": ("multipart/form-data; boundary=C", PART.format("name", "Ann")),
    "no boundary": ("multipart/form-data", PART.format("name", "Ann")),
    "a part without end": (MULTIPART, PART.format("name", "Ann")),
    "a part without a name": (MULTIPART, PART.replace('; name="{}"', "").format("Ann") + "--B--\r\n"),
    "a file for a text": (MULTIPART, PART.format('name"; filename="../../etc/passwd', "Ann") + "--B--\r\n"),
    "a NUL in a part's name": (MULTIPART, PART.format("na\0me", "Ann") + "--B--\r\n"),
    "a part's header without end": (MULTIPART, "--B\r\n" + "A: b" * 50_000),
    "parts in parts": (MULTIPART, "--B\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n" * 500),
    "larger than anybody types": (FORM, "name=" + "x" * MAX_BODY_BYTES),
}  # fmt: skip -- a table


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
