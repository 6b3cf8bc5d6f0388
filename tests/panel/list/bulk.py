"""A list's bulk bar as a person without JavaScript uses it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.client import Client
from tests.page import Page


def ticked(page: Page) -> list[int]:
    """Return the ids of the rows whose boxes are ticked, from top to bottom."""
    boxes = page.all("input", type="checkbox", name="tick")
    return [int(box.attributes["value"]) for box in boxes if "checked" in box.attributes]


def words(page: Page) -> str:
    """Return what the bar says is selected."""
    (found,) = page.texts("p", class_="bulk-bar__words")
    return found


def buttons(page: Page) -> list[str]:
    """Return what the bar offers, its links too, leaving out what is hidden."""
    found = [one for one in page.form("bulk-bar").all() if one.tag in {"button", "a"}]
    return [one.text for one in found if not {"hidden", "aria-hidden"} & set(one.attributes)]


def press(client: Client, page: Page, words: str, ticks: Iterable[object] | None = None) -> Any:
    """Tick these rows and no others, if any are named, and press a button of the bar."""
    form, ticks = page.form("bulk-bar"), None if ticks is None else list(ticks)
    (button,) = [
        one.attributes for one in form.all("button") if one.text == words and one.has(type="submit", class_="button")
    ]
    assert {str(one) for one in ticks or ()} <= {one.attributes["value"] for one in page.all("input", name="tick")}
    fields = [(one.attributes["name"], one.attributes["value"]) for one in form.all("input")]
    fields += [("shown", one.attributes["value"]) for one in page.all("input", name="shown")]
    fields += [("tick", str(one)) for one in (ticked(page) if ticks is None else ticks)]
    data: dict[str, list[str]] = {}
    for name, value in [*fields, (button["name"], button["value"])]:
        data.setdefault(name, []).append(value)
    return client.post(form.attributes["action"], data=data)


def select(client: Client, address: str, ids: Iterable[int], button: str = "Select the ticked rows") -> Page:
    """Tick rows of a list, press a button, and return the page that it leads to."""
    led = press(client, Page(client.get(address)), button, ids)
    assert led.status_code == 303
    return Page(client.get(led.location))
