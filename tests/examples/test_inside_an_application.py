"""The dashboard inside an application that has its own models, sign-in, cookies, error pages and tables, none of which it touches."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from admin_app import init_admin
from admin_app.embedding.mount import require_path
from admin_app.errors import ConfigurationError
from tests.examples.serve import PASSWORD
from tests.examples.served import Shop, shop

__all__ = ["shop"]


class Visitor:
    """Somebody's browser."""

    def __init__(self, url: str) -> None:
        self.url, self.cookies = url, CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self.cookies))

    def get(self, path: str, **form: str) -> tuple[int, str, HTTPResponse]:
        """Ask for a page, or send a form, and follow where that leads."""
        try:
            answer: Any = self._opener.open(f"{self.url}{path}", urlencode(form).encode() if form else None, 60)
        except HTTPError as error:
            answer = error
        return answer.status, answer.read().decode(), answer

    def send(self, path: str, **form: str) -> tuple[int, str, HTTPResponse]:
        """Send the form of a page, with its hidden fields."""
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', self.get(path)[1])
        hidden += re.findall(r'<input [^>]*name="(csrf_token)"[^>]*value="([^"]*)"', self.get(path)[1])
        return self.get(path, **{**dict(hidden), **form})


def asked(database: Path, statement: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(statement).fetchall()


def test_the_applications_own_pages_are_as_they_were(shop: Shop) -> None:
    visitor = Visitor(shop.url)
    visitor.get("/enter?name=ann")

    before = visitor.get("/")
    dashboard = visitor.get("/admin/product/")
    after = visitor.get("/")

    counts = [int(one[1].partition(" ")[0]) for one in (before, after)]
    assert (counts[1] - counts[0], dashboard[0]) == (1, 200)
    assert {"Content-Security-Policy", "X-Request-ID"} & set(dict(after[2].headers)) == set()
    assert visitor.get("/missing")[:2] == (404, "The shop has no such page.")
    assert visitor.get("/order", what="nails")[0] == 400
    assert visitor.get("/adminer")[:2] == (404, "The shop has no such page.")


def test_each_has_a_cookie_of_its_own(shop: Shop) -> None:
    visitor = Visitor(shop.url)

    visitor.get("/enter?name=ann&next=/admin/")

    assert sorted((one.name == "session", one.path) for one in visitor.cookies) == [(False, "/admin"), (True, "/")]


def test_a_stranger_is_led_to_the_applications_sign_in_and_back(shop: Shop) -> None:
    status, page, answer = Visitor(shop.url).get("/admin/product/?title__contains=saw")

    assert (status, answer.url) == (200, f"{shop.url}/admin/product/?title__contains=saw")
    assert "Bow saw" in page


def test_who_leaves_there_is_gone_here_and_new_rights_hold_at_once(shop: Shop) -> None:
    visitor = Visitor(shop.url)
    visitor.get("/enter?name=vic&role=viewer")
    seen = [visitor.get("/admin/product/")[0], visitor.get("/admin/product/new/")[0]]
    visitor.get("/enter?name=vic&role=editor")
    seen += [visitor.get("/admin/product/new/")[0]]
    visitor.get("/enter?name=bob&role=viewer")

    page = visitor.get("/admin/account/")[1]

    visitor.get("/leave")
    missing = visitor.get("/admin/nowhere/")

    assert seen == [200, 403, 200]
    assert (missing[0], "bob" in missing[1].lower()) == (404, False)
    assert ("bob@shop.example" in page, "vic@shop.example" in page) == (True, False)


def test_who_is_switched_off_here_is_let_in_nowhere_and_gets_no_session(shop: Shop) -> None:
    visitor = Visitor(shop.url)
    visitor.get("/enter?name=off&role=viewer&next=/admin/")
    with closing(sqlite3.connect(shop.database)) as connection:
        connection.execute("UPDATE admin_staff SET is_active = false WHERE email = 'off@shop.example'")
        connection.commit()
    count = "SELECT count(*) FROM admin_staff_session"
    before = asked(shop.database, count)

    status, page, _ = visitor.get("/admin/product/")

    assert (status, "You may not do this" in page) == (403, True)
    assert asked(shop.database, count) == before


def test_passwords_and_factors_are_the_applications(shop: Shop) -> None:
    visitor = Visitor(shop.url)
    visitor.get("/enter?name=ann")

    page = visitor.get("/admin/account/")[1]
    gone = ["account/two-factor/", "account/passkeys/", "password/x", "forgotten", "staff/"]

    assert ("assword" in page, "Two-factor" in page) == (False, False)
    assert [visitor.get(f"/admin/{path}")[0] for path in gone] == [404] * 5
    assert visitor.send("/admin/account/", current_password="x", new_password="y")[0] == 404


def test_a_change_is_in_the_history_and_the_applications_own_writes_are_not(shop: Shop) -> None:
    visitor = Visitor(shop.url)
    visitor.get("/enter?name=ann")

    status, _, _ = visitor.send("/admin/tag/new/", name=" rare ")

    changes = asked(shop.database, 'SELECT model, title, act FROM admin_change WHERE model = "tag"')
    assert (status, changes) == (200, [("tag", "rare", "create")])
    assert asked(shop.database, "SELECT count(*) FROM admin_change WHERE model = 'product'") == [(0,)]


def test_a_record_that_its_own_application_counts_is_saved_and_undone(shop: Shop) -> None:
    visitor = Visitor(shop.url)
    visitor.get("/enter?name=ann")

    visitor.send("/admin/product/edit/?id=2", title=" Long spade ", price="25.00", category="2")

    assert asked(shop.database, "SELECT title, price, version FROM product WHERE id = 2") == [("Long spade", 25, 1)]


def test_the_dashboards_tables_are_told_by_their_prefix(shop: Shop) -> None:
    tables = asked(shop.database, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    others = sorted(name for (name,) in tables if not name.startswith("admin_"))

    assert others == ["SUPPL", "category", "order_line", "orders", "product", "role", "tag", "tagged"]


def test_people_can_sign_in_to_the_dashboard_alone(shop: Shop) -> None:
    visitor = Visitor(shop.other_url)

    wrong = visitor.send("/admin/sign-in", email="olga@example.com", password="wrong")
    right = visitor.send("/admin/sign-in", email="olga@example.com", password=PASSWORD)

    assert (wrong[0], right[0], right[2].url) == (422, 200, f"{shop.other_url}/admin/")
    assert [visitor.get(f"/admin/{path}")[0] for path in ("staff/", "role/", "approle/")] == [200] * 3


def test_without_a_prefix_the_application_is_told_what_to_set() -> None:
    with pytest.raises(ConfigurationError, match=r"^Set ADMIN_TABLE_PREFIX in the environment, like"):
        init_admin(Flask(__name__), SQLAlchemy(), [])


@pytest.mark.parametrize("path", ["admin", "/", "//x", "/a b", ""])
def test_a_path_that_is_none_is_refused(path: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^The dashboard's path must look like /admin, not"):
        require_path(path)
