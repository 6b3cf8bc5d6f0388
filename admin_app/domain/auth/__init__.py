"""Signing in: accounts, passwords, sessions, second factors, delays, and alerts about changes."""

from __future__ import annotations
