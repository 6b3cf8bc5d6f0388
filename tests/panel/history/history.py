"""Edit a record by its form, and read its history."""

from __future__ import annotations

from typing import Any

from tests.page import Page


def edit(client: Any, model: str, key: int, **typed: str) -> None:
    address = f"/admin/{model}/edit/?id={key}"
    response = client.post(address, data={**Page(client.get(address)).values(), **typed})
    assert response.status_code == 303


def history(client: Any, model: str, key: int, **arguments: Any) -> Page:
    return Page(client.get(f"/admin/{model}/history/", query_string={"id": key, **arguments}))


def events(page: Page) -> list[str]:
    return [one.text for one in page.all("li", class_="event")]
