"""The order of rows, cursors in addresses, and the sort indexes."""

from __future__ import annotations
