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


def test_foot_of_a_page_tells_the_version(as_viewer: Any) -> None:
    html = as_viewer.get("/admin/post/").text

    assert f'<footer class="frame__foot">Admin {VERSION}</footer>' in html


def test_page_for_strangers_keeps_the_version_back(as_nobody: Any) -> None:
    assert VERSION not in as_nobody.get("/sign-in").text


def test_changelog_begins_with_the_version_and_its_day() -> None:
    heads = re.findall("^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)

    released = next(head for head in heads if head != "Unreleased")

    assert re.fullmatch(rf"{re.escape(VERSION)} - \d{{4}}-\d{{2}}-\d{{2}}", released)
