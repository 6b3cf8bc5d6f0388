"""What the two files need to know about a table: its names, the purposes of its columns, what it belongs to."""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.orm import Mapper, RelationshipDirection
from sqlalchemy.types import TypeDecorator

from admin_app.cli.named_kinds import FILES_BY_WORD, KINDS_BY_WORD, last_word
from admin_app.db.types import UtcDateTime
from admin_app.domain.records.archive import TIMES
from admin_app.extensions import ColumnType, TableColumn
from admin_app.kinds import kind_or_other
from admin_app.kinds.file import FileKind

# Columns that every record has from its base class.
OF_EVERY_RECORD = ("id", "created_at", "updated_at", "version")
# Names of columns that may name a record, the likeliest first.
_NAMING = ("name", "title", "label", "subject", "email")
# Names of columns that may say when a row was archived.
ARCHIVING = ("archived_at", "deleted_at")
# Names of columns that may hold a row's position.
PLACING = ("position", "place", "sort_order")
# Names that a mapped class or a record already uses.
_TAKEN = frozenset({"metadata", "registry", "query", "title", "named_by"})


@dataclass(frozen=True)
class Belonging:
    """A foreign key, and the model that it points to."""

    column: str
    name: str
    model: str
    module: str
    is_optional: bool


@dataclass(frozen=True)
class Described:
    """A table, with the names that its files give it."""

    table: sa.Table
    # Name and module of each existing model, by table.
    models: Mapping[str, tuple[str, str]]
    # Columns with a unique index of their own.
    unique: frozenset[str] = frozenset()
    # The mapped class, if there is a model.
    mapper: Mapper[object] | None = None

    @property
    def model(self) -> str:
        """Return the name of the class: "order_lines" -> "OrderLine"."""
        *words, last = self.table.name.split("_")
        return "".join(word.capitalize() for word in (*words, singular(last)))

    @property
    def module(self) -> str:
        """Return the name of its file: "order_lines" -> "order_line"."""
        *words, last = self.table.name.split("_")
        return "_".join((*words, singular(last)))

    @cached_property
    def columns(self) -> list[TableColumn]:
        """Return its columns, without those of every record and a generated key."""
        counted = self.table.autoincrement_column if self.mapper is not None else None
        return [one for one in self.table.columns if one.name not in OF_EVERY_RECORD and one is not counted]

    @cached_property
    def belongings(self) -> list[Belonging]:
        """Return the foreign keys to existing models."""
        return list(self._belongings() if self.mapper is None else self._relations(self.mapper))

    def _relations(self, mapper: Mapper[object]) -> Iterator[Belonging]:
        """Return the to-one relations that a model declares."""
        for one in mapper.relationships:
            if one.direction is RelationshipDirection.MANYTOONE and len(one.local_columns) == 1:
                (column,) = one.local_columns
                target, is_optional = one.mapper.class_, bool(getattr(column, "nullable", True))
                attribute = mapper.get_property_by_column(column).key
                yield Belonging(attribute, one.key, target.__name__, target.__module__, is_optional)

    def _belongings(self) -> Iterator[Belonging]:
        models = {self.table.name: (self.model, ""), **self.models}
        for column in self.columns:
            for key in column.foreign_keys:
                target = key.target_fullname.rpartition(".")[0]
                if target in models:
                    name, attribute = str(column.name).removesuffix("_id"), self.attribute(column)
                    name = name if name != column.name else f"{name}_record"
                    yield Belonging(attribute, name, *models[target], bool(column.nullable))

    def attribute(self, column: TableColumn) -> str:
        """Return a column's attribute name, which may be neither a Python keyword nor an attribute of records."""
        if self.mapper is not None:
            return self.mapper.get_property_by_column(column).key
        name = str(column.name)
        return f"{name}_" if keyword.iskeyword(name) or name in _TAKEN or not name.isidentifier() else name

    @property
    def archived_at(self) -> str:
        """Return the column that says when a row was archived; "" for none."""
        times = [one for one in self.columns if kind_of_type(one.type) in TIMES and one.nullable]
        return next((self.attribute(one) for one in times if one.name in ARCHIVING), "")

    @property
    def position(self) -> str:
        """Return the column of a row's position; "" for none."""
        numbers = [one for one in self.columns if kind_of_type(one.type) == "whole_number" and not one.foreign_keys]
        return next((self.attribute(one) for one in numbers if one.name in PLACING), "")

    @property
    def unwritten(self) -> tuple[str, str]:
        """Return the columns that actions write and forms do not."""
        return (self.archived_at, self.position)

    @property
    def title(self) -> str:
        """Return the column that names a record; "" if no short text does."""
        texts = [self.attribute(one) for one in self.columns if kind_of_type(one.type) == "text"]
        by_name = {name.lower(): name for name in reversed(texts)}
        return next((by_name[name] for name in _NAMING if name in by_name), texts[0] if texts else "")

    def kind_named(self, column: TableColumn) -> str:
        """Guess the kind of a text column by its name: "web_url" -> "url"; "" for none."""
        named = KINDS_BY_WORD.get(last_word(str(column.name)), "")
        return named if kind_of_type(column.type) == "text" else ""

    def files_named(self, column: TableColumn) -> str:
        """Guess by its name whether a text column should hold files or pictures: "profile_image" -> "image"; "" for neither."""
        return FILES_BY_WORD.get(last_word(str(column.name)), "") if FileKind.holds(generic(column.type)) else ""


def singular(word: str) -> str:
    """Return the singular: "tags" -> "tag", "countries" -> "country"."""
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def kind_of_type(of: ColumnType) -> str:
    """Return the name of a type's kind."""
    return kind_or_other(generic(of)).name


def generic(of: ColumnType) -> ColumnType:
    """Return SQLAlchemy's generic type for a type of one store; for a time with a zone, our own type."""
    if isinstance(of, TypeDecorator):
        return of
    try:
        found: ColumnType = of.as_generic()
    except NotImplementedError:
        return of
    return UtcDateTime() if isinstance(found, sa.DateTime) and found.timezone else found
