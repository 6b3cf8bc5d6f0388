"""What tests of signing in may ask for: a device, a passkey on it, a clock that stands, passwords judged without hashing."""

from __future__ import annotations

import pytest

from admin_app.domain.auth import sign_in, throttle
from admin_app.models.passkey import Passkey
from admin_app.models.staff import Staff
from tests.authenticator import Authenticator
from tests.domain.auth.passkeys import add, only
from tests.domain.auth.signing_in import Clock


@pytest.fixture
def device() -> Authenticator:
    return Authenticator()


@pytest.fixture
def enrolled(owner: Staff, device: Authenticator) -> Passkey:
    """Return Olivia's passkey, on `device`."""
    add(owner, device)
    return only(owner)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Set the clock of the delays to noon."""
    clock = Clock()
    monkeypatch.setattr(throttle, "utc_now", clock)
    return clock


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judge passwords without hashing: what counts here is counting."""
    monkeypatch.setattr(sign_in, "is_right_for", lambda _hash, typed: typed == "right")
    monkeypatch.setattr(sign_in, "renew_hash", lambda _staff, _typed: None)
