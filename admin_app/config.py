"""The settings: read once from the environment, checked, and turned into Flask's configuration.

The README's table lists them; `tests/test_config.py` holds the two together.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from admin_app.errors import ConfigurationError

# Long enough for any post and far below what would tie up a worker; files come in by the command line.
MAX_BODY_BYTES = 4 * 1024 * 1024

SHORTEST_SECRET = 32
LONGEST_TIME_LIMIT = 300
MOST_ROWS_AT_ONCE = 1_000_000
LONGEST_KEEPING = 365
# A name or an address, with a port if need be; a leading dot means "and everything below".
_HOST = re.compile(r"\.?[A-Za-z0-9_.-]+(:[0-9]+)?|\[[0-9A-Fa-f:.]+\](:[0-9]+)?")
CONNECTION_SECONDS = 300
NOT_SECRET = frozenset({"secret", "secret-key", "changeme", "change-me", "dev", "default"})


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, default, meaning, and how its text becomes a value."""

    name: str
    default: str
    meaning: str
    parse: Callable[[str], Any]


def _boolean(text: str) -> bool:
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"", "0", "false", "no", "off"}:
        return False
    message = "must be 1 or 0"
    raise ValueError(message)


def _whole_number(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        message = "must be a whole number"
        raise ValueError(message)
    return int(text)


def _hours(text: str) -> int:
    hours = _whole_number(text)
    if not 1 <= hours <= 24 * 30:
        message = "must be between 1 and 720 hours"
        raise ValueError(message)
    return hours


def _seconds(text: str) -> int:
    seconds = _whole_number(text)
    if not 1 <= seconds <= LONGEST_TIME_LIMIT:
        message = f"must be between 1 and {LONGEST_TIME_LIMIT} seconds"
        raise ValueError(message)
    return seconds


def _rows(text: str) -> int:
    rows = _whole_number(text)
    if rows > MOST_ROWS_AT_ONCE:
        message = f"must be between 0 and {MOST_ROWS_AT_ONCE}"
        raise ValueError(message)
    return rows


def _days(text: str) -> int:
    days = _whole_number(text)
    if not 1 <= days <= LONGEST_KEEPING:
        message = f"must be between 1 and {LONGEST_KEEPING} days"
        raise ValueError(message)
    return days


def _hosts(text: str) -> list[str]:
    hosts = [host.strip() for host in text.split(",") if host.strip()]
    if any(not _HOST.fullmatch(host) for host in hosts):
        message = "must be host names separated by commas, like admin.example.com,localhost"
        raise ValueError(message)
    return hosts


def _roles(text: str) -> frozenset[str] | None:
    """Read names of roles; None leaves it to whether people come over https."""
    names = frozenset(name.strip().lower() for name in text.split(",") if name.strip())
    if "none" in names and len(names) > 1:
        message = "must be roles separated by commas, like owner,editor, or none"
        raise ValueError(message)
    return names - {"none"} if names else None


def _smtp(text: str) -> dict[str, Any]:
    """Read where email is handed over, as Flask-Mailman's settings."""
    url = urlsplit(text)
    try:
        port = url.port
    except ValueError:
        port = -1
    if text and (url.scheme not in {"smtp", "smtps"} or not url.hostname or port == -1 or url.path not in {"", "/"}):
        message = "must look like smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465"
        raise ValueError(message)
    is_secure = url.scheme == "smtps"
    return {
        "MAIL_SERVER": url.hostname,
        "MAIL_PORT": port or (465 if is_secure else 587),
        "MAIL_USERNAME": unquote(url.username or "") or None,
        "MAIL_PASSWORD": unquote(url.password or "") or None,
        "MAIL_USE_SSL": is_secure,
        # A relay on this machine has no certificate, and needs none.
        "MAIL_USE_TLS": not is_secure and url.hostname not in {"localhost", "127.0.0.1", "::1"},
    }


def _sender(text: str) -> str:
    if text and not re.fullmatch(r"[^@\s]+@[^@\s]+", text):
        message = "must be an email address, like admin@example.org"
        raise ValueError(message)
    return text


def _database(text: str) -> str:
    """Accept the URL that hosting companies hand out, and name the driver that is installed."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        message = "must look like postgresql://user:password@host/name or sqlite:////path/to/file"
        raise ValueError(message) from error
    if url.drivername in {"postgres", "postgresql", "postgresql+psycopg"}:
        return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    if url.drivername in {"sqlite", "sqlite+pysqlite"}:
        if not url.database or url.database == ":memory:":
            message = "must name a file: an SQLite database in memory is not shared between threads"
            raise ValueError(message)
        return text
    message = f"must be sqlite or postgresql, not {url.drivername}"
    raise ValueError(message)


def _secret(text: str) -> str:
    if text and (text.lower() in NOT_SECRET or len(text) < SHORTEST_SECRET):
        message = f"must be {SHORTEST_SECRET} or more random characters: leave it empty to have one made"
        raise ValueError(message)
    return text


SETTINGS = (
    Setting(
        "DATABASE_URL",
        "",
        "Where the data is: `sqlite:////path/file.db` or `postgresql://…`. Empty: `instance/admin.db`.",
        lambda text: _database(text) if text else "",
    ),
    Setting(
        "ADMIN_SECRET_KEY",
        "",
        "Signs cookies; 32 characters or more. Empty: made once and kept in `instance/secret-key`.",
        _secret,
    ),
    Setting(
        "ADMIN_HOSTS", "", "Comma-separated host names this dashboard answers to; others get 400. Empty: any.", _hosts
    ),
    Setting(
        "ADMIN_HTTPS",
        "0",
        "1 when people reach it over https: cookies become `Secure` and `__Host-`, and HSTS is sent.",
        _boolean,
    ),
    Setting(
        "ADMIN_PROXIES",
        "0",
        "How many reverse proxies stand in front; their `X-Forwarded-*` headers are believed.",
        _whole_number,
    ),
    Setting(
        "ADMIN_TIME_LIMIT",
        "10",
        "Seconds a page may ask the database; a list that takes longer says what to narrow (1 to 300).",
        _seconds,
    ),
    Setting(
        "ADMIN_EXPORT_ROWS",
        "50000",
        "Exports of up to so many rows are downloaded at once; longer ones are made by a job (0 to 1000000).",
        _rows,
    ),
    Setting(
        "ADMIN_FILES",
        "",
        "The folder for files that jobs make, or `database` for dashboards on several machines. Empty: `instance/files`.",
        str.strip,
    ),
    Setting("ADMIN_FILE_DAYS", "7", "Days until a job and its file are removed (1 to 365).", _days),
    Setting("ADMIN_SESSION_HOURS", "12", "Hours until a person signs in again (1 to 720).", _hours),
    Setting("ADMIN_IDLE_HOURS", "8", "Hours without a request after which a session ends (1 to 720).", _hours),
    Setting(
        "ADMIN_TWO_FACTOR",
        "",
        "Roles that have to sign in with a second factor, like `owner,editor`, or `none`. Empty: `owner` with `ADMIN_HTTPS=1`, else none.",
        _roles,
    ),
    Setting(
        "ADMIN_PROOF_ROWS",
        "1000",
        "Deleting or exporting more rows than this asks for the password again after 15 minutes.",
        _whole_number,
    ),
    Setting(
        "ADMIN_SMTP",
        "",
        "Where email is handed over: `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465`. Empty: none is sent.",
        _smtp,
    ),
    Setting("ADMIN_MAIL_FROM", "", "The address that email comes from; needed with `ADMIN_SMTP`.", _sender),
)  # fmt: skip -- one setting a block reads better than one argument a line


def read_settings(environment: Mapping[str, str]) -> dict[str, Any]:
    """Parse every setting; raise `ConfigurationError` naming the first wrong one and what it takes."""
    values = {}
    for setting in SETTINGS:
        text = environment.get(setting.name, "").strip() or setting.default
        try:
            values[setting.name] = setting.parse(text)
        except ValueError as error:
            message = f"{setting.name} {error}."
            raise ConfigurationError(message) from error
    if values["ADMIN_SMTP"]["MAIL_SERVER"] and not values["ADMIN_MAIL_FROM"]:
        message = "ADMIN_MAIL_FROM must be set where ADMIN_SMTP is: servers refuse email from nobody."
        raise ConfigurationError(message)
    return values


def flask_config(environment: Mapping[str, str], instance: Path) -> dict[str, Any]:
    """Return Flask's configuration for these settings; makes the `instance` folder, and a secret key in it when none is given."""
    settings = read_settings(environment)
    # Names, addresses and the key that signs cookies: nobody else on the machine may look in.
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    https = settings["ADMIN_HTTPS"]
    return {
        "SECRET_KEY": settings["ADMIN_SECRET_KEY"] or _kept_secret(instance),
        "SQLALCHEMY_DATABASE_URI": settings["DATABASE_URL"] or f"sqlite:///{instance / 'admin.db'}",
        # Statements that failed are logged, password hashes and session tokens are not.
        # A connection of SQLite's knows how large the tables are from when it was opened: after a large import in another
        # process its plans would be those of a small table for as long as the server runs.
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True, "pool_recycle": CONNECTION_SECONDS},
        "TRUSTED_HOSTS": settings["ADMIN_HOSTS"] or None,
        "PROXIES": settings["ADMIN_PROXIES"],
        "TIME_LIMIT": settings["ADMIN_TIME_LIMIT"],
        "EXPORT_ROWS": settings["ADMIN_EXPORT_ROWS"],
        "FILES": settings["ADMIN_FILES"] or str(instance / "files"),
        "FILE_DAYS": settings["ADMIN_FILE_DAYS"],
        "SESSION_HOURS": settings["ADMIN_SESSION_HOURS"],
        "IDLE_HOURS": settings["ADMIN_IDLE_HOURS"],
        "TWO_FACTOR": _required_roles(settings["ADMIN_TWO_FACTOR"], is_https=https),
        "PROOF_ROWS": settings["ADMIN_PROOF_ROWS"],
        **settings["ADMIN_SMTP"],
        "MAIL_DEFAULT_SENDER": settings["ADMIN_MAIL_FROM"],
        "MAIL_BACKEND": "smtp",
        # A person waits for the answer.
        "MAIL_TIMEOUT": 10,
        "HTTPS": https,
        "PREFERRED_URL_SCHEME": "https" if https else "http",
        "SESSION_COOKIE_NAME": "__Host-session" if https else "session",
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # A token lives as long as the session it belongs to: a form left open over lunch can still be saved.
        "WTF_CSRF_TIME_LIMIT": None,
        "MAX_CONTENT_LENGTH": MAX_BODY_BYTES,
        "MAX_FORM_MEMORY_SIZE": MAX_BODY_BYTES,
        "MAX_FORM_PARTS": 1000,
        "COMPRESS_ALGORITHM": ["zstd", "br", "gzip"],
        "COMPRESS_BR_LEVEL": 4,
    }


def _required_roles(chosen: frozenset[str] | None, *, is_https: bool) -> frozenset[str]:
    """Ask owners for a second factor where it is meant in earnest: on one's own machine it would stand before the first look."""
    if chosen is not None:
        return chosen
    return frozenset({"owner"}) if is_https else frozenset()


def _kept_secret(instance: Path) -> str:
    """Return the secret in the instance folder, made on the first start, readable by its owner alone."""
    path = instance / "secret-key"
    if not path.exists():
        # Written whole under another name first: a second process sees all of it or nothing.
        unfinished = instance / f"secret-key.{secrets.token_hex(4)}"
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(unfinished, path)
        unfinished.unlink()
    secret = path.read_text(encoding="ascii", errors="replace").strip()
    if len(secret) < SHORTEST_SECRET or not secret.isascii():
        message = f"The secret key in {path} is too short: delete the file to have a new one made."
        raise ConfigurationError(message)
    return secret
