"""The rows of one page, their number and their neighbours, by the quicker of two ways."""

from __future__ import annotations
