"""Passkeys between the page and the domain: which host they are for, the question in a form, and the answer that comes back."""

from __future__ import annotations

import ipaddress
import json
import secrets
from dataclasses import dataclass

from flask import current_app, request, session

from admin_app.domain.auth import passkeys, two_factor
from admin_app.domain.auth.passkeys import Site
from admin_app.errors import FactorError, InvalidRecord
from admin_app.extensions import db
from admin_app.models.passkey import LONGEST_NAME
from admin_app.models.staff import Staff
from admin_app.unicode_text import line
from admin_app.web.auth.second_factor import key
from admin_app.web.client_info import client_info, device_in_words

# The fields of the forms that `static/js/passkey.js` fills in.
ANSWER, QUESTION, NAME = "passkey", "passkey_question", "passkey_name"
LOCAL = "localhost"

# What a question is good for: an answer to the one is none to the other.
_MAKE, _PROVE = "make", "prove"
# Where the cookie says which browser a question was put to.
_BROWSER = "passkeys"

ELSEWHERE = "Passkeys aren't available here. Ask whoever runs the dashboard to turn on https."


@dataclass(frozen=True)
class Question:
    """What a form carries: what the browser is told, as JSON, and the same question sealed, to come back with the answer."""

    options: str
    sealed: str


def site() -> Site | None:
    """Return the host that passkeys are for, or None where they do not work.

    A host name that anybody may send is not believed: it has to be one that the settings name, port and all. On this
    machine itself no certificate and no setting is needed, for browsers neither.
    """
    host = request.host.lower()
    name = host.partition(":")[0]
    is_https = request.is_secure or current_app.config["HTTPS"]
    if name != LOCAL and not (is_https and _is_listed(host) and not _is_address(host)):
        return None
    return Site(host=name, origin=f"{'https' if is_https else 'http'}://{host}", name=current_app.config["SITE_NAME"])


def question_for_making(staff: Staff) -> Question | None:
    """Ask the browser to make a passkey for this person."""
    if (here := site()) is None:
        return None
    challenge = secrets.token_bytes(32)
    options = passkeys.making_options(db.session, staff, here, challenge, key=key())
    return Question(options, _sealed(_MAKE, staff, challenge))


def question_for_proving(staff: Staff) -> Question | None:
    """Ask the browser for one of the person's passkeys; None where none of them works."""
    if (here := site()) is None:
        return None
    challenge = secrets.token_bytes(32)
    options = passkeys.proving_options(db.session, staff, here, challenge)
    return Question(options, _sealed(_PROVE, staff, challenge)) if options is not None else None


def are_elsewhere(staff: Staff) -> list[str]:
    """Return the other hosts that the person has passkeys for, where there are none for this one."""
    here = site()
    hosts = {one.site for one in passkeys.all_of(db.session, staff)}
    return [] if here is not None and here.host in hosts else sorted(hosts)


def is_given() -> bool:
    """Whether the form carries a passkey's answer."""
    return bool(request.form.get(ANSWER))


def problem_with_proof(staff: Staff) -> str:
    """Judge the answer in the form, or say what is wrong; the caller counts the try before, and commits afterwards."""
    here, challenge = site(), _challenge(_PROVE, staff)
    if here is None:
        return ELSEWHERE
    if challenge is None:
        return passkeys.USED
    try:
        passkeys.prove(db.session, staff, here, challenge=challenge, answer=request.form[ANSWER])
    except FactorError as error:
        return str(error)
    return ""


def add(staff: Staff) -> list[str]:
    """Keep the passkey in the form (committed); return recovery codes with the first factor, or raise `InvalidRecord`."""
    here, challenge = site(), _challenge(_MAKE, staff)
    if here is None:
        raise InvalidRecord({ANSWER: ELSEWHERE})
    if not is_given():
        raise InvalidRecord({ANSWER: "Your browser sent no passkey. Press the button, which needs JavaScript."})
    if challenge is None:
        raise InvalidRecord({ANSWER: passkeys.USED})
    typed = line(request.form.get(NAME, ""))
    # The device has made it already: a name that does not fit is no reason to lose it.
    name = suggested_name() if passkeys.name_problem(typed) else typed
    answer = request.form[ANSWER]
    try:
        codes = passkeys.add(db.session, staff, here, challenge=challenge, answer=answer, name=name, key=key())
    except InvalidRecord:
        # The question is used up all the same.
        db.session.commit()
        raise
    db.session.commit()
    return codes


def suggested_name() -> str:
    """Name a passkey after the browser that makes it."""
    return device_in_words(client_info().user_agent)[:LONGEST_NAME]


def _is_listed(host: str) -> bool:
    """Whether the settings name this host; one with a leading dot stands for all below it."""
    listed = [one.lower() for one in current_app.config["TRUSTED_HOSTS"] or []]
    return any(host == one.lstrip(".") or (one.startswith(".") and host.endswith(one)) for one in listed)


def _is_address(host: str) -> bool:
    """Whether it is a number instead of a name, which browsers make no passkeys for."""
    try:
        ipaddress.ip_address(host.partition(":")[0])
    except ValueError:
        return False
    return True


def _sealed(purpose: str, staff: Staff, challenge: bytes) -> str:
    # Kept in the cookie as long as the session that it belongs to: an answer from another browser is none.
    browser = session.setdefault(_BROWSER, secrets.token_urlsafe(16))
    return two_factor.seal(json.dumps([purpose, staff.id, browser, challenge.hex()]), key=key())


def _challenge(purpose: str, staff: Staff) -> bytes | None:
    """Return the question that the form answers, if it was put to this person's browser for this purpose lately."""
    sealed = request.form.get(QUESTION, "")
    text = two_factor.unseal(sealed, key=key(), seconds=passkeys.CHALLENGE_SECONDS)
    read: object = json.loads(text) if text is not None else None
    # Other things are sealed with the same key.
    if not isinstance(read, list) or read[:-1] != [purpose, staff.id, session.get(_BROWSER)]:
        return None
    return bytes.fromhex(read[-1])
