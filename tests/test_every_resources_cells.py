"""Every declared resource's cells: a page of them is saved, somebody else's change is asked about, and one is saved by itself."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from admin_app.db.keys import print_key
from admin_app.models.role import OWNER
from tests.page import Page
from tests.subject import Subject


def typed_into(page: Page, subject: Subject, key: Any, number: int) -> dict[str, Any]:
    """Return the page's form with other values in each cell of a row."""
    sent = page.values()
    cells = {name.partition("-")[2]: value for name, value in sent.items() if name.startswith(f"{print_key(key)}-")}
    filled = subject.typed(cells, number, "")
    return {**sent, **{f"{print_key(key)}-{name}": value for name, value in filled.items()}}


def unlike(subject: Subject, key: Any, sent: dict[str, Any], number: int) -> list[str]:
    """Name the cells of a row whose record holds something else than was typed."""
    record, columns = subject.record(key), subject.mapper.columns
    names = [name.partition("-")[2] for name in sent if name.startswith(f"{print_key(key)}-")]
    assert len(names) > 0
    plain = [name for name in names if name in columns and getattr(record, name) != subject.value_for(name, number)]
    keys = {
        name: next(iter(subject.mapper.relationships[name].local_columns)).key for name in names if name not in columns
    }
    return plain + [
        name for name, own in keys.items() if print_key(getattr(record, own)) != sent[f"{print_key(key)}-{name}"]
    ]


def test_a_page_of_cells_is_saved(subject: Subject, as_owner: Any) -> None:
    key = subject.add(1)
    address = f"{subject.root}edit-page/"
    sent = typed_into(Page(as_owner.get(address)), subject, key, 9)

    saved = as_owner.post(address, data=sent)

    assert (saved.status_code, saved.location, subject.version(key)) == (303, subject.root, 2)
    assert unlike(subject, key, sent, 9) == []


def test_a_cell_that_somebody_else_changed_is_never_overwritten_unseen(
    subject: Subject, as_owner: Any, client_of: Any, make_staff: Any
) -> None:
    key = subject.add(1)
    address = f"{subject.root}edit-page/"
    other = client_of(make_staff("Otto", OWNER))
    mine = typed_into(Page(as_owner.get(address)), subject, key, 9)
    theirs = other.post(address, data=typed_into(Page(other.get(address)), subject, key, 8))

    asked = Page(as_owner.post(address, data=mine))
    takes = {one.attributes["name"]: "yours" for one in asked.all("input", type="radio")}
    saved = as_owner.post(address, data={**asked.values(), **takes})

    assert (theirs.status_code, asked.status, len(takes) > 0) == (303, 409, True)
    assert (saved.status_code, subject.version(key)) == (303, 3)


class Hidden(HTMLParser):
    """The hidden fields of a form in an answer."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and given["type"] == "hidden":
            self.sent[given["name"]] = given["value"]


def test_each_cell_is_saved_by_itself(subject: Subject, as_owner: Any) -> None:
    key = subject.add(1)
    page = Page(as_owner.get(f"{subject.root}edit-page/"))
    typed = typed_into(page, subject, key, 9)
    fields = [name.partition("-")[2] for name in typed if name.startswith(f"{print_key(key)}-")]

    answers = {}
    for field in fields:
        address = f"{subject.root}cell/?id={print_key(key)}&field={field}"
        hidden = Hidden(as_owner.get(address).json["html"]).sent
        answers[field] = as_owner.post(
            address, data={**hidden, f"{print_key(key)}-{field}": typed[f"{print_key(key)}-{field}"]}
        ).status_code

    assert answers == dict.fromkeys(fields, 200)
    assert unlike(subject, key, typed, 9) == []
