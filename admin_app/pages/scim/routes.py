"""The routes of SCIM. A request needs the directory's token; nobody is signed in here."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, current_app, request
from sqlalchemy.exc import IntegrityError

from admin_app.context import acting
from admin_app.db.transaction import transaction
from admin_app.domain.auth import directory, throttle
from admin_app.domain.auth.company_sign_in import BY_GROUPS
from admin_app.domain.auth.directory import Rules
from admin_app.domain.auth.security_events import record_security_event
from admin_app.domain.auth.sign_in import network_of
from admin_app.domain.auth.throttle import Limit
from admin_app.errors import (
    AdminError,
    AlreadyThere,
    BeyondDirectory,
    InvalidRecord,
    LastOwnerError,
    NotFoundError,
    SelectionError,
)
from admin_app.extensions import csrf, db
from admin_app.models.change_set import Kind
from admin_app.models.staff import Staff
from admin_app.pages.scim import about, answers, parsing
from admin_app.pages.scim.answers import answer, problem
from admin_app.pages.scim.patch import patched
from admin_app.web.client_info import client_info
from admin_app.web.modes import AGAIN, present_mode
from admin_app.web.request_context import request_context
from admin_app.web.request_id import request_id
from admin_app.web.security import SAFE_METHODS

blueprint = Blueprint("scim", __name__, url_prefix="/scim/v2")
# Requests carry a token, and no cookie that another site could use.
csrf.exempt(blueprint)

ACTOR = "SCIM"
# How many wrong tokens one network may send without a delay.
FREE = 10
# Status and scimType of each error (RFC 7644, 3.12).
_SAID = {
    NotFoundError: (HTTPStatus.NOT_FOUND, ""),
    SelectionError: (HTTPStatus.BAD_REQUEST, "invalidFilter"),
    BeyondDirectory: (HTTPStatus.FORBIDDEN, ""),
    LastOwnerError: (HTTPStatus.CONFLICT, ""),
    AlreadyThere: (HTTPStatus.CONFLICT, "uniqueness"),
    InvalidRecord: (HTTPStatus.BAD_REQUEST, "invalidValue"),
}


@blueprint.before_request
def _let_in() -> Response | None:
    """Check the token, and act as the directory from here on."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if request.method == "OPTIONS":
        return None
    if scheme.lower() != "bearer" or not directory.is_token(db.session, token.strip()):
        return _refusal(has_token=bool(token))
    if (held := request_context().until_end) is not None:
        held.enter_context(acting(lambda: (None, ACTOR), kind=Kind.COMMAND, request_id=request_id()))
    return _later()


def _later() -> Response | None:
    """Put changes off during maintenance: the directory sends them again. Whoever leaves loses access at once, though."""
    mode = present_mode()
    if request.method in SAFE_METHODS or not mode.is_maintained or _switches_off():
        return None
    refused = problem(HTTPStatus.SERVICE_UNAVAILABLE, "The dashboard is in maintenance. Send this again later.")
    refused.headers["Retry-After"] = str(AGAIN)
    return refused


def _switches_off() -> bool:
    """Whether the request removes an account or makes it inactive."""
    if request.endpoint != "scim.user" or request.method == "DELETE":
        return request.endpoint == "scim.user"
    return str(_wanted({}).get("active")).lower() == "false"


def _refusal(*, has_token: bool) -> Response:
    wait = 0
    if has_token and request.method != "GET":
        with transaction(db.session):
            limit = Limit("address", f"scim {network_of(client_info().address)}", FREE)
            wait = throttle.count_try(db.session, [limit])
    if wait:
        refused = problem(HTTPStatus.TOO_MANY_REQUESTS, "Too many wrong tokens came from this network.")
        refused.headers["Retry-After"] = str(wait)
        return refused
    refused = problem(HTTPStatus.UNAUTHORIZED, "Show the token that manage.py scim token printed.")
    refused.headers["WWW-Authenticate"] = "Bearer"
    return refused


@blueprint.errorhandler(AdminError)
def _told(error: AdminError) -> Response:
    db.session.rollback()
    if isinstance(error, BeyondDirectory):
        _note(error)
    found = (said for kind, said in _SAID.items() if isinstance(error, kind))
    status, scim_type = next(found, (HTTPStatus.BAD_REQUEST, "invalidSyntax"))
    return problem(status, str(error), scim_type)


def _note(refused: BeyondDirectory) -> None:
    """Record in the history what the token was used for."""
    with transaction(db.session):
        staff = db.session.get_one(Staff, refused.staff_id)
        record_security_event(db.session, staff, f"Was not allowed to {refused.attempt}")


@blueprint.errorhandler(IntegrityError)
def _clash(_error: IntegrityError) -> Response:
    db.session.rollback()
    return problem(HTTPStatus.CONFLICT, "Another user or group is already called this.", "uniqueness")


# ---- people


@blueprint.route("/Users", methods=["GET", "POST"])
def users() -> Response:
    """List accounts, or create one."""
    if request.method == "POST":
        with transaction(db.session):
            staff = directory.add_person(db.session, parsing.person(parsing.body()), _rules())
        return answer(answers.user(db.session, staff), HTTPStatus.CREATED)
    start, count = parsing.bounds()
    total, found = directory.people(db.session, parsing.people_wanted(), start=start, count=count)
    return answers.page(total, start, [answers.user(db.session, one) for one in found])


@blueprint.route("/Users/<int:key>", methods=["GET", "PUT", "PATCH", "DELETE"])
def user(key: int) -> Response:
    """Return an account, change it, or switch it off for good. A person who is switched off is signed out at once."""
    staff = directory.person_of_key(db.session, key)
    if request.method == "DELETE":
        with transaction(db.session):
            directory.drop_person(db.session, staff, _rules())
        return Response(status=HTTPStatus.NO_CONTENT)
    if request.method != "GET":
        with transaction(db.session):
            values = parsing.person(_person_wanted(answers.whole_user(db.session, staff)))
            directory.change_person(db.session, staff, values, _rules())
    return answer(answers.user(db.session, staff))


def _person_wanted(present: dict[str, object]) -> dict[str, object]:
    """Return the account as it should become; of what comes with a leaver, maintenance puts off all but the leaving."""
    wanted = _wanted(present)
    return {**present, "active": wanted.get("active")} if present_mode().is_maintained else wanted


# ---- groups


@blueprint.route("/Groups", methods=["GET", "POST"])
def groups() -> Response:
    """List groups, or create one."""
    if request.method == "POST":
        with transaction(db.session):
            made = directory.add_group(db.session, parsing.group(parsing.body()), _rules())
        return answer(answers.group(db.session, made), HTTPStatus.CREATED)
    start, count = parsing.bounds()
    total, found = directory.groups(db.session, parsing.groups_wanted(), start=start, count=count)
    return answers.page(total, start, [answers.group(db.session, one) for one in found])


@blueprint.route("/Groups/<int:key>", methods=["GET", "PUT", "PATCH", "DELETE"])
def group(key: int) -> Response:
    """Return a group with its members, change it, or delete it. Members' roles change at once."""
    found = directory.group_of_key(db.session, key)
    if request.method == "DELETE":
        with transaction(db.session):
            directory.drop_group(db.session, found, _rules())
        return Response(status=HTTPStatus.NO_CONTENT)
    if request.method != "GET":
        with transaction(db.session):
            values = parsing.group(_wanted(answers.whole_group(db.session, found)))
            directory.change_group(db.session, found, values, _rules())
    return answer(answers.group(db.session, found))


# ---- the service itself


@blueprint.get("/<path:rest>")
def described(rest: str) -> Response:
    """Describe the service: everything, or one resource type or schema."""
    found = about.ABOUT.get(rest) or about.one_of(rest)
    return answer(found) if found is not None else problem(HTTPStatus.NOT_FOUND, f"There is no {rest}.")


def _wanted(present: dict[str, object]) -> dict[str, object]:
    """Return the resource as it should become: the body of a PUT, or the present one with the operations of a PATCH."""
    sent = parsing.body()
    return sent if request.method == "PUT" else patched(present, sent.get("Operations"))


def _rules() -> Rules:
    accounts = current_app.config["COMPANY_ACCOUNTS"]
    return Rules("" if accounts == BY_GROUPS else accounts, current_app.config["GROUPS"])
