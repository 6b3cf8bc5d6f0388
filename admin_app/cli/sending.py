"""How long the server waits for a client that takes nothing: a thread and the database's connection are held meanwhile."""

from __future__ import annotations

from typing import Any

from gunicorn.workers.gthread import ThreadWorker

# Seconds for one piece of an answer, some hundred kilobytes; the slowest telephones take a few.
PATIENCE = 60


class Sending(ThreadWorker):
    """Gunicorn's threads, which alone would wait for ever."""

    def handle_request(self, req: Any, conn: Any) -> bool:
        """Answer, and break the connection off when a piece is not taken in time: what was sent never looks whole."""
        conn.sock.settimeout(self.cfg.timeout)
        try:
            return bool(super().handle_request(req, conn))
        except TimeoutError:
            self.log.info("a client took nothing for %s seconds", self.cfg.timeout)
            return False
