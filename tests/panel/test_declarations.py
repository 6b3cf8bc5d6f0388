"""Every declaration that Flask-Admin knows means the same here, or is refused at start: the table of docs/flask-admin.md, held."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask_admin.contrib.sqla import ModelView

from admin_app.errors import ConfigurationError
from admin_app.models.post import Post
from admin_app.panel.declarations import OWN_FIELDS, REFUSED, require_declarations
from admin_app.panel.resource import Resource

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "flask-admin.md"
# `name`, `name` | what it means, or “Refused: …”.
ROW = re.compile(r"^\| ((?:`\w+`(?:, )?)+) \| (.+) \|$", re.MULTILINE)
TABLE = DOCUMENT.read_text("utf-8").partition("## What a resource may declare")[2]
ROWS = {name: words for names, words in ROW.findall(TABLE) for name in re.findall(r"`(\w+)`", names)}


def declared(**declarations: Any) -> Resource:
    plain = {"model": Post, "column_list": ("content",), "form_columns": ("content",), "filters_by_name": {}}
    resource: Resource = type("OddResource", (Resource,), plain | declarations)()
    return resource


def test_no_column_may_be_called_like_a_field_that_a_form_or_script_adds() -> None:
    files = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("static/js/*.js")]
    named = re.compile(r"""(?:\bname ?= ?|data\.set\()["'](_\w+)["']""")

    added = {name for file in files for name in named.findall(file.read_text("utf-8"))}

    assert {"_version", "_left", "_leaving"} <= added <= OWN_FIELDS


def test_every_declaration_of_flask_admin_is_in_the_table() -> None:
    known = [name for name in dir(ModelView) if not name.startswith("_") and not callable(getattr(ModelView, name))]

    assert [name for name in known if name not in ROWS] == []


@pytest.mark.parametrize("name", ROWS)
def test_the_table_says_what_becomes_of_it(name: str) -> None:
    refused = ROWS[name].removeprefix("Refused. ") if ROWS[name].startswith("Refused. ") else None

    assert REFUSED.get(name) == refused
    assert refused is not None or hasattr(Resource, name)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_stops_the_start_with_one_line(name: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        require_declarations(declared(**{name: None}))

    assert str(refusal.value) == f"OddResource.{name} is not supported as it stands. {REFUSED[name]}"


@pytest.mark.parametrize(
    ("declarations", "line"),
    [
        ({"column_filters": (object(),)}, "column_filters … Name columns: each has the filters of its kind."),
        (
            {"column_default_sort": [("id", True), ("content", False), ("user", False)]},
            "column_default_sort … Name one column, or two: then rows that are equal follow each other by their number.",
        ),
        ({"column_details_list": ("smell",)}, "column_details_list … Post has no smell."),
        ({"form_choices": {"smell": []}}, "form_choices … Post has no smell."),
        ({"column_editable_list": ("user",)}, "column_editable_list … Name user in form_columns too."),
        (
            {"form_widget_args": {"content": {"style": "color: red"}}},
            "form_widget_args … Nothing is inline here: take style of content out.",
        ),
        (
            {"form_widget_args": {"content": {"onclick": "x()"}}},
            "form_widget_args … Nothing is inline here: take onclick of content out.",
        ),
        (
            {"form_columns": ("csrf_token",)},
            'form_columns … Every form sends a csrf_token of its own: write own_csrf_token = mapped_column("csrf_token").',
        ),
        ({"column_lst": ("content",)}, "column_lst … Write column_list."),
        ({"colum_filters": ("content",)}, "colum_filters … Write column_filters."),
        ({"can_fly": True}, "can_fly … Nothing reads it."),
    ],
)
def test_what_cannot_be_as_it_is_declared_is_refused_with_what_to_write(declarations: Any, line: str) -> None:
    name, _, advice = line.partition(" … ")

    with pytest.raises(ConfigurationError) as refusal:
        require_declarations(declared(**declarations))

    assert str(refusal.value) == f"OddResource.{name} is not supported as it stands. {advice}"


@pytest.mark.parametrize(
    ("sort", "meant"),
    [
        ("content", ("content", "")),
        (("content", True), ("-content", "")),
        ([("content", False)], ("content", "")),
        (["id"], ("id", "")),
        ([("user", False), ("content", True)], ("user", "-content")),
    ],
)
def test_a_default_sort_is_read_as_flask_admin_reads_it(sort: Any, meant: tuple[str, str]) -> None:
    schema = declared(column_default_sort=sort).list_schema

    assert (schema.default_sort, schema.default_then) == meant


@pytest.mark.parametrize(("name", "closed"), [("can_edit", "edit"), ("can_export", "export"), ("can_create", "import")])
def test_what_is_closed_is_offered_to_nobody(name: str, closed: str) -> None:
    assert closed not in declared(**{name: False}).offered_actions
