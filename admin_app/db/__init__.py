"""The database layer below the tables: column types, connections, and the database's own problems."""

from __future__ import annotations
