"""The formats a list leaves in. A new one is a module here and a name in this table."""

from __future__ import annotations

from admin_app.transfer.formats.base import FileOptions, Format
from admin_app.transfer.formats.csv import CSV
from admin_app.transfer.formats.json import JSON, JSON_LINES
from admin_app.transfer.formats.xlsx import XLSX

FORMATS: dict[str, Format] = {one.key: one for one in (CSV, XLSX, JSON_LINES, JSON)}

__all__ = ["CSV", "FORMATS", "XLSX", "FileOptions", "Format"]
