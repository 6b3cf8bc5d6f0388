"""The columns of a file: their headers, and how a record fills them or takes them in."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import ColumnElement

from admin_app.extensions import Attribute, TableColumn
from admin_app.relations import relation_of


@dataclass(frozen=True)
class ExportColumn:
    """A column to write: a column of the model, or, through `relation`, what a related record holds.

    With a relation and no column it is the name of the one related record, those of the linked ones, or the number of the many; with neither it is
    a property of the record, asked of it by its key.
    """

    key: str
    header: str
    column: Attribute | None = None
    relation: Attribute | None = None
    # Which of the related records may be told of: the one's name, the number of the many; None: every one.
    rows: ColumnElement[bool] | None = field(default=None, compare=False)

    @property
    def is_count(self) -> bool:
        """Whether it counts children."""
        return self.relation is not None and relation_of(self.relation).is_many and not self.is_links

    @property
    def is_links(self) -> bool:
        """Whether it names linked records, or says their keys: as a list in one text."""
        return self.relation is not None and relation_of(self.relation).is_links


@dataclass(frozen=True)
class ImportColumn:
    """A column that a file may bring for a model: under its key or its label, in any case."""

    key: str
    label: str
    column: TableColumn
    # For links, further titles with the same meaning; the column is then text, and not one of the table.
    also: tuple[str, ...] = ()
    # Of a relation's name the columns that it stands for; the column is none of the table's then, and of text.
    names: tuple[str, ...] = ()
    # What an export calls it. Letter by letter this means no other column, even one whose name differs in capitals alone.
    written: tuple[str, ...] = ()

    @property
    def is_made(self) -> bool:
        """Whether the column makes its own value when none is given: a key, but for the columns of one of several, or what is required and has a default."""
        is_key = self.column.primary_key and self.key == "id"
        return is_key or (self.column.default is not None and not self.column.nullable)

    def is_written(self, header: str) -> bool:
        """Whether an export gives this column just this header."""
        return header.strip("\ufeff ") in {self.key, *self.also, *self.written}

    def is_called(self, header: str) -> bool:
        """Whether a header may mean this column."""
        return plain(header) in {plain(self.key), plain(self.label), *map(plain, self.also)}

    @property
    def is_links(self) -> bool:
        """Whether its cells name the records that one is linked with."""
        return bool(self.also)


def plain(header: str) -> str:
    """Fold what people and spreadsheets change about a header: case, spaces, a byte order mark."""
    return "_".join(header.strip("\ufeff ").lower().replace("_", " ").split())
