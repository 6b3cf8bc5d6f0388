"""Records in from a file: it is sent, looked at, and its columns are given to fields. The plan that is made of it is `panel/plan`'s."""

from __future__ import annotations
