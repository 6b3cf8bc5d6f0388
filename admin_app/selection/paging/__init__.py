"""Pages: the rows of a page, their count, and a record's neighbours, each found the faster of two ways."""

from __future__ import annotations
