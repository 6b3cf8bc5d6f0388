"""The verbs of an upload for an import: store it, open it, remove it when nobody needs it any more."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import PurePosixPath
from typing import IO, Any

from sqlalchemy import ColumnElement, delete, exists, or_, select

from admin_app.db.connection import rows_changed
from admin_app.db.types import utc_now
from admin_app.domain.clock import latest
from admin_app.errors import NotFoundError, TransferError
from admin_app.extensions import AnySession
from admin_app.jobs.files import CHUNK, UPLOADS, files_of
from admin_app.models.upload import LONGEST_NAME, PlannedUpload, Upload
from admin_app.unicode_text import has_something_to_see

# Long enough to continue tomorrow.
LIFETIME = timedelta(hours=24)
# Uploads without a plan that one person may have. The oldest are removed, so that nobody fills the disk.
MOST_KEPT = 20
# A file is written once.
ATTEMPT = 1

GONE = "The file is no longer there. Send it again."


def keep(session: AnySession, *, staff_id: int, resource: str, file_name: str, file: IO[bytes]) -> Upload:
    """Store a file (committed), computing its digest on the way. No transaction is open meanwhile."""
    name = _shown_name(file_name)
    upload = Upload(staff_id=staff_id, resource=resource, file_name=name, expires_at=utc_now() + LIFETIME)
    session.add(upload)
    session.flush()
    upload_id, oldest = upload.id, _beyond_room(session, staff_id)
    session.commit()
    for one in oldest:
        remove_unplanned(session, one)
        session.commit()
        files_of(UPLOADS).remove(one)
    digest = hashlib.sha256()
    try:
        size = files_of(UPLOADS).write(upload_id, ATTEMPT, _digested(file, digest))
    except OSError as error:
        remove(session, upload)
        message = f"The file could not be kept: {error.strerror or error}."
        raise TransferError(message) from error
    except BaseException:
        remove(session, upload)
        raise
    upload.size, upload.sha256 = size, digest.hexdigest()
    session.commit()
    return upload


def requested(session: AnySession, *, upload_id: int, staff_id: int, resource: str) -> Upload:
    """Return an upload of this person; raise `NotFoundError` if it is gone, incomplete, or somebody else's."""
    upload = session.get(Upload, upload_id)
    is_own = upload is not None and (upload.staff_id, upload.resource) == (staff_id, resource)
    if upload is None or not is_own or not upload.sha256:
        raise NotFoundError(GONE)
    is_planned = exists().where(PlannedUpload.upload_id == upload.id)
    if upload.expires_at < utc_now() and not session.scalar(select(is_planned)):
        raise NotFoundError(GONE)
    return upload


def open_of(session: AnySession, *, staff_id: int, most: int) -> Sequence[Upload]:
    """Return a person's files without a plan, newest first."""
    mine = Upload.staff_id == staff_id, Upload.expires_at > utc_now(), Upload.sha256 != ""
    return session.scalars(select(Upload).where(*mine, _has_no_plan()).order_by(Upload.id.desc()).limit(most)).all()


def open_file(upload: Upload) -> IO[bytes]:
    """Open an upload as a seekable file; raise `TransferError` if it is gone."""
    file = files_of(UPLOADS).open(upload.id, ATTEMPT)
    if file is None:
        raise TransferError(GONE)
    return file


def tie(session: AnySession, *, upload_id: int, plan_id: int) -> None:
    """Keep an upload for as long as its plan is kept (not yet committed)."""
    session.add(PlannedUpload(plan_id=plan_id, upload_id=upload_id))


def remove(session: AnySession, upload: Upload) -> None:
    """Remove an upload and its file (committed)."""
    upload_id = upload.id
    session.execute(delete(Upload).where(Upload.id == upload_id))
    session.commit()
    files_of(UPLOADS).remove(upload_id)


def expired(session: AnySession) -> Sequence[int]:
    """Return the ids of expired uploads: too old, and without a plan."""
    now = utc_now()
    is_old = or_(Upload.expires_at < now, Upload.created_at > latest(now))
    return session.scalars(select(Upload.id).where(is_old, _has_no_plan()).limit(100)).all()


def remove_unplanned(session: AnySession, upload_id: int) -> bool:
    """Remove an upload's row unless it has a plan (not yet committed); return whether it is gone. Its file is removed afterwards."""
    return rows_changed(session.execute(delete(Upload).where(Upload.id == upload_id, _has_no_plan()))) > 0


def last_mapped(session: AnySession, *, resource: str, headers_digest: str) -> Upload | None:
    """Return the latest planned upload whose file had the same headers."""
    of_it = (Upload.resource == resource, Upload.headers_digest == headers_digest)
    is_planned = exists().where(PlannedUpload.upload_id == Upload.id)
    return session.scalar(select(Upload).where(*of_it, is_planned).order_by(Upload.id.desc()).limit(1))


def _has_no_plan() -> ColumnElement[bool]:
    return ~exists().where(PlannedUpload.upload_id == Upload.id)


def _beyond_room(session: AnySession, staff_id: int) -> Sequence[int]:
    """Return the ids of a person's oldest uploads without a plan, as many as are above the limit."""
    mine = select(Upload.id).where(Upload.staff_id == staff_id, _has_no_plan()).order_by(Upload.id.desc())
    return session.scalars(mine.offset(MOST_KEPT)).all()


def _digested(file: IO[bytes], digest: Any) -> Iterator[bytes]:
    while piece := file.read(CHUNK):
        digest.update(piece)
        yield piece


def _shown_name(name: str) -> str:
    """Return the name to show for a file: without folders and invisible characters, and shortened if long."""
    last = PurePosixPath(name.replace("\\", "/")).name
    seen = "".join(letter for letter in last if letter.isprintable())
    return seen[:LONGEST_NAME] if has_something_to_see(seen) else ""
