"""A model that hangs on itself, folders in folders: many are deleted as any others are. Proved in a copy of the project."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.project_copy import copy_project, require

HERE = Path(__file__).parent / "self_reference"
ADDED = {"model.py": "admin_app/models/folder.py", "resource.py": "admin_app/resources/folder.py"}


def test_records_that_hang_on_each_other_are_deleted_as_one_act(tmp_path: Path) -> None:
    copy_project(tmp_path)
    require(tmp_path, "manage.py", "db", "upgrade")
    for source, target in ADDED.items():
        shutil.copy(HERE / source, tmp_path / target)
    require(tmp_path, "manage.py", "db", "migrate", "-m", "Folders")
    shutil.copy(HERE / "checks.py", tmp_path / "tests" / "test_folders.py")

    require(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests")
