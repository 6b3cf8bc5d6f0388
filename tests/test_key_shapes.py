"""Tables with keys of every kind, classes with tables of their own, and tables that must not be altered: every capability works with them, in a copy of the project."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.project_copy import copy_project, require, write_migration

TESTS = (
    "test_every_resource.py",
    "test_every_resources_acts.py",
    "test_every_resources_cells.py",
    "test_every_resources_forms.py",
    "test_every_resources_history.py",
    "test_every_resources_rows.py",
    "transfer/bringing.py",
    "panel/import_/sending.py",
)
# The model, its key's attribute, column and type in Python, and how the key is declared.
KEYS = {
    "Currency": ("code", "code", "str", "sa.String(40), primary_key=True"),
    "Device": ("id", "id", "uuid.UUID", "primary_key=True, default=uuid.uuid4"),
    "Drawer": ("number", "drawer_no", "int", '"drawer_no", sa.BigInteger, primary_key=True'),
}
COMMON = "(nine_statements or statements_of_one or viewer_sees or restored)"
HERE = Path(__file__).parent / "shapes"
WRITTEN = {
    "keyed_model.py": "admin_app/models/keyed.py",
    "keyed_resource.py": "admin_app/resources/keyed.py",
    "keyed_checks.py": "tests/test_keyed.py",
    "joined_model.py": "admin_app/models/joined.py",
    "joined_resource.py": "admin_app/resources/joined.py",
    "joined_checks.py": "tests/test_joined.py",
}
LEGACY = {
    "legacy_model.py": "admin_app/models/legacy.py",
    "legacy_resource.py": "admin_app/resources/legacy.py",
    "legacy_tables.py": "migrations/versions/20261130_legacy.py",
    "checks.py": "tests/test_totals.py",
}
MODEL = '''"""A table with a key of its own, and one that points at it."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from admin_app.db.record import Record


class {name}(Record):
    {key}: Mapped[{kind}] = mapped_column({declared})
    label: Mapped[str] = mapped_column(sa.String(40))
    mail: Mapped[str] = mapped_column(sa.String(60), unique=True)
    parts: Mapped[list[{name}Part]] = relationship(back_populates="whole", passive_deletes="all")

    def __str__(self) -> str:
        return self.label


class {name}Part(Record):
    label: Mapped[str] = mapped_column(sa.String(40))
    whole_id: Mapped[{kind} | None] = mapped_column(sa.ForeignKey("{table}.{column}"), index=True)
    whole: Mapped[{name} | None] = relationship(back_populates="parts")

    def __str__(self) -> str:
        return self.label
'''
RESOURCE = '''"""Their places in the dashboard."""

from admin_app.models.{table} import {name}, {name}Part
from admin_app.panel.resource import Resource


class {name}Resource(Resource):
    model = {name}
    column_list = ("label", "mail", "parts", "{key}")
    column_searchable_list = ("label",)
    column_filters = ("label", "mail", "{key}")
    form_columns = ({typed}"label", "mail")


class {name}PartResource(Resource):
    model = {name}Part
    column_list = ("label", "whole", "id")
    column_searchable_list = ("label", "whole.label")
    column_filters = ("label", "whole")
    form_columns = ("label", "whole")
'''


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the project, add two files for each key, and let Alembic write the migration."""
    copy = tmp_path_factory.mktemp("keys")
    copy_project(copy, tests=TESTS)
    versions = copy / "migrations" / "versions"
    found = (re.findall(r"^revision = ['\"](\d+)", one.read_text(), re.MULTILINE) for one in versions.glob("*.py"))
    newest = max(number for numbers in found for number in numbers)
    for source, target in LEGACY.items():
        (copy / target).write_text((HERE / source).read_text().replace("HEAD", newest))
    for name, (key, column, kind, declared) in KEYS.items():
        words = {"name": name, "table": name.lower(), "key": key, "column": column, "kind": kind, "declared": declared}
        typed = f'"{key}", ' if kind == "str" else ""
        for folder, text in (("models", MODEL), ("resources", RESOURCE)):
            file = copy / "admin_app" / folder / f"{name.lower()}.py"
            file.write_text(text.format(**words, typed=typed))
    for source, target in WRITTEN.items():
        shutil.copy(HERE / source, copy / target)
    write_migration(copy, "Shapes of keys")
    return copy


def test_every_capability_works_with_keys_of_every_kind(project: Path) -> None:
    # A version is restored by the same statements as a save is undone, and what a list costs depends on its own key, not on that of
    # what it points at.
    history, own = "(history and not restored)", f"not {COMMON}"
    chosen = (
        f"Currency-sqlite or CurrencyPart-sqlite and {own} and not acts or Currency-postgres and ({history} or acts)"
        f" or Device-postgres and ({history} or acts or rows) or Drawer-sqlite and ({history} or acts)"
        f" or Customer-postgres and ({history} or acts or cells)"
        f" or Order-sqlite and {own} or Order-postgres and ({history} or forms)"
        f" or totals or keyed or joined or Truck-postgres and ({history} or acts) or Truck-sqlite and forms"
        " or Contract-postgres and (history or acts or cells) or Contract-sqlite and (forms or rows or statements)"
        f" or Shelf-postgres and ({history} or acts or rows) or Shelf-sqlite and a_page_of_cells"
        f" or Stop-postgres and {history} or Stop-sqlite and forms or Saw-postgres and {history} or Saw-sqlite and acts"
    )

    require(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests", "-k", chosen)


def test_a_migration_leaves_tables_alone_that_must_not_be_altered(project: Path) -> None:
    (written,) = (project / "migrations" / "versions").glob("*shapes_of_keys.py")

    assert "currency" in written.read_text()
    assert "customer" not in written.read_text()
