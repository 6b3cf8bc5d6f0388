"""What tests of signing in may ask for: half the way, a role that needs more than a password, a device with a passkey."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.authenticator import Authenticator
from tests.pages.passkeys import add


@pytest.fixture
def required(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask owners for a second factor."""
    monkeypatch.setitem(app.config, "TWO_FACTOR", frozenset({"owner"}))


@pytest.fixture
def half_way(as_nobody: Any, password: str) -> Callable[..., Any]:
    """Send somebody's right password, Olivia's unless told."""

    def send(client: Any = as_nobody, email: str = "olivia@example.com", **values: str) -> Any:
        return client.post_form("/sign-in", {"email": email, "password": password, **values})

    return send


@pytest.fixture
def device(as_owner: Any) -> Authenticator:
    """Return the device that holds Olivia's only passkey."""
    device = Authenticator()
    assert add(as_owner, device).status_code == 200
    return device
