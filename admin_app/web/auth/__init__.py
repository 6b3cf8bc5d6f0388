"""Signing in with a browser: sessions, second factors, and re-authentication before dangerous acts."""

from __future__ import annotations
