"""What a browser would send back of a page's form."""

from __future__ import annotations

from html.parser import HTMLParser


class Form(HTMLParser):
    """The fields of the last form on a page that has a control of this name, as they stand."""

    def __init__(self, html: str, control: str) -> None:
        """Read the page."""
        super().__init__()
        self.fields: dict[str, str] = {}
        self._found: dict[str, str] = {}
        self._control, self._textarea, self._select = control, "", ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a form, or note a control."""
        attributes = {name: value or "" for name, value in attrs}
        name = attributes.get("name", "")
        if tag == "form":
            self._found = {}
        elif tag == "input" and name and attributes.get("type") not in {"submit", "checkbox", "radio", "file"}:
            self._found[name] = attributes.get("value", "")
        elif tag == "textarea":
            self._textarea = name
            self._found[name] = ""
        elif tag == "select":
            self._select = name
            self._found[name] = ""
        elif tag == "option" and self._select and "selected" in attributes:
            self._found[self._select] = attributes.get("value", "")

    def handle_data(self, data: str) -> None:
        """Keep a text area's text."""
        if self._textarea:
            self._found[self._textarea] += data

    def handle_endtag(self, tag: str) -> None:
        """End what began."""
        if tag == "textarea":
            # A browser leaves out the line end that a text area may begin with.
            self._found[self._textarea] = self._found[self._textarea].removeprefix("\r\n").removeprefix("\n")
            self._textarea = ""
        elif tag == "select":
            self._select = ""
        elif tag == "form" and self._control in self._found:
            self.fields = self._found
