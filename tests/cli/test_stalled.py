"""Clients that begin a request and go on no more: they hold no thread for good, whatever they sent, and nobody else waits for long."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial

import pytest

from tests.cli.conftest import serving, settings_in
from tests.cli.serving import PATIENCE, Served, stop

HEAD = b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
STALLED = {
    "nothing": b"",
    "half a line": b"GET /sig",
    "half a head": HEAD,
    "no body": HEAD + b"Content-Length: 100\r\n\r\n",
    "half a body": HEAD + b"Content-Length: 100\r\n\r\nemail=ann",
    "half a multipart body": HEAD.replace(b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=B")
    + b'Content-Length: 900\r\n\r\n--B\r\nContent-Disposition: form-data; name="email"\r\n\r\nann',
    "half a chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n20\r\nemail=ann",
    "a body that nobody reads": b"POST /sign-out HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nx",
}


@pytest.fixture
def sockets() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Start a server of one thread, which gives a request a second to arrive; it must tell of no failure."""
    with serving(settings_in(tmp_path_factory.mktemp("impatient"))) as start:
        served = start("--arrival", "1", "--workers", "1", "--threads", "1", "--jobs", "0")
        yield served
        stop(served, signal.SIGTERM)
    assert "Traceback" not in "\n".join(served.printed)


def began(sockets: ExitStack, port: int, sent: bytes) -> socket.socket:
    """Open a connection, send that much, and leave it so."""
    client = sockets.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE))
    client.sendall(sent)
    return client


def test_stalled_clients_hold_no_thread_for_good(impatient: Served, sockets: ExitStack) -> None:
    for sent in STALLED.values():
        began(sockets, impatient.port, sent)

    # There is one thread, which all of them want first: each is left in turn.
    assert impatient.get("/sign-in").status == 200


def test_who_sends_too_slowly_is_told_so(impatient: Served, sockets: ExitStack) -> None:
    kinds = ("half a head", "half a body", "half a chunk", "half a multipart body")

    clients = {kind: began(sockets, impatient.port, STALLED[kind]) for kind in kinds}
    # The connection ends with the answer.
    answers = {kind: b"".join(iter(partial(client.recv, 65536), b"")) for kind, client in clients.items()}

    assert {kind: answer[:13] for kind, answer in answers.items()} == dict.fromkeys(kinds, b"HTTP/1.1 408 ")


def test_a_byte_now_and_then_earns_a_head_no_time(impatient: Served, sockets: ExitStack) -> None:
    client = began(sockets, impatient.port, HEAD)
    client.settimeout(0.2)
    answer = b""
    for _ in range(100):
        client.sendall(b"X: y\r\n")
        try:
            answer = client.recv(65536)
            break
        except TimeoutError:
            continue

    assert answer.startswith(b"HTTP/1.1 408 ")


def test_a_request_in_two_pieces_is_answered_and_its_connection_stays(
    serve: Callable[..., Served], sockets: ExitStack
) -> None:
    served = serve("--jobs", "0")

    client = began(sockets, served.port, b"GET /sign-in HT")
    client.sendall(b"TP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: identity\r\n\r\n")
    first = client.recv(65536)
    client.sendall(b"GET /static/icon.svg HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    rest = b"".join(iter(lambda: client.recv(65536), b""))

    assert first.startswith(b"HTTP/1.1 200 ")
    assert b"HTTP/1.1 200 OK" in rest
