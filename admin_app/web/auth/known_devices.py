"""A long-lived cookie that recognises a browser which signed in before. It grants no access, and exempts from the delays that others cause."""

from __future__ import annotations

import secrets

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from admin_app.domain.auth.sign_in import Device
from admin_app.models.staff import Staff
from admin_app.web.cookies import cookie_name, cookie_path

_DEVICE = "device"
ONE_YEAR = 365 * 24 * 60 * 60
# Colleagues may share a computer.
MOST_PEOPLE = 5


def known_device() -> Device | None:
    """Return the id of this device if someone has signed in with it before."""
    try:
        number, *people = _serializer().loads(request.cookies.get(cookie_name(_DEVICE)) or _older())
    except (BadSignature, ValueError, TypeError):
        return None
    return Device(str(number), tuple(int(one) for one in people))


def remember_device(staff: Staff) -> None:
    """Remember this browser for this person."""
    known = known_device()
    people = [one for one in (known.staff_ids if known else ()) if one != staff.id]
    value = _serializer().dumps([known.number if known else secrets.token_hex(8), *people[1 - MOST_PEOPLE :], staff.id])

    @after_this_request
    def _set(response: Response) -> Response:
        is_secure = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie(
            cookie_name(_DEVICE),
            value,
            max_age=ONE_YEAR,
            path=cookie_path(),
            secure=is_secure,
            httponly=True,
            samesite="Lax",
        )
        return response


def _older() -> str:
    """Return the cookie under the name that all dashboards once shared, so that known browsers stay known."""
    return request.cookies.get("__Host-device" if current_app.config["SESSION_COOKIE_SECURE"] else "device", "")


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="device")
