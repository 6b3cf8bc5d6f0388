"""Files that records hold: each content once, in the folder or the database, and gone when nothing names it."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image
from sqlalchemy import select, update

from admin_app.cli.check import findings
from admin_app.db.types import utc_now
from admin_app.domain.work.drafts import keep_draft
from admin_app.errors import TransferError
from admin_app.extensions import db
from admin_app.jobs import stored_files
from admin_app.jobs.files import STORED, files_of
from admin_app.kinds import kind_of
from admin_app.kinds.file_reference import FileReference
from admin_app.models.stored_file import StoredFile

pytestmark = pytest.mark.usefixtures("place", "context")


def keep(content: bytes, name: str = "a.bin", kind: str = "file") -> FileReference:
    of: Any = kind_of(sa.Column("it", sa.String(200), info={"kind": kind}))
    made = stored_files.keep(db.session, of, "It", file_name=name, file=io.BytesIO(content))
    return FileReference.read(made)


def content(reference: FileReference, *, is_small: bool = False) -> bytes | None:
    stored = stored_files.found(db.session, reference)
    pieces = None if stored is None else stored_files.content_of(stored, is_small=is_small)
    return None if pieces is None else b"".join(pieces)


def picture(kind: str, mode: str = "RGB", **how: Any) -> bytes:
    target = io.BytesIO()
    Image.new(mode, (400, 20)).save(target, kind, **how)
    return target.getvalue()


def grow_old() -> None:
    db.session.execute(update(StoredFile).values(look_at=utc_now() - timedelta(seconds=1)))
    db.session.commit()


def test_a_content_is_kept_whole_and_once() -> None:
    first, again, other = keep(b"abc"), keep(b"abc", "b.bin"), keep(b"")

    assert [content(one) for one in (first, again, other)] == [b"abc", b"abc", b""]
    assert (first.sha256, first.name, again.name) == (again.sha256, "a.bin", "b.bin")
    assert len(db.session.scalars(select(StoredFile)).all()) == 2


@pytest.mark.parametrize(
    ("kind", "mode", "how"),
    [
        ("JPEG", "RGB", {"icc_profile": b"profile"}),
        ("JPEG", "CMYK", {}),
        ("PNG", "RGBA", {}),
        ("PNG", "I;16", {}),
        ("WEBP", "RGB", {}),
        ("GIF", "P", {}),
    ],
)
def test_a_picture_of_every_make_is_kept_with_a_small_one(kind: str, mode: str, how: Any) -> None:
    reference = keep(picture(kind, mode, **how), kind="image")

    found = [content(reference, is_small=is_small) or b"" for is_small in (False, True)]
    drawn = [Image.open(io.BytesIO(one)) for one in found]
    assert [(one.format, one.size) for one in drawn] == [(kind, (400, 20)), ("WEBP", (320, 16))]
    assert drawn[0].info.get("icc_profile") == how.get("icc_profile")


def test_a_moving_picture_keeps_its_frames() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue")]
    target = io.BytesIO()
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:], duration=[10, 20, 30])

    with Image.open(io.BytesIO(content(keep(target.getvalue(), kind="image")) or b"")) as kept:
        assert kept.n_frames == 3


def test_a_text_is_told_by_its_letters() -> None:
    cut = b"x" * (64 * 1024 - 5) + "é".encode() * 4

    types = [stored_files.content_type_of(io.BytesIO(one)) for one in (cut, b"\xe9t\xe9", "été".encode())]

    assert types == ["text/plain", "application/octet-stream", "text/plain"]


def test_what_nothing_names_goes_after_a_day_and_a_draft_keeps_it(owner: Any) -> None:
    gone, drafted = keep(b"gone"), keep(b"drafted")
    keep_draft(db.session, owner.id, address="/", fields=[("cover", str(drafted))])
    db.session.commit()
    stored_files.sweep()
    before = [content(gone), content(drafted)]

    grow_old()
    stored_files.sweep()

    db.session.expire_all()
    assert before == [b"gone", b"drafted"]
    assert [content(gone), content(drafted)] == [None, b"drafted"]


def test_what_is_not_in_its_place_is_found() -> None:
    lost = stored_files.found(db.session, keep(b"lost"))
    keep(b"here")
    before = [str(one) for one in findings()]
    files_of(STORED).remove(lost.id if lost is not None else 0)

    told = "Files that records hold are not in their place: 1. Set ADMIN_FILES to where they are, or bring them back from a backup."
    assert [str(one) for one in findings() if str(one) not in before] == [told]


def test_what_was_lost_is_here_again_when_somebody_sends_it_again() -> None:
    """The database came back from a backup, and its files did not."""
    lost = stored_files.found(db.session, keep(b"lost"))
    files_of(STORED).remove(lost.id if lost is not None else 0)
    db.session.rollback()

    assert content(keep(b"lost")) == b"lost"


def test_what_is_to_go_at_once_goes_and_what_a_draft_holds_stays(owner: Any) -> None:
    gone, drafted, other = keep(b"gone"), keep(b"drafted"), keep(b"other")
    keep_draft(db.session, owner.id, address="/", fields=[("cover", str(drafted))])
    db.session.commit()

    stored_files.let_go({gone.sha256, drafted.sha256})

    db.session.expire_all()
    assert [content(one) for one in (gone, drafted, other)] == [None, b"drafted", b"other"]


def test_a_place_that_cannot_be_written_is_said_and_nothing_is_left(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "no folder").touch()
    monkeypatch.setitem(app.config, "FILES", str(tmp_path / "no folder"))

    with pytest.raises(TransferError, match=r"The file could not be kept: File exists\."):
        keep(b"abc")
    grow_old()
    monkeypatch.undo()
    stored_files.sweep()

    assert db.session.scalars(select(StoredFile)).all() == []


def test_a_file_without_a_row_is_taken_away(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(app.config, "FILES", str(tmp_path))
    files_of(STORED).write(5, 1, [b"of nobody"])

    stored_files.sweep()

    assert files_of(STORED).owner_ids() == set()
