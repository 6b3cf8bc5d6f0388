"""Parse request bodies so that input no browser sends breaks no page, and decide which pages accept files.

A file may be large, so before the body is read it is checked whether the person may send a file to this page. For
everyone else, strangers included, the usual limit of a form applies, and the content of a file is discarded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any, cast
from wsgiref.types import WSGIEnvironment

from flask import Flask, Request, request
from typing_extensions import Buffer, override
from werkzeug.datastructures import FileStorage, ImmutableMultiDict, MultiDict
from werkzeug.formparser import FormDataParser

Values = MultiDict[str, Any]

# The field of a page that accepts a file.
FILE = "file"
# Size of the form around the file: its fields are held in memory.
MOST_PARTS_BESIDE_FILE = 20
ROOM_BESIDE_FILE = 64 * 1024
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class AcceptedFiles:
    """The files that a page accepts: their fields, their largest total size, and the number of other fields."""

    names: frozenset[str] = frozenset()
    megabytes: int = 0
    most_parts: int = MOST_PARTS_BESIDE_FILE
    room_beside: int = ROOM_BESIDE_FILE


class SentAsFile(str):
    """The value of a form field that was sent as a file where text is expected."""

    __slots__ = ()


class NamedParts(FormDataParser):
    """A parser that skips parts without a name: Flask-WTF and others expect names to be text."""

    # The fields by which the page accepts files.
    accepted: frozenset[str] = frozenset()

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> tuple[IO[bytes], Values, Values]:
        """Return the rest of the body, the fields, and the accepted files; any other file becomes a field without content."""
        rest, fields, files = super().parse(stream, mimetype, content_length, options)
        kept = self.cls()
        if files:
            came = list(files.items(multi=True))
            found = {name: file for name in self.accepted if isinstance(file := files.get(name), FileStorage)}
            kept = self.cls(found)
            came = [(name, one) for name, one in came if found.get(name) is not one]
            for _, one in came:
                one.close()
            fields = self.cls([*fields.items(multi=True), *((name, SentAsFile()) for name, _ in came)])
        return rest, self._named(fields), kept

    def _named(self, values: Values) -> Values:
        return self.cls(pair for pair in values.items(multi=True) if pair[0] is not None) if None in values else values


class _Nowhere(BytesIO):
    """A file that discards what is written, so that an unwanted upload cannot fill the disk."""

    @override
    def write(self, data: Buffer, /) -> int:
        return len(memoryview(data))


class Body(Request):
    """A request whose fields all have names, and whose fields can be replaced by those of an earlier request."""

    form_data_parser_class = NamedParts
    accepted = AcceptedFiles()

    def __init__(self, environ: WSGIEnvironment, *, populate_request: bool = True, shallow: bool = False) -> None:
        """Begin without files."""
        super().__init__(environ, populate_request=populate_request, shallow=shallow)
        self._streams: list[IO[bytes]] = []

    def accept(self, accepted: AcceptedFiles) -> None:
        """Accept these files if the body is multipart."""
        self.accepted = accepted
        if self.mimetype == "multipart/form-data":
            largest = accepted.megabytes * MEGABYTE + accepted.room_beside
            self.max_content_length = max(largest, self.max_content_length or 0)
            self.max_form_parts = accepted.most_parts

    @override
    def make_form_data_parser(self) -> FormDataParser:
        """Tell the parser which files the page accepts."""
        parser = super().make_form_data_parser()
        if isinstance(parser, NamedParts):
            parser.accepted = self.accepted.names
        return parser

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if not self.accepted.names:
            return _Nowhere()
        stream = super()._get_file_stream(total_content_length, content_type, filename, content_length)
        self._streams.append(stream)
        return stream

    @override
    def close(self) -> None:
        """Close the files, also those of an interrupted body."""
        super().close()
        for stream in self._streams:
            stream.close()

    def go_back_to(self, fields: ImmutableMultiDict[str, str]) -> None:
        """Replace the fields of the page of re-authentication by those that were sent before it."""
        self.form = fields

    def hold(self, fields: Iterable[tuple[str, str]]) -> None:
        """Replace the fields that were sent, whose files have been stored."""
        self.form, self.files = ImmutableMultiDict(fields), ImmutableMultiDict()


def init_app(app: Flask, accepted_files: Callable[[], AcceptedFiles | None]) -> None:
    """Parse requests that way; `accepted_files` returns which files the current page accepts from this person.

    It runs before the form's token is read, because nothing may have read the body before.
    """
    app.request_class = Body

    def ask() -> None:
        if request.method == "POST" and (accepted := accepted_files()) is not None:
            the_body().accept(accepted)

    app.before_request(ask)


def the_body() -> Body:
    """Return the current request with its own type."""
    return cast("Body", request)
