"""Passkeys as the pages' script sends them, and what the store holds of signing in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
from flask import Flask
from sqlalchemy import func, select, update

from admin_app.domain.auth import two_factor
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet, Kind
from admin_app.models.staff import Staff, StaffSession
from tests.authenticator import Authenticator
from tests.page import Page

ACCOUNT, NEW, OWN = "/admin/account/", "/admin/account/passkeys/", "/admin/account/two-factor/"
CODE, ENROL, CONFIRM = "/sign-in/code", "/sign-in/enrol", "/admin/account/confirm/"


def form_of(page: Page, answer: Callable[[str], str], **typed: str) -> dict[str, str]:
    """Return what the page's script sends once a device has answered."""
    (button,) = page.all("button", data_passkey="create") + page.all("button", data_passkey="get")
    (form,) = [one for one in page.all("form", within="main") if button in list(one)]
    hidden = {one.attributes["name"]: one.attributes["value"] for one in form.all("input", type="hidden")}
    return {**hidden, "passkey": answer(button.attributes["data-options"]), **typed}


def add(client: Any, device: Authenticator, name: str = "Blue key", url: str = NEW) -> Any:
    return client.post(url, data=form_of(Page(client.get(url)), device.make, passkey_name=name))


def prove(client: Any, device: Authenticator, url: str = CODE, **typed: str) -> Any:
    return client.post(url, data=form_of(Page(client.get(url)), device.prove, **typed))


def sessions(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(StaffSession)) or 0


def let_proof_age(app: Flask) -> None:
    with app.app_context():
        db.session.execute(update(StaffSession).values(proved_at=datetime.now(UTC) - timedelta(minutes=16)))
        db.session.commit()


def told(app: Flask, number: int) -> list[str]:
    """Return the last acts that the history holds, the newest first."""
    with app.app_context():
        acts = select(ChangeSet.summary).where(ChangeSet.kind == Kind.ACCESS).order_by(ChangeSet.id.desc())
        return list(db.session.scalars(acts.limit(number)))


def enrol_app(app: Flask, staff: Staff) -> None:
    """Enrol an app without a look at its square."""
    with app.app_context():
        person = db.session.get_one(Staff, staff.id)
        secret = two_factor.offered_secret(person, two_factor.offer(person, key="x"), key="x") or ""
        code = pyotp.TOTP(secret).now()
        two_factor.enrol(db.session, person, secret, code, key=str(app.secret_key))
        db.session.commit()
