"""Email: links, alerts and digests."""

from __future__ import annotations
