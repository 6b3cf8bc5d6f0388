"""The tests' browser without JavaScript."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

from flask import has_app_context
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from tests.markup import breaches

# Where every page is put that tests are answered, for the Nu HTML checker to look at them; "": nowhere.
KEPT = os.environ.get("KEEP_PAGES", "")
# Pages that were looked at: of one address without its numbers, one status and one length. A list in each of its states is
# looked at once, and not for each of the thousands of tests that read it; and so often at most in a process.
_looked_at: set[tuple[str, int, int]] = set()
_how_often: Counter[tuple[str, int]] = Counter()
OFTEN = 40


# Where a page carries the token of the session.
TOKEN = re.compile(r"<input\b[^>]*\bname=[\"']?csrf_token\b[^>]*?\bvalue=[\"']?([^\"'\s>]+)")
# What a token of a session is made of where none of its pages made one yet.
RAW = "f" * 40


class Client(FlaskClient):
    """A browser without JavaScript: keeps cookies, and sends forms with the token that a page of its session carried."""

    _token = ""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Refuse to share `g` and the database session with the test: no request does in real life."""
        assert not has_app_context(), (
            "Leave the application context before a request (the `context` fixture is for none)."
        )
        # Take the whole answer, as a browser does: what is written after it is written then.
        response = super().open(*args, buffered=kwargs.pop("buffered", True), **kwargs)
        _look_at(response)
        self._remember(response)
        return response

    def post_form(
        self, url: str, data: dict[str, Any] | None = None, *, page: str | None = None, **kwargs: Any
    ) -> TestResponse:
        """Post `data` with the token of `page`; without one, with that of the session."""
        is_inside = page is None and url.startswith("/admin/")
        token = self.session_token() if is_inside else self.token_of(page or url)
        return self.post(url, data={"csrf_token": token, **(data or {})}, **kwargs)

    def session_token(self) -> str:
        """Return the token of the session's last page, or one as a page would carry it."""
        return self._token or self.make_token()

    def make_token(self) -> str:
        """Return a token for the session, as Flask-WTF makes it: no page has to be asked for."""
        with self.session_transaction() as session:
            raw = session.setdefault("csrf_token", RAW)
        return URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token").dumps(raw)

    def token_of(self, page: str) -> str:
        """Return the token in the page's first form that has one."""
        response = self.get(page)
        if match := TOKEN.search(response.text):
            return match[1]
        message = f"No csrf_token in {page}, which answered {response.status}."
        raise AssertionError(message)

    def _remember(self, response: TestResponse) -> None:
        """Keep the token of a page; signing in or out begins a session with another, and so does a new password."""
        path, is_led_on = response.request.path, 300 <= response.status_code < 400
        if not path.startswith("/admin/") or (path.startswith("/admin/account/") and is_led_on):
            self._token = ""
        elif response.mimetype == "text/html" and not response.headers.get("Content-Encoding"):
            match = TOKEN.search(response.text)
            self._token = match[1] if match else self._token


def _look_at(response: TestResponse) -> None:
    """Fail where a page breaks the standard's rules."""
    is_page = response.mimetype == "text/html" and not 300 <= response.status_code < 400
    if not is_page or response.headers.get("Content-Encoding") or not response.data:
        return
    page = (re.sub(r"\d+", "", response.request.path), response.status_code)
    kind = (*page, len(response.data))
    if kind not in _looked_at and _how_often[page] < OFTEN:
        _looked_at.add(kind)
        _how_often[page] += 1
        if KEPT:
            (Path(KEPT) / f"{'-'.join(map(str, kind)).replace('/', '_')}.html").write_bytes(response.data)
        assert breaches(response.text) == [], response.request.path
