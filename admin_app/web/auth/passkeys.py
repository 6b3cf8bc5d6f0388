"""Passkeys between page and domain: the host that they are for, the challenge in a form, and the browser's response."""

from __future__ import annotations

import ipaddress
import json
import secrets
from dataclasses import dataclass

from flask import current_app, request, session

from admin_app.db.transaction import commit_act
from admin_app.domain.auth import passkeys, two_factor
from admin_app.domain.auth.passkeys import Site
from admin_app.errors import FactorError, InvalidRecord
from admin_app.extensions import db
from admin_app.models.passkey import LONGEST_NAME
from admin_app.models.staff import Staff
from admin_app.unicode_text import line
from admin_app.web.auth.second_factor import key
from admin_app.web.client_info import client_info, device_in_words

# The form fields that `static/js/passkey.js` fills in.
ANSWER, QUESTION, NAME = "passkey", "passkey_question", "passkey_name"
LOCAL = "localhost"

# The purpose of a challenge: a response for one is not valid for the other.
_MAKE, _PROVE = "make", "prove"
# The cookie key that ties challenges to a browser.
_BROWSER = "passkeys"

ELSEWHERE = "Passkeys aren't available here. Ask whoever runs the dashboard to turn on https."


@dataclass(frozen=True)
class Question:
    """A form's challenge: the browser's options as JSON, and the sealed challenge to send back with the response."""

    options: str
    sealed: str


def site() -> Site | None:
    """Return the host that passkeys are for; None if they are not available.

    Anybody can send any host name, so it must be one of the settings, port included. On this machine neither a
    certificate nor a setting is needed, in line with browsers.
    """
    host = request.host.lower()
    name = host.partition(":")[0]
    is_https = request.is_secure or current_app.config["HTTPS"]
    if name != LOCAL and not (is_https and _is_listed(host) and not _is_address(host)):
        return None
    return Site(host=name, origin=f"{'https' if is_https else 'http'}://{host}", name=current_app.config["SITE_NAME"])


def question_for_making(staff: Staff) -> Question | None:
    """Return a challenge for creating a passkey for this person."""
    if (here := site()) is None:
        return None
    challenge = secrets.token_bytes(32)
    options = passkeys.making_options(db.session, staff, here, challenge, key=key())
    return Question(options, _sealed(_MAKE, staff, challenge))


def question_for_proving(staff: Staff) -> Question | None:
    """Return a challenge for one of the person's passkeys; None if none works here."""
    if (here := site()) is None:
        return None
    challenge = secrets.token_bytes(32)
    options = passkeys.proving_options(db.session, staff, here, challenge)
    return Question(options, _sealed(_PROVE, staff, challenge)) if options is not None else None


def are_elsewhere(staff: Staff) -> list[str]:
    """Return the other hosts that the person has passkeys for, if there are none for this one."""
    here = site()
    hosts = {one.site for one in passkeys.all_of(db.session, staff)}
    return [] if here is not None and here.host in hosts else sorted(hosts)


def is_given() -> bool:
    """Whether the form carries a passkey's response."""
    return bool(request.form.get(ANSWER))


def problem_with_proof(staff: Staff) -> str:
    """Verify the response in the form; return the problem, if any. The caller counts the attempt before, and commits afterwards."""
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
    """Store the form's passkey (not committed); return recovery codes if it is the first factor, or raise `InvalidRecord` (committed)."""
    here, challenge = site(), _challenge(_MAKE, staff)
    if here is None:
        raise InvalidRecord({ANSWER: ELSEWHERE})
    if not is_given():
        raise InvalidRecord({ANSWER: "Your browser sent no passkey. Press the button, which needs JavaScript."})
    if challenge is None:
        raise InvalidRecord({ANSWER: passkeys.USED})
    typed = line(request.form.get(NAME, ""))
    # The device has created it already: an unsuitable name is no reason to lose it.
    name = suggested_name() if passkeys.name_problem(typed) else typed
    answer = request.form[ANSWER]
    try:
        codes = passkeys.add(db.session, staff, here, challenge=challenge, answer=answer, name=name, key=key())
    except InvalidRecord:
        # The challenge is used up all the same.
        commit_act(db.session)
        raise
    return codes


def suggested_name() -> str:
    """Suggest the browser's name for a passkey."""
    return device_in_words(client_info().user_agent)[:LONGEST_NAME]


def _is_listed(host: str) -> bool:
    """Whether the settings contain this host. A name with a leading dot includes all subdomains."""
    listed = [one.lower() for one in current_app.config["TRUSTED_HOSTS"] or []]
    return any(host == one.lstrip(".") or (one.startswith(".") and host.endswith(one)) for one in listed)


def _is_address(host: str) -> bool:
    """Whether it is an IP address; browsers create no passkeys for those."""
    try:
        ipaddress.ip_address(host.partition(":")[0])
    except ValueError:
        return False
    return True


def _sealed(purpose: str, staff: Staff, challenge: bytes) -> str:
    # The cookie keeps it as long as its session: a response from another browser is refused.
    browser = session.setdefault(_BROWSER, secrets.token_urlsafe(16))
    return two_factor.seal(json.dumps([purpose, staff.id, browser, challenge.hex()]), key=key())


def _challenge(purpose: str, staff: Staff) -> bytes | None:
    """Return the challenge that the form answers, if it was recently given to this person's browser for this purpose."""
    sealed = request.form.get(QUESTION, "")
    text = two_factor.unseal(sealed, key=key(), seconds=passkeys.CHALLENGE_SECONDS)
    read: object = json.loads(text) if text is not None else None
    # Other things are sealed with the same key.
    if not isinstance(read, list) or read[:-1] != [purpose, staff.id, session.get(_BROWSER)]:
        return None
    return bytes.fromhex(read[-1])
