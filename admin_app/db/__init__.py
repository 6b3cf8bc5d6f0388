"""The database below the tables: types of columns, how connections behave, what is wrong with a store."""

from __future__ import annotations
