"""A file: the stored one, one that was sent and is not saved yet, and the browser's input for another."""

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

# Behind the field's name: the part of a form that holds a file, and the box that takes the held one away.
SENT, TAKEN_AWAY = ".file", ".clear"


class RefusedFile(str):
    """The form value for a file that was refused: the former reference, and the reason."""

    __slots__ = ("words",)
    words: str


class FileField(Field):
    """A reference in a hidden input; the file comes beside it, and is a reference before any field is read."""

    kind: ClassVar[str] = FileKind.name
    widget = FileInput()

    # Where the held file is, once the page knows the record.
    address = ""
    picture = ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the reference; raise `ValueError` where the file that came was not kept."""
        if not valuelist:
            return
        sent = valuelist[0]
        self.data = str(sent)
        if words := getattr(sent, "words", ""):
            raise ValueError(words)

    def pre_validate(self, _form: BaseForm) -> None:
        """Leave a reference that stays as it is alone, also where its file is gone."""
        if self.data and self.data == self.object_data and not self.process_errors:
            raise StopValidation

    @property
    def held(self) -> str:
        """Name the file that the field holds, "" for none."""
        return named(self.data) if self.data else ""

    @property
    def is_waiting(self) -> bool:
        """Whether it holds another one than the record does."""
        return bool(self.data) and self.data != self.object_data


class ImageField(FileField):
    """A picture."""

    kind = ImageKind.name


class FilePanel(PanelKind):
    """The name and the size of a file."""

    kind = FileKind
    cell_kind = CellKind.FILE
    operators = (Empty,)
    field_class: ClassVar[type[FileField]] = FileField

    def field(self, column: TableColumn, arguments: Arguments) -> FileField:
        """Make the browser's input."""
        none_for_nothing(column, arguments)
        # It would empty the errors of a file that was not kept, where the field held none before.
        arguments["validators"] = [one for one in arguments.get("validators", ()) if not isinstance(one, Optional)]
        kind = self.kind(column)
        said = arguments.get("description") or formatting.sentence_case(f"{kind.wanted}.")
        offered = {"accept": ",".join(kind.types_taken)}
        return self.field_class(**{**arguments, "description": said}, render_kw=offered)

    def width(self, _column: AnyColumn) -> str:
        """Give it the room of a name."""
        return CellKind.TEXT.value

    def cell(self, value: object) -> Cell:
        """Say what it is called and how large it is: another program may have stored anything."""
        try:
            reference = FileReference.read(str(value))
        except ValueError:
            return text_cell(str(value), is_whole=True)
        return Cell(CellKind.FILE, f"{reference.name} ({formatting.size(reference.size)})")


class ImagePanel(FilePanel):
    """A picture, drawn small in lists."""

    kind = ImageKind
    field_class = ImageField


def named(value: str) -> str:
    """Name a file in a form."""
    return FilePanel().cell(value).text
