"""Files in columns: how a reference is written, and which references a column accepts."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from admin_app.db.types import utc_now
from admin_app.errors import ConfigurationError
from admin_app.extensions import db
from admin_app.kinds import kind_of, require_kind
from admin_app.kinds.file import UNKNOWN
from admin_app.kinds.file_reference import FileReference, clean_name, read_reference
from admin_app.models.stored_file import StoredFile

DIGEST = "0f" * 32
OFFICE, OPEN = "application/vnd.openxmlformats-officedocument", "application/vnd.oasis.opendocument"


def kind(name: str = "file", **info: Any) -> Any:
    return kind_of(sa.Column("it", sa.String(200), info={"kind": name, **info}))


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("day.jpg", "day.jpg"),
        ("C:\\My pictures\\a:b?.jpg", "a-b-.jpg"),
        ("../../etc/passwd", "passwd"),
        ("\u202egpj.exe\0", "gpj.exe"),
        (" .. ", "file"),
        ("", "file"),
        ("x" * 200 + ".pdf", "x" * 96 + ".pdf"),
    ],
)
def test_a_name_is_cleaned_and_keeps_its_end(name: str, kept: str) -> None:
    assert clean_name(name) == kept
    assert FileReference.read(f"{DIGEST}/5/{kept}") == FileReference(DIGEST, 5, kept)


@pytest.mark.parametrize("text", ["", DIGEST, f"{DIGEST}/5/", f"{DIGEST}/x/a", f"{DIGEST}/5/a/b", f"{DIGEST}/5/ a"])
def test_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        FileReference.read(text)
    assert (read_reference(text), read_reference(None)) == (None, None)


def test_a_column_without_room_stops_the_start() -> None:
    column = sa.Column("it", sa.String(100), info={"kind": "file"})

    with pytest.raises(ConfigurationError, match=r"which is for String\(185\) or longer, or Text, not for String\."):
        require_kind(column, "Album.it")


@pytest.mark.usefixtures("context")
def test_a_column_accepts_stored_files_of_its_types() -> None:
    db.session.add(StoredFile(sha256=DIGEST, size=5, content_type="application/pdf", look_at=utc_now()))
    db.session.commit()
    held, other = f"{DIGEST}/5/a.pdf", f"{DIGEST}/6/a.pdf"

    problems = [
        kind().problem_with("It", held),
        kind(types=["image/*", "application/pdf"]).problem_with("It", held),
        kind("image").problem_with("It", held),
        kind(types=["image/*", "text/plain"]).problem_with("It", held),
        kind(types=["application/octet-stream", "image/png"]).problem_with("It", held),
        kind().problem_with("It", other),
        kind().problem_with("It", "x"),
    ]

    assert problems == [
        None,
        None,
        "It must be JPEG, PNG, WebP or GIF; this is PDF.",
        "It must be an image or plain text; this is PDF.",
        "It must be PNG or of an unknown type; this is PDF.",
        f"It {UNKNOWN}",
        f"It {UNKNOWN}",
    ]


def test_a_column_says_how_large_a_file_may_be() -> None:
    assert [kind().most_bytes, kind("image", megabytes=3).most_bytes, kind("image", pixels=9).most_pixels] == [
        20 * 1024 * 1024,
        3 * 1024 * 1024,
        9,
    ]


@pytest.mark.parametrize(
    ("types", "wanted"),
    [
        ([], ""),
        (["image/*", "application/pdf"], "an image or PDF, "),
        (["application/octet-stream", "image/png"], "PNG, "),
        (["application/octet-stream"], "any type, "),
        (["application/msword", f"{OFFICE}.wordprocessingml.document"], "Word, "),
        (["application/vnd.ms-powerpoint", f"{OFFICE}.presentationml.presentation"], "PowerPoint, "),
        ([f"{OPEN}.text", f"{OPEN}.spreadsheet"], "OpenDocument text or OpenDocument spreadsheet, "),
        (["application/vnd.ms-excel.sheet.macroEnabled.12"], "Excel with macros, "),
        ([f"{OPEN}.presentation"], "OpenDocument presentation, "),
        (["application/x-tar", "application/epub+zip", "application/vnd.rar"], "TAR, EPUB or RAR, "),
        (["text/markdown", "application/vnd.example.field-notes"], "Markdown or Field notes, "),
    ],
)
def test_a_column_says_what_it_takes_in_words_that_people_use(types: list[str], wanted: str) -> None:
    assert kind(types=types).wanted == f"{wanted}up to 20 MB"


def test_an_empty_cell_is_no_file() -> None:
    needed = kind_of(sa.Column("it", sa.String(200), info={"kind": "file"}, nullable=False))

    assert (kind().value_of_empty_cell(), needed.value_of_empty_cell()) == (None, "")
