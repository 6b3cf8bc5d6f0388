"""Where people reach the dashboard, as far as a command can know."""

from __future__ import annotations

from flask import Flask

# What `manage.py run` listens on unless told otherwise.
HOST, PORT = "127.0.0.1", 8000


def listening_address(app: Flask, host: str = HOST, port: int = PORT) -> str:
    """Return the address of the server itself."""
    return f"{app.config['PREFERRED_URL_SCHEME']}://{f'[{host}]' if ':' in host else host}:{port}"


def public_address(app: Flask, address: str) -> str:
    """Return where people reach the dashboard: under its first host name, where names are set, else where it listens."""
    hosts = app.config["TRUSTED_HOSTS"]
    return f"{app.config['PREFERRED_URL_SCHEME']}://{hosts[0].lstrip('.')}" if hosts else address
