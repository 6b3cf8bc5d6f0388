"""Files that records hold: taken by a form, kept as one content, given back to who sees the record. Copied by test_shapes.py."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from admin_app.models.album import Album
from flask import Flask
from PIL import Image
from sqlalchemy import func, select, update

from admin_app.db.types import utc_now
from admin_app.errors import TransferError
from admin_app.extensions import db
from admin_app.jobs import stored_files
from admin_app.jobs.files import STORED, files_of
from admin_app.kinds import kind_of
from admin_app.kinds.file import UNKNOWN
from admin_app.models.change_set import Change
from admin_app.models.stored_file import StoredFile
from tests.page import Page
from tests.transfer.bringing import bring, refused

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
NEW, LIST = "/admin/album/new/", "/admin/album/"


@pytest.fixture(params=["sqlite"])
def store(request: pytest.FixtureRequest) -> str:
    """Stay on one store: it is about pages."""
    return str(request.param)


def picture(size: tuple[int, int] = (40, 20), kind: str = "JPEG", **how: Any) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, "red").save(target, kind, **how)
    return target.getvalue()


def taken_there() -> bytes:
    """A picture whose camera was held upright, and wrote down who made it."""
    exif = Image.Exif()
    exif[0x0112], exif[0x013B] = 6, "Ann Secret"
    return picture(exif=exif)


def sent(content: bytes, name: str = "My pictures/day.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def album(app: Flask) -> Album:
    with app.app_context():
        return db.session.scalars(select(Album).order_by(Album.id.desc()).limit(1)).one()


def address(one: Album, field: str = "cover", **further: str) -> str:
    more = "".join(f"&{name}={value}" for name, value in further.items())
    return f"/admin/album/file/?field={field}{more}&id={one.id}"


def digest_of(reference: str | None) -> str:
    return str(reference).partition("/")[0]


@pytest.fixture
def made(app: Flask, as_editor: Any) -> Album:
    sending = {"label": "A", "cover.file": sent(taken_there()), "paper.file": sent(PDF, "“Söme” paper.pdf")}
    assert as_editor.post_form(NEW, sending).status_code == 303
    return album(app)


def test_a_picture_is_kept_the_right_way_up_without_what_the_camera_wrote(made: Album, as_viewer: Any) -> None:
    answer = as_viewer.get(address(made))

    with Image.open(io.BytesIO(answer.data)) as kept:
        assert (kept.format, kept.size, dict(kept.getexif())) == ("JPEG", (20, 40), {})
    assert b"Secret" not in answer.data
    assert (answer.headers["Content-Disposition"], answer.content_length) == (
        "inline; filename=\"day.jpg\"; filename*=UTF-8''day.jpg",
        len(answer.data),
    )


def test_a_file_is_given_back_to_be_saved_and_runs_nothing(made: Album, as_viewer: Any) -> None:
    answer = as_viewer.get(address(made, "paper"))

    assert (answer.data, answer.content_type) == (PDF, "application/pdf")
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"Sme paper.pdf\"; filename*=UTF-8''%E2%80%9CS%C3%B6me%E2%80%9D%20paper.pdf"
    )
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_list_shows_the_picture_small_and_the_file_by_its_name(made: Album, as_viewer: Any) -> None:
    page = Page(as_viewer.get(LIST))

    (drawn,) = page.all("img", class_="picture")
    answer = as_viewer.get(drawn.attributes["src"])
    assert page.rows()[0][:3] == [
        "A",
        f"day.jpg ({len(as_viewer.get(address(made)).data)} bytes)",
        "“Söme” paper.pdf (35 bytes)",
    ]
    assert (answer.content_type, answer.data[8:12]) == ("image/webp", b"WEBP")


def test_bytes_are_given_as_a_file(keep: Any, as_viewer: Any) -> None:
    full, empty = keep(Album(label="A", raw=b"<html>\0")), keep(Album(label="B"))
    page = Page(as_viewer.get(f"/admin/album/details/?id={full.id}"))

    answer = as_viewer.get(page.link("7 bytes"))

    assert (answer.data, answer.content_type) == (b"<html>\0", "application/octet-stream")
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="album-{full.id}-raw.bin"')
    assert as_viewer.get(address(empty, "raw")).status_code == 404


def test_only_who_sees_the_record_and_the_field_gets_the_file(
    made: Album, client_with: Any, as_nobody: Any, keep: Any
) -> None:
    other = keep(Album(label="B", cover=made.cover))
    scoped = client_with("album:view", rows=["album:a"])
    blind = client_with("album:*", fields=["album.cover:hidden"], name="Blind")
    listing = client_with("album:list", name="List")

    answers = [
        *(scoped.get(address(one)).status_code for one in (made, other)),
        *(blind.get(address(made, field)).status_code for field in ("cover", "paper", "label", "nothing")),
        listing.get(address(made)).status_code,
        as_nobody.get(address(made)).status_code,
    ]

    assert answers == [200, 404, 404, 200, 404, 404, 403, 302]


def test_a_refused_form_keeps_the_file_and_says_so(app: Flask, as_editor: Any) -> None:
    refused_form = Page(as_editor.post_form(NEW, {"label": "", "cover.file": sent(picture())}))
    values = refused_form.values()
    again = as_editor.post_form(NEW, {"label": "A", "cover": values["cover"]})

    assert refused_form.status == 422
    assert refused_form.texts("p", class_="held") == ["day.jpg (654 bytes) is kept. Save this form to use it."]
    assert (again.status_code, album(app).cover) == (303, values["cover"])


@pytest.mark.parametrize(
    ("field", "content", "words"),
    [
        ("cover", PDF, "Cover must be JPEG, PNG, WebP or GIF; this is PDF."),
        ("cover", picture()[:60], "Cover cannot be read as a picture. Try another file."),
        ("cover", b"", "Cover must be JPEG, PNG, WebP or GIF; this is of an unknown type."),
        (
            "cover",
            picture((200, 200)),
            "Cover must have 10,000 pixels or fewer; this has 40,000. The file was not kept.",
        ),
        ("paper", b"<html><script>alert(1)</script>", "Paper must be PDF; this is HTML."),
        ("paper", "Grüße\n".encode(), "Paper must be PDF; this is plain text."),
    ],
)
def test_a_form_says_why_it_does_not_take_a_file(field: str, content: bytes, words: str, as_editor: Any) -> None:
    page = Page(as_editor.post_form(NEW, {"label": "A", f"{field}.file": sent(content)}))

    assert (page.status, page.error_of(field)) == (422, words)


def test_the_same_content_is_kept_once(app: Flask, made: Album, as_editor: Any) -> None:
    as_editor.post_form(NEW, {"label": "B", "cover.file": sent(taken_there(), "again.jpg")})

    with app.app_context():
        number = db.session.scalar(select(func.count()).select_from(StoredFile))
    assert (number, digest_of(album(app).cover)) == (2, digest_of(made.cover))
    assert str(album(app).cover).endswith("/again.jpg")


def test_history_names_former_files_and_brings_them_back(
    app: Flask, made: Album, as_owner: Any, as_viewer: Any
) -> None:
    edit = f"/admin/album/edit/?id={made.id}"
    as_owner.post_form(edit, {"label": "A", "cover": made.cover, "paper": made.paper, "cover.clear": "1"})
    cleared = album(app)
    history = f"/admin/album/history/?id={made.id}"
    told = as_owner.get(history).get_data(as_text=True)
    with app.app_context():
        change = db.session.scalar(select(func.min(Change.id)).where(Change.model == "album"))

    former = as_viewer.get(address(made, file=digest_of(made.cover)))
    forged = as_viewer.get(address(made, file=digest_of(made.paper)))
    as_owner.post_form("/admin/album/restore/", {"change": change}, page=edit)

    assert (cleared.cover, album(app).cover) == (None, made.cover)
    assert ("day.jpg (" in told, digest_of(made.cover) in told) == (True, False)
    assert (former.status_code, forged.status_code) == (200, 404)


def test_a_conflict_names_both_files_and_mixes_nothing(app: Flask, made: Album, as_owner: Any) -> None:
    edit, same = f"/admin/album/edit/?id={made.id}", {"label": "A", "paper": made.paper}
    drawn = Page(as_owner.get(edit)).values()
    as_owner.post_form(edit, {**same, "cover": made.cover, "cover.file": sent(picture((30, 30)), "theirs.jpg")})

    mine = {**drawn, **same, "cover": made.cover, "cover.file": sent(picture((10, 10)), "mine.jpg")}
    answer = as_owner.post_form(edit, mine)

    text = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert ("theirs.jpg (" in text, "mine.jpg (" in text, "Keep both changes" in text) == (True, True, False)
    assert str(album(app).cover).endswith("/theirs.jpg")


def test_a_form_takes_no_reference_to_what_is_not_here(made: Album, as_editor: Any) -> None:
    answers = [
        Page(as_editor.post_form(NEW, {"label": "B", "cover": reference})).error_of("cover")
        for reference in ("0" * 64 + "/4/a.jpg", "../etc/passwd", str(made.paper))
    ]

    unknown = f"Cover {UNKNOWN}"
    assert answers == [unknown, unknown, "Cover must be JPEG, PNG, WebP or GIF; this is PDF."]


@pytest.mark.usefixtures("context")
def test_an_export_comes_back_and_a_file_of_elsewhere_is_refused(app: Flask) -> None:
    kind: Any = kind_of(Album.__table__.c.paper)
    reference = stored_files.keep(db.session, kind, "Paper", file_name="a/b.pdf", file=io.BytesIO(PDF))

    brought = bring(Album, f"label,paper\nB,{reference}\n")
    wrong = refused(Album, f"label,paper\nC,{reference.replace(f'/{len(PDF)}/', '/1/')}\n")

    assert (reference.rpartition("/")[2], album(app).paper) == ("b.pdf", reference)
    assert brought.created == 1
    assert [words.partition("”: ")[2] for _, words in wrong] == [UNKNOWN]


@pytest.mark.usefixtures("context")
def test_a_file_that_is_too_large_is_not_kept() -> None:
    kind: Any = kind_of(Album.__table__.c.cover)
    file = io.BytesIO(b"\0" * (1024 * 1024 + 1))

    with pytest.raises(TransferError, match=r"Cover must be 1 MB or smaller. The file was not kept."):
        stored_files.keep(db.session, kind, "Cover", file_name="", file=file)


def test_what_nothing_holds_goes_and_what_history_holds_stays(app: Flask, made: Album, as_owner: Any) -> None:
    as_owner.post_form(NEW, {"label": "", "cover.file": sent(picture((9, 9)))})
    as_owner.post_form(f"/admin/album/edit/?id={made.id}", {"label": "A", "paper": made.paper, "cover": ""})
    with app.app_context():
        stored_files.sweep()
        before = db.session.scalar(select(func.count()).select_from(StoredFile))
        db.session.execute(update(StoredFile).values(look_at=utc_now() - timedelta(hours=1)))
        db.session.commit()
        stored_files.sweep()
        left = set(db.session.scalars(select(StoredFile.sha256)))
        kept = files_of(STORED).owner_ids()

    assert (before, left) == (3, {digest_of(made.cover), digest_of(made.paper)})
    assert len(kept) == 2


def test_many_records_can_let_go_of_their_files_and_are_given_none(made: Album, as_owner: Any) -> None:
    page = Page(as_owner.get(f"/admin/album/edit-many/?id__in={made.id}"))

    assert [one.attributes["value"] for one in page.all("input", name="how.cover")] in ([], ["clear"])
    assert "value.cover" not in page.values()


def test_who_is_forgotten_is_seen_on_no_picture_any_more(made: Album, app: Flask, as_owner: Any) -> None:
    """Neither on the present one nor on a former one; what is not personal stays."""
    as_owner.post_form(f"/admin/album/edit/?id={made.id}", {"cover.file": sent(picture((30, 30)))})
    url = f"/admin/album/forget/?id={made.id}"
    told = Page(as_owner.get(url)).texts("li")

    done = as_owner.post_form(url, {"act": "forget", "reason": "She asked", "confirmed": "y"})

    assert done.status_code == 303
    assert "This deletes 2 files that no other record holds." in told
    with app.app_context():
        assert db.session.scalars(select(StoredFile.content_type)).all() == ["application/pdf"]
        assert files_of(STORED).owner_ids() == set(db.session.scalars(select(StoredFile.id)))


def test_a_file_that_is_a_secret_is_given_to_nobody(
    made: Album, as_owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(Album.__table__.c.paper.info, "secret", "yes")

    assert [as_owner.get(address(made, field)).status_code for field in ("cover", "paper")] == [200, 404]
