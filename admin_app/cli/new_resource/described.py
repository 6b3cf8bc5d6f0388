"""The description of a table for the two files: its names, the purposes of its columns, its relations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.orm import Mapper, RelationshipDirection
from sqlalchemy.types import TypeDecorator

from admin_app.cli.named_kinds import FILES_BY_WORD, kind_suggested, last_word
from admin_app.cli.new_resource.links import Link, target_name, target_of
from admin_app.cli.new_resource.names import as_name, class_name, free_name, module_name, plural, singular, without_id
from admin_app.db.attributes import hides_secret, hybrids, is_computed, is_sql
from admin_app.db.defaults import is_always_numbered
from admin_app.db.keys import foreign_keys_of
from admin_app.db.types import UtcDateTime
from admin_app.domain.records.archive import TIMES
from admin_app.extensions import ColumnType, TableColumn
from admin_app.formatting import humps_apart
from admin_app.kinds import kind_or_other
from admin_app.kinds.file import FileKind
from admin_app.relations import relation_of

# Columns that every record has from its base class.
OF_EVERY_RECORD = ("id", "created_at", "updated_at", "version")
# Names of columns that may name a record, the likeliest first.
_NAMING = ("name", "title", "label", "subject", "email")
# Names of columns that may say when a row was archived.
ARCHIVING = ("archived_at", "deleted_at")
# Names of columns that may hold a row's position.
PLACING = ("position", "place", "sort_order")
# Names that a mapped class or a record already uses, and names that the generated lines use in another meaning.
_TAKEN = frozenset({"metadata", "registry", "query", "title", "named_by"}) | frozenset(
    {
        "sa",
        "postgresql",
        "mapped_column",
        "relationship",
        "backref",
        "UtcDateTime",
        "str",
        "int",
        "float",
        "bool",
        "bytes",
    }
)


@dataclass(frozen=True)
class Belonging:
    """A foreign key of one or several columns, given by their attributes, and the model that it refers to."""

    columns: tuple[str, ...]
    name: str
    model: str
    module: str
    is_optional: bool

    @property
    def column(self) -> str:
        """The attribute of its only column; "" if it has several."""
        return self.columns[0] if len(self.columns) == 1 else ""


@dataclass(frozen=True)
class Linked:
    """A many-to-many relation. `is_field`: whether this side's form has the links; otherwise the other side's has."""

    name: str
    model: str
    module: str
    is_field: bool
    # Whether the relation is view-only.
    is_view: bool = False
    # The association table, if the file has to declare it.
    link: Link | None = None


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
    # Whether it must not be altered, and whether it is a view, which nobody writes.
    is_legacy: bool = False
    is_view: bool = False
    # The columns that identify a row if the table has no primary key.
    key: Sequence[str] = ()
    # The tables that link its records with others.
    links: Sequence[Link] = ()
    # The tables whose files are printed together with this one, and the models among them whose files import this one, so
    # that it cannot import them.
    given: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()

    @property
    def model(self) -> str:
        """Return the name of the class."""
        return self.models.get(self.table.fullname, (class_name(self.table.name), ""))[0]

    @property
    def module(self) -> str:
        """Return the name of its file."""
        module = self.models.get(self.table.fullname, ("", ""))[1]
        return module.rpartition(".")[2] or module_name(self.table.name)

    @cached_property
    def keys(self) -> list[TableColumn]:
        """The columns of its key; for a view, which has none, its first column."""
        told = [self.table.columns[name] for name in self.key]
        return list(self.table.primary_key) or told or list(self.table.columns)[:1]

    @property
    def is_by_id(self) -> bool:
        """Whether its key is called `id`, as in every record."""
        return [one.name for one in self.keys] == ["id"]

    @property
    def is_as_usual(self) -> bool:
        """Whether its key equals the one that every record has, so that the model need not declare it."""
        key = self.keys[0]
        is_numbered = type(generic(key.type)) is sa.Integer and self.counted is key and key.identity is None
        return self.is_by_id and is_numbered and not self.is_view

    @cached_property
    def counted(self) -> TableColumn | None:
        """The key that the database counts."""
        return self.table.autoincrement_column

    @cached_property
    def columns(self) -> list[TableColumn]:
        """Return its columns, without those of every record and, for a model, without a generated key."""
        if self.mapper is not None:
            given = {*OF_EVERY_RECORD} if self.counted is None else {*OF_EVERY_RECORD, self.counted.name}
            return [one for one in _stored(self.mapper) if one.name not in given and not one.info.get("secret")]
        given = {"id"} if self.is_as_usual else set()
        given |= set() if self.is_legacy else {*OF_EVERY_RECORD} - {"id"}
        return [one for one in self.table.columns if one.name not in given]

    @property
    def unknown(self) -> list[str]:
        """Return the names of the tables that it refers to and that have no model yet."""
        targets = {target_name(key) for key in self.table.foreign_keys}
        return sorted(targets - {self.table.fullname, *self.models})

    def is_beyond(self, key: sa.ForeignKeyConstraint | None) -> bool:
        """Whether a foreign key refers to a table without a model."""
        return key is not None and self.mapper is None and target_name(key.elements[0]) in self.unknown

    @cached_property
    def belongings(self) -> list[Belonging]:
        """Return the foreign keys to existing models."""
        return list(self._belongings() if self.mapper is None else self._relations(self.mapper))

    def _relations(self, mapper: Mapper[object]) -> Iterator[Belonging]:
        """Return the to-one relations that a model declares."""
        for one in mapper.relationships:
            if one.direction is RelationshipDirection.MANYTOONE and not one.viewonly:
                columns = [column for column, _ in one.local_remote_pairs or ()]
                names = tuple(mapper.get_property_by_column(column).key for column in columns)
                target, is_optional = one.mapper.class_, any(bool(getattr(each, "nullable", True)) for each in columns)
                yield Belonging(names, one.key, target.__name__, target.__module__, is_optional)

    def _belongings(self) -> Iterator[Belonging]:
        models = {**self.models, self.table.fullname: (self.model, "")}
        # A foreign key of several columns forms no tree.
        keys = {
            key: target
            for key in foreign_keys_of(self.table)
            if (target := target_name(key.elements[0])) in models
            and (len(key.columns) == 1 or target != self.table.fullname)
        }
        taken = {*OF_EVERY_RECORD, *_TAKEN, *self._attributes.values()}
        for key, target in keys.items():
            twins = [one for one in keys if one is not key and keys[one] == target and len(one.columns) > 1]
            name = free_name(_names_for(key, target, twins), taken)
            taken.add(name)
            columns = tuple(self.attribute(one) for one in key.columns)
            yield Belonging(columns, name, *models[target], _is_optional(key))

    @cached_property
    def linked(self) -> list[Linked]:
        """Return its many-to-many relations: those that the model declares, or for a table those to existing models."""
        if self.mapper is not None:
            return [*_declared_links(self.mapper)]
        wanted = [one for one in self.links if one.is_owner or target_of(one.other) not in self.given]
        taken = {*OF_EVERY_RECORD, *_TAKEN, *self._attributes.values(), *(one.name for one in self.belongings)}
        found: list[Linked] = []
        for one in wanted:
            if (target := target_of(one.other)) in self.models:
                model, module = self.models[target]
                name = plural(module.rpartition(".")[2])
                name = free_name([name, f"{name}_by_{one.table.name}"], taken)
                taken.add(name)
                found.append(Linked(name, model, module, is_field=one.is_owner, link=one))
        return found

    @cached_property
    def computed(self) -> dict[str, bool]:
        """The computed attributes of a model, each with whether SQL computes it; otherwise Python does."""
        if self.mapper is None:
            return {}
        model = self.mapper.class_
        names = dict.fromkeys([*self.mapper.column_attrs.keys(), *hybrids(model)])
        shown = [name for name in names if is_computed(model, name) and name not in OF_EVERY_RECORD]
        return {name: is_sql(model, name) for name in shown if not hides_secret(model, name)}

    def attribute(self, column: TableColumn) -> str:
        """Return a column's attribute name."""
        return self._attributes[str(column.name)]

    @cached_property
    def _attributes(self) -> dict[str, str]:
        """The attribute of each column, which may be neither a Python keyword nor an attribute of records or of another column."""
        if self.mapper is not None:
            return {str(one.name): self.mapper.get_property_by_column(one).key for one in _stored(self.mapper)}
        found: dict[str, str] = {}
        for one in self.table.columns:
            found[str(one.name)] = free_name([self._wanted(str(one.name))], found.values())
        return found

    def _wanted(self, column: str) -> str:
        if (column == "id" and not self.is_by_id) or (column == "version" and self.is_legacy):
            return f"own_{column}"
        name = as_name(column)
        return f"{name}_" if name in _TAKEN else name

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
    def unwritten(self) -> list[str]:
        """Return the columns that only actions or the database write, not forms."""
        computed = [self.attribute(one) for one in self.columns if one.computed is not None or is_always_numbered(one)]
        looked_at = [*self.computed, *(one.name for one in self.linked if one.is_view)]
        return [self.archived_at, self.position, *computed, *looked_at]

    @property
    def title(self) -> str:
        """Return the column that names a record; "" if no short text does."""
        texts = [one for one in self.columns if kind_of_type(one.type) == "text"]
        # A record whose name is NULL would be called “None”.
        given = [self.attribute(one) for one in texts if not one.nullable] or [self.attribute(one) for one in texts]
        by_name = {last_word(name): name for name in reversed(given)} | {name.lower(): name for name in reversed(given)}
        return next((by_name[name] for name in _NAMING if name in by_name), given[0] if given else "")

    @property
    def noun(self) -> str:
        """Return the noun for a record: "OrderLine" -> "order line"."""
        return humps_apart(self.model if self.mapper is None else self.mapper.class_.__name__).replace("_", " ").lower()

    @property
    def searched(self) -> list[str]:
        """Return the texts that an index can search: PostgreSQL has none for CHAR."""
        texts = [one for one in self.columns if kind_of_type(one.type) == "text"]
        return [self.attribute(one) for one in texts if not isinstance(one.type, sa.CHAR)]

    def kind_named(self, column: TableColumn) -> str:
        """Guess the kind of a text column by its name: "web_url" -> "url"; "" for none."""
        named = kind_suggested(str(column.name), column)
        return named if kind_of_type(column.type) == "text" else ""

    def files_named(self, column: TableColumn) -> str:
        """Guess by its name whether a text column should hold files or pictures: "profile_image" -> "image"; "" for neither."""
        return FILES_BY_WORD.get(last_word(str(column.name)), "") if FileKind.holds(generic(column.type)) else ""


def _stored(mapper: Mapper[object]) -> list[TableColumn]:
    """Return the columns of a model in its tables, without a further table's key."""
    columns = [one for one in mapper.columns if isinstance(one, sa.Column)]
    return list({mapper.get_property_by_column(one).key: one for one in reversed(columns)}.values())[::-1]


def _declared_links(mapper: Mapper[object]) -> Iterator[Linked]:
    for one in mapper.relationships:
        if one.direction is RelationshipDirection.MANYTOMANY:
            target, is_field = one.mapper.class_, not one.viewonly and relation_of(one.class_attribute).is_links
            yield Linked(one.key, target.__name__, target.__module__, is_field=is_field, is_view=one.viewonly)


def _names_for(key: sa.ForeignKeyConstraint, target: str, twins: Sequence[sa.ForeignKeyConstraint]) -> Iterator[str]:
    """Yield names for a relation, the best first: "user" for "user_id", "editor_record" for "editor". A key of several columns is named after the other table, and a twin after the columns that only it has."""
    own = [as_name(one) for one in key.column_keys]
    if len(own) == 1:
        yield from (without_id(own[0]), f"{without_id(own[0])}_record", f"{own[0]}_record")
        return
    name = singular(as_name(target.rpartition(".")[2].lower()))
    if not twins:
        yield from (name, f"{name}_record")
    shared = {as_name(column) for one in twins for column in one.column_keys}
    yield "_".join([*(without_id(one) for one in own if one not in shared), name])
    yield "_".join([*own, name])


def _is_optional(key: sa.ForeignKeyConstraint) -> bool:
    return any(one.nullable and not one.primary_key for one in key.columns)


def kind_of_type(of: ColumnType) -> str:
    """Return the name of a type's kind."""
    return kind_or_other(generic(of)).name


def generic(of: ColumnType) -> ColumnType:
    """Return SQLAlchemy's generic type for a type of one database; for a time with a zone, our own type."""
    if isinstance(of, TypeDecorator):
        return of
    try:
        found: ColumnType = of.as_generic()
    except NotImplementedError:
        return of
    return UtcDateTime() if isinstance(found, sa.DateTime) and found.timezone else found
