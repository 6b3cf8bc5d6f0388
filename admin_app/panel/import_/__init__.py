"""The pages of an import up to its plan: upload a file, check how it is read, and match its columns to fields."""

from __future__ import annotations
