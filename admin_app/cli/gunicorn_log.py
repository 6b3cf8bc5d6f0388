"""Gunicorn's own lines, in the form that the dashboard's have."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger


class JoiningLogger(Logger):
    """A logger that hands its lines on to the root logger, which writes JSON."""

    def setup(self, cfg: Any) -> None:
        """Take gunicorn's own form away."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
