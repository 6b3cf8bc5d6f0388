"""The base of every record: a key, UTC times, a version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, cast

from sqlalchemy import BigInteger, Column, FromClause, Integer, MetaData, Table, literal
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, MappedColumn, column_property, declared_attr, mapped_column, synonym

from admin_app.db.compared import tell_apart
from admin_app.db.json_nulls import tell_nulls
from admin_app.db.key_parts import CompositeKey, Parts
from admin_app.db.keys import key_names
from admin_app.db.reflected_rules import keep_rules
from admin_app.db.types import UtcDateTime, utc_now
from admin_app.db.versions import FURTHER, LEGACY, READ_ONLY, RowVersion
from admin_app.errors import ConfigurationError
from admin_app.extensions import Model

# Models read existing tables when they are imported, which is before any application is made.
keep_rules()


class Timestamped:
    """When the record was created and last changed."""

    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, sort_order=900)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, onupdate=utc_now, sort_order=901)


class Versioned:
    """A counter that every update increments. The ORM refuses to update a row that no longer has the version it read."""

    version: Mapped[int] = mapped_column(default=1, sort_order=902)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, object]:
        """Let SQLAlchemy check and increment the counter."""
        return {"version_id_col": cls.version}


class Record(Timestamped, Versioned, Model):
    """The base of every model that has a place in the dashboard."""

    __abstract__ = True
    # SQLite would reuse the id of a deleted record; PostgreSQL never does.
    __table_args__: Any = {"sqlite_autoincrement": True}

    # The columns whose values the history keeps; None: all. A model with a secret column has to name them.
    __history__: ClassVar[tuple[str, ...] | None] = None
    # Values for columns that the history doesn't store, when a record is restored from it.
    __restored__: ClassVar[dict[str, object]] = {}
    # Whether the dashboard never writes: the table is a view, or belongs to another program.
    __read_only__: ClassVar[bool] = False
    # Whether “view everything” excludes these records: people need a right that names them, or all rights.
    __guarded__: ClassVar[bool] = False
    # The column that says when, or whether, a record was archived. Lists and pickers leave archived records out.
    __archived_at__: ClassVar[str] = ""
    # The column of a record's position, and the column of the group that it has its position in, if not the whole
    # table.
    __position__: ClassVar[str] = ""
    __position_within__: ClassVar[str] = ""
    # The text column that names a record, if one column does. Lists then read it by a join instead of loading the
    # record. A model that names its records in another way defines `__str__`.
    title: ClassVar[str] = ""
    # The columns that the model's own `__str__` reads; None: any. A person who may not see one of them sees the ID instead.
    named_by: ClassVar[tuple[str, ...] | None] = None

    # A model may declare a key with another name; `id` still refers to it.
    id: Mapped[Any] = mapped_column(Integer, primary_key=True, sort_order=-1)

    def __init_subclass__(cls, **arguments: Any) -> None:
        """Make `id` another name for the key that the model declares."""
        _fit_into_classes(cls)
        own = {name: one for name, one in vars(cls).items() if isinstance(one, MappedColumn) and one.column.primary_key}
        for one in own.values():
            if type(one.column.type) is BigInteger:
                # SQLite numbers rows for no other type.
                one.column.type = BigInteger().with_variant(Integer, "sqlite")
        table = vars(cls).get("__table__")
        keys = list(own) if table is None else [_called(cls).get(one.key, one.key) for one in table.primary_key]
        _require_key_of_first(cls, keys)
        if keys and keys != ["id"]:
            if "id" in (vars(cls) if table is None else _names_in(cls, table)):
                message = f'{cls.__name__}.id is not its key, which is reached as “id”: call it `own_id = mapped_column("id")`.'
                raise ConfigurationError(message)
            if len(keys) > 1:
                # SQLite numbers no rows of a composite key.
                cls.__table_args__ = vars(cls).get("__table_args__", {})
            cls.id = synonym(keys[0]) if len(keys) == 1 else cast("Mapped[object]", _key_of_parts(keys))
        super().__init_subclass__(**arguments)
        if not vars(cls).get("__abstract__"):
            # Before the types are copied: a mapper is configured with the ones that were declared.
            tell_apart(cls.__table__)
            tell_nulls(cls)

    @classmethod
    def __table_cls__(cls, name: str, metadata: MetaData, *parts: object, **options: object) -> Table | None:
        """Make the table, unless another model describes it."""
        if (known := metadata.tables.get(f"{options['schema']}.{name}" if options.get("schema") else name)) is not None:
            others = [one.class_.__name__ for one in cls.registry.mappers if one.local_table is known]
            message = f"{cls.__name__} describes the table {known.fullname}, as {', '.join(others) or 'a table between two models'} does: take one of them away, or give one another __tablename__."
            raise ConfigurationError(message)
        return super().__table_cls__(name, metadata, *parts, **options)

    def __str__(self) -> str:
        """Name the record for a person."""
        return str(given_title(self) or f"{type(self).__name__} {self.id}")


def _require_key_of_first(cls: type[Record], keys: Sequence[str]) -> None:
    """Raise `ConfigurationError` if a further table's key is named differently from that of its base class."""
    first = next((base for base in cls.__mro__[1:] if "__mapper__" in vars(base)), None)
    if first is None or not keys or set(keys) == set(names := key_names(first)):
        return
    message = f"{cls.__name__}: call its key {', '.join(names)}, as {first.__name__} does: `{names[0]} = mapped_column(ForeignKey(...), primary_key=True)`."
    raise ConfigurationError(message)


def title_of(model: type[Record]) -> str:
    """Return the column that names a model's records, "" for none. A model may have a column called `title`."""
    return model.title if isinstance(model.title, str) else ""


def given_title(record: Record) -> object:
    """Return what a record's title column holds, None without one."""
    title = title_of(type(record))
    return getattr(record, title) if title else None


def _names_in(cls: type[Record], table: FromClause) -> set[str]:
    """Return the columns of a table that a class does not rename."""
    return {*table.c.keys()} - _called(cls).keys()


def _called(cls: type[Record]) -> dict[str, str]:
    """Return the names that a class gives to columns of an existing table, by column key."""
    return {one.key: name for name, one in vars(cls).items() if isinstance(one, Column)}


def _fit_into_classes(cls: type[Record]) -> None:
    """Let several classes share one table: a derived class declares no table, and the base class counts versions."""
    said = vars(cls).get("__mapper_args__")
    if any("__mapper__" in vars(base) for base in cls.__mro__[1:]):
        if not {"__tablename__", "__table__", "__table_args__"} & vars(cls).keys():
            cls.__table_args__ = {}
    elif isinstance(said, dict) and cls.version is not None:
        args = declared_attr.directive(lambda one: {"version_id_col": one.version, **said})
        type.__setattr__(cls, "__mapper_args__", args)


def _key_of_parts(names: Sequence[str]) -> hybrid_property[Parts | None]:
    """Return the property for a composite key. A record that is not saved yet has none."""

    def of_record(record: Record) -> Parts | None:
        values = [getattr(record, name) for name in names]
        return None if None in values else Parts(values)

    def of_model(model: type[Record]) -> CompositeKey:
        return CompositeKey(*(getattr(model, name) for name in names))

    # SQLAlchemy finds the attribute by the function's name.
    of_record.__name__ = "id"
    return hybrid_property(of_record, expr=of_model)


class Legacy(Record):
    """The base of a model whose table must not be altered. It has only the table's own columns; its version is computed from the row."""

    __abstract__ = True

    def __init_subclass__(cls, **arguments: Any) -> None:
        """Remove the columns that the table does not have, and let the database compute the version."""
        if any("__mapper__" in vars(base) for base in cls.__mro__[1:]):
            super().__init_subclass__(**arguments)
            _note_further(cls)
            return
        table = vars(cls).get("__table__")
        names = {*vars(cls), *(() if table is None else _names_in(cls, table))}
        if "version" in names:
            message = f'{cls.__name__}.version is ours: call it something else, `release = mapped_column("version")`.'
            raise ConfigurationError(message)
        for name in {"created_at", "updated_at", "version"} - names:
            setattr(cls, name, None)
        super().__init_subclass__(**arguments)
        if not vars(cls).get("__abstract__"):
            own: Any = cls.__table__
            # A view has no `xmin`, and nobody saves to it.
            version = literal(0) if cls.__read_only__ else RowVersion(*own.c)
            own.info |= {LEGACY: True, READ_ONLY: cls.__read_only__}
            setattr(cls, "version", column_property(version))  # noqa: B010 -- to mypy it is a column of Record's

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, object]:
        """Leave out the version column."""
        return {}


def _note_further(cls: type[Legacy]) -> None:
    """Register a further table, which has more columns of its records, at the first class's table."""
    own, first = inspect_mapper(cls).local_table, inspect_mapper(cls).base_mapper.local_table
    if isinstance(own, Table) and isinstance(first, Table) and own is not first:
        own.info |= {LEGACY: True, READ_ONLY: cls.__read_only__}
        first.info.setdefault(FURTHER, []).append(own)
