"""A third model is two files and a generated migration: proved in a copy of the project, by every test that it meets there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HERE = Path(__file__).parent / "third_model"

PROJECT = ("admin_app", "templates", "static", "migrations", "manage.py", "pyproject.toml")
# What conftest.py asks for, and every file that tests all resources.
ASKED_FOR = ("cast.py", "client.py", "conftest.py", "page.py", "postgres.py", "routes.py", "stores.py", "subject.py")
TESTS = (
    *ASKED_FOR,
    "markup.py",
    "test_every_field.py",
    "test_every_resource.py",
    "test_every_resources_forms.py",
    "test_every_resources_history.py",
    "test_every_resources_rows.py",
)
# The two files that CONTRIBUTING.md promises.
ADDED = {"model.py": "admin_app/models/tag.py", "resource.py": "admin_app/resources/tag.py"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the project, add the two files, and let Alembic write the migration."""
    copy = tmp_path_factory.mktemp("third_model")
    for name in PROJECT:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, copy / name)
    require(copy, "manage.py", "db", "upgrade")
    for source, target in ADDED.items():
        shutil.copy(HERE / source, copy / target)
    require(copy, "manage.py", "db", "migrate", "-m", "Tags")
    (copy / "tests").mkdir()
    for name in TESTS:
        shutil.copy(ROOT / "tests" / name, copy / "tests" / name)
    shutil.copy(HERE / "checks.py", copy / "tests" / "test_tag.py")
    return copy


# Far beyond what it takes, also on a machine with much else to do: what is caught is what never ends.
PATIENCE = 600


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder, on that folder's own database."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "REQUIRE_POSTGRES") if name in os.environ}
    environment = {**kept, "DATABASE_URL": f"sqlite:///{folder / 'tags.db'}"}
    return subprocess.run(
        [sys.executable, *arguments],
        check=False,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def require(folder: Path, *arguments: str) -> str:
    """Run it, and show what it said when it fails."""
    done = run(folder, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_migration_is_written_and_leaves_nothing_to_change(project: Path) -> None:
    written = sorted((project / "migrations" / "versions").glob("*tags.py"))

    require(project, "manage.py", "db", "upgrade")
    checked = require(project, "manage.py", "db", "check")
    require(project, "manage.py", "db", "downgrade")
    require(project, "manage.py", "db", "upgrade")

    assert len(written) == 1
    assert "op.create_search_index('tag', ['label', 'note'])" in written[0].read_text()
    assert "op.create_unique_text([('tag', 'label')])" in written[0].read_text()
    assert "No new upgrade operations detected" in checked


def test_every_capability_its_types_and_its_relation_work(project: Path) -> None:
    # The capabilities on one store, as the other resources' run on both; the types' own checks on both.
    chosen = "((every_resource or every_field) and Tag and sqlite) or test_tag"
    require(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests", "-k", chosen)


def test_command_line_brings_it_in_and_out_again(project: Path) -> None:
    columns = "label,note,weight,day,price,uid,is_public,post_id"
    tag = "first,,2.5,2026-01-31,9.9901,12345678-1234-5678-1234-567812345678,yes,1"
    (project / "posts.csv").write_text("content\nHello\n")
    (project / "tags.csv").write_text(f"{columns}\n{tag}\n")
    require(project, "manage.py", "db", "upgrade")
    require(project, "manage.py", "import", "post", "posts.csv")

    brought = require(project, "manage.py", "import", "tag", "tags.csv")
    exported = run(project, "manage.py", "export", "tag", "-o", "again.csv")
    again = require(project, "manage.py", "import", "tag", "again.csv")

    assert brought.strip() == "1 tag created."
    assert exported.returncode == 0
    assert again.strip() == "1 tag unchanged."
