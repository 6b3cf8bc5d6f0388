"""Files: the stored file, an upload that isn't saved yet, and the browser's input."""

from __future__ import annotations

from typing import ClassVar

from wtforms import Field
from wtforms.form import BaseForm
from wtforms.validators import Optional, StopValidation
from wtforms.widgets import FileInput

from admin_app import formatting
from admin_app.extensions import AnyColumn, TableColumn
from admin_app.kinds.file import FileKind, ImageKind
from admin_app.kinds.file_reference import FileReference
from admin_app.panel.kinds.base import Arguments, PanelKind, none_for_nothing, text_cell
from admin_app.panel.operators.equality import Empty
from admin_app.panel.view_models import Cell, CellKind

# Suffixes of the field's name: the form's file input, and the box that removes the present file.
SENT, TAKEN_AWAY = ".file", ".clear"


class RefusedFile(str):
    """The form value for a refused file: the former reference, and the reason."""

    __slots__ = ("words",)
    words: str


class FileField(Field):
    """A reference in a hidden input. An uploaded file becomes a reference before the fields are read."""

    kind: ClassVar[str] = FileKind.name
    widget = FileInput()

    # The addresses of the present file and its picture, set once the page knows the record.
    address = ""
    picture = ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the reference; raise `ValueError` if the uploaded file was refused."""
        if not valuelist:
            return
        sent = valuelist[0]
        self.data = str(sent)
        if words := getattr(sent, "words", ""):
            raise ValueError(words)

    def pre_validate(self, _form: BaseForm) -> None:
        """Skip the check of an unchanged reference, even if its file is gone."""
        if self.data and self.data == self.object_data and not self.process_errors:
            raise StopValidation

    @property
    def held(self) -> str:
        """The present file's name and size, "" for none."""
        return named(self.data) if self.data else ""

    @property
    def is_waiting(self) -> bool:
        """Whether the field holds a file that isn't saved yet."""
        return bool(self.data) and self.data != self.object_data


class ImageField(FileField):
    """A picture."""

    kind = ImageKind.name


class FilePanel(PanelKind):
    """The name and size of a file."""

    kind = FileKind
    cell_kind = CellKind.FILE
    operators = (Empty,)
    field_class: ClassVar[type[FileField]] = FileField

    def field(self, column: TableColumn, arguments: Arguments) -> FileField:
        """Create the browser's input."""
        none_for_nothing(column, arguments)
        # `Optional` would clear the errors of a refused file if the field was empty before.
        arguments["validators"] = [one for one in arguments.get("validators", ()) if not isinstance(one, Optional)]
        kind = self.kind(column)
        said = arguments.get("description") or formatting.sentence_case(f"{kind.wanted}.")
        offered = {"accept": ",".join(kind.types_taken)}
        return self.field_class(**{**arguments, "description": said}, render_kw=offered)

    def width(self, _column: AnyColumn) -> str:
        """Return the width of a name."""
        return CellKind.TEXT.value

    def cell(self, value: object) -> Cell:
        """Draw the name and size. Another program may have stored anything."""
        try:
            reference = FileReference.read(str(value))
        except ValueError:
            return text_cell(str(value), is_whole=True)
        return Cell(CellKind.FILE, f"{reference.name} ({formatting.size(reference.size)})")


class ImagePanel(FilePanel):
    """A picture, shown small in lists."""

    kind = ImageKind
    field_class = ImageField


def named(value: str) -> str:
    """Return a file's name and size."""
    return FilePanel().cell(value).text
