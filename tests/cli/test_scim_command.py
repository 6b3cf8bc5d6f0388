"""`manage.py scim`: one token at a time, printed once."""

from __future__ import annotations

from typing import Any

from flask import Flask

from admin_app.domain.auth import directory
from admin_app.extensions import db


def opens(app: Flask, token: str) -> bool:
    with app.app_context():
        return directory.is_token(db.session, token)


def test_a_token_is_printed_once_and_a_new_one_takes_its_place(manage: Any, app: Flask) -> None:
    first, second = (manage("scim", "token").stdout.strip() for _ in range(2))

    assert (opens(app, first), opens(app, second)) == (False, True)


def test_a_revoked_token_opens_nothing(manage: Any, app: Flask) -> None:
    token = manage("scim", "token").stdout.strip()

    done = manage("scim", "revoke")

    assert done.stdout == "No token opens the accounts to a directory any more.\n"
    assert not opens(app, token)
