"""Relations as people have them, proved in a copy of the project: by every test of all resources, and by checks of their own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.project_copy import copy_project, require, write_migration

HERE = Path(__file__).parent / "relation_shapes"
ADDED = {
    "models.py": "admin_app/models/shapes.py",
    "resources.py": "admin_app/resources/shapes.py",
    "checks.py": "tests/test_shape_checks.py",
    # Folders in folders: a model that depends on itself.
    "folder_model.py": "admin_app/models/folder.py",
    "folder_resource.py": "admin_app/resources/folder.py",
    "folder_checks.py": "tests/test_folders.py",
}
# What depends on a relation.
TESTS = (
    "test_every_field.py",
    "test_every_resource.py",
    "test_every_resources_forms.py",
    "test_every_resources_history.py",
)
# The model that has links; what is common to all other relations the third model shows.
SHAPE = "Article"
# Whose statements differ by the store, of the checks; the statements themselves tests/relations tries on both.
ON_BOTH = ("narrowed", "many", "brings", "deletion")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the project, add the shapes, and let Alembic write the migration."""
    copy = tmp_path_factory.mktemp("relation_shapes")
    copy_project(copy, tests=TESTS)
    for source, target in ADDED.items():
        shutil.copy(HERE / source, copy / target)
    write_migration(copy, "Shapes")
    return copy


def test_every_capability_works_with_relations_of_every_kind(project: Path) -> None:
    checks = f"shape_checks and (sqlite or {' or '.join(ON_BOTH)}) or test_folders"
    chosen = f"every_resource and {SHAPE} and sqlite or {checks}"

    require(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests", "-k", chosen)
