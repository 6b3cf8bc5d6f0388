"""The settings: every environment variable that is read, what it means, and how its text becomes a value.

docs/settings.md lists them; `tests/test_config.py` holds the two together.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from admin_app.colours import accent_of
from admin_app.company_settings import COMPANY_SETTINGS, one_line, require_whole
from admin_app.errors import ConfigurationError
from admin_app.extensions import Values
from admin_app.logs import JSON, TEXT
from admin_app.setting import Setting, boolean

SHORTEST_SECRET = 32
SHORTEST_TOKEN = 16
# A name or an address, with a port if need be; a leading dot means "and everything below".
_HOST = re.compile(r"\.?[A-Za-z0-9_.-]+(:[0-9]+)?|\[[0-9A-Fa-f:.]+\](:[0-9]+)?")
# The navigation would cut a longer name.
LONGEST_NAME = 40
# Largest logo in bytes: every first visit loads it.
LARGEST_LOGO = 200_000
LOGO_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp"}
# The installed driver, and other schemes of addresses that mean it.
DRIVER = "postgresql+psycopg"
POSTGRESQL = frozenset({"postgres", "postgresql", DRIVER})
NOT_SECRET = frozenset({"secret", "secret-key", "changeme", "change-me", "dev", "default"})


def _whole_number(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        message = "must be a whole number"
        raise ValueError(message)
    return int(text)


def _hour(text: str) -> int | None:
    return None if text == "none" else _number_between(0, 23)(text)


def _number_between(least: int, most: int, unit: str = "") -> Callable[[str], int]:
    """Return a parser of whole numbers within these bounds."""

    def parse(text: str) -> int:
        number = _whole_number(text)
        if not least <= number <= most:
            message = f"must be between {least} and {most} {unit}".rstrip()
            raise ValueError(message)
        return number

    return parse


class Literal(str):
    """An IPv6 address among host names. Werkzeug 3.1 takes the text before the first colon as the name, here a bracket."""

    __slots__ = ()

    def partition(self, sep: str) -> tuple[str, str, str]:
        """Return the address with its brackets, the colon before the port, and the port."""
        address, _, port = str(self).partition("]")
        return f"{address}]", sep if port else "", port.removeprefix(sep)


def _host(text: str) -> str:
    """Check a host name or address; return an IPv6 address as browsers write it."""
    if not _HOST.fullmatch(text):
        raise ValueError(text)
    address, bracket, port = text.partition("]")
    return Literal(f"[{ipaddress.IPv6Address(address[1:]).compressed}]{port}") if bracket else text


def _hosts(text: str) -> list[str]:
    hosts = [host.strip() for host in text.split(",") if host.strip()]
    try:
        return [_host(one) for one in hosts]
    except ValueError as error:
        message = "must be host names separated by commas, like admin.example.com,localhost"
        raise ValueError(message) from error


def _roles(text: str) -> frozenset[str] | None:
    """Read names of roles; None means that the default depends on https."""
    names = frozenset(name.strip().lower() for name in text.split(",") if name.strip())
    if "none" in names and len(names) > 1:
        message = "must be roles separated by commas, like owner,editor, or none"
        raise ValueError(message)
    return names - {"none"} if names else None


def _logo(text: str) -> str:
    """Check that a file can be shown as a logo; "" for none."""
    file = Path(text)
    if text and not (file.suffix.lower() in LOGO_TYPES and file.is_file() and file.stat().st_size <= LARGEST_LOGO):
        message = "must name an SVG, PNG or WebP file of 200 kB at most"
        raise ValueError(message)
    return str(file.resolve()) if text else ""


def _accent(text: str) -> str:
    """Return the style sheet's tokens for an accent colour; "" means the default colour."""
    return accent_of(text).styles if text else ""


def _smtp(text: str) -> dict[str, object]:
    """Read the SMTP server; return Flask-Mailman's settings."""
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


def _log(text: str) -> str:
    if text not in {"", TEXT, JSON}:
        message = f"must be {TEXT} or {JSON}, or empty"
        raise ValueError(message)
    return text


def _token(text: str) -> str:
    if text and (len(text) < SHORTEST_TOKEN or not text.isascii() or " " in text):
        message = f"must be {SHORTEST_TOKEN} or more random letters and digits"
        raise ValueError(message)
    return text


def _prefix(text: str) -> str:
    if text and not re.fullmatch(r"[a-z][a-z0-9_]{0,15}", text):
        message = "must have 16 small letters, digits or _ at most, like admin_"
        raise ValueError(message)
    return text


def _sender(text: str) -> str:
    if text and not re.fullmatch(r"[^@\s]+@[^@\s]+", text):
        message = "must be an email address, like admin@example.org"
        raise ValueError(message)
    return text


def _database(text: str) -> str:
    """Read the database's URL in the form that hosting companies use, and add the installed driver."""
    try:
        url = make_url(_with_hosts_apart(text))
    except (ArgumentError, ValueError) as error:
        message = "must look like postgresql://user:password@host/name or sqlite:////path/to/file"
        raise ValueError(message) from error
    if url.drivername in POSTGRESQL:
        url = url.set(drivername=DRIVER)
        is_several = "," in str(url.query.get("host", ""))
        return (_to_the_primary(url) if is_several else url).render_as_string(hide_password=False)
    if url.drivername in {"sqlite", "sqlite+pysqlite"}:
        if not url.database or url.database == ":memory:":
            message = "must name a file: an SQLite database in memory is not shared between threads"
            raise ValueError(message)
        return text
    message = f"must be sqlite or postgresql, not {url.drivername}"
    raise ValueError(message)


# A bucket's name, the prefix of its keys, and its endpoint and region if the environment does not name them.
_BUCKET = re.compile(
    r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._/-]*)?(\?(endpoint=https?://[^&\s]+|region=[a-z0-9-]+|&)+)?"
)


def _files(text: str) -> str:
    if text.startswith("s3:") and not _BUCKET.fullmatch(text):
        message = "must look like s3://bucket/prefix, or s3://bucket/prefix?endpoint=https://host&region=name"
        raise ValueError(message)
    return text


# As PostgreSQL's own programs take several hosts: "postgresql://user:password@one:5432,two:5432/name".
_SEVERAL = re.compile(
    r"(?P<before>[a-z+]+://(?:[^/?]*@)?)(?P<hosts>[^/?@,]+(?:,[^/?@,]+)+)(?P<path>/[^?]*)?(?:\?(?P<query>.*))?"
)


def _with_hosts_apart(text: str) -> str:
    """Rewrite several hosts as SQLAlchemy reads them: after the “?”, with separate ports."""
    found = _SEVERAL.fullmatch(text)
    if found is None:
        return text
    pairs = [one.partition(":") for one in found["hosts"].split(",")]
    if not all(port.isdigit() for _, colon, port in pairs if colon):
        raise ValueError(text)
    hosts, ports = ",".join(host for host, _, _ in pairs), ",".join(port or "5432" for _, _, port in pairs)
    further = f"&{found['query']}" if found["query"] else ""
    return f"{found['before']}{found['path'] or '/'}?host={hosts}&port={ports}{further}"


def _to_the_primary(url: URL) -> URL:
    """Require a server that accepts writes, and set a time limit per host: a dead one may not answer at all."""
    return url.set(query={"target_session_attrs": "read-write", "connect_timeout": "3", **url.query})


def _replica(text: str) -> str:
    """Read the URL of a PostgreSQL replica, and set a time limit: pages wait for it, and the primary can answer instead."""
    try:
        url = make_url(_with_hosts_apart(text))
    except (ArgumentError, ValueError) as error:
        message = "must look like postgresql://user:password@replica/name"
        raise ValueError(message) from error
    if url.drivername not in POSTGRESQL:
        message = f"must be postgresql, not {url.drivername}"
        raise ValueError(message)
    bounds = {"target_session_attrs": "prefer-standby", "connect_timeout": "2", "tcp_user_timeout": "5000"}
    return url.set(drivername=DRIVER, query={**bounds, **url.query}).render_as_string(hide_password=False)


def _secret(text: str) -> str:
    if text and (text.lower() in NOT_SECRET or len(text) < SHORTEST_SECRET):
        message = f"must be {SHORTEST_SECRET} or more random characters: leave it empty to have one created"
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
        "ADMIN_REPLICA_URL",
        "",
        "A streaming replica of the PostgreSQL of `DATABASE_URL`, which lists, searches, record pages and downloads are read from. Empty: all is read from the primary.",
        lambda text: _replica(text) if text else "",
    ),
    Setting(
        "ADMIN_SECRET_KEY",
        "",
        "Signs cookies; 32 characters or more. Empty: created once and kept in `instance/secret-key`.",
        _secret,
    ),
    Setting(
        "ADMIN_HOSTS",
        "",
        "Comma-separated host names this dashboard answers to, and passkeys are for; others get 400. Empty: any, without passkeys.",
        _hosts,
    ),
    Setting(
        "ADMIN_HTTPS",
        "0",
        "1 when people reach it over https: cookies become `Secure` and `__Host-`, and HSTS is sent.",
        boolean,
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
        "Seconds a page may ask the database; a list that takes longer says how to narrow it (1 to 300).",
        _number_between(1, 300, "seconds"),
    ),
    Setting(
        "ADMIN_EXPORT_ROWS",
        "50000",
        "Exports of up to this many rows are downloaded at once; longer ones run as a job (0 to 1000000).",
        _number_between(0, 1_000_000),
    ),
    Setting(
        "ADMIN_PLAN_ROWS",
        "1000",
        "Acts on up to this many records are carried out at once; larger ones run as a job (0 to 100000).",
        _number_between(0, 100_000),
    ),
    Setting(
        "ADMIN_UPLOAD_MB",
        "100",
        "The largest file that can be imported in the browser, in MB (1 to 2000).",
        _number_between(1, 2000, "MB"),
    ),
    Setting(
        "ADMIN_FILES",
        "",
        "The folder for files that jobs create and people upload; `database`, or `s3://bucket/prefix`, for dashboards on several machines. Empty: `instance/files`.",
        _files,
    ),
    Setting(
        "ADMIN_FILE_DAYS", "7", "Days until a job and its file are removed (1 to 365).", _number_between(1, 365, "days")
    ),
    Setting(
        "ADMIN_SESSION_HOURS",
        "12",
        "Hours until a person signs in again (1 to 720).",
        _number_between(1, 720, "hours"),
    ),
    Setting(
        "ADMIN_IDLE_HOURS",
        "8",
        "Hours without a request after which a session ends (1 to 720).",
        _number_between(1, 720, "hours"),
    ),
    Setting(
        "ADMIN_TWO_FACTOR",
        "",
        "Roles that have to sign in with a second factor, like `owner,editor`, or `none`. Empty: `owner` with `ADMIN_HTTPS=1`, else none.",
        _roles,
    ),
    Setting(
        "ADMIN_PROOF_ROWS",
        "1000",
        "Changing, deleting or exporting more rows than this asks for the password or a passkey again after 15 minutes.",
        _whole_number,
    ),
    Setting(
        "ADMIN_SMTP",
        "",
        "Where email is handed over: `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465`. Empty: none is sent.",
        _smtp,
    ),
    Setting(
        "ADMIN_DIGEST_HOUR",
        "7",
        "The hour, 0 to 23 in each person's time zone, from which a worker emails what is new in inboxes; `none` for never.",
        _hour,
    ),
    Setting(
        "ADMIN_SITE_NAME",
        "Admin",
        "What the dashboard is called: in the navigation, in titles, on the sign-in page and in authenticator apps.",
        one_line,
    ),
    Setting(
        "ADMIN_LOGO",
        "",
        "An SVG, PNG or WebP file of 200 kB at most that stands beside the name. Empty: a square.",
        _logo,
    ),
    Setting(
        "ADMIN_ACCENT",
        "",
        "The colour of buttons and links, like `#3450c4`; the dark theme has it lighter. Text in it needs a contrast of 4.5:1.",
        _accent,
    ),
    Setting(
        "ADMIN_LOG",
        "",
        "One line for each request and each change on standard error: `text` or `json`, in which warnings and errors are JSON too. Empty: warnings and errors only.",
        _log,
    ),
    Setting(
        "ADMIN_METRICS_TOKEN",
        "",
        "What Prometheus shows to read `/metrics`; 16 characters or more. Empty: there are no metrics.",
        _token,
    ),
    Setting(
        "ADMIN_MAINTENANCE",
        "0",
        "1 while nobody is to change anything; `manage.py maintenance on` does the same without a restart.",
        boolean,
    ),
    Setting(
        "ADMIN_BANNER",
        "",
        "A sentence on every page; `manage.py banner` sets another one without a restart.",
        str.strip,
    ),
    Setting(
        "ADMIN_TABLE_PREFIX",
        "",
        "Inside another application: what the names of the dashboard's tables begin with, like `admin_`. Empty: it is on its own.",
        _prefix,
    ),
    Setting("ADMIN_MAIL_FROM", "", "The address that email comes from; needed with `ADMIN_SMTP`.", _sender),
    *COMPANY_SETTINGS,
)  # fmt: skip -- one setting a block reads better than one argument a line


def read_settings(environment: Mapping[str, str]) -> Values:
    """Parse every setting; raise `ConfigurationError` naming the first wrong one and what it takes."""
    values: Values = {}
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
    require_whole(values)
    return values
