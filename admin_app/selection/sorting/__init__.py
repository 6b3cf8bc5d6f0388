"""The order of rows: a place in it, its text in an address, and its indexes."""

from __future__ import annotations
