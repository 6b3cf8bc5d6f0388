"""Backups: the database and the files beside it in one archive, which says what is in it and can be tried."""

from __future__ import annotations
