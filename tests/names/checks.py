"""What models and columns of such names do. Copied by test_every_name.py."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from admin_app.models.odd import CALLED, NAMES, Odd
from flask import Flask

from admin_app.db.endpoints import OURS
from admin_app.extensions import db
from admin_app.panel.access.access import access_to
from admin_app.panel.import_.headers import guessed_columns
from admin_app.panel.registry import resource_of, resources
from admin_app.transfer.import_.opening import open_source
from tests.transfer.bringing import bring


@pytest.fixture
def store() -> str:
    """Stay on one store: names are asked."""
    return "sqlite"


def test_every_blueprint_and_address_of_ours_is_in_the_table(app: Flask) -> None:
    with app.app_context():
        of_models = {one.endpoint for one in resources()}
    parts = {part for rule in app.url_map.iter_rules() for part in rule.rule.removeprefix("/admin").split("/")[1:2]}

    found = {*app.blueprints, *parts} - of_models

    assert {one for one in found if re.fullmatch(r"\w+", one)} == OURS


def test_a_model_of_such_a_name_has_its_own_pages(as_owner: Any) -> None:
    for name in CALLED:
        made = as_owner.post_form(f"/admin/app{name}/new/", {"label": f"Nails of {name}"})

        assert made.status_code == 303
        assert f"Nails of {name}" in as_owner.get(f"/admin/app{name}/").text


def test_columns_of_these_names_are_filled_in_shown_and_changed(app: Flask, as_owner: Any) -> None:
    values = {name: f"is {name}" for name in NAMES}

    made = as_owner.post_form("/admin/odd/new/", {"label": "All", **values})
    shown = as_owner.get("/admin/odd/details/?id=1").text
    changed = as_owner.post_form(
        "/admin/odd/edit/?id=1", {"label": "All", "_version": "1", **dict.fromkeys(values, "new")}
    )

    assert (made.status_code, changed.status_code) == (303, 303)
    assert [name for name, value in values.items() if value not in shown] == []
    with app.app_context():
        record = db.session.get_one(Odd, 1)
        assert {name: getattr(record, name) for name in NAMES} == dict.fromkeys(NAMES, "new")
    for page in ("", "new/", "edit/?id=1", "details/?id=1", "history/?id=1"):
        assert as_owner.get(f"/admin/odd/{page}").status_code == 200


@pytest.mark.parametrize("format_", ["csv", "xlsx", "json", "jsonl"])
def test_an_export_of_names_that_differ_in_capitals_alone_comes_back_unchanged(
    format_: str, app: Flask, as_owner: Any
) -> None:
    as_owner.post_form("/admin/odd/new/", {"label": "All", **{name: f"is {name}" for name in NAMES}})

    file = as_owner.get(f"/admin/odd/export/{format_}/").data
    with app.app_context():
        titles = open_source(io.BytesIO(file), lambda title: title in {"ID", "id"}, guesses=False).titles
        report = bring(Odd, file)
        guessed = guessed_columns(access_to(resource_of(Odd)), titles, [[] for _ in titles])

    assert (report.changed, report.unchanged) == (0, 1)
    assert [guessed[titles.index(one)] for one in titles if one in {"Meta (Meta)", "Meta"}] == ["Meta"]
    assert [guessed[titles.index(one)] for one in titles if one in {"Meta (meta)", "meta"}] == ["meta"]
    assert sorted(guessed.values()) == sorted({"id", "label", *NAMES})
