"""How the body of a request is read, where what browsers never send would otherwise break a page."""

from __future__ import annotations

from typing import IO, Any

from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.formparser import FormDataParser

Values = MultiDict[str, Any]


class SentAsFile(str):
    """What stands in a form for a field that came as a file. No form here has a field for files, and all expect text."""

    __slots__ = ()


class NamedParts(FormDataParser):
    """A parser that passes over parts without a name: whoever goes through a form, Flask-WTF first, takes its names for text."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> tuple[IO[bytes], Values, Values]:
        """Return the rest of the body and the fields; a file is one too, without its content."""
        rest, fields, files = super().parse(stream, mimetype, content_length, options)
        if files:
            came = list(files.items(multi=True))
            for _, file in came:
                file.close()
            fields = self.cls([*fields.items(multi=True), *((name, SentAsFile()) for name, _ in came)])
        return rest, self._named(fields), self.cls()

    def _named(self, values: Values) -> Values:
        return self.cls(pair for pair in values.items(multi=True) if pair[0] is not None) if None in values else values


class Body(Request):
    """A request whose fields all have names, and which may be about what was sent before it."""

    form_data_parser_class = NamedParts

    def go_back_to(self, fields: ImmutableMultiDict[str, str]) -> None:
        """Hold the fields that were sent before the page that asked for proof, in place of those that came from it."""
        self.form = fields


def init_app(app: Flask) -> None:
    """Read requests that way."""
    app.request_class = Body
