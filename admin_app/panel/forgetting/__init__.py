"""Erasing a person in the dashboard and on the command line."""

from __future__ import annotations
