"""Flask's configuration, from the settings."""

from __future__ import annotations

import hashlib
import os
import secrets
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from admin_app.errors import ConfigurationError
from admin_app.extensions import Values
from admin_app.settings import DRIVER, SHORTEST_SECRET, read_settings

# pyproject.toml is the only place with the version: the dashboard runs from its folder and is not installed as a
# package.
VERSION: str = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["project"]["version"]
# The longest text (`db.limits.LONGEST_TEXT`) in four-byte characters, and the form around it. A page that takes a
# file accepts more: `web.form_parser`.
MAX_BODY_BYTES = 16 * 1024 * 1024
# A mark of the dashboard's engine, in a process that has others.
OURS = "is_the_dashboards"
# SQLite reads table statistics when a connection is opened. After a large import in another process, an old
# connection would plan for small tables as long as it is used.
CONNECTION_SECONDS = 300

# Settings that have the same names in Flask's configuration, without our prefix.
_AS_THEY_ARE = (
    *("DIGEST_HOUR", "PROXIES", "TIME_LIMIT", "EXPORT_ROWS", "PLAN_ROWS", "PROOF_ROWS", "UPLOAD_MB", "FILE_DAYS"),
    *("SESSION_HOURS", "IDLE_HOURS", "SITE_NAME", "LOGO"),
    *("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_NAME", "OIDC_SCOPES", "OIDC_GROUPS_CLAIM"),
    *("COMPANY_ACCOUNTS", "COMPANY_TWO_FACTOR", "GROUPS", "AUTH_HEADER", "AUTH_PROXIES"),
)


def flask_config(environment: Mapping[str, str], instance: Path) -> Values:
    """Return Flask's configuration for these settings; creates the `instance` folder, and a secret key in it if none is set."""
    settings = read_settings(environment)
    # Names, addresses and the key that signs cookies: private to this user of the machine.
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    https = settings["ADMIN_HTTPS"]
    secret = settings["ADMIN_SECRET_KEY"] or _kept_secret(instance)
    mark = _mark(secret)
    return {
        "SECRET_KEY": secret,
        "COOKIE_MARK": mark,
        "SQLALCHEMY_DATABASE_URI": settings["DATABASE_URL"] or f"sqlite:///{instance / 'admin.db'}",
        "SQLALCHEMY_BINDS": _replica(settings),
        "SQLALCHEMY_ENGINE_OPTIONS": {
            # Failed statements are logged; password hashes and session tokens are not.
            "hide_parameters": True,
            "pool_recycle": CONNECTION_SECONDS,
            "execution_options": {OURS: True},
        },
        "TRUSTED_HOSTS": settings["ADMIN_HOSTS"] or None,
        "FILES": settings["ADMIN_FILES"] or str(instance / "files"),
        "TWO_FACTOR": _required_roles(settings["ADMIN_TWO_FACTOR"], is_https=https),
        **{name: settings[f"ADMIN_{name}"] for name in _AS_THEY_ARE},
        **_mail(settings),
        "HTTPS": https,
        "PREFERRED_URL_SCHEME": "https" if https else "http",
        "SESSION_COOKIE_NAME": f"__Host-session-{mark}" if https else f"session-{mark}",
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # `web.security` checks where a form was sent from: Flask-WTF trusts only the Referer.
        "WTF_CSRF_SSL_STRICT": False,
        # A token lives as long as its session: a form left open over lunch can still be saved.
        "WTF_CSRF_TIME_LIMIT": None,
        "ACCENT_STYLES": settings["ADMIN_ACCENT"],
        "LOG": settings["ADMIN_LOG"],
        "METRICS_TOKEN": settings["ADMIN_METRICS_TOKEN"],
        "MAINTENANCE": settings["ADMIN_MAINTENANCE"],
        "BANNER": settings["ADMIN_BANNER"],
        "VERSION": VERSION,
        "MAX_CONTENT_LENGTH": MAX_BODY_BYTES,
        "MAX_FORM_MEMORY_SIZE": MAX_BODY_BYTES,
        "MAX_FORM_PARTS": 1000,
        "COMPRESS_ALGORITHM": ["zstd", "br", "gzip"],
        "COMPRESS_BR_LEVEL": 4,
    }


def _replica(settings: Values) -> dict[str, str]:
    """Return the replica by its name, if there is one."""
    replica, primary = settings["ADMIN_REPLICA_URL"], settings["DATABASE_URL"]
    if replica and not primary.startswith(DRIVER):
        message = "ADMIN_REPLICA_URL needs a DATABASE_URL of PostgreSQL: SQLite has no replicas."
        raise ConfigurationError(message)
    return {"replica": replica} if replica else {}


def _mail(settings: Values) -> Values:
    return {
        **settings["ADMIN_SMTP"],
        "MAIL_DEFAULT_SENDER": settings["ADMIN_MAIL_FROM"],
        "MAIL_BACKEND": "smtp",
        # A person waits for the response.
        "MAIL_TIMEOUT": 10,
    }


def _mark(secret: str) -> str:
    """Return a suffix that separates this dashboard's cookies from others on the same host name. Eight digits reveal nothing about the key."""
    return hashlib.sha256(b"cookies of " + secret.encode()).hexdigest()[:8]


def _required_roles(chosen: frozenset[str] | None, *, is_https: bool) -> frozenset[str]:
    """Require a second factor of owners on public dashboards. On one's own machine it would only be in the way at first."""
    if chosen is not None:
        return chosen
    return frozenset({"owner"}) if is_https else frozenset()


def _kept_secret(instance: Path) -> str:
    """Return the secret in the instance folder, created on the first start and readable only by its owner."""
    path = instance / "secret-key"
    if not path.exists():
        # Written completely under another name first: a second process sees the whole key or none.
        unfinished = instance / f"secret-key.{secrets.token_hex(4)}"
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(unfinished, path)
        unfinished.unlink()
    secret = path.read_text(encoding="ascii", errors="replace").strip()
    if len(secret) < SHORTEST_SECRET or not secret.isascii():
        message = f"The secret key in {path} is too short: delete the file to have a new one created."
        raise ConfigurationError(message)
    return secret
