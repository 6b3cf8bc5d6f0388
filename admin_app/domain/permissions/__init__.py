"""Who may do what: roles and their rights, and that nobody gives what they do not hold."""

from __future__ import annotations
