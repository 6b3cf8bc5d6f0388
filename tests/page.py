"""A page as a person without JavaScript has it: its table, its links by their words, its form with what stands in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from werkzeug.test import TestResponse

VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
# Tags that were read before, by how they are written: pages repeat them, and reading them anew takes most of a page's time.
_read: dict[str, tuple[str, dict[str, str]]] = {}


@dataclass
class Element:
    """An element with its attributes and what is inside."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    inside: list[Element | str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Element]:
        """Yield this element and all below it, in the order of the page."""
        yield self
        for part in self.inside:
            if isinstance(part, Element):
                yield from part

    def all(self, tag: str = "", *, within: str = "", **attributes: str) -> list[Element]:
        """Return the elements of a tag that have these attributes; `class_` is one of the classes, `within` an id."""
        root = self if not within else next((one for one in self if one.attributes.get("id") == within), Element(""))
        return [one for one in root if (not tag or one.tag == tag) and one.has(**attributes)]

    def has(self, *, class_: str = "", **attributes: str) -> bool:
        """Whether it has the class and the attributes."""
        if class_ and class_ not in self.attributes.get("class", "").split():
            return False
        return all(self.attributes.get(name.replace("_", "-")) == value for name, value in attributes.items())

    @property
    def raw(self) -> str:
        """All the text inside, as it stands."""
        return "".join(part if isinstance(part, str) else part.raw for part in self.inside)

    @property
    def text(self) -> str:
        """The text inside, white space as a browser draws it."""
        return " ".join(self.raw.split())


class Page(HTMLParser):
    """A parsed page."""

    def __init__(self, response: TestResponse) -> None:
        super().__init__()
        self.status = response.status_code
        self.root = self._begun = Element("")
        self._open = [self.root]
        self.feed(response.text)
        self.close()

    def parse_starttag(self, i: int) -> int:
        """Take a tag as it was read before."""
        text = self.rawdata[i : self.rawdata.find(">", i) + 1]
        if known := _read.get(text):
            self._begin(*known)
            return i + len(text)
        end = super().parse_starttag(i)
        # With quotes in pairs it ends here whatever follows; of some, what follows is no markup.
        is_whole = text == self.get_starttag_text() and not text.endswith("/>") and "'" not in text
        if is_whole and text.count('"') % 2 == 0 and self.cdata_elem is None:
            _read[text] = self._begun.tag, {**self._begun.attributes}
        return end

    def parse_endtag(self, i: int) -> int:
        """Take a name and nothing else as an end, which needs no further look."""
        end = self.rawdata.find(">", i) + 1
        name = self.rawdata[i + 2 : end - 1]
        if self.cdata_elem is not None or not (name.isalnum() and name.islower()):
            return super().parse_endtag(i)
        self.handle_endtag(name)
        return end

    def updatepos(self, _i: int, j: int) -> int:
        """Count no lines: nobody asks for them."""
        return j

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._begin(tag, {name: value or "" for name, value in attrs})

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        self._begun = Element(tag, {**attributes})
        self._open[-1].inside.append(self._begun)
        if tag not in VOID:
            self._open.append(self._begun)

    def handle_endtag(self, tag: str) -> None:
        if self._open[-1].tag == tag:
            self._open.pop()
        elif any(one.tag == tag for one in self._open):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self._open[-1].inside.append(data)

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
                    lines = one.raw.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\n")
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
