"""The log on standard error: warnings and errors always; with `ADMIN_LOG` also one line per request and per change set.

A line contains named facts, and no value that a person typed: no query string, no field's content.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

from typing_extensions import override

TEXT, JSON = "text", "json"
# The loggers that write lines of facts: requests and change sets.
REQUESTS, CHANGES = "admin.requests", "admin.changes"
_FACTS = "facts"


def write(logger: str, message: str, **facts: object) -> None:
    """Write a line of facts, if such lines are enabled."""
    logging.getLogger(logger).info(message, extra={_FACTS: facts})


def is_wanted(logger: str) -> bool:
    """Whether a logger's lines of facts are enabled."""
    return logging.getLogger(logger).isEnabledFor(logging.INFO)


def set_up(form: str) -> None:
    """Write the log in this form from now on; "" disables lines of facts and changes nothing else."""
    root, ours = logging.getLogger(), logging.getLogger("admin")
    for logger in (root, ours):
        for handler in [one for one in logger.handlers if isinstance(one, _Lines)]:
            logger.removeHandler(handler)
    ours.setLevel(logging.INFO if form else logging.WARNING)
    if form == JSON:
        root.addHandler(_Lines(_Json()))
    elif form == TEXT:
        ours.addHandler(_Lines(_Text()))
    ours.propagate = form != TEXT


class _Lines(logging.StreamHandler[TextIO]):
    """Writes to the `sys.stderr` of the moment, which tests replace."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self.setFormatter(formatter)

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


class _Text(logging.Formatter):
    """`2026-11-29T22:10:07.120Z request id=… route=/admin/post/ status=200 ms=12.1`."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        facts = " ".join(f"{name}={_spelled(value)}" for name, value in _facts(record).items())
        return f"{_time(record)} {record.getMessage()} {facts}"


class _Json(logging.Formatter):
    """One JSON object per line, for libraries' messages too."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_facts(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def _facts(record: logging.LogRecord) -> dict[str, object]:
    return getattr(record, _FACTS, {})


def _spelled(value: object) -> str:
    """Write a value, in quotation marks if it contains spaces."""
    text = ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return text if text.isprintable() and text and not set(text) & set(' "=') else json.dumps(text, ensure_ascii=False)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
