"""Models called as our own pages, and columns called as what forms have: each works, in a copy of the project."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.project_copy import copy_project, require, write_migration

ADDED = {"models": "admin_app/models/odd.py", "resources": "admin_app/resources/odd.py", "checks": "tests/test_odd.py"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Copy the project, add the models and their resources, and let Alembic write the migration."""
    copy_project(tmp_path, tests=["transfer/bringing.py"])
    for part, place in ADDED.items():
        shutil.copy(Path(__file__).parent / "names" / f"{part}.py", tmp_path / place)
    write_migration(tmp_path, "Odd names")
    return tmp_path


def test_models_and_columns_may_be_called_anything(project: Path) -> None:
    require(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_odd.py")
