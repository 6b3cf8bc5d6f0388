"""Where people reach the dashboard, as far as a command can know."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from flask import Flask

from admin_app.extensions import db

# What `manage.py run` listens on unless told otherwise.
HOST, PORT = "127.0.0.1", 8000


def listening_address(app: Flask, host: str = HOST, port: int = PORT) -> str:
    """Return the address of the server itself."""
    return f"{app.config['PREFERRED_URL_SCHEME']}://{f'[{host}]' if ':' in host else host}:{port}"


def public_address(app: Flask, address: str) -> str:
    """Return where people reach the dashboard: under its first host name, where names are set, else where it listens."""
    hosts = app.config["TRUSTED_HOSTS"]
    return f"{app.config['PREFERRED_URL_SCHEME']}://{hosts[0].lstrip('.')}" if hosts else address


def remember_address(address: str) -> None:
    """Keep where the server listens beside an embedded database, so that the links of later commands lead there.

    Where the database is a server, so is the dashboard, and `ADMIN_HOSTS` names it.
    """
    file = _file()
    # Where it cannot be written, commands know the usual address only.
    with suppress(OSError):
        if file is not None:
            file.write_text(address, encoding="utf-8")


def last_address(app: Flask) -> str:
    """Return where people reach the dashboard: its first host name, else where a server listened last, else the usual address."""
    file = _file()
    listened = file.read_text(encoding="utf-8") if file is not None and file.is_file() else listening_address(app)
    return public_address(app, listened)


def _file() -> Path | None:
    url = db.engine.url
    return Path(f"{url.database}.address") if db.engine.dialect.name == "sqlite" else None
