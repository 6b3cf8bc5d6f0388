"""The dashboard's public address, as far as a command can know it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from flask import Flask

from admin_app.extensions import db

# The default address of `manage.py run`.
HOST, PORT = "127.0.0.1", 8000


def listening_address(app: Flask, host: str = HOST, port: int = PORT) -> str:
    """Return the address of the server itself."""
    return f"{app.config['PREFERRED_URL_SCHEME']}://{f'[{host}]' if ':' in host else host}:{port}"


def public_address(app: Flask, address: str) -> str:
    """Return the dashboard's public address: its first host name if names are set, otherwise the address that it listens on."""
    hosts = app.config["TRUSTED_HOSTS"]
    return f"{app.config['PREFERRED_URL_SCHEME']}://{hosts[0].lstrip('.')}" if hosts else address


def remember_address(address: str) -> None:
    """Store the address that the server listens on beside an embedded database, so that links of later commands lead there.

    If the database is a server, the dashboard is public, and `ADMIN_HOSTS` names it.
    """
    file = _file()
    # If it cannot be written, commands use the default address.
    with suppress(OSError):
        if file is not None:
            file.write_text(address, encoding="utf-8")


def last_address(app: Flask) -> str:
    """Return the public address: the first host name, else the address where a server last listened, else the default one."""
    file = _file()
    listened = file.read_text(encoding="utf-8") if file is not None and file.is_file() else listening_address(app)
    return public_address(app, listened)


def _file() -> Path | None:
    url = db.engine.url
    return Path(f"{url.database}.address") if db.engine.dialect.name == "sqlite" else None
