"""The stored files of a backup: read from their folder or bucket, and put back there, one after the other.

Files in the database are part of its copy.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import IO

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.backup.archive import Piece
from admin_app.errors import BackupError
from admin_app.extensions import db, table_of
from admin_app.jobs.files import CHUNK, IN_DATABASE, JOBS, STORED, UPLOADS, Owners, Writing, files_of

EVERYBODY = {one.word: one for one in (JOBS, UPLOADS, STORED)}


def kept_beside() -> Iterator[Piece]:
    """Return the files that are not in the database, each with the function that opens it."""
    if current_app.config["FILES"] == IN_DATABASE:
        return
    for word, owners in EVERYBODY.items():
        files = files_of(owners)
        for owner_id, attempt in sorted(files.writings()):
            yield Piece(f"{word}-{owner_id}-{attempt}", partial(files.open, owner_id, attempt))


def put_back(name: str, file: IO[bytes]) -> bool:
    """Write a file of a backup to the present place of files; return whether it has an owner. A file without one is left out."""
    word, owner_id, attempt = name.split("-")
    owners, writing = EVERYBODY[word], (int(owner_id), int(attempt))
    if not _has_owner(owners, writing):
        return False
    try:
        files_of(owners).write(*writing, iter(lambda: file.read(CHUNK), b""))
    except OSError as error:
        message = f"The file {name} could not be put back: {error}. The database is restored: repeat the command."
        raise BackupError(message) from error
    return True


def _has_owner(owners: Owners, writing: Writing) -> bool:
    (reference,) = table_of(owners.chunk).c[owners.key.key].foreign_keys
    with Session(db.engine) as session:
        return session.scalar(select(reference.column).where(reference.column == writing[0])) is not None
