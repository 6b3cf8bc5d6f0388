"""The dashboard inside another Flask application: below a path of its own, over that application's models, in its database."""

from __future__ import annotations
