"""Backups: the database and the stored files in one archive with a manifest, which can be verified."""

from __future__ import annotations
