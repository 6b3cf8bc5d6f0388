"""Weaknesses that other dashboards had, each tried here: Django's admin, Flask-Admin, django-import-export, Wagtail.

Where a test elsewhere tries one already, `ELSEWHERE` names it.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask import Flask

from admin_app.extensions import db
from admin_app.panel.access.access import access_to
from admin_app.panel.list.columns import Columns
from admin_app.panel.list.selections import schema_for
from admin_app.transfer.formats import FORMATS
from tests.page import Page
from tests.panel.list.test_hostile_lists import SCRIPT, require_harmless
from tests.subject import Subject

ROOT = Path(__file__).resolve().parents[1]
ELSEWHERE = {
    "CVE-2008-3909, a form that was sent is carried out by signing in": "test_every_resources_forms.py::test_what_is_typed_into_an_ended_session_stands_in_the_form_again",
    "CVE-2013-0305, CVE-2026-44198, the history is shown to who may not see the record": "pages/test_activity.py::test_the_trail_of_staff_is_for_owners_alone",
    "CVE-2016-2048, a copy is made without the right to make one": "test_every_route.py::test_every_route_answers_each_person_as_declared",
    "CVE-2018-16984, CVE-2026-113733, hashes are shown to who may look": "resources/test_staff.py::test_no_page_and_no_file_shows_a_hash",
    "CVE-2019-19118, CVE-2026-4277, children are changed through their parent's form": "test_every_forgery.py::test_what_a_form_does_not_show_is_not_changed_by_it",
    "CVE-2026-4292, CVE-2026-87975, a list that is sent makes records": "test_every_route.py::test_every_route_answers_each_person_as_declared",
    "CVE-2021-33203, files outside are read by an address": "test_every_route.py::test_an_address_of_nothing_is_404",
    "django-import-export 1547, Wagtail 3466, a file is run by what opens it": "kinds/test_spreadsheet.py::test_no_neutralised_text_begins_like_a_formula",
    "GHSA-8xvj-4m4r-g62h, a file overwrites rows of others": "panel/import_/test_columns_page.py::test_a_file_changes_no_rows_of_others",
    "Wagtail, all items in a list, also those that one may not see": "panel/list/test_saved_view_rights.py::test_views_of_others_are_not_there",
}  # fmt: skip -- a table


@pytest.fixture
def store() -> str:
    """Stay on one store: what is tried here stands in front of it."""
    return "sqlite"


@pytest.mark.parametrize("weakness", ELSEWHERE)
def test_what_is_said_to_be_tried_elsewhere_is(weakness: str) -> None:
    path, _, name = ELSEWHERE[weakness].partition("::")

    assert f"def {name}(" in (ROOT / "tests" / path).read_text(encoding="utf-8")


def test_what_has_no_place_here_still_has_none() -> None:
    """What has its own way of going wrong: exported HTML runs (django-import-export 1547), old jQuery falls to old tricks
    (Flask-Admin 1983)."""
    scripts = [path.name for path in (ROOT / "static").rglob("*.js")]

    assert [key for key in FORMATS if "htm" in key or "xml" in key] == []
    assert [name for name in scripts if "jquery" in name.lower()] == []


# ---- markup out of records and addresses


LEADING_AWAY = ["javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "//evil.example", f'"><b>{SCRIPT}']


@pytest.mark.parametrize("text", LEADING_AWAY)
def test_where_to_go_after_signing_in_is_no_markup(text: str, as_nobody: Any) -> None:
    """CVE-2008-2302: the login page of Django's admin wrote the address it came from into the page as it was."""
    page = Page(as_nobody.get("/sign-in", query_string={"next": text}))

    require_harmless(page)
    assert page.status == 200


@pytest.mark.parametrize("text", LEADING_AWAY)
def test_the_way_back_is_no_script(text: str, subject: Subject, as_owner: Any) -> None:
    """CVE-2018-16516: Flask-Admin's Cancel went wherever `url` said, to a script too."""
    key = subject.add(1)
    for view in ("edit", "details", "delete", "history", "new", "export", "columns"):
        page = Page(as_owner.get(f"{subject.at(view, key)}&url={quote(text)}"))

        require_harmless(page)
        # A parameter that a list does not know is a 400, which is no way back either.
        assert page.status in {200, 400}, view


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "</title></textarea></script><b onload=alert(1)><script>alert(1)</script>"]
)
def test_text_of_any_column_is_text_on_every_page_about_it(
    text: str, subject: Subject, as_owner: Any, app: Flask
) -> None:
    """CVE-2013-4249, CVE-2019-12308, CVE-2026-15920 (addresses became links), CVE-2015-2241, CVE-2020-13596 (read-only
    columns and pickers), CVE-2016-6186 (the answer of a pop-up), Flask-Admin 690 and 1000 (cells)."""
    key = subject.add(1)
    columns = [
        one for one in subject.mapper.columns if isinstance(one.type, sa.String) and not isinstance(one.type, sa.Enum)
    ]
    with app.app_context():
        record = db.session.get(subject.mapper.class_, key)
        for column in columns:
            kept = text[: column.type.length] if column.type.length else text
            setattr(
                record, column.key, kept if column.info.get("format") != "email" else f"{kept.replace(' ', '')[:60]}@x"
            )
        db.session.commit()

    paths = [subject.at(view, key) for view in ("edit", "details", "delete", "history")]
    every = ",".join(Columns(access_to(subject.view)).choosable())
    paths += [f"{subject.root}?columns={every}", "/admin/", "/admin/activity/", "/admin/activity/set/?id=1"]
    for path in paths:
        page = Page(as_owner.get(path))

        assert page.status == 200, path
        require_harmless(page)


# ---- what nobody offered


def test_nothing_is_found_by_a_column_that_is_not_offered(subject: Subject, as_owner: Any, app: Flask) -> None:
    """CVE-2010-4534, CVE-2014-0483: Django's admin filtered, sorted and looked up by any column of any related model."""
    subject.add(1)
    with app.app_context():
        schema = schema_for(access_to(subject.view))
    plain = [column.key for column in subject.mapper.columns]
    secret = [one.key for table in db.metadata.tables.values() for one in table.columns if one.info.get("secret")]
    related = [f"{way}.{name}" for way in ("user", "staff", "posts", "user.staff") for name in secret]
    for name in {*plain, *secret, *related, "sessions.token_hash"}:
        filters = [f"{name}__{word}" for word in ("is", "contains", "regex")]
        asked = [f"{one}=a" for one in filters if one not in schema.filters]
        asked += [f"sort={name}"] if name not in schema.sorts else []
        asked += [f"where={name}+contains+a"] if f"{name}__contains" not in schema.filters else []

        statuses = {one: as_owner.get(f"{subject.root}?{one}").status_code for one in asked}

        assert statuses == dict.fromkeys(asked, 400)


# ---- what takes for ever


# More of an address the server does not take.
LONGEST_ADDRESS = 8000
HEAVY = {
    "letters that lower case makes longer": "\u0130" * 100_000,
    "signs that are folded": "\ufdfa" * 50_000,
    "accents": "e" + "\u0301" * 100_000,
    "almost an email": "a@" + "a." * 100_000 + "@",
    "quotation marks": '"' * 100_000,
    "spaces": " " * 100_000 + "a",
    "a number that fills the memory": "1e1000000",
    "digits": "9" * 100_000,
}


@pytest.mark.parametrize("kind", HEAVY)
def test_no_text_makes_a_form_or_a_list_slow(kind: str, subject: Subject, as_owner: Any) -> None:
    """CVE-2024-41991 (Django's URL field), GHSA-fcgw-hjjv-4rh6 (a number of a million digits)."""
    address = f"{subject.root}new/"
    own = Page(as_owner.get(address)).values()
    filled = {
        name: value if name.startswith("_") or name == "csrf_token" else HEAVY[kind] for name, value in own.items()
    }
    begun = time.process_time()

    sent = as_owner.post(address, data=filled)
    query = {"q": HEAVY[kind][:LONGEST_ADDRESS], "where": HEAVY[kind][:LONGEST_ADDRESS]}
    asked = [as_owner.get(subject.root, query_string={name: value}) for name, value in query.items()]

    assert (sent.status_code in {303, 422}, [one.status_code for one in asked][1:]) == (True, [400])
    assert time.process_time() - begun < 5
