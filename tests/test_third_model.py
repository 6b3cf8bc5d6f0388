"""A third model is two files and a generated migration: proved in a copy of the project, by every test that it meets there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.project_copy import copy_project, require, run, write_migration

HERE = Path(__file__).parent / "third_model"
# Every file that tests all resources.
TESTS = (
    "test_every_field.py",
    "test_every_resource.py",
    "test_every_resources_acts.py",
    "test_every_resources_cells.py",
    "test_every_resources_changes.py",
    "test_every_resources_forms.py",
    "test_every_resources_history.py",
    "test_every_resources_rows.py",
)
# The two files that CONTRIBUTING.md promises.
ADDED = {"model.py": "admin_app/models/tag.py", "resource.py": "admin_app/resources/tag.py"}

# In one process: each takes a second and a half to start.
UP_AND_DOWN = """
from flask_migrate import check, downgrade, upgrade
from admin_app import create_app

with create_app().app_context():
    upgrade()
    check()
    downgrade()
    upgrade()
"""

# What the tag is about, and the commands, which say what they did.
IN_AND_OUT = """
import sys
from contextlib import suppress
from flask_migrate import upgrade
from admin_app import create_app
from admin_app.cli import main
from admin_app.extensions import db
from admin_app.models.post import Post

app = create_app()
with app.app_context():
    upgrade()
    db.session.add(Post(content="Hello"))
    db.session.commit()
for command in ("import tag tags.csv", "export tag -o again.csv", "import tag again.csv"):
    sys.argv = ["manage.py", *command.split()]
    with suppress(SystemExit):
        main(lambda: app)
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the project, add the two files, and let Alembic write the migration."""
    copy = tmp_path_factory.mktemp("third_model")
    copy_project(copy, tests=TESTS)
    for source, target in ADDED.items():
        shutil.copy(HERE / source, copy / target)
    write_migration(copy, "Tags")
    shutil.copy(HERE / "checks.py", copy / "tests" / "test_tag.py")
    return copy


def test_migration_is_written_and_leaves_nothing_to_change(project: Path) -> None:
    written = sorted((project / "migrations" / "versions").glob("*tags.py"))

    said = require(project, "-c", UP_AND_DOWN)

    assert len(written) == 1
    assert "op.create_search_index('tag', ['label', 'note'])" in written[0].read_text()
    assert "op.create_unique_text([('tag', 'label')])" in written[0].read_text()
    assert "No new upgrade operations detected" in said


def test_every_capability_its_types_and_its_relation_work(project: Path) -> None:
    # The capabilities on one store, as the other resources' run on both; the types' own checks on both.
    chosen = "((every_resource or every_field) and Tag and sqlite) or test_tag"
    require(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests", "-k", chosen)


def test_command_line_brings_it_in_and_out_again(project: Path) -> None:
    columns = "label,note,weight,day,price,uid,is_public,post_id"
    tag = "first,,2.5,2026-01-31,9.9901,12345678-1234-5678-1234-567812345678,yes,1"
    (project / "tags.csv").write_text(f"{columns}\n{tag}\n")

    said = run(project, "-c", IN_AND_OUT)

    assert said.stdout == "1 tag created.\n1 tag unchanged.\n", said.stderr
