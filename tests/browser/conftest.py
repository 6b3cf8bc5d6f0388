"""What a browser test may ask for: the application on a port, and pages that fail the test when they complain."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from admin_app.models.staff import Staff
from tests.browser.lasers import ann, bob, posts  # noqa: F401 -- fixtures
from tests.browser.steps import sideways
from tests.browser.tabs import Lent, Tabs

# The first that is there. Chromium without its windows draws the same in less than half of the processor's time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")

# The first line: CI runs as root, where Chromium's sandbox cannot work. The rest keeps it from calling home.
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

OpenAs = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, so that `-m "not browser"` leaves them out."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(params=["sqlite"])
def store(request: pytest.FixtureRequest) -> str:
    """Run on one store: a page looks the same on both."""
    return str(request.param)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the system's Chromium, once a worker."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        reason = "Chromium is not installed"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(f"{reason} (REQUIRE_BROWSER=1)")
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


class KeptConnection(WSGIRequestHandler):
    """Several requests on one connection, as gunicorn serves them."""

    protocol_version = "HTTP/1.1"


@contextmanager
def served(application: Any) -> Iterator[str]:
    """Serve an application on a free port; hand out its address."""
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=KeptConnection)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def live_url(app_on: Callable[[str], Flask]) -> Iterator[str]:
    """Serve the dashboard."""
    with served(app_on("sqlite")) as url:
        yield url


@pytest.fixture
def live_server(app: Flask, live_url: str) -> str:
    """Return the address of the application, its tables empty."""
    assert app.testing
    return live_url


@pytest.fixture
def javascript() -> bool:
    """Whether scripts run; for both: @pytest.mark.parametrize("javascript", [True, False])."""
    return True


@pytest.fixture
def unreachable() -> str:
    """Return a part of the addresses that a test makes fail, which Chromium writes into its console; none unless it says so."""
    return ""


def give_cookie(context: BrowserContext, app: Flask, held: dict[str, Any], url: str) -> None:
    """Let a browser hold the cookie of a session."""
    serializer: Any = app.session_interface.get_signing_serializer(app)
    cookie = {"name": app.config["SESSION_COOKIE_NAME"], "value": serializer.dumps(held)}
    context.add_cookies([{**cookie, "url": url, "httpOnly": True, "sameSite": "Lax"}])


@pytest.fixture(scope="session")
def tabs(browser: Browser) -> Tabs:
    """Keep tabs of the browser from test to test."""
    return Tabs(browser)


@pytest.fixture
def open_as(
    request: pytest.FixtureRequest,
    tabs: Tabs,
    app: Flask,
    live_server: str,
    signed_in: Callable[[Staff], dict[str, Any]],
    *,
    unreachable: str,
    javascript: bool,
) -> Iterator[OpenAs]:
    """Open a tab as somebody (or nobody), who has no other cookie; fail the test when one of its pages complained."""
    opened: list[Lent] = []
    is_kept = request.node.get_closest_marker("own_tab") is None

    def open_page(staff: Staff | None = None, *, viewport: ViewportSize | None = None, **options: Any) -> Page:
        of_all = {"javascript": javascript, "is_kept": is_kept, "unreachable": unreachable}
        lent = tabs.lend(options.pop("base_url", live_server), **of_all, **options)
        opened.append(lent)
        if staff is not None:
            give_cookie(lent.tab.context, app, signed_in(staff), live_server)
        if viewport is not None:
            lent.tab.set_viewport_size(viewport)
        return lent.tab

    yield open_page
    assert [complaint for lent in opened for complaint in tabs.take_back(lent)] == []


@pytest.fixture
def page(open_as: OpenAs) -> Page:
    """Return the page of somebody who has not signed in."""
    return open_as()


@pytest.fixture
def owner_page(open_as: OpenAs, owner: Staff) -> Page:
    """Return Olivia's page."""
    return open_as(owner)


@pytest.fixture
def editor_page(open_as: OpenAs, editor: Staff) -> Page:
    """Return Edgar's page."""
    return open_as(editor)


@pytest.fixture
def viewer_page(open_as: OpenAs, viewer: Staff) -> Page:
    """Return Vera's page."""
    return open_as(viewer)


# The rules of axe that look at colours.
OF_COLOURS = ("color-contrast", "link-in-text-block")


@pytest.fixture
def axe() -> Callable[..., list[str]]:
    """Return what stands in the way of people who use the page otherwise: `assert axe(page) == []`; `rules` are all unless told."""

    def check(page: Page, rules: Sequence[str] = ()) -> list[str]:
        page.wait_for_load_state()
        # Preloading would fetch style sheets again, at wrong addresses, for a rule that is off by default.
        # How large a target is, and how near the next, axe asks only where it is told to.
        sizes = {"target-size": {"enabled": True}}
        options = {"resultTypes": ["violations"], "preload": False, "rules": sizes}
        if rules:
            options["runOnly"] = list(rules)
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE_SCRIPT)
        # Only these are taken out of the browser: what is in order is a hundred times as much.
        violations = page.evaluate("options => axe.run(options).then(results => results.violations)", options)
        return [f"{rule['id']}: {rule['help']}: {node['html']}" for rule in violations for node in rule["nodes"]]

    return check


@pytest.fixture
def barriers(axe: Callable[..., list[str]]) -> Callable[[Page], dict[str, Any]]:
    """Return what is wrong with a page wide and narrow, light and dark, and leave it wide: `assert barriers(page) == {}`.

    Dark differs in colours alone, so the other rules are asked once: axe takes a second for all of them.
    """

    def check(page: Page) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for width in (375, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            found[f"sideways at {width}"] = sideways(page)
        for scheme, rules in (("dark", OF_COLOURS), ("light", ())):
            page.emulate_media(color_scheme=scheme)
            found[scheme] = axe(page, rules)
        return {look: problems for look, problems in found.items() if problems}

    return check
