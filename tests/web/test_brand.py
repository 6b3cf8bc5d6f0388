"""A dashboard with a name, a logo and a colour of its own, before anybody signs in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from admin_app import create_app
from tests.page import Page

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><rect width="4" height="4"/></svg>'


@pytest.fixture
def store() -> str:
    """Stay on one store: the frame is the same on both."""
    return "sqlite"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("brand")
    logo = Path(folder, "logo.svg")
    logo.write_text(LOGO)
    settings = {"ADMIN_SITE_NAME": "Bike Index", "ADMIN_LOGO": str(logo), "ADMIN_ACCENT": "#0b6e4f"}
    return create_app(settings, instance_path=str(folder)).test_client()


def test_a_page_has_the_name_and_the_logo(client: Any) -> None:
    page = Page(client.get("/static/nothing"))

    assert page.title == "Page not found - Bike Index"
    brand = page.all("a", class_="brand")[0]
    logo = brand.all("img")[0].attributes["src"]
    assert (brand.text, logo.partition("?")[0]) == ("Bike Index", "/static/logo")
    assert [one.attributes["href"] for one in page.all("link", rel="icon")] == [logo]


def test_the_logo_is_kept_for_ever_by_its_version_alone(client: Any) -> None:
    address = Page(client.get("/static/nothing")).all("link", rel="icon")[0].attributes["href"]

    answers = [client.get(one) for one in (address, "/static/logo?v=older")]

    assert [(one.mimetype, one.text) for one in answers] == [("image/svg+xml", LOGO)] * 2
    assert [one.headers["Cache-Control"] for one in answers] == ["public, max-age=31536000, immutable", "no-cache"]


def test_the_accent_stands_in_the_style_sheet(client: Any) -> None:
    assert "--accent: light-dark(#0b6e4f, " in client.get("/static/app.css").text
