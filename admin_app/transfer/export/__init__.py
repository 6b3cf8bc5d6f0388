"""Rows out: read one by one, and noted in the history."""

from __future__ import annotations
