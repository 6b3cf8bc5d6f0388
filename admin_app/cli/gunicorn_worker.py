"""Time limits for clients that send or take nothing: meanwhile they occupy a thread and a database connection."""

from __future__ import annotations

import time
from contextlib import suppress
from socket import socket
from typing import Any

from gunicorn import util
from gunicorn.http.errors import NoMoreData
from gunicorn.http.parser import RequestParser
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import ThreadWorker

# Seconds for a client to take one piece of a response, some hundred kilobytes; the slowest phones need a few.
PATIENCE = 60
# Seconds for a request's whole head, from its first byte, and again for its body: both arrive in one piece unless the
# client is stuck. A body that keeps arriving gets a second more for each of so many bytes, the pace of a phone at the
# edge of its network: 16 MB, the largest form, may take a quarter of an hour. Only people who may import can send
# more.
ARRIVAL, PACE = 15, 16_000


class Late(NoMoreData):
    """The request did not arrive in time. Gunicorn closes the connection; to Flask, the client has gone away."""


class TimedReader(SocketUnreader):
    """Reads a socket within a time limit for the whole. A limit for each wait alone would let one byte now and then occupy a thread."""

    def __init__(self, sock: socket, seconds: float) -> None:
        """Read from this socket; the expected part has so many seconds."""
        super().__init__(sock)
        self.seconds = seconds
        self.is_late = False
        self.expect()

    def expect(self, pace: float = 0) -> None:
        """Start the clock at the next byte. With a pace, arriving bytes extend the time."""
        self.pace = pace
        self.begun: float | None = None
        self.received = 0

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return the next bytes, or raise `Late`."""
        earned = self.received / self.pace if self.pace else 0
        now = time.monotonic()
        self.begun = now if self.begun is None else self.begun
        data = self._received_within(self.begun + self.seconds + earned - now, size_hint)
        self.received += len(data)
        return data

    def _received_within(self, seconds: float, size_hint: int | None) -> bytes:
        before = self.sock.gettimeout()
        limit = seconds if before is None else min(seconds, before)
        try:
            # A timeout of 0 would mean not to wait, and raise another error.
            self.sock.settimeout(max(limit, 0.001))
            return bytes(super().chunk(size_hint))
        except TimeoutError as error:
            self.is_late = True
            raise Late from error
        finally:
            self.sock.settimeout(before)


class PatientWorker(ThreadWorker):
    """Gunicorn's threaded worker, which by itself would wait for ever."""

    def handle(self, conn: Any) -> Any:
        """Read a request and answer it; answer 408 if its head does not arrive in time."""
        if conn.parser is None:
            conn.parser = RequestParser(self.cfg, conn.sock, conn.client)
            conn.parser.unreader = TimedReader(conn.sock, self.app.arrival)
        unreader = conn.parser.unreader
        unreader.expect()
        kept = super().handle(conn)
        if unreader.is_late and not unreader.pace:
            with suppress(OSError):
                util.write_error(conn.sock, 408, "Request Timeout", "The request did not arrive in time.")
        return kept

    def handle_request(self, req: object, conn: Any) -> bool:
        """Answer, and break the connection off if a piece is not taken in time, so that an incomplete response never looks complete."""
        conn.sock.settimeout(self.cfg.timeout)
        conn.parser.unreader.expect(PACE)
        try:
            return bool(super().handle_request(req, conn)) and not conn.parser.unreader.is_late
        except TimeoutError:
            self.log.info("a client took nothing for %s seconds", self.cfg.timeout)
            return False
