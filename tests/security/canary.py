"""A page with two holes on purpose: scanners that do not find these have not looked, whatever their report says."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, make_server

NAMES = [("Ann",), ("Bob",), ("Cid",)]


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer by a statement put together from the address, and repeat the address as it came."""
    word = parse_qs(environ.get("QUERY_STRING", "")).get("q", [""])[0]
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE person (name TEXT)")
    database.executemany("INSERT INTO person VALUES (?)", NAMES)
    try:
        found = database.execute(f"SELECT name FROM person WHERE name = '{word}'").fetchall()
        status, words = "200 OK", ", ".join(name for (name,) in found) or "nobody"
    except sqlite3.Error as error:
        status, words = "500 Internal Server Error", f"sqlite3.OperationalError: {error}"
    finally:
        database.close()
    start_response(status, [("Content-Type", "text/html; charset=utf-8")])
    form = '<form><input name="q"><button>Search</button></form><a href="/?q=Ann">Ann</a>'
    return [f"<!doctype html><title>Canary</title><p>{word}: {words}</p>{form}".encode()]


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def singing() -> Iterator[str]:
    """Serve it on a free port of this machine, and yield its address."""
    server = make_server("127.0.0.1", 0, application, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
