"""Measure every request, for the log and for metrics, by its route, which contains nobody's data."""

from __future__ import annotations

import time
from dataclasses import dataclass

from flask import Flask, Response, request

from admin_app import logs, metrics
from admin_app.db import statement_times
from admin_app.db.statement_times import Sent
from admin_app.web.request_context import Measured, request_context
from admin_app.web.request_id import HEADER, request_id

# The label for unknown methods: strangers can send any word, and each would be a metric of its own for ever.
METHODS, OTHER = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}), "other"


@dataclass(frozen=True)
class Line:
    """The data of an answered request."""

    method: str
    route: str
    status: int
    request_id: str
    person: int | None
    sent: Sent
    begun: float

    def tell(self) -> None:
        """Log and count it, after the response was sent completely."""
        seconds = time.perf_counter() - self.begun
        metrics.count_request(
            route=self.route,
            method=self.method,
            status=self.status,
            seconds=seconds,
            database=self.sent.seconds,
            statements=self.sent.number,
        )
        logs.write(
            logs.REQUESTS,
            "request",
            id=self.request_id,
            person=self.person,
            method=self.method,
            route=self.route,
            status=self.status,
            ms=round(seconds * 1000, 1),
            database_ms=round(self.sent.seconds * 1000, 1),
            statements=self.sent.number,
        )


def init_app(app: Flask) -> None:
    """Begin first and end last: Flask calls after_request functions in reverse order."""
    app.before_request(_begin)
    app.after_request(_tell)
    app.teardown_request(_end)


def _begin() -> None:
    sent, token = statement_times.begin()
    request_context().measured = Measured(time.perf_counter(), sent, token)


def _tell(response: Response) -> Response:
    response.headers[HEADER] = request_id()
    measured = request_context().measured
    if measured is not None and (logs.is_wanted(logs.REQUESTS) or metrics.are_wanted()):
        response.call_on_close(_line(measured, response.status_code).tell)
    return response


def _line(measured: Measured, status: int) -> Line:
    # An unknown address has a path that someone typed.
    route = request.url_rule.rule if request.url_rule is not None else "-"
    method = request.method if request.method in METHODS else OTHER
    person = request_context().person_id
    return Line(method, route, status, request_id(), person, measured.sent, measured.begun)


def _end(_error: BaseException | None) -> None:
    context = request_context()
    if context.measured is not None:
        statement_times.end(context.measured.token)
        context.measured = None
