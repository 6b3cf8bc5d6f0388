"""Rows in from CSV: read, held against the rules and each other, written."""

from __future__ import annotations
