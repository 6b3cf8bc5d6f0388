"""Passkeys made and used below the pages, by a device that signs for real."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from sqlalchemy import select

from admin_app.context import writing
from admin_app.domain.auth import passkeys
from admin_app.domain.auth.passkeys import Site
from admin_app.errors import FactorError
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.passkey import Passkey
from admin_app.models.staff import Staff
from tests.authenticator import Authenticator

KEY = "a key of the dashboard that is long enough"
SITE = Site(host="localhost", origin="http://localhost", name="Admin")
CHALLENGE, NEXT = b"a question to be answered once..", b"another question, also only once"


def add(staff: Staff, device: Authenticator, name: str = "Key", *, challenge: bytes = CHALLENGE) -> list[str]:
    options = passkeys.making_options(db.session, staff, SITE, challenge, key=KEY)
    answer = device.make(options)
    codes = passkeys.add(db.session, staff, SITE, challenge=challenge, answer=answer, name=name, key=KEY)
    db.session.commit()
    return codes


def answered(staff: Staff, device: Authenticator, challenge: bytes = NEXT, **changes: Any) -> str:
    options = passkeys.proving_options(db.session, staff, SITE, challenge)
    return device.prove(options or "", **changes)


def problem(staff: Staff, answer: str, challenge: bytes = NEXT, site: Site = SITE) -> str:
    """Prove by an answer; return what is said against it."""
    try:
        passkeys.prove(db.session, staff, site, challenge=challenge, answer=answer)
    except FactorError as error:
        return str(error)
    finally:
        db.session.commit()
    return ""


def only(staff: Staff) -> Passkey:
    (passkey,) = passkeys.all_of(db.session, staff)
    return passkey


def last_act() -> ChangeSet:
    return db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc()).limit(1)).one()


def in_parallel(app: Flask, acts: list[Callable[[Staff], str]], staff: Staff) -> list[str]:
    """Do several things for one person at the same moment; return what is said against each."""
    key = staff.id
    db.session.rollback()

    def act(one: Callable[[Staff], str]) -> str:
        with app.app_context(), writing():
            try:
                said = one(db.session.get_one(Staff, key))
            except FactorError as error:
                db.session.rollback()
                return str(error)
            db.session.commit()
            return said

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(act, acts))
