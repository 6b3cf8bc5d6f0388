"""Signing in by the browser: sessions, second factors, and fresh proof before dangerous acts."""

from __future__ import annotations
