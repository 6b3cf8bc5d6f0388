"""The guide for staff, docs/users.md, in parts: Markdown in, HTML out, without any markup but Markdown's own.

The only tag in the guide is <kbd>; any other is shown as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import escape

Image = Mapping[str, str | int]

_KEY = re.compile(r"</?kbd>")
_SMALLER = {"h3": "h2", "h4": "h3", "h5": "h4"}


@dataclass(frozen=True)
class Part:
    """A part of the guide: its title, its name in addresses, its text as HTML, and its headings as (name, title)."""

    title: str
    name: str
    html: str
    headings: tuple[tuple[str, str], ...] = ()


class Guide:
    """The guide's introduction and its parts, one per second-level heading.

    `part_url` returns the address of a part, `image` the attributes of a picture. Links to other documents become
    plain text.
    """

    def __init__(self, text: str, *, part_url: Callable[[str], str], image: Callable[[str], Image]) -> None:
        """Parse the text."""
        self._markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
        for rule in ("html_inline", "html_block"):
            self._markdown.add_render_rule(rule, _key_or_text)
        self.images: frozenset[str] = frozenset()
        chapters = list(_chapters(self._markdown.parse(text)))
        places = {
            anchor: name_of(title) for title, tokens in chapters for anchor in (name_of(title), *_headings(tokens))
        }
        for _, tokens in chapters:
            self._prepare(tokens, places, part_url, image)
        first, *rest = (self._part(title, tokens) for title, tokens in chapters)
        self.beginning, self.parts = first, tuple(rest)

    def part(self, name: str) -> Part | None:
        """Return the part of this name."""
        return next((one for one in self.parts if one.name == name), None)

    def _prepare(
        self,
        tokens: Sequence[Token],
        places: Mapping[str, str],
        part_url: Callable[[str], str],
        image: Callable[[str], Image],
    ) -> None:
        """Give headings ids, and let links and pictures lead to our own pages."""
        for token, following in zip(tokens, [*tokens[1:], None], strict=True):
            if token.type == "heading_open" and following is not None:
                token.attrSet("id", name_of(following.content))
            token.tag = _SMALLER.get(token.tag, token.tag)
            for inner in token.children or ():
                if inner.type == "image":
                    name = str(inner.attrGet("src")).rpartition("/")[2]
                    self.images |= {name}
                    inner.attrs |= image(name)
            _lead_on(token.children or [], places, part_url)

    def _part(self, title: str, tokens: Sequence[Token]) -> Part:
        html = self._markdown.renderer.render(tokens, self._markdown.options, {})
        return Part(title, name_of(title), html, tuple((name_of(one), one) for one in _titles(tokens)))


def name_of(heading: str) -> str:
    """Return the name of a heading in addresses, as GitHub forms it."""
    return re.sub(r"[^\w\s-]", "", heading.lower()).strip().replace(" ", "-")


def _chapters(tokens: Sequence[Token]) -> Iterator[tuple[str, list[Token]]]:
    """Yield each heading of the first two levels with the content below it."""
    starts = [place for place, one in enumerate(tokens) if one.type == "heading_open" and one.tag in {"h1", "h2"}]
    for start, end in zip(starts, [*starts[1:], len(tokens)], strict=True):
        # A heading consists of three tokens: its beginning, its text, its end.
        yield tokens[start + 1].content, list(tokens[start + 3 : end])


def _titles(tokens: Sequence[Token]) -> Iterator[str]:
    for token, following in pairwise(tokens):
        if token.type == "heading_open":
            yield following.content


def _headings(tokens: Sequence[Token]) -> Iterator[str]:
    return map(name_of, _titles(tokens))


def _lead_on(children: list[Token], places: Mapping[str, str], part_url: Callable[[str], str]) -> None:
    """Let a link lead to the part with its anchor; a link to another document loses its tag."""
    begun: list[bool] = []
    kept = []
    for inner in children:
        if inner.type == "link_open":
            path, _, anchor = str(inner.attrGet("href")).partition("#")
            begun.append(not path and anchor in places)
            if begun[-1]:
                inner.attrSet("href", f"{part_url(places[anchor])}#{anchor}")
        if inner.type not in {"link_open", "link_close"} or begun[-1]:
            kept.append(inner)
        if inner.type == "link_close":
            begun.pop()
    children[:] = kept


def _key_or_text(
    _renderer: RendererProtocol,
    tokens: Sequence[Token],
    place: int,
    _options: OptionsDict,
    _env: MutableMapping[str, object],
) -> str:
    """Render a <kbd> tag of the text as it is, and any other as text."""
    content = tokens[place].content
    return content if _KEY.fullmatch(content) else str(escape(content))
