"""The dashboard under a path of its own, in a browser: nothing that it asks for or sends leaves the path."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from admin_app.models.staff import Staff
from tests.browser.conftest import OpenAs, served
from tests.browser.steps import end_sessions, save
from tests.test_every_prefix import PREFIX, Mounted

# The server ends with the test.
pytestmark = pytest.mark.own_tab


@pytest.fixture
def site(app: Flask) -> Mounted:
    return Mounted(app.wsgi_app)


@pytest.fixture
def live_server(site: Mounted) -> Iterator[str]:
    with served(site) as url:
        yield url


def sign_in(page: Page, owner: Staff, password: str) -> None:
    page.get_by_label("Email").fill(owner.email)
    page.get_by_role("textbox", name="Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_what_was_typed_under_a_path_survives_the_end_of_the_session(
    app: Flask, open_as: OpenAs, site: Mounted, owner: Staff, password: str
) -> None:
    page = open_as()
    page.goto(f"{PREFIX}/sign-in")
    sign_in(page, owner, password)
    page.get_by_role("link", name="Posts", exact=True).first.click()
    page.get_by_role("link", name="Add post").first.click()
    page.get_by_label("Content").fill("Typed under a path")
    end_sessions(app)

    save(page)
    sign_in(page, owner, password)
    expect(page.get_by_label("Content")).to_have_value("Typed under a path")
    save(page)

    expect(page.get_by_role("link", name="Typed under a path", exact=True)).to_be_visible()
    assert page.url.partition(PREFIX)[2].startswith("/admin/post/")
    assert site.beside == []
