"""Files: the column holds a reference; the content is stored once for all records that refer to it."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import ClassVar

from sqlalchemy import ColumnElement, String, select
from sqlalchemy.orm import Session

from admin_app.context import reading
from admin_app.extensions import ColumnType, Expression, db
from admin_app.kinds.base import CsvStyle, Kind, as_it_is
from admin_app.kinds.file_reference import LONGEST, FileReference
from admin_app.kinds.text import csv_text
from admin_app.models.stored_file import StoredFile

UNKNOWN = "must be the reference of a stored file, as in an export. To add a new file, use the form."
MEGABYTE = 1024 * 1024
# Types that browsers display and that can't run code.
PICTURES = ("image/jpeg", "image/png", "image/webp", "image/gif")


# The type of unknown content.
_UNKNOWN_TYPE = "application/octet-stream"
# Common names of types whose own name says less.
_OFFICE, _OPEN = "vnd.openxmlformats-officedocument", "vnd.oasis.opendocument"
_CALLED = {
    "plain": "plain text",
    "octet-stream": "of an unknown type",
    "webp": "WebP",
    "svg+xml": "SVG",
    "msword": "Word",
    f"{_OFFICE}.wordprocessingml.document": "Word",
    "vnd.ms-excel": "Excel",
    f"{_OFFICE}.spreadsheetml.sheet": "Excel",
    "vnd.ms-powerpoint": "PowerPoint",
    f"{_OFFICE}.presentationml.presentation": "PowerPoint",
    "vnd.ms-word.document.macroenabled.12": "Word with macros",
    "vnd.ms-excel.sheet.macroenabled.12": "Excel with macros",
    "vnd.ms-powerpoint.presentation.macroenabled.12": "PowerPoint with macros",
    f"{_OPEN}.text": "OpenDocument text",
    f"{_OPEN}.spreadsheet": "OpenDocument spreadsheet",
    f"{_OPEN}.presentation": "OpenDocument presentation",
}
# A type's name up to this length is usually an abbreviation: JSON, MPEG.
_LONGEST_ABBREVIATION = 4


class FileKind(Kind[str]):
    """A file of any type: `info={"kind": "file", "types": ["application/pdf"], "megabytes": 5}`."""

    name = "file"
    types: ClassVar[tuple[type[ColumnType], ...]] = (String,)
    types_in_words = f"String({LONGEST}) or longer, or Text"
    values: ClassVar[tuple[type[object], ...]] = ()
    is_named = True
    is_file = True
    is_ordered = False
    asked = "Choose"
    most_megabytes: ClassVar[int] = 20

    @classmethod
    def holds(cls, of: ColumnType) -> bool:
        """Whether a file reference fits into the column."""
        return isinstance(of, String) and (of.length or LONGEST) >= LONGEST

    @property
    def types_taken(self) -> Sequence[str]:
        """The content types that the column accepts, with `image/*` for all images; none for any type."""
        return tuple(self.stored.info.get("types", ()))

    @property
    def most_bytes(self) -> int:
        """The size limit of a file."""
        return int(self.stored.info.get("megabytes", self.most_megabytes)) * MEGABYTE

    @property
    def wanted(self) -> str:
        """What the column accepts, in words: "JPEG or PNG, up to 5 MB"."""
        most = f"up to {self.most_bytes // MEGABYTE:,} MB"
        known = [one for one in self.types_taken if one != _UNKNOWN_TYPE]
        # “Of an unknown type” would help nobody to choose a file.
        taken = _either(known) if known else "any type"
        return f"{taken}, {most}" if self.types_taken else most

    def problem_with_type(self, label: str, content_type: str) -> str | None:
        """Return the problem with content of a type that the column doesn't accept."""
        taken = self.types_taken
        if not taken or any(fnmatchcase(content_type, one) for one in taken):
            return None
        return f"{label} must be {_either(taken)}; this is {_called(content_type)}."

    def problem_with(self, label: str, value: str) -> str | None:
        """Return the problem with a reference to a file that isn't stored. Whoever knows the digest has had the file."""
        content_type = _content_type_of(value)
        return f"{label} {UNKNOWN}" if content_type is None else self.problem_with_type(label, content_type)

    def from_url(self, text: str) -> str:
        """Return the text unchanged."""
        return text

    to_csv = staticmethod(as_it_is)
    to_json = staticmethod(as_it_is)
    to_sheet = staticmethod(as_it_is)

    def csv_sql(self, column: Expression, style: CsvStyle) -> ColumnElement[str]:
        """Write text."""
        return csv_text(column, style)

    def from_cell(self, cell: str) -> str:
        """Read a reference."""
        try:
            return str(FileReference.read(cell.strip()))
        except ValueError as error:
            raise ValueError(UNKNOWN) from error

    def value_of_empty_cell(self) -> str | None:
        """Return the empty string if the column requires text."""
        return None if self.stored.nullable else ""

    def value_in_history(self, value: object) -> str:
        """Return the text unchanged."""
        return str(value)

    def from_history_on_postgres(self, text: Expression) -> Expression:
        """Return the text unchanged."""
        return text


class ImageKind(FileKind):
    """A picture, stored without the camera's metadata: `info={"kind": "image", "pixels": 20_000_000}`."""

    name = "image"
    most_megabytes = 10

    @property
    def types_taken(self) -> Sequence[str]:
        """Types that browsers display."""
        return super().types_taken or PICTURES

    @property
    def most_pixels(self) -> int:
        """The limit of pixels: a small file can be a huge picture."""
        return int(self.stored.info.get("pixels", 40_000_000))


def _content_type_of(value: str) -> str | None:
    """Return the content type of the file that a reference names, None if it isn't stored. Safe during a write transaction."""
    try:
        reference = FileReference.read(value)
    except ValueError:
        return None
    is_it = StoredFile.sha256 == reference.sha256, StoredFile.size == reference.size
    with reading(), Session(db.engine) as session:
        return session.scalar(select(StoredFile.content_type).where(*is_it))


def _either(types: Sequence[str]) -> str:
    """Return the types in words, each once and the unknown type last."""
    called = list(dict.fromkeys(_called(one) for one in sorted(types, key=_UNKNOWN_TYPE.__eq__)))
    return " or ".join(filter(None, [", ".join(called[:-1]), called[-1]]))


def _called(content_type: str) -> str:
    """Return a type's common name: PDF, JPEG, "an image"."""
    sort, _, name = content_type.partition("/")
    if name == "*":
        return {"image": "an image", "audio": "a sound", "video": "a video", "text": "text"}.get(sort, content_type)
    return _CALLED.get(name.lower()) or _in_words(name)


def _in_words(name: str) -> str:
    """Make a word of a type without a common name: "x-tar" is TAR, "epub+zip" EPUB, "vnd.example.field-notes" Field notes."""
    word = name.partition("+")[0].rpartition(".")[2].removeprefix("x-").replace("-", " ")
    return word.upper() if len(word) <= _LONGEST_ABBREVIATION else word[:1].upper() + word[1:]
