"""A page as a person without JavaScript has it: its table, its links by their words, its form with what stands in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from selectolax.lexbor import LexborHTMLParser, LexborNode
from werkzeug.test import TestResponse


class Element:
    """An element with its attributes and what is inside."""

    def __init__(self, node: LexborNode) -> None:
        self.node = node
        self.tag = node.tag or ""

    def __eq__(self, other: object) -> bool:
        """Whether it is the same place in the page."""
        return isinstance(other, Element) and self.node.mem_id == other.node.mem_id

    def __hash__(self) -> int:
        return hash(self.node.mem_id)

    @cached_property
    def attributes(self) -> dict[str, str]:
        """The attributes; one without a value has an empty one."""
        return {name: value or "" for name, value in self.node.attributes.items()}

    @property
    def inside(self) -> list[Element | str]:
        """The elements and the texts right inside."""
        parts = self.node.iter(include_text=True)
        return [part.text_content or "" if part.is_text_node else Element(part) for part in parts]

    def __iter__(self) -> Iterator[Element]:
        """Yield this element and all below it, in the order of the page."""
        return map(Element, self.node.traverse())

    def all(self, tag: str = "", *, within: str = "", **attributes: str) -> list[Element]:
        """Return the elements of a tag that have these attributes; `class_` is one of the classes, `within` an id."""
        root = self.node.css_first(f'[id="{within}"]') if within else self.node
        found = map(Element, root.css(tag or "*") if root else ())
        return [one for one in found if one.has(**attributes)] if attributes else list(found)

    def has(self, *, class_: str = "", **attributes: str) -> bool:
        """Whether it has the class and the attributes."""
        if class_ and class_ not in self.attributes.get("class", "").split():
            return False
        return all(self.attributes.get(name.replace("_", "-")) == value for name, value in attributes.items())

    @property
    def raw(self) -> str:
        """All the text inside, as it stands."""
        return self.node.text()

    @property
    def text(self) -> str:
        """The text inside, white space as a browser draws it."""
        return " ".join(self.raw.split())


class Page:
    """A parsed page."""

    def __init__(self, response: TestResponse) -> None:
        self.status = response.status_code
        # Lexbor reads a page as browsers do, fifteen times as fast as html.parser.
        self.root = Element(LexborHTMLParser(response.text).root)

    def all(self, tag: str = "", *, within: str = "", **attributes: str) -> list[Element]:
        """See `Element.all`."""
        return self.root.all(tag, within=within, **attributes)

    def texts(self, tag: str = "", *, within: str = "", **attributes: str) -> list[str]:
        """Return the elements' texts."""
        return [one.text for one in self.all(tag, within=within, **attributes)]

    @property
    def title(self) -> str:
        """The document's title."""
        return self.texts("title")[0]

    @property
    def heading(self) -> str:
        """The page's heading."""
        return self.texts("h1")[0]

    @property
    def notice(self) -> str:
        """What was done on the page before, without the button that takes it back."""
        parts = [part for one in self.all(class_="banner") for part in one.inside if isinstance(part, Element)]
        return " ".join(part.text for part in parts if part.tag != "form")

    # ---- lists

    def rows(self, listing: str = "listing") -> list[list[str]]:
        """Return a table's rows as texts, without the column of tick boxes and that of actions."""
        head = self.heads(listing)
        width = len(head) - (head[-1:] == ["Actions"])
        trs = [tr for tbody in self.all("tbody", within=listing) for tr in tbody.all("tr")]
        cells = [[one for one in tr.inside if isinstance(one, Element) and not one.has(class_="tick")] for tr in trs]
        return [[cell.text for cell in row][:width] for row in cells]

    def heads(self, listing: str = "listing") -> list[str]:
        """Return the words in a table's head, with the arrow of the sorted column, without that of the tick boxes."""
        return [one.text for one in self.all("th", within=listing, scope="col") if not one.has(class_="tick")]

    def column(self, label: str, listing: str = "listing") -> list[str]:
        """Return one column's texts from top to bottom; no column of this name is an error."""
        head = [one.rstrip("↑↓") for one in self.heads(listing)]
        return [row[head.index(label)] for row in self.rows(listing)] if head else []

    def ids(self, listing: str = "listing") -> list[Any]:
        """Return the ids of the rows from top to bottom."""
        return [key_from(one) for one in self.printed(listing)]

    def printed(self, listing: str = "listing") -> list[str]:
        """Return them as addresses have them."""
        start = f"{listing}-row-"
        rows = (row.attributes.get("id") or "" for row in self.all("tr"))
        return [one.removeprefix(start) for one in rows if one.startswith(start)]

    def result_line(self, listing: str = "listing") -> str:
        """Return what is said about the number of rows."""
        return self.texts(id=f"{listing}-result")[0]

    @property
    def chips(self) -> list[str]:
        """The active filters' words."""
        return self.texts(class_="chip__text")

    # ---- links and forms

    def link(self, words: str, *, within: str = "") -> str:
        """Return where the one link with these words leads."""
        targets = [one.attributes["href"] for one in self.all("a", within=within) if one.text == words]
        assert len(targets) == 1, f"{len(targets)} links say “{words}”: {[one.text for one in self.all('a')]}"
        return targets[0]

    def has_link(self, words: str, *, within: str = "") -> bool:
        """Whether a link has these words."""
        return words in self.texts("a", within=within)

    def form(self, class_: str = "form--long") -> Element:
        """Return the first form of this class; "" is the first one in the page's main part."""
        return next(one for one in self.all("form", within="main", class_=class_))

    def values(self, class_: str = "form--long") -> dict[str, Any]:
        """Return what a browser would send: what stands in the form's controls, line ends as CRLF.

        Of several controls of one name it is what they say, as a list where more than one says something.
        """
        sent: dict[str, list[str]] = {}
        for one in self.form(class_):
            name = one.attributes.get("name", "")
            match one.tag, one.attributes.get("type", "text"):
                case ("input", "checkbox" | "radio") if "checked" not in one.attributes:
                    continue
                case "input", _:
                    sent.setdefault(name, []).append(one.attributes.get("value", ""))
                case "textarea", _:
                    lines = one.raw.replace("\r\n", "\n").replace("\r", "\n")
                    sent.setdefault(name, []).append(lines.replace("\n", "\r\n"))
                case "select", _:
                    options = one.all("option")
                    chosen = [option for option in options if "selected" in option.attributes] or options[:1]
                    sent.setdefault(name, []).append(chosen[0].attributes.get("value", "") if chosen else "")
        said = {name: [value for value in values if value] or [""] for name, values in sent.items() if name}
        return {name: values[0] if len(values) == 1 else values for name, values in said.items()}

    @property
    def summary(self) -> list[str]:
        """The lines of the error summary."""
        return [item.text for problem in self.all("div", class_="problem") for item in problem.all("li")]

    def error_of(self, name: str) -> str:
        """Return the message next to a field, tied to its control; "" when there is none."""
        found = [one.text.removeprefix("Error: ") for one in self.all("p", id=f"{name}-error")]
        control = next(one for one in self.all() if one.attributes.get("id") == name)
        tied = f"{name}-error" in control.attributes.get("aria-describedby", "").split()
        assert tied == bool(found), f"{name}: the message is not tied to the control"
        return found[0] if found else ""


def key_from(text: str) -> Any:
    """Read a key as it is printed: a number, a UUID or a text."""
    for kind in (int, UUID):
        with suppress(ValueError):
            return kind(text)
    return unquote(text.replace(".", "%"))
