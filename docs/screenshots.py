"""Make the pictures of README.md anew: `python docs/screenshots.py`, in the environment of requirements-dev.txt.

An instance of its own in a temporary folder, filled with the demo data, is served on a free port of this machine; the
system's Chromium looks at it. Nothing of `instance/` is read or changed.
"""  # noqa: INP001 -- a script, not a package

from __future__ import annotations

import logging
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import flask_migrate  # noqa: E402 -- together with the project's own modules, which the line above makes importable
from flask import Flask  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402

from admin_app import create_app  # noqa: E402
from admin_app.domain.auth.accounts import create_staff  # noqa: E402
from admin_app.domain.demo import make_demo  # noqa: E402
from admin_app.extensions import db  # noqa: E402
from admin_app.models.role import OWNER  # noqa: E402

IMAGES = ROOT / "docs" / "images"
# The first of them that is there.
BROWSERS = ("chromium", "chromium-headless-shell", "chromium-browser", "google-chrome")
# Who signs in; the account lives as long as the temporary folder.
EMAIL, PASSWORD = "owner@example.com", "correct horse battery staple"
# 1280 wide and no higher than needed: each picture stays below 150 kB.
DESKTOP, PHONE = {"width": 1280, "height": 640}, {"width": 375, "height": 740}

ROWS = (
    "Anna Petrova,anna.petrova@example.com,1",
    "Björn Ek,bjorn.ek,2",
    "Person Seven,person7@example.com,3",
    "Chidi Obi,chidi@example.com,4",
    "Dana Cruz,dana@example.com,5",
    "Dana Cruz,dana@example.com,6",
)
POSTS = "/admin/post/?q=garden&created_at__within=last-365-days&user__empty=no"


def main() -> None:
    """Take every picture."""
    IMAGES.mkdir(exist_ok=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # one line a request is of no use here
    with tempfile.TemporaryDirectory(prefix="admin-screenshots-") as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        with serving(instance(folder)) as url:
            take(browser, url)
        browser.close()


def take(browser: Browser, url: str) -> None:
    """Visit the pages, and keep what they look like."""
    page = signed_in(browser, url, DESKTOP)
    take_lists(page)
    take_records(page)
    take_plan(page)
    take_import(page)

    page = signed_in(browser, url, {**DESKTOP, "height": 540}, color_scheme="dark")
    page.goto(POSTS)
    keep(page, "list-dark")

    page = signed_in(browser, url, PHONE)
    page.goto(POSTS)
    keep(page, "list-phone")


def take_lists(page: Page) -> None:
    """Visit a list with ticked rows, the home page, and the filters."""
    page.goto(POSTS)
    # Taller than needed it would be heavier than 150 kB.
    page.set_viewport_size({**DESKTOP, "height": 540})
    for box in page.locator("[name=tick]").all()[1:4]:
        box.check()
    page.get_by_text("3 selected").first.wait_for()
    keep(page, "list")

    page.set_viewport_size(DESKTOP)
    page.goto("/admin/")
    page.set_viewport_size({**DESKTOP, "height": 780})
    keep(page, "home")

    page.set_viewport_size(DESKTOP)
    page.goto(f"{POSTS}&filter=all-filters")
    keep(page, "filters")


def take_records(page: Page) -> None:
    """Visit a user's form, one that is refused, and the question before a deletion."""
    page.goto("/admin/user/edit/?id=7")
    keep(page, "user")

    page.goto("/admin/user/edit/?id=8")
    page.fill("#name", "")
    page.fill("#email", "person7@example.com")
    page.get_by_role("button", name="Save user").click()
    page.get_by_text("There is a problem").wait_for()
    keep(page, "errors")

    page.set_viewport_size({**DESKTOP, "height": 840})
    page.goto("/admin/user/delete/?id=7")
    page.get_by_label("Give the posts to another user").check()
    keep(page, "delete")


def take_plan(page: Page) -> None:
    """Plan to replace a word in many posts."""
    page.goto("/admin/post/replace/?q=garden")
    page.get_by_label("Find").fill("garden")
    page.get_by_label("Replace with").fill("park")
    page.get_by_label("Content").check()
    page.get_by_role("button", name="Show what changes").click()
    page.get_by_text("Replace text in").first.wait_for()
    keep(page, "plan")


def take_import(page: Page) -> None:
    """Send rows of users of which some are wrong, as far as to their corrections."""
    page.set_viewport_size(DESKTOP)
    page.goto("/admin/user/import/")
    page.get_by_label("Or paste rows").fill("\n".join(["Name,Email,Phone", *ROWS]))
    page.get_by_role("button", name="Read rows").click()
    page.get_by_role("button", name="Continue to columns").click()
    keep(page, "import-columns")

    page.set_viewport_size({**DESKTOP, "height": 960})
    page.get_by_role("button", name="Show what changes").click()
    page.get_by_role("heading", level=1).get_by_text("Import 3 users?").wait_for()
    keep(page, "import-plan")

    page.set_viewport_size(DESKTOP)
    page.get_by_role("link", name="Correct 3 rows").first.click()
    page.get_by_role("heading", level=1).get_by_text("Correct rows").wait_for()
    keep(page, "import-corrections")


def signed_in(browser: Browser, url: str, viewport: dict[str, int], color_scheme: str = "light") -> Page:
    """Open a browser of this size and scheme, and sign in."""
    page = browser.new_page(
        base_url=url, viewport=viewport, color_scheme=color_scheme, locale="en-US", timezone_id="UTC"
    )
    # Also beside a machine's other work, which reading a file takes longest with.
    page.set_default_timeout(90_000)
    page.goto("/sign-in")
    page.fill("#email", EMAIL)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/admin/")
    return page


def keep(page: Page, name: str) -> None:
    """Write what the window shows; a text cursor that blinks would make the same page two pictures."""
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"{name}.png", caret="hide", animations="disabled")


# ---- what is looked at


def instance(folder: str) -> Flask:
    """Make an application with the demo data and one owner in this folder."""
    app = create_app({"DATABASE_URL": f"sqlite:///{folder}/admin.db"}, instance_path=folder)
    with app.app_context():
        flask_migrate.upgrade(directory=str(ROOT / "migrations"))
        make_demo(db.session, users=200, posts=2000)
        create_staff(db.session, name="Demo owner", email=EMAIL, roles=[OWNER], password=PASSWORD)
        db.session.commit()
        db.engine.dispose()
    return app


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve the application on a free port, and yield its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def chromium() -> str:
    """Find the system's browser; Playwright's own is not downloaded."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        sys.exit("Chromium is not installed.")
    return path


if __name__ == "__main__":
    main()
