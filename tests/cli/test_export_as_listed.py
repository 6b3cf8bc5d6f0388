"""The way that docs/operations.md describes: a list's address and the zone of its days give the list's rows."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from admin_app.extensions import db
from admin_app.models.saved_view import SavedView
from admin_app.models.staff import Staff
from tests.cli.conftest import ROOT
from tests.page import Page
from tests.stores import one_store

# Which rows a list has, and a file of it, tests/panel/export asks of both stores.
pytestmark = one_store

Make = Callable[..., Any]

ZONE = "Pacific/Auckland"
# Midnight there on New Year's Day of 2026, 13 hours before London's.
NEW_YEAR = datetime(2025, 12, 31, 11, tzinfo=UTC)


def documented_query() -> str:
    """Read the example out of the documentation."""
    lines = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8").splitlines()
    example = next(line for line in lines if line.startswith("manage.py export post --query"))
    return example.split("'")[1]


def exported(result: Any) -> list[int]:
    assert result.exit_code == 0, result.stderr
    return [int(row["ID"]) for row in csv.DictReader(result.stdout.splitlines())]


@pytest.fixture
def posts(app: Flask, viewer: Staff, make_post: Make) -> list[int]:
    """Make posts on both sides of a midnight, and let the reader live where it is one."""
    with app.app_context():
        db.session.get_one(Staff, viewer.id).time_zone = ZONE
        db.session.commit()
    moments = [NEW_YEAR.replace(hour=10, minute=59), NEW_YEAR, datetime(2026, 1, 1, tzinfo=UTC)]
    return [make_post(content=f"garden {moment}", created_at=moment).id for moment in moments] + [
        make_post(content="kitchen", created_at=NEW_YEAR).id
    ]


def test_the_documented_example_gives_the_rows_of_the_list(manage: Any, as_viewer: Any, posts: list[int]) -> None:
    query = documented_query()

    shown = Page(as_viewer.get(f"/admin/post/?{query}")).ids()

    assert "created_at__from=2026-01-01" in query
    assert shown == [posts[2], posts[1]]
    assert exported(manage("export", "post", "--query", query, "--time-zone", ZONE)) == shown
    # The days of UTC are others: the zone is not for show.
    assert exported(manage("export", "post", "--query", query)) == [posts[2]]


def test_the_example_to_a_file_is_the_list_too(manage: Any, as_viewer: Any, posts: list[int], tmp_path: Path) -> None:
    path, query = tmp_path / "some.csv", documented_query()

    result = manage("export", "post", "--query", query, "--time-zone", ZONE, "-o", path)

    assert result.exit_code == 0, result.stderr
    ids = [int(row["ID"]) for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())]
    assert ids == Page(as_viewer.get(f"/admin/post/?{query}")).ids() == [posts[2], posts[1]]


def test_the_address_that_a_view_leads_to_gives_the_views_rows(
    app: Flask, manage: Any, as_viewer: Any, posts: list[int]
) -> None:
    as_viewer.post_form(f"/admin/post/views/new/?{documented_query()}", {"name": "Gardens"})
    with app.app_context():
        number = db.session.scalars(db.select(SavedView.id)).one()
    led_to = as_viewer.get(f"/admin/post/?view={number}").location
    assert f"view={number}" in led_to

    shown = Page(as_viewer.get(led_to)).ids()

    assert shown == [posts[2], posts[1]]
    assert exported(manage("export", "post", "--query", led_to, "--time-zone", ZONE)) == shown


@pytest.mark.parametrize("arguments", ["view={}", "http://127.0.0.1:8000/admin/post/?view={}", "view=99999"])
@pytest.mark.usefixtures("posts")
def test_a_view_by_its_number_alone_is_never_the_whole_list(
    app: Flask, manage: Any, as_viewer: Any, arguments: str
) -> None:
    as_viewer.post_form("/admin/post/views/new/?q=garden", {"name": "Gardens"})
    with app.app_context():
        number = db.session.scalars(db.select(SavedView.id)).one()

    result = manage("export", "post", "--query", arguments.format(number))

    assert (result.exit_code, result.stdout) == (1, "")
    assert "This view does not exist" in result.stderr
