"""Gunicorn's log lines in the dashboard's own format."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger


class JoiningLogger(Logger):
    """A logger that passes its lines to the root logger, which writes JSON."""

    def setup(self, cfg: Any) -> None:
        """Remove gunicorn's own handlers."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
