"""Files that people send: kept whole or not at all, read from anywhere in them, and let go when nobody needs them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.db.types import utc_now
from admin_app.domain.plan import plan as plans
from admin_app.errors import NotFoundError, TransferError
from admin_app.extensions import db
from admin_app.jobs import uploads
from admin_app.jobs.files import CHUNK, UPLOADS, files_of
from admin_app.jobs.worker import _remove_expired_uploads
from admin_app.models.post import Post
from admin_app.models.staff import Staff
from admin_app.models.upload import PlannedUpload, Upload

pytestmark = pytest.mark.usefixtures("place")
LARGE = bytes(range(256)) * (CHUNK // 100)


@pytest.fixture
def context(app: Flask, place: str) -> Iterator[str]:
    """Run in the application's context; return where files are."""
    with app.app_context():
        yield place


def send(staff: Staff, content: bytes = b"name\nAnn\n", name: str = "users.csv") -> Upload:
    return uploads.keep(db.session, staff_id=staff.id, resource="user", file_name=name, file=io.BytesIO(content))


def plan_of(upload: Upload) -> int:
    """Make a plan of an upload."""
    plan = plans.begin(
        db.session, staff_id=upload.staff_id, resource="user", model=Post, operation="import", arguments={}
    )
    uploads.tie(db.session, upload_id=upload.id, plan_id=plan.id)
    plan_id: int = plan.id
    db.session.commit()
    return plan_id


def grow_old(upload: Upload) -> None:
    upload.expires_at = utc_now() - timedelta(seconds=1)
    db.session.commit()


def ids() -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(select(Upload.id).order_by(Upload.id)))


def has_file(upload_id: int) -> bool:
    return not files_of(UPLOADS).gone({(upload_id, uploads.ATTEMPT)})


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(
    "content", [b"", b"name\nAnn\n", LARGE, LARGE[: 2 * CHUNK]], ids=["none", "few", "many", "whole"]
)
def test_a_file_is_kept_with_its_digest(owner: Staff, content: bytes) -> None:
    upload = send(owner, content)

    with uploads.open_file(upload) as file:
        found = file.read()
    assert (found, upload.size, upload.sha256) == (content, len(content), hashlib.sha256(content).hexdigest())


@pytest.mark.usefixtures("context")
def test_a_file_is_read_from_anywhere_in_it(owner: Staff) -> None:
    upload = send(owner, LARGE)

    with uploads.open_file(upload) as file:
        places = [(file.seek(place), file.read(7)) for place in (CHUNK - 3, 5, len(LARGE) - 2, len(LARGE) + 9)]
        end = file.seek(-4, io.SEEK_END), file.read()
        file.seek(CHUNK)
        onward = file.seek(10, io.SEEK_CUR), file.read(3)
    assert places == [(place, LARGE[place : place + 7]) for place in (CHUNK - 3, 5, len(LARGE) - 2, len(LARGE) + 9)]
    assert (end, onward) == ((len(LARGE) - 4, LARGE[-4:]), (CHUNK + 10, LARGE[CHUNK + 10 : CHUNK + 13]))


@pytest.mark.usefixtures("context")
def test_a_file_that_breaks_off_leaves_nothing(owner: Staff) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > CHUNK:
                message = "the line is dead"
                raise ConnectionError(message)
            return super().read(size)

    with pytest.raises(TransferError, match="The file could not be kept: the line is dead"):
        uploads.keep(db.session, staff_id=owner.id, resource="user", file_name="", file=Broken(LARGE))

    assert (ids(), files_of(UPLOADS).gone({(1, 1)})) == ([], {(1, 1)})


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("users.csv", "users.csv"),
        ("../../etc/passwd", "passwd"),
        (r"C:\Users\Ann\users.csv", "users.csv"),
        ("a\u202egnp.csv\0\n", "agnp.csv"),
        ("<b>&amp;", "<b>&amp;"),
        ("x" * 10_000, "x" * 200),
        ("", ""),
        ("..", ".."),
        ("\u3164", ""),
    ],
)
def test_a_name_is_what_a_person_sees_of_it(owner: Staff, sent: str, kept: str) -> None:
    assert send(owner, name=sent).file_name == kept


@pytest.mark.usefixtures("context")
def test_an_upload_is_its_owners_alone_and_of_its_resource(owner: Staff, editor: Staff) -> None:
    upload = send(owner)
    asked = [(owner.id, "user"), (editor.id, "user"), (owner.id, "post")]

    found = []
    for staff_id, resource in asked:
        try:
            found.append(uploads.requested(db.session, upload_id=upload.id, staff_id=staff_id, resource=resource).id)
        except NotFoundError as error:
            found.append(str(error))

    assert found == [upload.id, uploads.GONE, uploads.GONE]


@pytest.mark.usefixtures("context")
def test_an_upload_that_is_not_whole_is_none(owner: Staff, keep: Any) -> None:
    part = keep(Upload(staff_id=owner.id, resource="user", expires_at=utc_now() + uploads.LIFETIME))

    with pytest.raises(NotFoundError):
        uploads.requested(db.session, upload_id=part.id, staff_id=owner.id, resource="user")


@pytest.mark.usefixtures("context")
def test_an_upload_expires_with_its_file(owner: Staff) -> None:
    old, young = send(owner).id, send(owner).id
    grow_old(db.session.get_one(Upload, old))

    with pytest.raises(NotFoundError):
        uploads.requested(db.session, upload_id=old, staff_id=owner.id, resource="user")
    _remove_expired_uploads()

    assert (ids(), has_file(old), has_file(young)) == ([young], False, True)


@pytest.mark.usefixtures("context")
def test_an_upload_stays_as_long_as_its_plan(owner: Staff) -> None:
    upload = send(owner)
    upload_id, plan_id = upload.id, plan_of(upload)
    grow_old(upload)

    _remove_expired_uploads()
    db.session.expire_all()
    kept = (
        uploads.requested(db.session, upload_id=upload_id, staff_id=owner.id, resource="user").id,
        has_file(upload_id),
    )
    db.session.delete(db.session.get_one(plans.Plan, plan_id))
    db.session.commit()
    _remove_expired_uploads()
    db.session.expire_all()

    assert (kept, ids(), has_file(upload_id)) == ((upload_id, True), [], False)


@pytest.mark.usefixtures("context")
def test_the_files_of_somebody_who_is_gone_go_too(make_staff: Any, owner: Staff) -> None:
    gone = make_staff("Gina")
    lost, mine = send(gone).id, send(owner).id
    db.session.delete(gone)
    db.session.commit()

    _remove_expired_uploads()

    assert (ids(), has_file(lost), has_file(mine)) == ([mine], False, True)


@pytest.mark.usefixtures("context")
def test_nobody_fills_the_disk(owner: Staff, editor: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_KEPT", 2)
    others, planned = send(editor).id, send(owner)
    planned_id = planned.id
    plan_of(planned)

    sent = [send(owner).id for _ in range(4)]

    assert ids() == [others, planned_id, *sent[2:]]
    assert [has_file(one) for one in sent] == [False, False, True, True]


@pytest.mark.usefixtures("context")
def test_the_last_mapping_is_that_of_the_newest_plan_of_these_headers(owner: Staff) -> None:
    sent = [send(owner) for _ in range(4)]
    for one, digest in zip(sent, ("a", "a", "b", "a"), strict=True):
        one.headers_digest = digest
    db.session.commit()
    before = uploads.last_mapped(db.session, resource="user", headers_digest="a")
    for one in sent[:3]:
        plan_of(one)

    found = [uploads.last_mapped(db.session, resource=name, headers_digest="a") for name in ("user", "post")]

    assert (before, found) == (None, [sent[1], None])
    assert db.session.query(PlannedUpload).count() == 3
