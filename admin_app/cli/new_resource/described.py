"""What a table says of itself that its two files need: its names, what its columns are for, what it belongs to."""

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

# What every record has from its base.
OF_EVERY_RECORD = ("id", "created_at", "updated_at", "version")
# What people call a thing by, the likeliest first.
_NAMING = ("name", "title", "label", "subject", "email")
# Since when a row is put away.
ARCHIVING = ("archived_at", "deleted_at")
# Where a row stands among others.
PLACING = ("position", "place", "sort_order")
# What a class that is mapped, or a record, has already.
_TAKEN = frozenset({"metadata", "registry", "query", "title", "named_by"})


@dataclass(frozen=True)
class Belonging:
    """A foreign key, and the model that it leads to."""

    column: str
    name: str
    model: str
    module: str
    is_optional: bool


@dataclass(frozen=True)
class Described:
    """A table, under the names that its files give it."""

    table: sa.Table
    # The models that there are, by their tables: each one's name and module.
    models: Mapping[str, tuple[str, str]]
    # The columns of which no two rows have the same.
    unique: frozenset[str] = frozenset()
    # What is mapped to it, where there is a model.
    mapper: Mapper[object] | None = None

    @property
    def model(self) -> str:
        """Name the class: of "order_lines" OrderLine."""
        *words, last = self.table.name.split("_")
        return "".join(word.capitalize() for word in (*words, singular(last)))

    @property
    def module(self) -> str:
        """Name its file: of "order_lines" order_line."""
        *words, last = self.table.name.split("_")
        return "_".join((*words, singular(last)))

    @cached_property
    def columns(self) -> list[TableColumn]:
        """Its columns, but for those of every record, and a key that the database counts."""
        counted = self.table.autoincrement_column if self.mapper is not None else None
        return [one for one in self.table.columns if one.name not in OF_EVERY_RECORD and one is not counted]

    @cached_property
    def belongings(self) -> list[Belonging]:
        """The records that one belongs to, of the models that there are."""
        return list(self._belongings() if self.mapper is None else self._relations(self.mapper))

    def _relations(self, mapper: Mapper[object]) -> Iterator[Belonging]:
        """Yield the relations to one that a model says it has."""
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
        """Name a column's attribute, which may be no word of Python's nor of a model's own."""
        if self.mapper is not None:
            return self.mapper.get_property_by_column(column).key
        name = str(column.name)
        return f"{name}_" if keyword.iskeyword(name) or name in _TAKEN or not name.isidentifier() else name

    @property
    def archived_at(self) -> str:
        """Name the column that says since when a row is archived; "" for none."""
        times = [one for one in self.columns if kind_of_type(one.type) in TIMES and one.nullable]
        return next((self.attribute(one) for one in times if one.name in ARCHIVING), "")

    @property
    def position(self) -> str:
        """Name the column of a row's place among others; "" for none."""
        numbers = [one for one in self.columns if kind_of_type(one.type) == "whole_number" and not one.foreign_keys]
        return next((self.attribute(one) for one in numbers if one.name in PLACING), "")

    @property
    def unwritten(self) -> tuple[str, str]:
        """Name the columns that actions write, and no form."""
        return (self.archived_at, self.position)

    @property
    def title(self) -> str:
        """Name the column that names a record; "" where none is short text."""
        texts = [self.attribute(one) for one in self.columns if kind_of_type(one.type) == "text"]
        by_name = {name.lower(): name for name in reversed(texts)}
        return next((by_name[name] for name in _NAMING if name in by_name), texts[0] if texts else "")

    def kind_named(self, column: TableColumn) -> str:
        """Guess the kind of a text by its name: of "web_url" url; "" for none."""
        named = KINDS_BY_WORD.get(last_word(str(column.name)), "")
        return named if kind_of_type(column.type) == "text" else ""

    def files_named(self, column: TableColumn) -> str:
        """Guess whether a text is to name files, or pictures, by its name: of "profile_image" image; "" for neither."""
        return FILES_BY_WORD.get(last_word(str(column.name)), "") if FileKind.holds(generic(column.type)) else ""


def singular(word: str) -> str:
    """Name one of several: of "tags" tag, of "countries" country."""
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def kind_of_type(of: ColumnType) -> str:
    """Name the kind of a type."""
    return kind_or_other(generic(of)).name


def generic(of: ColumnType) -> ColumnType:
    """Return SQLAlchemy's type for what a store calls by a name of its own; a time with a zone is one of ours."""
    if isinstance(of, TypeDecorator):
        return of
    try:
        found: ColumnType = of.as_generic()
    except NotImplementedError:
        return of
    return UtcDateTime() if isinstance(found, sa.DateTime) and found.timezone else found
