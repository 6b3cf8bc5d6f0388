"""Erasing a person: everything that is held about them, its removal, the proof, and the mark that stays."""

from __future__ import annotations
