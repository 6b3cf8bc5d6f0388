"""The server's own edge: what is no HTTP at all is refused before the dashboard, says nothing of it, and stops nothing."""

from __future__ import annotations

import socket

CLOSED = b""
# What is sent, and how the first line of the answer begins; a connection that is closed without a word is an answer too.
SENT = {
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"400"),
    "a request line without end": (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"4"),
    "a header without end": (b"GET / HTTP/1.1\r\nHost: x\r\nCookie: session=" + b"a" * 70_000 + b"\r\n\r\n", b"4"),
    "too many headers": (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 500 + b"\r\n", b"4"),
    "a name that is none": (b"GET / HTTP/1.1\r\nHost: x\r\n<script>: x\r\n\r\n", b"400"),
    "two lengths": (b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 9\r\n\r\nx", b"400"),
    "a length and pieces": (
        b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"400",
    ),
    "a negative length": (b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"400"),
    "an unknown version": (b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", b"4"),
    "NUL in a header": (b"GET / HTTP/1.1\r\nHost: x\r\nCookie: session=a\0b\r\n\r\n", b"400"),
    "a folded header": (b"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", b"400"),
}
WORDS_OF_OURS = (b"Traceback", b"<script>", b"/admin_app/")


def problems(port: int) -> list[str]:
    """Return what the edge did otherwise than it should."""
    found = []
    for name, (request, expected) in SENT.items():
        answer = _answer(port, request)
        status = answer.removeprefix(b"HTTP/1.1 ")
        if answer != CLOSED and not status.startswith(expected):
            found.append(f"edge: {name}: {answer[:200]!r}")
        found += [f"edge: {name} says {word!r}" for word in WORDS_OF_OURS if word in answer]
    if not _answer(port, b"GET /sign-in HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").startswith(b"HTTP/1.1 200"):
        found.append("edge: the server answers nobody any more")
    return found


def _answer(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        try:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b""))
        except ConnectionError:
            # Refused while the rest was still on its way.
            return CLOSED
