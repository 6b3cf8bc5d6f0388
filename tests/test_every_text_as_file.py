"""Every text of every form that any page shows, sent as a file: refused where it is, and nothing of the rest is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from admin_app.panel.fields import AS_FILE
from admin_app.panel.list.column_order import PLACE
from tests.page import Element, Page
from tests.routes import PARTS, ROUTES, everything, rules_of

# Inputs that hold what is typed or chosen; what a page says to itself is hidden.
TYPED = frozenset({"text", "email", "password", "search", "number", "date", "time", "datetime-local", "url"})
PAGES = [rule for rule, route in ROUTES.items() if route.get and "export_type" not in rule and "file" not in rule]


@pytest.fixture
def store() -> str:
    """Stay on one store: what is refused here is refused before the store is asked."""
    return "sqlite"


def posted_forms(page: Page) -> list[Element]:
    return [one for one in page.all("form") if one.attributes.get("method", "").lower() == "post"]


def fields_of(form: Element) -> Iterator[tuple[str, str, bool]]:
    """Yield each control's name and value, and whether it holds a text."""
    for one in form:
        name, kind = one.attributes.get("name", ""), one.attributes.get("type", "text")
        is_off = kind in {"checkbox", "radio"} and "checked" not in one.attributes
        if name and one.tag in {"input", "textarea", "select"} and not is_off:
            # A column's place may be left out, and is then where it stands.
            is_text = one.tag == "textarea" or (one.tag == "input" and kind in TYPED and not name.startswith(PLACE))
            yield name, one.attributes.get("value", ""), is_text


def tried(client: Any, url: str) -> Iterator[tuple[str, str, Any]]:
    """Send each form of a page once for each of its texts, that one as a file; yield where to, the name and the answer."""
    if not (response := client.get(url)).mimetype.endswith("html"):
        return
    for form in posted_forms(Page(response)):
        fields = list(fields_of(form))
        action = form.attributes.get("action") or url
        for name in [one for one, _, is_text in fields if is_text]:
            sent: dict[str, Any] = {one: value for one, value, _ in fields if one != name}
            sent[name] = (BytesIO(b"Ann"), "ann.txt", "text/plain")
            yield action, name, client.post(action, data=sent, content_type="multipart/form-data")


@pytest.mark.parametrize("part", PARTS)
def test_a_text_that_came_as_a_file_is_refused(
    part: str, app: Flask, as_owner: Any, address_of: Callable[[str], str]
) -> None:
    urls = [address_of(rule) for rule in rules_of(part, PAGES)]
    for url in urls:
        as_owner.get(url)
    before = everything(app) | {"proof_try": []}

    answers = [answer for url in urls for answer in tried(as_owner, url)]

    statuses = {(action, name): response.status_code for action, name, response in answers}
    assert {where: status for where, status in statuses.items() if status not in {400, 422}} == {}
    # A password that is none counts as a try.
    assert everything(app) | {"proof_try": []} == before


# Most pages send a stranger to the one that signs in, so all of them are asked at once.
def test_a_strangers_text_that_came_as_a_file_is_refused(
    app: Flask, as_nobody: Any, address_of: Callable[[str], str]
) -> None:
    before = everything(app) | {"proof_try": []}

    answers = {rule: list(tried(as_nobody, address_of(rule))) for rule in PAGES}

    statuses = {(rule, action, name): one.status_code for rule in PAGES for action, name, one in answers[rule]}
    assert {rule for rule, _, _ in statuses} == {"/sign-in"}
    assert {where: status for where, status in statuses.items() if status not in {400, 422}} == {}
    assert everything(app) | {"proof_try": []} == before


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("/sign-in", "email"),
        ("/sign-in", "password"),
        ("/admin/account/", "new_password"),
        ("/admin/user/new/", "name"),
        ("/admin/user/new/", "email"),
        ("/admin/post/new/", "content"),
        ("/admin/post/new/", "user"),
        ("/admin/staff/new/", "name"),
        ("/admin/staff/new/", "email"),
        ("/admin/role/new/", "name"),
    ],
)
def test_it_is_said_at_its_field(as_owner: Any, as_nobody: Any, url: str, name: str) -> None:
    answers = {
        one: Page(response)
        for _, one, response in tried(as_nobody if url == "/sign-in" else as_owner, url)
        if response.status_code == 422
    }

    assert answers[name].error_of(name) == AS_FILE
