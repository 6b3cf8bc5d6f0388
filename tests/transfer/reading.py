"""Open a file that a test made, as a page does."""

from __future__ import annotations

import io
from typing import Any

import pytest

from admin_app.errors import TransferError
from admin_app.transfer.import_.opening import open_source
from admin_app.transfer.import_.source import Reading, Source

TITLES = {"id", "name", "email", "content", "created at", "error"}


def is_title(title: str) -> bool:
    return title.strip("\ufeff ").lower() in TITLES


def opened(content: bytes | str, name: str = "", *, guesses: bool = True, **how: Any) -> Source:
    raw = content.encode() if isinstance(content, str) else content
    return open_source(io.BytesIO(raw), is_title, Reading(**how), name=name, guesses=guesses)


def read(content: bytes | str, name: str = "", **how: Any) -> tuple[list[str], list[tuple[int, list[str | None]]]]:
    """Return a file's titles and rows, after a look that none of them is wrong."""
    source = opened(content, name, **how)
    rows = list(source.rows())

    assert [(row.number, row.problem, dict(row.unreadable)) for row in rows if row.problem or row.unreadable] == []
    return list(source.titles), [(row.number, list(row.cells)) for row in rows]


def problems(content: bytes | str, **how: Any) -> list[tuple[int, str, dict[int, str]]]:
    """Return what is wrong with rows and cells."""
    rows = opened(content, **how).rows()
    return [(row.number, row.problem, dict(row.unreadable)) for row in rows if row.problem or row.unreadable]


def refusal(content: bytes | str, name: str = "", **how: Any) -> str:
    with pytest.raises(TransferError) as caught:
        list(opened(content, name, **how).rows())
    return str(caught.value)
