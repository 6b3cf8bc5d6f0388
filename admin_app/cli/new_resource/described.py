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
from admin_app.db.keys import foreign_keys_of
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
    """A foreign key of one column or several, by their attributes, and the model that it leads to."""

    columns: tuple[str, ...]
    name: str
    model: str
    module: str
    is_optional: bool

    @property
    def column(self) -> str:
        """The attribute of its only column; "" where it has several."""
        return self.columns[0] if len(self.columns) == 1 else ""


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
    # Whether it must not be altered, and whether it is a view, which nobody writes.
    is_legacy: bool = False
    is_view: bool = False

    @property
    def model(self) -> str:
        """Name the class: of "order_lines" OrderLine."""
        *words, last = self.table.name.split("_")
        return "".join(f"{word[:1].upper()}{word[1:]}" for word in (*words, singular(last)))

    @property
    def module(self) -> str:
        """Name its file: of "order_lines" order_line."""
        *words, last = self.table.name.lower().split("_")
        return "_".join((*words, singular(last)))

    @cached_property
    def keys(self) -> list[TableColumn]:
        """The columns of its key; of a view, which has none, the first one."""
        return list(self.table.primary_key) or list(self.table.columns)[:1]

    @property
    def is_by_id(self) -> bool:
        """Whether its key is the one that every record has."""
        return [one.name for one in self.keys] == ["id"] and not self.is_view

    @cached_property
    def counted(self) -> TableColumn | None:
        """The key that the database counts."""
        return self.table.autoincrement_column

    @cached_property
    def columns(self) -> list[TableColumn]:
        """Its columns, but for those of every record, and of a model a key that the database counts."""
        if self.mapper is not None:
            return [one for one in self.table.columns if one.name not in OF_EVERY_RECORD and one is not self.counted]
        given = {"id"} if self.is_by_id else set()
        given |= set() if self.is_legacy else {*OF_EVERY_RECORD} - {"id"}
        return [one for one in self.table.columns if one.name not in given]

    @property
    def unknown(self) -> list[str]:
        """Name the tables that it points at and that no model has yet."""
        targets = {key.target_fullname.rpartition(".")[0] for key in self.table.foreign_keys}
        return sorted(targets - {self.table.name, *self.models})

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
                yield Belonging((attribute,), one.key, target.__name__, target.__module__, is_optional)

    def _belongings(self) -> Iterator[Belonging]:
        models = {self.table.name: (self.model, ""), **self.models}
        for key in foreign_keys_of(self.table):
            target = key.elements[0].target_fullname.rpartition(".")[0]
            columns = tuple(self.attribute(one) for one in key.columns)
            # Several columns make no tree.
            if target in models and (len(columns) == 1 or target != self.table.name):
                yield Belonging(columns, self._relation_name(key, target), *models[target], _is_optional(key))

    def _relation_name(self, key: sa.ForeignKeyConstraint, target: str) -> str:
        """Name a relation: of "user_id" user, of "editor" editor_record, and by the other table where it has several columns."""
        own = key.column_keys
        name = _without_id(own[0]) if len(own) == 1 else singular(target.lower())
        taken = {self.attribute(one) for one in self.table.columns}
        return f"{name}_record" if name in taken else name

    def attribute(self, column: TableColumn) -> str:
        """Name a column's attribute, which may be no word of Python's nor of a model's own."""
        if self.mapper is not None:
            return self.mapper.get_property_by_column(column).key
        name = str(column.name)
        if (name == "id" and not self.is_by_id) or (name == "version" and self.is_legacy):
            return f"own_{name}"
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
    def unwritten(self) -> list[str]:
        """Name the columns that no form writes, but actions or the database itself."""
        computed = [self.attribute(one) for one in self.columns if one.computed is not None]
        return [self.archived_at, self.position, *computed]

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


def _without_id(name: str) -> str:
    """Name what a foreign key means: of "user_id" user, of "PlaylistId" playlist."""
    return name[:-2].lower() if name.endswith("Id") and len(name) > len("Id") else name.removesuffix("_id")


def _is_optional(key: sa.ForeignKeyConstraint) -> bool:
    return any(one.nullable and not one.primary_key for one in key.columns)


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
