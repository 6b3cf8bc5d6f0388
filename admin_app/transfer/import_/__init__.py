"""Read the rows of a file: CSV, JSON or XLSX."""

from __future__ import annotations
