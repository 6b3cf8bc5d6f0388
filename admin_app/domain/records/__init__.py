"""One record: find it, check it against the rules, save it, delete it."""

from __future__ import annotations
