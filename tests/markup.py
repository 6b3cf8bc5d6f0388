"""What the HTML standard forbids, asked of every page that any test is answered: see `tests/client.py`.

The Nu HTML checker knows more (`tests/test_markup.py` runs it where it is there); this needs no Java, and takes a millisecond for a page. It reads our own
templates, which write attributes in double quotes and close whatever they open.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache

VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)((?:\s+[^\s=>]+(?:=(?:\"[^\"]*\"|'[^']*'|[^\s>\"']+))?)*)\s*>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"([^\s=]+)(?:=(?:\"([^\"]*)\"|'([^']*)'|(\S+)))?")
RAW = re.compile(r"<!--.*?-->|<!doctype[^>]*>|(<(textarea|title)\b[^>]*>).*?(</\2>)", re.IGNORECASE | re.DOTALL)

# Up to three digits of a second, and a zone to the minute; or a day.
MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?)?")
OBSOLETE = frozenset(["align", "alink", "bgcolor", "border", "cellpadding", "cellspacing", "char", "charoff", "clear", "frameborder", "hspace", "language", "nowrap", "rules", "summary", "valign", "vlink", "vspace"])  # fmt: skip
REFERENCES = ("for", "form", "list", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns")

BLOCKS = frozenset(["address", "article", "aside", "blockquote", "dd", "details", "dialog", "div", "dl", "dt", "fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "search", "section", "table", "ul"])  # fmt: skip
# What holds words alone. `a`, `ins` and `del` may hold what the element around them may.
OF_WORDS = frozenset(
    [
        "bdi",
        "button",
        "code",
        "dt",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "kbd",
        "label",
        "legend",
        "p",
        "pre",
        "small",
        "span",
        "strong",
        "summary",
        "time",
    ]
)
# A `dt` may hold blocks but no headings; ours hold words. A `legend` and a `summary` may hold a heading.
SEE_THROUGH = frozenset({"a", "ins", "del"})
HELD_BY = {
    "li": {"ul", "ol"},
    "dt": {"dl", "div"},
    "dd": {"dl", "div"},
    "tr": {"thead", "tbody", "tfoot"},
    "td": {"tr"},
    "th": {"tr"},
    "option": {"select", "optgroup", "datalist"},
    "optgroup": {"select"},
    "legend": {"fieldset"},
    "summary": {"details"},
    "caption": {"table"},
    "col": {"colgroup"},
}
HOLDS_ONLY = {
    "ul": {"li"},
    "ol": {"li"},
    "dl": {"dt", "dd", "div"},
    "tr": {"td", "th"},
    "tbody": {"tr"},
    "thead": {"tr"},
    "table": {"caption", "colgroup", "thead", "tbody", "tfoot"},
    "select": {"option", "optgroup"},
}
PRESSED = frozenset({"a", "button", "input", "label", "select", "textarea", "details"})
# An `aria-label` on one of these is read out by nobody, unless a role says what it is.
NAMELESS = frozenset({"div", "span", "p", "strong", "em", "code", "bdi", "dd", "dt"})


@dataclass(frozen=True)
class Tag:
    """An element that begins, the names of those around it, the outermost first, and the ids that it names."""

    name: str
    attributes: dict[str, str]
    around: tuple[str, ...]
    named: tuple[str, ...] = ()


@dataclass
class Outline:
    """The elements of a page in their order, and what does not close as it opened."""

    tags: list[Tag] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def begin(self, name: str, attributes: str) -> None:
        tag, told = _read(name, attributes, tuple(self.open))
        self.tags.append(tag)
        self.breaches += told
        if name not in VOID:
            self.open.append(name)

    def end(self, name: str) -> None:
        if self.open[-1:] == [name]:
            self.open.pop()
        else:
            self.breaches.append(f"</{name}> where {self.open[-1:]} is open")
            self.open = self.open[: -self.open[::-1].index(name) - 1] if name in self.open else self.open


def breaches(html: str) -> list[str]:
    """Name what is wrong with a whole page."""
    outline = _outline(html)
    left = [f"<{name}> is not closed" for name in outline.open]
    return [*outline.breaches, *left, *_of_names(outline.tags), *_of_selects(outline.tags), *_of_forms(outline.tags)]


def _outline(html: str) -> Outline:
    outline = Outline()
    # What stands in a text area is text, whatever it looks like.
    for ends, name, attributes in TAG.findall(RAW.sub(r"\1\3", html)):
        outline.end(name.lower()) if ends else outline.begin(name.lower(), attributes)
    return outline


# Pages repeat their elements, in the same places: so many of the last ones are known with what is wrong with them.
@lru_cache(maxsize=100_000)
def _read(name: str, text: str, around: tuple[str, ...]) -> tuple[Tag, list[str]]:
    found = _attributes(text)
    twice = [f"{name}: {one} twice" for one, count in Counter(one for one, _ in found).items() if count > 1]
    attributes = dict(found)
    named = tuple(one for key in REFERENCES for one in attributes.get(key, "").split())
    tag = Tag(name, attributes, around, named)
    return tag, [*twice, *(words for rule in RULES for words in rule(tag))]


@cache
def _attributes(text: str) -> list[tuple[str, str]]:
    return [(name.lower(), double or single or bare) for name, double, single, bare in ATTRIBUTE.findall(text)]


# ---- rules about one element


def _of_attributes(tag: Tag) -> Iterator[str]:
    for name in tag.attributes:
        if name.startswith(("hx-", "on")) or name == "style":
            yield f"{tag.name}: {name} is no attribute of HTML, or none that the policy allows"
        elif name in OBSOLETE:
            yield f"{tag.name}: {name} is obsolete"


def _of_values(tag: Tag) -> Iterator[str]:
    moment = tag.attributes.get("datetime")
    if moment is not None and not MOMENT.fullmatch(moment):
        yield f"{tag.name}: datetime={moment}"
    if "id" in tag.attributes and (not tag.attributes["id"] or " " in tag.attributes["id"]):
        yield f"{tag.name}: id={tag.attributes['id']!r}"
    if tag.name == "img" and "alt" not in tag.attributes:
        yield "img without alt"
    if tag.name == "textarea" and tag.attributes.get("dir") == "auto":
        yield "textarea: dir=auto makes texts of many lines slow; the style sheet sets unicode-bidi"
    if "aria-label" in tag.attributes and tag.name in NAMELESS and "role" not in tag.attributes:
        yield f"{tag.name}: aria-label without a role"


def _of_places(tag: Tag) -> Iterator[str]:
    parent = next(iter(reversed(tag.around)), "")
    if parent not in HELD_BY.get(tag.name, {parent}):
        yield f"{tag.name} in {parent}"
    if tag.name not in HOLDS_ONLY.get(parent, {tag.name}):
        yield f"{tag.name} in {parent}"
    holder = next((name for name in reversed(tag.around) if name not in SEE_THROUGH), "")
    if holder in OF_WORDS and tag.name in BLOCKS and not (holder in {"legend", "summary"} and tag.name[0] == "h"):
        yield f"{tag.name} in {holder}"


def _of_pressing(tag: Tag) -> Iterator[str]:
    """What is pressed holds nothing else that is; a label holds its own control."""
    if tag.name in PRESSED and tag.attributes.get("type") != "hidden":
        outer = {"a", "button"} | ({"label"} if tag.name in {"label", "a", "button"} else set())
        yield from (f"{tag.name} in {one}" for one in tag.around if one in outer)
    if tag.name == "form" and "form" in tag.around:
        yield "form in form"


RULES: tuple[Callable[[Tag], Iterator[str]], ...] = (_of_attributes, _of_values, _of_places, _of_pressing)


# ---- rules about several


def _of_names(tags: list[Tag]) -> Iterator[str]:
    """Ids are there once, and whatever names one names one that is there."""
    ids = Counter(tag.attributes["id"] for tag in tags if "id" in tag.attributes)
    yield from (f"id {name} {count} times" for name, count in ids.items() if count > 1)
    for tag in tags:
        yield from (f"{tag.name}: no element is called {one}" for one in tag.named if one not in ids)
        target = tag.attributes.get("href", "")
        if target[:1] == "#" and target[1:] not in ids:
            yield f"a: no element is called {target}"


def _of_selects(tags: list[Tag]) -> Iterator[str]:
    """The first option of a select that must be chosen from is none of the choices."""
    for place, tag in enumerate(tags):
        if tag.name == "select" and "required" in tag.attributes and not tag.attributes.keys() & {"multiple", "size"}:
            first = next(iter(tags[place + 1 : place + 2]), Tag("", {}, ()))
            if first.name != "option" or first.attributes.get("value") != "":
                yield f"select {tag.attributes.get('id')}: required, and its first option is a choice"


def _of_forms(tags: list[Tag]) -> Iterator[str]:
    """What was typed into a page does not come back by itself into a newer state of it, whose version would go along."""
    form = Tag("", {}, ())
    for tag in tags:
        form = tag if tag.name == "form" else form
        is_versioned = "data-guard" in tag.attributes or tag.attributes.get("name") == "_version"
        if is_versioned and form.attributes.get("autocomplete") != "off":
            yield f"form {form.attributes.get('action')}: the browser may fill it with what was typed before"
