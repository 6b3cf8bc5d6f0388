"""The tests' browser without JavaScript."""

from __future__ import annotations

import re
from typing import Any

from flask import has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class Client(FlaskClient):
    """A browser without JavaScript: keeps cookies, and sends forms with the token that their page carries."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Refuse to share `g` and the database session with the test: no request does in real life."""
        assert not has_app_context(), (
            "Leave the application context before a request (the `context` fixture is for none)."
        )
        # Take the whole answer, as a browser does: what is written after it is written then.
        return super().open(*args, buffered=kwargs.pop("buffered", True), **kwargs)

    def post_form(
        self, url: str, data: dict[str, Any] | None = None, *, page: str | None = None, **kwargs: Any
    ) -> TestResponse:
        """Post `data` with the token of `page`, which is `url` itself when not given."""
        return self.post(url, data={"csrf_token": self.token_of(page or url), **(data or {})}, **kwargs)

    def token_of(self, page: str) -> str:
        """Return the token in the page's first form that has one."""
        response = self.get(page)
        for field in re.findall(r"<input\b[^>]*\bname=[\"']?csrf_token\b[^>]*>", response.text):
            if match := re.search(r"\bvalue=[\"']?([^\"'\s>]+)", field):
                return match[1]
        message = f"No csrf_token in {page}, which answered {response.status}."
        raise AssertionError(message)
