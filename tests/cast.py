"""The cast, Olivia, Edgar, Vera and nobody, and clients signed in as them; a plugin of conftest.py."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask, has_app_context
from sqlalchemy import insert

from admin_app.db.string_set import StringSet
from admin_app.domain.auth import passwords
from admin_app.extensions import db
from admin_app.models.role import EDITOR, OWNER, VIEWER, Role
from admin_app.models.staff import Staff, StaffSession
from tests.client import Client

PASSWORD = "correct horse battery staple"

# Argon2 takes a fifth of a second of a processor on purpose; a test that is not about that need not wait for it.
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
FULL = passwords._hasher


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Hash passwords quickly, everywhere but in processes of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", QUICK)
        patch.setattr(passwords, "_NOBODYS_HASH", passwords.hash_of_nothing(QUICK))
        yield


@pytest.fixture
def full_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords as the dashboard does."""
    monkeypatch.setattr(passwords, "_hasher", FULL)


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Hash the cast's password once."""
    return QUICK.hash(PASSWORD)


@pytest.fixture
def password() -> str:
    """Return what every member of the cast signs in with."""
    return PASSWORD


@pytest.fixture
def make_staff(keep: Callable[[Any], Any], password_hash: str) -> Callable[..., Staff]:
    """Make members of staff; viewers unless told."""

    def make(name: str, *keys: str, **values: Any) -> Staff:
        email = f"{name.lower()}@example.com"
        return keep(
            Staff(
                **{
                    "name": name,
                    "email": email,
                    "roles": StringSet(keys or [VIEWER]),
                    "password_hash": password_hash,
                    **values,
                }
            )
        )

    return make


@pytest.fixture
def owner(make_staff: Callable[..., Staff]) -> Staff:
    """Olivia may do everything."""
    return make_staff("Olivia", OWNER)


@pytest.fixture
def editor(make_staff: Callable[..., Staff]) -> Staff:
    """Edgar may change users and posts, and no staff."""
    return make_staff("Edgar", EDITOR)


@pytest.fixture
def viewer(make_staff: Callable[..., Staff]) -> Staff:
    """Vera may look."""
    return make_staff("Vera", VIEWER)


@pytest.fixture
def signed_in(app: Flask) -> Callable[[Staff], dict[str, Any]]:
    """Begin a session for somebody, and return what their cookie holds."""

    def begin(staff: Staff) -> dict[str, Any]:
        token = secrets.token_urlsafe(32)
        digest, ends = hashlib.sha256(token.encode()).hexdigest(), datetime.now(UTC) + timedelta(hours=1)
        with nullcontext() if has_app_context() else app.app_context():
            # By a statement: of thousands of tests each begins one, and nobody looks at the object.
            values = {"token_hash": digest, "staff_id": staff.id, "expires_at": ends}
            db.session.execute(insert(StaffSession.__table__), values)
            db.session.commit()
        return {"_user_id": token, "_fresh": True}

    return begin


@pytest.fixture
def client_of(app: Flask, signed_in: Callable[[Staff], dict[str, Any]]) -> Callable[[Staff], Client]:
    """Return a client signed in as somebody."""

    def make(staff: Staff) -> Client:
        client = app.test_client()
        assert isinstance(client, Client)
        serializer: Any = app.session_interface.get_signing_serializer(app)
        client.set_cookie(app.config["SESSION_COOKIE_NAME"], serializer.dumps(signed_in(staff)))
        return client

    return make


@pytest.fixture
def as_owner(client_of: Callable[[Staff], Client], owner: Staff) -> Client:
    """Return Olivia's client."""
    return client_of(owner)


@pytest.fixture
def as_editor(client_of: Callable[[Staff], Client], editor: Staff) -> Client:
    """Return Edgar's client."""
    return client_of(editor)


@pytest.fixture
def as_viewer(client_of: Callable[[Staff], Client], viewer: Staff) -> Client:
    """Return Vera's client."""
    return client_of(viewer)


@pytest.fixture
def client_with(
    keep: Callable[[Any], Any], make_staff: Callable[..., Staff], client_of: Callable[[Staff], Client]
) -> Callable[..., Client]:
    """Return the client of Liam, who has one role of these rights: `client_with("post:*", rows=["post:own"], fields=["post.user:hidden"])`."""

    def make(*permissions: str, rows: Iterable[str] = (), fields: Iterable[str] = (), name: str = "Liam") -> Client:
        given = {"permissions": StringSet(permissions), "rows": StringSet(rows), "fields": StringSet(fields)}
        keep(Role(key=name.lower(), name=name, **given))
        return client_of(make_staff(name, name.lower()))

    return make


@pytest.fixture
def as_nobody(app: Flask) -> Client:
    """Return the client of somebody who has not signed in."""
    client = app.test_client()
    assert isinstance(client, Client)
    return client
