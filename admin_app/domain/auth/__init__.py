"""Who signs in, by what, for how long, and what is told of it."""

from __future__ import annotations
