"""What tests of signing in may ask for: all the way and half of it, a clock that stands still, a second factor, an old proof."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask

from admin_app.domain.auth import throttle, two_factor
from admin_app.extensions import db
from admin_app.models.staff import Staff
from tests.authenticator import Authenticator
from tests.pages.codes import SECRET
from tests.pages.passkeys import add
from tests.pages.reauthenticating import let_proof_age


@pytest.fixture(params=["sqlite"])
def store(request: pytest.FixtureRequest) -> str:
    """Run on one store: a page says the same on both. For both: @both_stores, of tests/stores.py."""
    return str(request.param)


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


@pytest.fixture
def sign_in(as_nobody: Any, password: str) -> Callable[..., Any]:
    """Send the sign-in form as Olivia, unless told otherwise."""

    def send(url: str = "/sign-in", client: Any = as_nobody, **values: str) -> Any:
        return client.post_form(url, {"email": "olivia@example.com", "password": password, **values})

    return send


@pytest.fixture
def no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock of the delays: the first is a second, and hashing takes its time."""
    now = throttle.utc_now()
    monkeypatch.setattr(throttle, "utc_now", lambda: now)


@pytest.fixture
def stale(app: Flask, as_owner: Any) -> Any:
    """Return Olivia's client, 16 minutes after she proved who she is."""
    let_proof_age(app, minutes=16)
    return as_owner


@pytest.fixture
def enrolled(app: Flask, owner: Staff) -> list[str]:
    """Enrol Olivia's app a while ago; return her recovery codes."""
    with app.app_context():
        person = db.session.get_one(Staff, owner.id)
        code = pyotp.TOTP(SECRET).at(datetime.now(UTC) - timedelta(seconds=30))
        codes = two_factor.enrol(db.session, person, SECRET, code, key=str(app.secret_key))
        db.session.commit()
        return codes
