"""How long the server waits for a client that sends or takes nothing: a thread, and the database's connection, are held meanwhile."""

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

# Seconds for one piece of an answer, some hundred kilobytes; the slowest telephones take a few.
PATIENCE = 60
# Seconds for the whole head of a request, from its first byte, and again for its body: both come in one piece from
# whoever is not stuck. A body that goes on arriving has a second more for each so many bytes of it, the pace of a
# telephone at the edge of its network: 16 MB, the largest form, may take a quarter of an hour. Only who may import has
# more sent than that.
ARRIVAL, PACE = 15, 16_000


class Late(NoMoreData):
    """A request that did not arrive in time: for gunicorn, and for Flask, one whose client went away."""


class TimedReader(SocketUnreader):
    """What a socket brings, as long as it comes in time. A limit for each wait alone would let a byte now and then hold a thread."""

    def __init__(self, sock: socket, seconds: float) -> None:
        """Read from this socket; what is expected has so many seconds."""
        super().__init__(sock)
        self.seconds = seconds
        self.is_late = False
        self.expect()

    def expect(self, pace: float = 0) -> None:
        """Begin to count with the next byte; at a pace, what arrives earns time."""
        self.pace = pace
        self.begun: float | None = None
        self.received = 0

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return what has come, or raise `Late`."""
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
            # Nothing at all would mean not to wait, and another error.
            self.sock.settimeout(max(limit, 0.001))
            return bytes(super().chunk(size_hint))
        except TimeoutError as error:
            self.is_late = True
            raise Late from error
        finally:
            self.sock.settimeout(before)


class PatientWorker(ThreadWorker):
    """Gunicorn's threads, which alone would wait for ever."""

    def handle(self, conn: Any) -> Any:
        """Read a request and answer it; one whose head is not there in time is told so."""
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
        """Answer, and break the connection off when a piece is not taken in time: what was sent never looks whole."""
        conn.sock.settimeout(self.cfg.timeout)
        conn.parser.unreader.expect(PACE)
        try:
            return bool(super().handle_request(req, conn)) and not conn.parser.unreader.is_late
        except TimeoutError:
            self.log.info("a client took nothing for %s seconds", self.cfg.timeout)
            return False
