"""The verbs of a file in a record: store an upload, open it, remove it when neither a record nor the history refers to it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from io import BytesIO
from typing import IO

from sqlalchemy import Text, cast, exists, or_, select, type_coerce, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from admin_app.context import writing
from admin_app.db.attributes import classes_of_table, stored_columns
from admin_app.db.json_values import recorded_models
from admin_app.db.types import utc_now
from admin_app.errors import TransferError
from admin_app.extensions import AnySession, TableColumn, db
from admin_app.jobs.content_types import content_type_of
from admin_app.jobs.files import CHUNK, STORED, Writing, files_of
from admin_app.jobs.pictures import cleaned, small
from admin_app.kinds import kind_of
from admin_app.kinds.file import MEGABYTE, FileKind, ImageKind
from admin_app.kinds.file_reference import FileReference, clean_name
from admin_app.models.change_set import Change
from admin_app.models.draft import Draft
from admin_app.models.stored_file import StoredFile

# A file that no one saved is kept for a day; a file in use is checked again after a month.
UNSAVED, HELD = timedelta(hours=24), timedelta(days=30)
# Files checked in one round.
PORTION = 20
# The attempts under which the file and its preview are stored.
WHOLE, SMALL = 1, 2

GONE = "The file is no longer there."


def keep(session: AnySession, kind: FileKind, label: str, *, file_name: str, file: IO[bytes]) -> str:
    """Store a file (committed) and return its reference; raise `TransferError` if the column does not accept it."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if size > kind.most_bytes:
        message = f"{label} must be {kind.most_bytes // MEGABYTE:,} MB or smaller. The file was not kept."
        raise TransferError(message)
    content_type, preview = content_type_of(file), b""
    if problem := kind.problem_with_type(label, content_type):
        raise TransferError(problem)
    if isinstance(kind, ImageKind):
        content = cleaned(file, label, most_pixels=kind.most_pixels)
        file, preview = BytesIO(content), small(content)
    digest, size = _digest(file)
    here = _id_of(session, digest)
    if here is None:
        stored = StoredFile(size=size, content_type=content_type, has_preview=bool(preview), look_at=_later(UNSAVED))
        _store(session, stored, digest, file, preview)
    elif files_of(STORED).gone({(here, WHOLE)}):
        # It was lost and has been sent again.
        _write(here, file, preview)
    return str(FileReference(digest, size, clean_name(file_name)))


def found(session: AnySession, reference: FileReference) -> StoredFile | None:
    """Return the file of a reference; None if it is gone."""
    return session.scalar(select(StoredFile).where(StoredFile.sha256 == reference.sha256))


def content_of(stored: StoredFile, *, is_small: bool) -> Iterator[bytes] | None:
    """Return the content of a file, or of its preview, piece by piece; None if it is gone."""
    return files_of(STORED).read(stored.id, SMALL if is_small else WHOLE)


def missing(session: AnySession) -> int:
    """Count the files of records that are missing."""
    rows = session.execute(select(StoredFile.id).where(StoredFile.sha256.is_not(None))).scalars()
    wanted: set[Writing] = {(one, WHOLE) for one in rows}
    return len(files_of(STORED).gone(wanted))


def sweep() -> None:
    """Remove unused files, and contents without a row; each in its own transaction."""
    files = files_of(STORED)
    with Session(db.engine) as session:
        due = session.scalars(select(StoredFile.id).where(StoredFile.look_at < utc_now()).limit(PORTION)).all()
    for file_id in due:
        _look_at(file_id)
    # In this order: a file sent meanwhile is not yet among the contents.
    there = files.owner_ids()
    with Session(db.engine) as session:
        there -= set(session.scalars(select(StoredFile.id).where(StoredFile.id.in_(there))))
    for file_id in there:
        files.remove(file_id)


def let_go(digests: Collection[str]) -> None:
    """Remove these files at once if they are unused; each in its own transaction."""
    chosen = StoredFile.sha256.in_(digests)
    with writing(), Session(db.engine) as session:
        session.execute(update(StoredFile).where(chosen).values(look_at=utc_now()))
        session.commit()
        due = session.scalars(select(StoredFile.id).where(chosen)).all()
    for file_id in due:
        _look_at(file_id)


def is_held(session: AnySession, sha256: str | None) -> bool:
    """Whether a record, the history or a draft refers to a file."""
    if sha256 is None:
        return False
    columns = file_columns()
    named, tables = f"%{sha256}/%", {one.table.name for one in columns}
    told = or_(*(type_coerce(one, Text).like(named) for one in (Change.before, Change.after)))
    asked = [
        *(exists().where(one.like(f"{sha256}/%")) for one in columns),
        exists().where(Change.model.in_(tables), told),
        exists().where(cast(Draft.fields, Text).like(named)),
    ]
    return any(session.scalar(select(one)) for one in asked)


def file_columns() -> list[TableColumn]:
    """Return all models' columns that hold files, including those of subclasses in the same table."""
    classes = (one for model in recorded_models().values() for one in classes_of_table(model))
    columns = dict.fromkeys(column for one in classes for column in stored_columns(one).values())
    return [one for one in columns if kind_of(one).is_file]


def _look_at(file_id: int) -> None:
    """Remove a file if it is unused."""
    # Searching the history takes long: it is done without the lock first, and again with the lock before anything is
    # removed.
    with Session(db.engine) as session:
        stored = session.get(StoredFile, file_id)
        is_kept = stored is not None and is_held(session, stored.sha256)
    with writing(), Session(db.engine) as session:
        is_gone = _remove_unless_held(session, file_id, is_kept=is_kept)
        session.commit()
    if is_gone:
        files_of(STORED).remove(file_id)


def _remove_unless_held(session: AnySession, file_id: int, *, is_kept: bool) -> bool:
    """Remove a file's row (not yet committed) if the file is unused; return whether it is gone. Its content is removed afterwards."""
    # Someone who sends the same content at this moment waits, and then finds it gone.
    stored = session.get(StoredFile, file_id, with_for_update=True)
    if stored is None or stored.look_at > utc_now():
        return False
    if is_kept or is_held(session, stored.sha256):
        stored.look_at = _later(HELD)
        return False
    session.delete(stored)
    return True


def _id_of(session: AnySession, digest: str) -> int | None:
    """Find a file of the same content, and keep it for another day (committed)."""
    is_it, until = StoredFile.sha256 == digest, _later(UNSAVED)
    session.execute(update(StoredFile).where(is_it, StoredFile.look_at < until).values(look_at=until))
    found = session.scalar(select(StoredFile.id).where(is_it))
    session.commit()
    return found


def _store(session: AnySession, stored: StoredFile, digest: str, file: IO[bytes], preview: bytes) -> None:
    """Write the content while no transaction is open. The file exists once its row says so."""
    session.add(stored)
    session.flush()
    file_id = stored.id
    session.commit()
    _write(file_id, file, preview)
    stored.sha256 = digest
    try:
        session.commit()
    except IntegrityError:
        # Someone sent the same content meanwhile. Ours is unused and is removed at the next check.
        session.rollback()


def _write(file_id: int, file: IO[bytes], preview: bytes) -> None:
    files = files_of(STORED)
    try:
        file.seek(0)
        files.write(file_id, WHOLE, iter(lambda: file.read(CHUNK), b""))
        if preview:
            files.write(file_id, SMALL, [preview])
    except OSError as error:
        message = f"The file could not be kept: {error.strerror or error}."
        raise TransferError(message) from error


def _digest(file: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while piece := file.read(CHUNK):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def _later(by: timedelta) -> datetime:
    return utc_now() + by
