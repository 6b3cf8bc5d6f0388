"""Find the rows that contain a text, with an index if that is faster."""

from __future__ import annotations
