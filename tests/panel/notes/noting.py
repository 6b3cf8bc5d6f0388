"""Notes as a person without JavaScript writes and reads them."""

from __future__ import annotations

from typing import Any

from tests.page import Page


def notes_page(client: Any, record: Any) -> Page:
    return Page(client.get(f"/admin/{record.__table__.name}/notes/?id={record.id}"))


def add(client: Any, record: Any, text: str, **answers: str) -> Page:
    """Write a note; return the page that follows."""
    sent = {**notes_page(client, record).values(), "text": text, **answers}
    answer = client.post(f"/admin/{record.__table__.name}/notes/?id={record.id}", data=sent)
    return Page(client.get(answer.location)) if answer.status_code == 303 else Page(answer)


def texts(page: Page) -> list[str]:
    return page.texts("p", class_="note-text")


def undo(client: Any, page: Page) -> Page:
    """Press the button of what the banner says last; return the page that follows."""
    form = page.all("form", class_="undo")[-1]
    sent = {one.attributes["name"]: one.attributes["value"] for one in form.all("input")}
    answer = client.post("/admin/activity/undo/", data=sent)
    assert answer.status_code == 303, answer.text
    return Page(client.get(answer.location))
