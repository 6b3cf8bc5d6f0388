"""The history: recorded with every change, read, compared, and undone."""

from __future__ import annotations
