"""The database below the tables: column types, how connections behave, and what can be wrong with a store."""

from __future__ import annotations
