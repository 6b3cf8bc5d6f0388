"""The id of a request in the log, the history, the response's header and on error pages."""

from __future__ import annotations

import re
import secrets

from flask import current_app, request

from admin_app.web.request_context import request_context

HEADER = "X-Request-ID"
# Proxies send hexadecimal digits or a UUID. Nothing else gets into a header or a log; the history stores 36
# characters.
_SENT = re.compile(r"[A-Za-z0-9_-]{8,36}")


def request_id() -> str:
    """Return the request's id: that of a trusted proxy if it sent one, otherwise our own."""
    context = request_context()
    context.request_id = context.request_id or _sent() or secrets.token_hex(8)
    return context.request_id


def _sent() -> str:
    sent = request.headers.get(HEADER, "") if current_app.config["PROXIES"] else ""
    return sent if _SENT.fullmatch(sent) else ""
