"""Which rows contain a text, by an index where that is quick."""

from __future__ import annotations
