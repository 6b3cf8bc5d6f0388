"""Where the files of jobs and uploads are stored: in a folder of this machine or, for several machines, in the database or a bucket.

A file belongs to a database row, its owner. It is written under the owner's attempt, and offered only after the
owner's row says that it is complete. An incomplete file is never offered and is removed later.
"""

from __future__ import annotations

import io
import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from flask import current_app
from sqlalchemy import ColumnElement, Engine, delete, func, insert, select
from sqlalchemy.orm import Session
from typing_extensions import Buffer, override

from admin_app.context import reading, writing
from admin_app.extensions import Attribute, db
from admin_app.jobs.bucket import SCHEME, Bucket, read_place
from admin_app.jobs.sized_file import SizedFile
from admin_app.models.job import JobChunk
from admin_app.models.stored_file import StoredFileChunk
from admin_app.models.upload import UploadChunk

# Size of a piece of a file in the database: writing one is too short to delay others. All pieces but the last have
# this size.
CHUNK = 1024 * 1024
PART = ".part"
# The setting for files in the database.
IN_DATABASE = "database"

# An owner, and the attempt that wrote a file.
Writing = tuple[int, int]


@dataclass(frozen=True)
class Owners:
    """A kind of owner: the word in file names, and where the database stores the pieces."""

    word: str
    chunk: type[JobChunk | UploadChunk | StoredFileChunk]
    key: Attribute


JOBS = Owners("job", JobChunk, JobChunk.job_id)
UPLOADS = Owners("upload", UploadChunk, UploadChunk.upload_id)
STORED = Owners("stored", StoredFileChunk, StoredFileChunk.stored_file_id)


class Files(Protocol):
    """A place for the files of one kind of owner."""

    def write(self, owner_id: int, attempt: int, chunks: Iterable[bytes]) -> int:
        """Write a complete file or leave nothing behind; return its size."""

    def read(self, owner_id: int, attempt: int) -> Iterator[bytes] | None:
        """Return a file piece by piece; None if it is not here."""

    def open(self, owner_id: int, attempt: int) -> IO[bytes] | None:
        """Open a seekable file; None if it is not here."""

    def gone(self, wanted: Collection[Writing]) -> set[Writing]:
        """Return those of these whose files are not here, without reading any."""

    def remove(self, owner_id: int, attempt: int | None = None) -> None:
        """Remove the files of one attempt, or of every attempt, of an owner."""

    def owner_ids(self) -> set[int]:
        """Return the ids of the owners that have files."""

    def writings(self) -> set[Writing]:
        """Return the complete files, as (owner, attempt)."""


class Folder:
    """Files in a folder that only this user of the machine can read."""

    def __init__(self, folder: Path, owners: Owners) -> None:
        """Keep the folder and the kind of owner. The first file creates the folder."""
        self.folder, self._word = folder, owners.word

    def write(self, owner_id: int, attempt: int, chunks: Iterable[bytes]) -> int:
        """Write under a temporary name first: an incomplete file never appears under its own name."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(owner_id, attempt)
        unfinished = path.with_name(path.name + PART)
        try:
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.writelines(chunks)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
        return path.stat().st_size

    def read(self, owner_id: int, attempt: int) -> Iterator[bytes] | None:
        """Open the file at once, so that it can be read to its end even if it is removed meanwhile."""
        file = self.open(owner_id, attempt)
        if file is None:
            return None

        def pieces() -> Iterator[bytes]:
            with file:
                while piece := file.read(CHUNK):
                    yield piece

        return pieces()

    def open(self, owner_id: int, attempt: int) -> IO[bytes] | None:
        """Open it."""
        try:
            return self._path(owner_id, attempt).open("rb")
        except (FileNotFoundError, NotADirectoryError):
            return None

    def gone(self, wanted: Collection[Writing]) -> set[Writing]:
        """Check each file."""
        return {one for one in wanted if _is_gone(self._path(*one))}

    def remove(self, owner_id: int, attempt: int | None = None) -> None:
        """Remove the files of an owner."""
        for path in self.folder.glob(f"{self._word}-{owner_id}-{'*' if attempt is None else f'{attempt}*'}"):
            path.unlink(missing_ok=True)

    def owner_ids(self) -> set[int]:
        """Return the ids of the owners that have files, including people who no longer exist."""
        numbers = [path.name.split("-")[1] for path in self.folder.glob(f"{self._word}-*-*")]
        return {int(number) for number in numbers if number.isdigit()}

    def writings(self) -> set[Writing]:
        """List the folder."""
        named = [
            path.name.removeprefix(f"{self._word}-").partition("-") for path in self.folder.glob(f"{self._word}-*")
        ]
        return {(int(one), int(attempt)) for one, _, attempt in named if one.isdigit() and attempt.isdigit()}

    def _path(self, owner_id: int, attempt: int) -> Path:
        return self.folder / f"{self._word}-{owner_id}-{attempt}"


class Table:
    """Files in the database, in pieces: for workers and dashboards on several machines."""

    def __init__(self, engine: Engine, owners: Owners) -> None:
        """Keep the database and the kind of owner."""
        self.engine, self._chunk, self._key = engine, owners.chunk, owners.key

    def write(self, owner_id: int, attempt: int, chunks: Iterable[bytes]) -> int:
        """Write piece by piece, each in its own transaction: a long transaction would block every other writer."""
        size = 0
        try:
            for number, piece in enumerate(_pieces(chunks)):
                size += len(piece)
                values = {self._key.key: owner_id, "attempt": attempt, "number": number, "content": piece}
                with writing(), self.engine.begin() as connection:
                    connection.execute(insert(self._chunk).values(values))
        except BaseException:
            self.remove(owner_id, attempt)
            raise
        return size

    def read(self, owner_id: int, attempt: int) -> Iterator[bytes] | None:
        """Read piece by piece. No transaction stays open while a slow reader takes one."""
        count = self._count(owner_id, attempt)

        def pieces() -> Iterator[bytes]:
            for number in range(count):
                yield self.piece(owner_id, attempt, number)

        return pieces() if count else None

    def open(self, owner_id: int, attempt: int) -> IO[bytes] | None:
        """Open a file whose pieces are read on demand."""
        count = self._count(owner_id, attempt)
        return io.BufferedReader(_Pieces(self, owner_id, attempt, count), CHUNK) if count else None

    def gone(self, wanted: Collection[Writing]) -> set[Writing]:
        """Ask once for all: every file has a first piece."""
        if not wanted:
            return set()
        is_asked = self._key.in_([owner_id for owner_id, _ in wanted])
        # This may run beside a writing transaction: in SQLite a second writer would wait for the first, which waits
        # here.
        with reading(), Session(self.engine) as session:
            rows = session.execute(select(self._key, self._chunk.attempt).where(is_asked, self._chunk.number == 0))
            return set(wanted) - {(owner_id, attempt) for owner_id, attempt in rows}

    def remove(self, owner_id: int, attempt: int | None = None) -> None:
        """Remove the pieces."""
        wanted = [self._key == owner_id] + ([] if attempt is None else [self._chunk.attempt == attempt])
        with writing(), self.engine.begin() as connection:
            connection.execute(delete(self._chunk).where(*wanted))

    def owner_ids(self) -> set[int]:
        """Return nobody: the foreign key removes pieces with their owner."""
        return set()

    def writings(self) -> set[Writing]:
        """Select the first pieces."""
        asked = select(self._key, self._chunk.attempt).where(self._chunk.number == 0)
        with reading(), Session(self.engine) as session:
            return {(owner_id, attempt) for owner_id, attempt in session.execute(asked)}

    def piece(self, owner_id: int, attempt: int, number: int) -> bytes:
        """Read one piece; this may run beside a writing transaction."""
        asked = select(self._chunk.content).where(*self._own(owner_id, attempt), self._chunk.number == number)
        with reading(), Session(self.engine) as session:
            return session.scalars(asked).one()

    def _count(self, owner_id: int, attempt: int) -> int:
        counted = select(func.count()).select_from(self._chunk).where(*self._own(owner_id, attempt))
        with reading(), Session(self.engine) as session:
            return session.scalar(counted) or 0

    def _own(self, owner_id: int, attempt: int) -> tuple[ColumnElement[bool], ...]:
        return self._key == owner_id, self._chunk.attempt == attempt


class _Pieces(SizedFile):
    """A seekable file in the database."""

    def __init__(self, table: Table, owner_id: int, attempt: int, count: int) -> None:
        super().__init__((count - 1) * CHUNK + len(table.piece(owner_id, attempt, count - 1)))
        self._table, self._file = table, (owner_id, attempt)

    @override
    def readinto(self, buffer: Buffer) -> int:
        if self._place >= self._size:
            return 0
        number, start = divmod(self._place, CHUNK)
        found = self._table.piece(*self._file, number)[start : start + len(memoryview(buffer))]
        memoryview(buffer)[: len(found)] = found
        self._place += len(found)
        return len(found)


def files_of(owners: Owners) -> Files:
    """Return the place of files that the current application's setting names."""
    place = current_app.config["FILES"]
    if is_folder(place):
        return Folder(Path(place), owners)
    return Table(db.engine, owners) if place == IN_DATABASE else Bucket(read_place(place), owners.word)


def is_folder(place: str) -> bool:
    """Whether files are in a folder of this machine."""
    return place != IN_DATABASE and not place.startswith(SCHEME)


def _is_gone(path: Path) -> bool:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        # A folder that cannot be read, or a disk that does not respond, does not mean that the file is gone.
        return False
    return False


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    buffer = bytearray()
    for chunk in chunks:
        buffer += chunk
        while len(buffer) >= CHUNK:
            yield bytes(buffer[:CHUNK])
            del buffer[:CHUNK]
    # An empty file has one empty piece, so that it exists.
    yield bytes(buffer)
