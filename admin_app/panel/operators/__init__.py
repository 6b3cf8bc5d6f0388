"""Operators that several kinds of columns have, and those of relations: Flask-Admin's filters with their holes closed."""

from __future__ import annotations
