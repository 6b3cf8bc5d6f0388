"""Tables as people have them, one column type or default each: every capability works with every one, in a copy of the project."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.project_copy import copy_project, require, write_migration

# What depends on a column's type; what is common to all types the third model shows.
TESTS = (
    "test_every_resource.py",
    "test_every_resources_history.py",
    "transfer/bringing.py",
)

# The model's name, and its column.
SHAPES = {
    "NaiveTime": "sa.DateTime",
    "ChoiceOfTexts": "sa.Enum('draft', 'live', name='state')",
    "ChoiceOfNumbers": "sa.Enum(Level)",
    "LengthOfTime": "sa.Interval",
    "Picture": "sa.LargeBinary",
    "Document": "sa.JSON",
    "Pickled": "sa.PickleType",
    "Double": "sa.Integer, sa.Computed('2 * 21')",
}
# PostgreSQL has types of its own for these, which SQLite keeps as texts.
ON_BOTH = ("ChoiceOfNumbers", "Pickled", "Shelf")

# What a list costs and who may see it depend on no column's type, and what is typed into a filter tests/kinds asks of every kind: only
# those are asked whose lists compute something or show files.
OF_ALL_COLUMNS = ("nine_statements", "statements_of_one", "viewer_sees", "lookup_answers", "version_is_restored")
OF_ITS_OWN = ("Crate", "Album", "Good")
# With these not everything can be done: that is what they are for.
LESS = {"ticket", "lack"}

# By the files in tests/shapes: what the database or Python computes, the kinds that a column's `info` names, lists, Flask-Admin's declarations, what a resource lacks, files, what is sold, put away and set in order.
WRITTEN = {
    "computed": "crate",
    "formatted": "contact",
    "listed": "shelf",
    "declared": "ticket",
    "lacking": "lack",
    "held": "album",
    "sold": "good",
}
FILES = {"model": "admin_app/models/{}.py", "resource": "admin_app/resources/{}.py", "checks": "tests/test_{}.py"}

MODEL = '''"""A table with one column of a kind."""

import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.record import Record


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class {name}(Record):
    label: Mapped[str] = mapped_column(sa.String(40))
    value: Mapped[Any] = mapped_column({column}, nullable=True)

    def __str__(self) -> str:
        return self.label
'''
RESOURCE = '''"""Its place in the dashboard."""

from admin_app.models.{module} import {name}
from admin_app.panel.resource import Resource


class {name}Resource(Resource):
    model = {name}
    column_list = ("label", "value", "id")
    column_searchable_list = ("label",)
    column_filters = ("label", "value")
    form_columns = ("label", "value")
'''


def any_of(words: Iterable[str]) -> str:
    return f"({' or '.join(words)})"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the project, add two files for each shape, and let Alembic write the migration."""
    copy = tmp_path_factory.mktemp("shapes")
    copy_project(copy, tests=TESTS)
    for name, column in SHAPES.items():
        for folder, text in (("models", MODEL), ("resources", RESOURCE)):
            file = copy / "admin_app" / folder / f"{name.lower()}.py"
            file.write_text(text.format(name=name, module=name.lower(), column=column))
    for subject, name in WRITTEN.items():
        for part, place in FILES.items():
            shutil.copy(Path(__file__).parent / "shapes" / f"{subject}_{part}.py", copy / place.format(name))
    write_migration(copy, "Shapes")
    return copy


def test_every_capability_works_with_every_shape(project: Path) -> None:
    names = {name.capitalize() for name in WRITTEN.values() if name not in LESS} | {*SHAPES}
    own = any_of(f"test_{name}" for name in WRITTEN.values())
    on_sqlite = f"sqlite and {any_of(names)} and (not {any_of(OF_ALL_COLUMNS)} or {any_of(OF_ITS_OWN)})"
    on_postgres = f"postgres and {any_of(ON_BOTH)} and history"
    chosen = f"{own} or every_resource and ({on_sqlite} or {on_postgres})"

    require(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests", "-k", chosen)
