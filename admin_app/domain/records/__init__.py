"""One record: found, held against the rules, saved and deleted."""

from __future__ import annotations
