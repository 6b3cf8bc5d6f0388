"""A page is added in two files and a line in the table of pages, an action on rows in one: proved in a copy of the project."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.test_third_model import ASKED_FOR, PROJECT, ROOT, require

HERE = Path(__file__).parent / "additions"
PAGE = {"page.py": "admin_app/pages/census.py", "page.html": "templates/pages/census.html"}
ACTION = {"action.py": "admin_app/resources/post.py"}
LINE = '    (JobsPage, "jobs", "jobs"),\n'


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the project, and add the page and the action."""
    copy = tmp_path_factory.mktemp("additions")
    for name in PROJECT:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, copy / name)
    for source, target in (PAGE | ACTION).items():
        shutil.copy(HERE / source, copy / target)
    table = copy / "admin_app" / "__init__.py"
    text = table.read_text()
    assert LINE in text
    text = text.replace(LINE, f'{LINE}    (CensusPage, "census", "census"),\n')
    table.write_text(
        text.replace(
            "from admin_app.pages.home", "from admin_app.pages.census import CensusPage\nfrom admin_app.pages.home"
        )
    )
    (copy / "tests").mkdir()
    for name in (*ASKED_FOR, "markup.py"):
        shutil.copy(ROOT / "tests" / name, copy / "tests" / name)
    shutil.copy(HERE / "checks.py", copy / "tests" / "test_additions.py")
    return copy


def test_a_page_is_two_files_and_a_line_and_an_action_is_one_file(project: Path) -> None:
    said = require(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "sqlite", "tests")

    assert "3 passed" in said
