"""What people have under way: drafts, open forms, saved views, and forms that were sent twice."""

from __future__ import annotations
