"""The memory of an import does not grow with its file. It is Python's, so one database is enough."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import cast

import pytest
from flask import Flask

from admin_app.domain.plan.lines import BATCH
from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.panel.access.access import access_to
from admin_app.panel.plan.importing import import_whole
from admin_app.panel.plan.operations.importing import import_of
from admin_app.panel.registry import resource_of
from admin_app.panel.resource import Resource
from admin_app.transfer.import_.opening import open_source
from admin_app.transfer.import_.options import ImportOptions
from tests.many import many_users
from tests.transfer.bringing import bring

# What coverage keeps would be measured too.
pytestmark = [pytest.mark.usefixtures("context"), pytest.mark.no_cover]


def peak_of_an_import(folder: Path, rows: int) -> int:
    path = folder / f"{rows}.csv"
    path.write_text("content\n" + "".join(f"{number} {'word ' * 40}\n" for number in range(rows)))
    access = access_to(cast("Resource", resource_of(Post)))
    with path.open("rb") as file:
        source = open_source(file, lambda title: title == "content", guesses=False)
        operation = import_of(access, ImportOptions({0: "content"}))
        tracemalloc.start()
        try:
            import_whole(access, operation, source, scope="", on_rows=id)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
            db.session.rollback()


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    peak_of_an_import(tmp_path, 1000)

    assert peak_of_an_import(tmp_path, 6000) < 1.3 * peak_of_an_import(tmp_path, 2000)


def test_memory_does_not_grow_with_swapped_unique_values(app: Flask) -> None:
    keys = many_users(app, 2 * BATCH)

    def peak(count: int) -> int:
        # The first half takes what the second half gives up.
        wanted = [*range(count // 2, count), *range(count // 2)]
        text = "".join(f"{key},N,many{number}@example.com\n" for key, number in zip(keys, wanted, strict=False))
        tracemalloc.start()
        try:
            bring(User, f"id,name,email\n{text}")
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(100)
    small = peak(BATCH)

    assert peak(2 * BATCH) < 1.5 * small
