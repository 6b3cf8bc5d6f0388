"""The version is told in four places, and they agree."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


@pytest.fixture
def store() -> str:
    """Stay on one store: no version is kept there."""
    return "sqlite"


def test_health_answers_anybody_with_the_version_and_sets_no_cookie(as_nobody: Any) -> None:
    response = as_nobody.get("/health")

    assert response.json == {"status": "ok", "version": VERSION}
    assert "Set-Cookie" not in response.headers


def test_foot_of_every_page_tells_the_version(as_owner: Any, make_post: Any) -> None:
    post = make_post().id
    pages = [
        "",
        "post/",
        "post/new/",
        *(f"post/{page}/?id={post}" for page in ("edit", "details", "delete", "history")),
    ]

    feet = {path: re.findall("<footer[^>]*>(.*?)</footer>", as_owner.get(f"/admin/{path}").text) for path in pages}

    assert feet == {path: [f"Admin {VERSION}"] for path in pages}


def test_page_for_strangers_keeps_the_version_back(as_nobody: Any) -> None:
    assert VERSION not in as_nobody.get("/sign-in").text


def test_changelog_begins_with_the_version_and_its_day() -> None:
    heads = re.findall("^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)

    released = next(head for head in heads if head != "Unreleased")

    assert re.fullmatch(rf"{re.escape(VERSION)} - \d{{4}}-\d{{2}}-\d{{2}}", released)
