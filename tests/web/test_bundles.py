from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import brotli
import pytest

from admin_app import resources
from admin_app.web.bundles import BUNDLES, icons, script, style_sheet, without_comments

STATIC = Path(__file__).resolve().parents[2] / "static"
TEMPLATES = STATIC.parent / "templates"


@pytest.fixture
def store() -> str:
    """Stay on one store: files stand in front of it."""
    return "sqlite"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(STATIC, tmp_path / "static"))


@pytest.mark.parametrize(("name", "pattern"), [("app.css", "**/*.css"), ("app.js", "**/*.js")])
def test_every_file_is_in_its_bundle_once(name: str, pattern: str) -> None:
    bundle = BUNDLES[name](STATIC).text

    files = {file.name: file for file in STATIC.glob(pattern) if file.name not in BUNDLES}
    texts = {name: file.read_text().removeprefix('@charset "UTF-8";') for name, file in files.items()}
    ours = {name for name, file in files.items() if "vendor" not in file.parts}
    counts = {name: bundle.count(without_comments(text) if name in ours else text) for name, text in texts.items()}

    assert counts == dict.fromkeys(counts, 1)


def test_a_bundle_has_no_comments_of_ours_and_all_else() -> None:
    text = "/* A\n   comment. */\na {\n  b: 1; /* beside */\n}\n// Another.\nlet c = 'https://d'; // beside\n"

    assert without_comments(text) == "a {\nb: 1; /* beside */\n}\nlet c = 'https://d'; // beside\n"


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_is_sent_packed_to_who_can_unpack_it(name: str, as_nobody: Any) -> None:
    packed, plain = (as_nobody.get(f"/static/{name}", headers={"Accept-Encoding": way}) for way in ("gzip, br", ""))
    again = as_nobody.get(f"/static/{name}", headers={"Accept-Encoding": "br", "If-None-Match": packed.headers["ETag"]})

    assert brotli.decompress(packed.data) == plain.data
    assert packed.headers["Content-Encoding"] == "br"
    assert {one.headers["Vary"].partition(",")[0] for one in (packed, plain)} == {"Accept-Encoding"}
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert again.status_code == 304


def test_every_icon_that_a_template_names_is_in_the_sheet() -> None:
    named = {
        name for file in TEMPLATES.rglob("*.html") for name in re.findall(r'icon\("([a-z0-9-]+)"\)', file.read_text())
    }
    drawn = set(re.findall(r'<symbol id="([^"]+)"', icons(STATIC).text))

    assert named
    assert named - drawn == set()


def test_every_icon_in_the_sheet_is_named_somewhere() -> None:
    folders = (TEMPLATES, STATIC / "js", STATIC.parent / "admin_app")
    texts = [file.read_text() for folder in folders for file in folder.rglob("*.*") if file.suffix != ".pyc"]

    drawn = re.findall(r'<symbol id="([^"]+)"', icons(STATIC).text)

    assert [name for name in drawn if not any(f'"{name}"' in text for text in texts)] == []


def test_every_resources_icon_is_in_the_sheet() -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', icons(STATIC).text))

    assert {one.icon for one in resources.declared()} - drawn == set()


def test_the_order_of_the_layers_stands_before_every_rule() -> None:
    sheet = style_sheet(STATIC).text

    assert sheet.index("@layer pico, vendor, tokens") < sheet.index("@layer pico {") < sheet.index("@layer tokens {")


@pytest.mark.parametrize(("put_together", "path"), [(style_sheet, "css/base.css"), (script, "js/once.js")])
def test_a_changed_file_changes_the_version(folder: Path, put_together: Any, path: str) -> None:
    before = put_together(folder).version
    (folder / path).write_text("/* changed */")

    assert put_together(folder).version != before


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_is_kept_for_ever_by_its_version_alone(name: str, as_nobody: Any) -> None:
    version = BUNDLES[name](STATIC).version

    kept = {v: as_nobody.get(f"/static/{name}?v={v}").headers["Cache-Control"] for v in (version, "older", "")}

    assert kept == {version: "public, max-age=31536000, immutable", "older": "no-cache", "": "no-cache"}


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_that_has_not_changed_is_not_sent_again(name: str, as_nobody: Any) -> None:
    etag = as_nobody.get(f"/static/{name}").headers["ETag"]

    assert as_nobody.get(f"/static/{name}", headers={"If-None-Match": etag}).status_code == 304


def test_a_bundle_sets_no_cookie(as_nobody: Any) -> None:
    assert {name: as_nobody.get(f"/static/{name}").headers.get("Set-Cookie") for name in BUNDLES} == dict.fromkeys(
        BUNDLES
    )
