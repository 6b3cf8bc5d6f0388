"""Open a file to import. Its format is detected from its content, because file names can be wrong."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import IO

from admin_app.errors import TransferError
from admin_app.transfer.import_.archive import Archive
from admin_app.transfer.import_.encodings import certain_encoding, encoding_of
from admin_app.transfer.import_.json_source import JsonSource
from admin_app.transfer.import_.sheet_source import SheetSource
from admin_app.transfer.import_.source import AS_FOUND, CSV, JSON, JSON_LINES, Reading, Source
from admin_app.transfer.import_.text_source import TextSource
from admin_app.transfer.import_.titles import IsTitle

# Signatures of files that can't be imported.
_OTHERS = {
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a compressed file",
    b"7z\xbc\xaf": "an archive",
    b"Rar!": "an archive",
    b"SQLite format 3": "a database",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"PAR1": "a Parquet file",
}
NO_TEXT, WEB_PAGE, ARCHIVE = "no text", "a web page or XML", "an archive"
_OLD_WORKBOOK = "This is a workbook of another kind than XLSX, or has a password. Save it as XLSX without one, and import that file."
_ARCHIVE, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WEB_PAGE = re.compile(r"\s*<(?:!doctype|html|table|head|body|meta|style|\?xml)", re.IGNORECASE)
_LIST, _OBJECT = re.compile(r"\s*\[\s*(?:[{\]]|$)"), re.compile(r'\s*\{\s*["}]')
_JSON_NAMES = (".json", ".jsonl", ".ndjson")
_BEGINNING = 64 * 1024
# A text doesn't have more zero characters than this.
_MOST_NULS = 0.1


def open_source(
    file: IO[bytes], is_title: IsTitle, reading: Reading = AS_FOUND, *, name: str = "", guesses: bool = True
) -> Source:
    """Open a seekable file as `reading` says; whatever `reading` leaves open is detected.

    `is_title` tells the titles of the list. Without `guesses`, a text that is neither UTF-8 nor has a byte order mark is
    refused. Raises `TransferError` with one or two sentences.
    """
    file.seek(0)
    beginning = file.read(_BEGINNING)
    if beginning.startswith(_ARCHIVE):
        return _workbook(file, reading, is_title)
    if beginning.startswith(_OLD_OFFICE):
        raise TransferError(_OLD_WORKBOOK)
    if found := next((what for mark, what in _OTHERS.items() if beginning.startswith(mark)), ""):
        raise _no_table(found)
    _require_known(reading)
    encoding = reading.encoding or (encoding_of(file) if guesses else certain_encoding(file))
    text = beginning.decode(encoding, "replace").removeprefix("\ufeff")
    if text.count("\0") > _MOST_NULS * len(text):
        raise _no_table(NO_TEXT)
    if _WEB_PAGE.match(text):
        raise _no_table(WEB_PAGE)
    reading = replace(reading, encoding=encoding)
    if reading.format != CSV and _is_json(text, name, reading.format):
        return JsonSource(file, reading)
    return TextSource(file, reading, is_title)


def _require_known(reading: Reading) -> None:
    """Refuse an unknown encoding or an impossible separator; both come from a form."""
    try:
        is_text = not reading.encoding or "a".encode(reading.encoding) != b""
    except LookupError:
        is_text = False
    if not is_text:
        message = f"The encoding “{reading.encoding[:40]}” does not exist."
        raise TransferError(message)
    if len(reading.delimiter) > 1 or reading.delimiter in {'"', "\r", "\n"}:
        message = "The separator must be one character, and neither a quotation mark nor a line end."
        raise TransferError(message)


def _is_json(text: str, name: str, wanted: str) -> bool:
    """Whether the text is JSON: it begins like a list or an object, and not just like a title in brackets."""
    if wanted in {JSON, JSON_LINES} or _LIST.match(text) or _OBJECT.match(text):
        return True
    return name.lower().endswith(_JSON_NAMES) and text.lstrip()[:1] in {"[", "{"}


def _workbook(file: IO[bytes], reading: Reading, is_title: IsTitle) -> Source:
    archive = Archive(file)
    if "xl/workbook.bin" in archive or "content.xml" in archive:
        raise TransferError(_OLD_WORKBOOK)
    if "[Content_Types].xml" not in archive:
        raise _no_table(ARCHIVE)
    return SheetSource(file, reading, is_title)


def _no_table(what: str) -> TransferError:
    message = f"This is {what}, not a table. Save the table as CSV, XLSX or JSON, and import that file."
    return TransferError(message)
