"""The settings: what each takes, one clear line for a wrong one, and a secret that is made once and kept."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from admin_app import create_app
from admin_app.config import flask_config
from admin_app.errors import ConfigurationError
from admin_app.settings import SETTINGS, SHORTEST_SECRET, read_settings

ROOT = Path(__file__).resolve().parents[1]
SECRET = "k" * SHORTEST_SECRET

DEFAULTS = {
    "DATABASE_URL": "",
    "ADMIN_REPLICA_URL": "",
    "ADMIN_SECRET_KEY": "",
    "ADMIN_HOSTS": [],
    "ADMIN_HTTPS": False,
    "ADMIN_PROXIES": 0,
    "ADMIN_TIME_LIMIT": 10,
    "ADMIN_EXPORT_ROWS": 50_000,
    "ADMIN_PLAN_ROWS": 1000,
    "ADMIN_UPLOAD_MB": 100,
    "ADMIN_FILES": "",
    "ADMIN_FILE_DAYS": 7,
    "ADMIN_SESSION_HOURS": 12,
    "ADMIN_IDLE_HOURS": 8,
    "ADMIN_TWO_FACTOR": None,
    "ADMIN_PROOF_ROWS": 1000,
    "ADMIN_SMTP": {
        "MAIL_SERVER": None,
        "MAIL_PORT": 587,
        "MAIL_USERNAME": None,
        "MAIL_PASSWORD": None,
        "MAIL_USE_SSL": False,
        "MAIL_USE_TLS": True,
    },
    "ADMIN_DIGEST_HOUR": 7,
    "ADMIN_SITE_NAME": "Admin",
    "ADMIN_LOGO": "",
    "ADMIN_ACCENT": "",
    "ADMIN_LOG": "",
    "ADMIN_METRICS_TOKEN": "",
    "ADMIN_MAINTENANCE": False,
    "ADMIN_BANNER": "",
    "ADMIN_TABLE_PREFIX": "",
    "ADMIN_MAIL_FROM": "",
    "ADMIN_OIDC_ISSUER": "",
    "ADMIN_OIDC_CLIENT_ID": "",
    "ADMIN_OIDC_CLIENT_SECRET": "",
    "ADMIN_OIDC_NAME": "your company",
    "ADMIN_OIDC_SCOPES": "openid email profile",
    "ADMIN_OIDC_GROUPS_CLAIM": "groups",
    "ADMIN_COMPANY_ACCOUNTS": "",
    "ADMIN_COMPANY_TWO_FACTOR": False,
    "ADMIN_GROUPS": {},
    "ADMIN_AUTH_HEADER": "",
    "ADMIN_AUTH_PROXIES": (),
}

HOURS = "ADMIN_SESSION_HOURS must be between 1 and 720 hours."
SECONDS = "ADMIN_TIME_LIMIT must be between 1 and 300 seconds."
SMTP = "ADMIN_SMTP must look like smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465."
ISSUER = "ADMIN_OIDC_ISSUER must be the provider's issuer, like https://login.example.org/realms/staff."
FAINT = "ADMIN_ACCENT must have a contrast of 4.5:1 against white and its own tint: the nearest such colour is"
NUMBER = "must be a whole number."
SECRET_LINE = "ADMIN_SECRET_KEY must be 32 or more random characters: leave it empty to have one created."
URL_LINE = "DATABASE_URL must look like postgresql://user:password@host/name or sqlite:////path/to/file."
FILE_LINE = "DATABASE_URL must name a file: an SQLite database in memory is not shared between threads."


def test_without_an_environment_everything_has_its_default() -> None:
    assert read_settings({}) == DEFAULTS


def test_an_empty_setting_is_the_default() -> None:
    assert read_settings(dict.fromkeys(DEFAULTS, " ")) == DEFAULTS


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        (
            "ADMIN_REPLICA_URL",
            "postgres://u@h/n?connect_timeout=9",
            "postgresql+psycopg://u@h/n?connect_timeout=9&target_session_attrs=prefer-standby&tcp_user_timeout=5000",
        ),
        ("DATABASE_URL", "postgres://u:p@h/n", "postgresql+psycopg://u:p@h/n"),
        (
            "DATABASE_URL",
            "postgresql://u:p%40@h:5433/n?sslmode=require",
            "postgresql+psycopg://u:p%40@h:5433/n?sslmode=require",
        ),
        ("DATABASE_URL", "postgresql+psycopg://h/n", "postgresql+psycopg://h/n"),
        (
            "DATABASE_URL",
            "postgresql://u:p%40@a:5433,b/n?sslmode=require",
            "postgresql+psycopg://u:p%40@/n?connect_timeout=3&host=a%2Cb&port=5433%2C5432&sslmode=require&target_session_attrs=read-write",
        ),
        (
            "DATABASE_URL",
            "postgresql://a,b",
            "postgresql+psycopg:///?connect_timeout=3&host=a%2Cb&port=5432%2C5432&target_session_attrs=read-write",
        ),
        ("DATABASE_URL", "sqlite:////tmp/a.db", "sqlite:////tmp/a.db"),
        ("ADMIN_SECRET_KEY", SECRET, SECRET),
        ("ADMIN_HOSTS", "a.example, b.example,,", ["a.example", "b.example"]),
        ("ADMIN_HOSTS", "[0::1]:8000,[2001:DB8::A]", ["[::1]:8000", "[2001:db8::a]"]),
        ("ADMIN_HTTPS", "1", True),
        ("ADMIN_HTTPS", "True", True),
        ("ADMIN_HTTPS", "off", False),
        ("ADMIN_PROXIES", " 2 ", 2),
        ("ADMIN_EXPORT_ROWS", "0", 0),
        ("ADMIN_FILES", "database", "database"),
        (
            "ADMIN_FILES",
            "s3://b-1/p?region=x&endpoint=https://s3.example.org",
            "s3://b-1/p?region=x&endpoint=https://s3.example.org",
        ),
        ("ADMIN_FILE_DAYS", "365", 365),
        ("ADMIN_SESSION_HOURS", "1", 1),
        ("ADMIN_SESSION_HOURS", "720", 720),
        (
            "ADMIN_GROUPS",
            "a=b = owner; Writers=Editor,Writers=viewer,",
            {"a=b": {"owner"}, "Writers": {"editor", "viewer"}},
        ),
    ],
)  # fmt: skip -- one setting a line
def test_a_setting_becomes_its_value(name: str, text: str, value: Any) -> None:
    assert read_settings({name: text}) == {**DEFAULTS, name: value}


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("DATABASE_URL", "admin.db", URL_LINE),
        ("DATABASE_URL", "postgresql://u:p@h:port/n", URL_LINE),
        ("DATABASE_URL", "postgresql://u:p@a:port,b/n", URL_LINE),
        (
            "ADMIN_FILES",
            "s3://b?key=secret",
            "ADMIN_FILES must look like s3://bucket/prefix, or s3://bucket/prefix?endpoint=https://host&region=name.",
        ),
        ("ADMIN_REPLICA_URL", "sqlite:////f", "ADMIN_REPLICA_URL must be postgresql, not sqlite."),
        ("ADMIN_REPLICA_URL", "there", "ADMIN_REPLICA_URL must look like postgresql://user:password@replica/name."),
        ("DATABASE_URL", "mysql://h/n", "DATABASE_URL must be sqlite or postgresql, not mysql."),
        (
            "DATABASE_URL",
            "postgresql+asyncpg://h/n",
            "DATABASE_URL must be sqlite or postgresql, not postgresql+asyncpg.",
        ),
        ("DATABASE_URL", "sqlite://", FILE_LINE),
        ("DATABASE_URL", "sqlite:///:memory:", FILE_LINE),
        ("ADMIN_SECRET_KEY", "changeme", SECRET_LINE),
        ("ADMIN_SECRET_KEY", "SECRET", SECRET_LINE),
        ("ADMIN_SECRET_KEY", "k" * 31, SECRET_LINE),
        ("ADMIN_HTTPS", "2", "ADMIN_HTTPS must be 1 or 0."),
        ("ADMIN_HTTPS", "https", "ADMIN_HTTPS must be 1 or 0."),
        ("ADMIN_PROXIES", "-1", f"ADMIN_PROXIES {NUMBER}"),
        ("ADMIN_SITE_NAME", "n" * 41, "ADMIN_SITE_NAME must have 40 characters at most, on one line."),
        ("ADMIN_LOGO", __file__, "ADMIN_LOGO must name an SVG, PNG or WebP file of 200 kB at most."),
        ("ADMIN_LOGO", "/nowhere.svg", "ADMIN_LOGO must name an SVG, PNG or WebP file of 200 kB at most."),
        ("ADMIN_ACCENT", "red", "ADMIN_ACCENT must be a colour like #3450c4."),
        ("ADMIN_ACCENT", "#f5a623", f"{FAINT} #976107."),
        ("ADMIN_PROXIES", "one", f"ADMIN_PROXIES {NUMBER}"),
        ("ADMIN_PROXIES", "²", f"ADMIN_PROXIES {NUMBER}"),
        ("ADMIN_EXPORT_ROWS", "1000001", "ADMIN_EXPORT_ROWS must be between 0 and 1000000."),
        ("ADMIN_FILE_DAYS", "0", "ADMIN_FILE_DAYS must be between 1 and 365 days."),
        ("ADMIN_SESSION_HOURS", "0", HOURS),
        (
            "ADMIN_TWO_FACTOR",
            "none,owner",
            "ADMIN_TWO_FACTOR must be roles separated by commas, like owner,editor, or none.",
        ),
        ("ADMIN_SMTP", "mail.example.org", SMTP),
        ("ADMIN_SMTP", "https://mail.example.org", SMTP),
        ("ADMIN_SMTP", "smtp://u:p@mail.example.org:port", SMTP),
        (
            "ADMIN_SMTP",
            "smtp://mail.example.org",
            "ADMIN_MAIL_FROM must be set where ADMIN_SMTP is: servers refuse email from nobody.",
        ),
        ("ADMIN_MAIL_FROM", "nobody", "ADMIN_MAIL_FROM must be an email address, like admin@example.org."),
        ("ADMIN_IDLE_HOURS", "0", HOURS.replace("SESSION", "IDLE")),
        ("ADMIN_SESSION_HOURS", "721", HOURS),
        ("ADMIN_SESSION_HOURS", "1.5", f"ADMIN_SESSION_HOURS {NUMBER}"),
        ("ADMIN_OIDC_ISSUER", "http://login.example.org", ISSUER),
        ("ADMIN_OIDC_ISSUER", "https://login.example.org?a", ISSUER),
        (
            "ADMIN_COMPANY_ACCOUNTS",
            "Owner",
            "ADMIN_COMPANY_ACCOUNTS must not be owner: everybody at the company would be one.",
        ),
        ("ADMIN_OIDC_ISSUER", "https://a.example.org", "ADMIN_OIDC_CLIENT_ID must be set where ADMIN_OIDC_ISSUER is."),
        ("ADMIN_OIDC_NAME", "n" * 41, "ADMIN_OIDC_NAME must have 40 characters at most, on one line."),
        (
            "ADMIN_GROUPS",
            "admins",
            "ADMIN_GROUPS must be groups and roles separated by commas, like admins=owner, writers=editor.",
        ),
        ("ADMIN_AUTH_HEADER", "a b", "ADMIN_AUTH_HEADER must be the name of a header, like X-Forwarded-Email."),
        (
            "ADMIN_AUTH_HEADER",
            "X-Forwarded-Email",
            "ADMIN_AUTH_PROXIES must be set where ADMIN_AUTH_HEADER is: anybody could send the header.",
        ),
        (
            "ADMIN_AUTH_PROXIES",
            "proxy",
            "ADMIN_AUTH_PROXIES must be addresses or networks separated by commas, like 127.0.0.1, 10.0.0.0/8.",
        ),
    ],
)  # fmt: skip -- one setting a line
def test_a_wrong_setting_is_one_clear_line(name: str, text: str, line: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_settings({name: text})

    assert str(caught.value) == line


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("smtp://u:p%40@mail.example.org", ("mail.example.org", 587, "u", "p@", False, True)),
        ("smtps://mail.example.org", ("mail.example.org", 465, None, None, True, False)),
        ("smtp://localhost:25", ("localhost", 25, None, None, False, False)),
    ],
)
def test_email_goes_out_encrypted_but_to_this_machine(text: str, read: tuple[Any, ...]) -> None:
    settings = read_settings({"ADMIN_SMTP": text, "ADMIN_MAIL_FROM": "admin@example.org"})

    assert tuple(settings["ADMIN_SMTP"].values()) == read


@pytest.mark.parametrize(
    "text", ["https://admin.example", "admin.example/", "admin.example other.example", "[1:::2]", "::1"]
)
def test_a_host_that_no_request_could_name_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^ADMIN_HOSTS [^\n]+\.$"):
        read_settings({"ADMIN_HOSTS": text})


def test_the_provider_is_asked_for_who_somebody_is() -> None:
    settings = {"ADMIN_OIDC_ISSUER": "https://a.example.org", "ADMIN_OIDC_CLIENT_ID": "a", "ADMIN_OIDC_SCOPES": "email"}

    with pytest.raises(ConfigurationError, match=r"^ADMIN_OIDC_SCOPES must hold openid\.$"):
        read_settings(settings)


def test_the_message_does_not_repeat_a_password() -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_settings({"DATABASE_URL": "mysql://admin:hunter2@h/n"})

    assert "hunter2" not in str(caught.value)


def test_a_wrong_setting_stops_a_command_with_one_line() -> None:
    environment = {**os.environ, "ADMIN_SESSION_HOURS": "soon"}

    done = subprocess.run([sys.executable, "manage.py", "routes"], cwd=ROOT, env=environment, check=False,
                          capture_output=True, text=True, timeout=600)  # fmt: skip

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "Error: ADMIN_SESSION_HOURS must be a whole number.\n"


# ---- the secret


def test_the_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    instance = tmp_path / "deep" / "instance"

    first = flask_config({}, instance)["SECRET_KEY"]
    second = flask_config({}, instance)["SECRET_KEY"]

    file = instance / "secret-key"
    assert first == second == file.read_text()
    assert len(first) >= SHORTEST_SECRET
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_whatever_the_umask_the_secret_is_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        flask_config({}, tmp_path)
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_two_installations_have_two_secrets(tmp_path: Path) -> None:
    secrets = {flask_config({}, tmp_path / name)["SECRET_KEY"] for name in ("a", "b")}

    assert len(secrets) == 2


def test_a_given_secret_is_used_and_none_is_made(tmp_path: Path) -> None:
    config = flask_config({"ADMIN_SECRET_KEY": SECRET}, tmp_path)

    assert config["SECRET_KEY"] == SECRET
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kept", ["", "short", "\n", "k" * 31])
def test_a_kept_secret_that_is_too_short_is_refused(kept: str, tmp_path: Path) -> None:
    file = tmp_path / "secret-key"
    file.write_text(kept)

    with pytest.raises(ConfigurationError) as caught:
        create_app({}, instance_path=str(tmp_path))

    assert str(caught.value) == f"The secret key in {file} is too short: delete the file to have a new one created."


def test_a_kept_secret_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret-key").write_bytes(b"\xff" * 64)

    with pytest.raises(ConfigurationError, match=r"^The secret key in .+ delete the file"):
        create_app({}, instance_path=str(tmp_path))


# ---- what Flask makes of it


def test_the_embedded_database_is_in_the_instance_folder(tmp_path: Path) -> None:
    assert flask_config({}, tmp_path)["SQLALCHEMY_DATABASE_URI"] == f"sqlite:///{tmp_path / 'admin.db'}"


@pytest.mark.parametrize(
    ("https", "cookie"),
    [
        ("0", {"SESSION_COOKIE_SECURE": False, "PREFERRED_URL_SCHEME": "http"}),
        (
            "1",
            {"SESSION_COOKIE_SECURE": True, "PREFERRED_URL_SCHEME": "https"},
        ),
    ],
)
def test_https_changes_the_cookie(https: str, cookie: dict[str, Any], tmp_path: Path) -> None:
    config = flask_config({"ADMIN_HTTPS": https}, tmp_path)

    assert {key: config[key] for key in cookie} == cookie


# ---- the documentation


def test_the_documents_list_every_setting_with_its_meaning() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")

    rows = re.findall(r"^\| *`([A-Z][A-Z_]+)` *\|(.*)\|$", page, flags=re.MULTILINE)

    assert [name for name, _ in rows] == [setting.name for setting in SETTINGS]
    assert [name for name, rest in rows if not rest.strip(" |")] == []


def test_every_setting_says_what_it_means() -> None:
    assert [setting.name for setting in SETTINGS] == list(DEFAULTS)
    assert [setting.name for setting in SETTINGS if not setting.meaning.endswith((".", ")"))] == []
