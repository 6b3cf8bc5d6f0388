"""A page is added in two files and a line in the table of pages, an action on rows in one: proved in a copy of the project."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.project_copy import copy_project, require

HERE = Path(__file__).parent / "additions"
PAGE = {"page.py": "admin_app/pages/census.py", "page.html": "templates/pages/census.html"}
ACTION = {"action.py": "admin_app/resources/post.py"}
LINE = '    (JobsPage, "jobs", "jobs"),\n'


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the project, and add the page and the action."""
    copy = tmp_path_factory.mktemp("additions")
    copy_project(copy)
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
    shutil.copy(HERE / "checks.py", copy / "tests" / "test_additions.py")
    return copy


def test_a_page_is_two_files_and_a_line_and_an_action_is_one_file(project: Path) -> None:
    said = require(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "sqlite", "tests")

    assert "4 passed" in said
