"""Sign in a person whom the company's provider or proxy identifies, by the configured rules."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app
from flask.typing import ResponseReturnValue

from admin_app.context import writing
from admin_app.db.transaction import transaction
from admin_app.domain.auth import failed_sign_ins, sessions
from admin_app.domain.auth.company_sign_in import CompanyPerson, CompanyRules, staff_named, staff_of
from admin_app.domain.auth.two_factor import seal
from admin_app.errors import CompanySignInError
from admin_app.extensions import db
from admin_app.models.staff import Staff
from admin_app.web.auth import login, second_factor
from admin_app.web.auth.second_factor import HalfWay


def rules() -> CompanyRules:
    """Return the configured rules."""
    config = current_app.config
    return CompanyRules(config["OIDC_NAME"], config["COMPANY_ACCOUNTS"], config["GROUPS"])


def sign_in(person: CompanyPerson, onward: str, id_token: str = "") -> ResponseReturnValue:
    """Sign a person in, and lead on (committed); raise `CompanySignInError` if they may not come in."""
    with _noting_failure(person.email):
        return _go_on(_account_of(person), onward, rules().name, id_token)


def sign_in_by_proxy(email: str, onward: str) -> ResponseReturnValue:
    """Sign in the person that a trusted proxy names, and lead on (committed); raise `CompanySignInError` if they may not come in."""
    with _noting_failure(email):
        return _go_on(staff_named(db.session, email), onward, "the proxy")


@contextmanager
def _noting_failure(email: str) -> Iterator[None]:
    """Open a writing transaction, although the request is a GET, and record who was refused."""
    db.session.rollback()
    with writing():
        try:
            yield
        except CompanySignInError:
            db.session.rollback()
            with transaction(db.session):
                failed_sign_ins.record(db.session, email, resource=Staff.__tablename__)
            raise


def _account_of(person: CompanyPerson) -> Staff:
    with transaction(db.session):
        staff = staff_of(db.session, person, rules())
    if not staff.roles:
        # Their roles are already gone, so their open sessions must end too.
        message = f"{rules().name} gives {staff.email} no role here. Ask an owner of this dashboard."
        raise CompanySignInError(message)
    return staff


def _go_on(staff: Staff, onward: str, by: str, id_token: str = "") -> ResponseReturnValue:
    if current_app.config["COMPANY_TWO_FACTOR"]:
        return second_factor.after_password(staff, onward)
    answer = second_factor.finish(HalfWay(staff, onward, "", f"Signed in with {by}"))
    present = login.current_session()
    if present is not None and id_token:
        with transaction(db.session):
            sessions.note_id_token(db.session, present.token, seal(id_token, key=second_factor.key()))
    return answer
