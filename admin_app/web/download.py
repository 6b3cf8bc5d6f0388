"""Files that are sent while they are written."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from itertools import islice

from flask import Response, request

from admin_app.extensions import db
from admin_app.web.priority import behind_pages


def download(written: Generator[bytes, None, None], *, content_type: str, name: str) -> Response:
    """Send a file while it is written; one that fails half-way is broken off.

    The first piece is written before anything is sent: if the database fails at once, or cannot record the export, a page
    can still say so.
    """
    pieces = behind_pages(written)
    # The file has a connection of its own: no two of them are held while it is read.
    db.session.rollback()
    first = [] if request.method == "HEAD" else [*islice(pieces, 1)]
    return Response(
        _from(first, pieces),
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _from(first: Sequence[bytes], pieces: Generator[bytes, None, None]) -> Generator[bytes, None, None]:
    with closing(pieces):
        yield from first
        yield from pieces
