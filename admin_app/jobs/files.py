"""Where the files of jobs are kept: in a folder of this machine, or in the database for several machines.

A file is written under the job's attempt and offered only once the job says it is done; what a worker left half-written
is never found by anybody, and taken away.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine, delete, func, insert, select
from sqlalchemy.orm import Session

from admin_app.context import reading, writing
from admin_app.models.job import JobChunk

# A piece of a file in the database: small enough that writing it holds nobody up.
CHUNK = 1024 * 1024
PART = ".part"

# A job and the attempt at it that wrote a file.
Writing = tuple[int, int]


class Files(Protocol):
    """A place for files."""

    def write(self, job_id: int, attempt: int, chunks: Iterable[bytes]) -> int:
        """Write a file whole, or leave nothing behind; return its size."""

    def read(self, job_id: int, attempt: int) -> Iterator[bytes] | None:
        """Return a file piece by piece, None where it is not here."""

    def gone(self, wanted: Collection[Writing]) -> set[Writing]:
        """Return whose files are not here; none is read for it."""

    def remove(self, job_id: int, attempt: int | None = None) -> None:
        """Remove what an attempt, or every attempt, of a job has written."""

    def job_ids(self) -> set[int]:
        """Return whose files there are."""


class Folder:
    """Files in a folder that nobody else on the machine may look into."""

    def __init__(self, folder: Path) -> None:
        """Keep where; the folder is made when the first file is."""
        self.folder = folder

    def write(self, job_id: int, attempt: int, chunks: Iterable[bytes]) -> int:
        """Write under another name first: a file that broke off never stands under its own."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(job_id, attempt)
        unfinished = path.with_name(path.name + PART)
        try:
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.writelines(chunks)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
        return path.stat().st_size

    def read(self, job_id: int, attempt: int) -> Iterator[bytes] | None:
        """Open the file at once, so that it can be read to its end although it expires meanwhile."""
        try:
            file = self._path(job_id, attempt).open("rb")
        except (FileNotFoundError, NotADirectoryError):
            return None

        def pieces() -> Iterator[bytes]:
            with file:
                while piece := file.read(CHUNK):
                    yield piece

        return pieces()

    def gone(self, wanted: Collection[Writing]) -> set[Writing]:
        """Look once for each."""
        return {one for one in wanted if _is_gone(self._path(*one))}

    def remove(self, job_id: int, attempt: int | None = None) -> None:
        """Remove the files of a job."""
        for path in self.folder.glob(f"job-{job_id}-{'*' if attempt is None else f'{attempt}*'}"):
            path.unlink(missing_ok=True)

    def job_ids(self) -> set[int]:
        """Return whose files there are: some of people who are gone, perhaps, and their jobs with them."""
        numbers = [path.name.split("-")[1] for path in self.folder.glob("job-*-*")]
        return {int(number) for number in numbers if number.isdigit()}

    def _path(self, job_id: int, attempt: int) -> Path:
        return self.folder / f"job-{job_id}-{attempt}"


class Table:
    """Files in the database, in pieces: for workers and dashboards on several machines."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database."""
        self.engine = engine

    def write(self, job_id: int, attempt: int, chunks: Iterable[bytes]) -> int:
        """Write piece after piece, each in a transaction of its own: a long one would keep every other writer waiting."""
        size = 0
        try:
            for number, piece in enumerate(_pieces(chunks)):
                size += len(piece)
                values = {"job_id": job_id, "attempt": attempt, "number": number, "content": piece}
                with writing(), self.engine.begin() as connection:
                    connection.execute(insert(JobChunk).values(values))
        except BaseException:
            self.remove(job_id, attempt)
            raise
        return size

    def read(self, job_id: int, attempt: int) -> Iterator[bytes] | None:
        """Read piece after piece; no transaction stays open while a slow reader takes one."""
        mine = (JobChunk.job_id == job_id, JobChunk.attempt == attempt)
        with Session(self.engine) as session:
            count = session.scalar(select(func.count()).select_from(JobChunk).where(*mine)) or 0

        def pieces() -> Iterator[bytes]:
            for number in range(count):
                with Session(self.engine) as session:
                    yield session.scalars(select(JobChunk.content).where(*mine, JobChunk.number == number)).one()

        return pieces() if count else None

    def gone(self, wanted: Collection[Writing]) -> set[Writing]:
        """Ask once for all: every file has a first piece."""
        if not wanted:
            return set()
        is_asked = JobChunk.job_id.in_([job_id for job_id, _ in wanted])
        # Asked beside a transaction that writes, too: SQLite's second writer would wait for the first, which waits here.
        with reading(), Session(self.engine) as session:
            rows = session.execute(select(JobChunk.job_id, JobChunk.attempt).where(is_asked, JobChunk.number == 0))
            return set(wanted) - {(job_id, attempt) for job_id, attempt in rows}

    def remove(self, job_id: int, attempt: int | None = None) -> None:
        """Remove the pieces."""
        wanted = [JobChunk.job_id == job_id] + ([] if attempt is None else [JobChunk.attempt == attempt])
        with writing(), self.engine.begin() as connection:
            connection.execute(delete(JobChunk).where(*wanted))

    def job_ids(self) -> set[int]:
        """Return nobody: by the foreign key, the pieces go with their job."""
        return set()


def _is_gone(path: Path) -> bool:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        # A folder that cannot be looked into, or a disk that does not answer: that does not say that the file is gone.
        return False
    return False


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    buffer = bytearray()
    for chunk in chunks:
        buffer += chunk
        while len(buffer) >= CHUNK:
            yield bytes(buffer[:CHUNK])
            del buffer[:CHUNK]
    # An empty file has one empty piece: it is there.
    yield bytes(buffer)
