"""The headers every response carries, which transactions take the write lock, and in whose name they write."""

from __future__ import annotations

import re
from http import HTTPStatus

from flask import Flask, Response, current_app, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from admin_app.context import Actor, acting, autocommit, time_limit, writing
from admin_app.domain.auth.accounts import actor_of
from admin_app.models.change_set import Kind
from admin_app.web.auth.login import acting_principal
from admin_app.web.errors import sent_from_elsewhere
from admin_app.web.prefix import Prefix
from admin_app.web.request_context import begin_request, end_request
from admin_app.web.request_id import request_id

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

# Nothing inline, nothing from elsewhere: text that became markup could still run nothing. `data:` images are the
# arrows and ticks with which Pico draws form controls.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

# Features that a dashboard does not use, and those for its own pages only: passkeys. Copying a link needs no
# permission.
_UNUSED = (
    "accelerometer autoplay browsing-topics camera display-capture encrypted-media fullscreen geolocation "
    "gyroscope hid idle-detection local-fonts magnetometer microphone midi payment picture-in-picture screen-wake-lock "
    "serial sync-xhr usb xr-spatial-tracking"
)
_OURS = "publickey-credentials-create publickey-credentials-get"

# For requests of other programs, which carry a token or a signature and no cookie that another site's page could use.
BY_TOKEN = frozenset({"scim", "company_channel"})

# OWASP's Secure Headers Project, without the headers for outdated browsers.
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Permitted-Cross-Domain-Policies": "none",
    "X-DNS-Prefetch-Control": "off",
    "Permissions-Policy": ", ".join(
        [*(f"{one}=()" for one in _UNUSED.split()), *(f"{one}=(self)" for one in _OURS.split())]
    ),
}

ONE_YEAR = 365 * 24 * 60 * 60


def init_app(app: Flask) -> None:
    """Wrap the application."""
    app.wsgi_app = Prefix(app.wsgi_app)  # type: ignore[method-assign]  # Flask documents it
    if app.config["PROXIES"]:
        count = app.config["PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count, x_prefix=count)  # type: ignore[method-assign]  # Flask documents it
    app.before_request(_begin)
    app.before_request(_problem_with_origin)
    app.teardown_request(_end)
    app.after_request(_add_headers)


def _begin() -> None:
    """Take the write lock for what may write, and limit the time of what only reads. A streaming download outlives this."""
    act = begin_request()
    is_reading = request.method in SAFE_METHODS
    if is_reading:
        act.enter_context(time_limit(current_app.config["TIME_LIMIT"]))
    act.enter_context(autocommit() if is_reading else writing())
    act.enter_context(acting(current_actor, kind=Kind.FORM, request_id=request_id()))


def _problem_with_origin() -> tuple[str, int] | None:
    """Over https, refuse requests that no page of ours sent, with a token or not. `Origin` or `Referer` shows it; some browsers hold one of them back."""
    if request.method in SAFE_METHODS or not request.is_secure or request.blueprint in BY_TOKEN:
        return None
    said = request.headers.get("Origin", "")
    origin = _origin(said if said not in {"", "null"} else request.referrer or "")
    here = f"https://{request.host}"
    if origin.lower() == here.lower():
        return None
    # What was typed is shown without a button to send it from our page.
    g.csrf_valid = False
    return sent_from_elsewhere(origin, here)


def _origin(address: str) -> str:
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{re.split('[/?#]', rest)[0]}" if rest else ""


def current_actor() -> Actor:
    """Return the signed-in person, for the history of what they change."""
    person = acting_principal()
    return actor_of(person) if person is not None else (None, "Set-up")


def _end(_error: BaseException | None) -> None:
    end_request()


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        # A view's own policy is stricter: a preview runs and loads nothing at all.
        response.headers.setdefault(name, value)
    if request.endpoint != "static" or response.status_code >= HTTPStatus.BAD_REQUEST:
        # A signed-in person's pages stay out of shared computers' caches, and out of the back button after sign-out.
        response.headers.setdefault("Cache-Control", "no-store, private")
    if request.is_secure or current_app.config["HTTPS"]:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={ONE_YEAR}")
    return response
