"""Email, and the links and alerts that it carries."""

from __future__ import annotations
