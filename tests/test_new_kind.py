"""A column type is added in two files and a line in either folder's table: proved in a copy of the project."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.project_copy import copy_project, require, run, write_migration

HERE = Path(__file__).parent / "new_kind"
# The kind's two files, and a model with its resource that has a column of the type.
KIND = {"kind.py": "admin_app/kinds/ip_address.py", "panel.py": "admin_app/panel/kinds/ip_address.py"}
MODEL = {"model.py": "admin_app/models/server.py", "resource.py": "admin_app/resources/server.py"}
# The line in the table, and the import that it needs.
LINES = (
    ("admin_app/kinds", "KINDS: tuple[AnyKind, ...] = (", "IpAddressKind"),
    ("admin_app/panel/kinds", "PANEL_KINDS: tuple[PanelKind, ...] = (", "IpAddressPanel()"),
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the project, and add the model whose column nobody has a kind for."""
    copy = tmp_path_factory.mktemp("new_kind")
    copy_project(copy, tests=["transfer/bringing.py"])
    for source, target in MODEL.items():
        shutil.copy(HERE / source, copy / target)
    shutil.copy(HERE / "checks.py", copy / "tests" / "test_server.py")
    return copy


def add_the_kind(project: Path) -> None:
    for source, target in KIND.items():
        shutil.copy(HERE / source, project / target)
    for folder, table, entry in LINES:
        path = project / folder / "__init__.py"
        name, package = entry.removesuffix("()"), folder.replace("/", ".")
        text = path.read_text()
        assert table in text
        text = text.replace(table, f"{table}\n    {entry},")
        path.write_text(
            text.replace("\nfrom admin_app", f"\nfrom {package}.ip_address import {name}\nfrom admin_app", 1)
        )


def test_a_column_type_is_shown_as_text_until_it_is_added_in_two_files(project: Path) -> None:
    refused = run(project, "manage.py", "check").stderr
    resource = project / MODEL["resource.py"]
    text = resource.read_text()
    resource.write_text(text.replace('("name", "address", "id")', '("name", "id")'))
    told = require(project, "manage.py", "check", "--resources")
    resource.write_text(text)
    add_the_kind(project)
    write_migration(project, "Servers")

    (written,) = (project / "migrations" / "versions").glob("*servers.py")
    assert refused.startswith("Error: ServerResource.column_sortable_list names address, whose type IpAddress")
    assert "Server.address has the type IpAddress, which no kind is for" in told
    assert "sa.Column('address', sa.String(length=39), nullable=True)" in written.read_text()
    require(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests")
