"""A list as one column: an array on PostgreSQL, JSON on SQLite, which has no arrays."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, JSON, Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import Boolean, TypeDecorator, TypeEngine, to_instance
from typing_extensions import override

from admin_app.db.json_spelling import Spelled
from admin_app.db.unreadable import Unreadable
from admin_app.extensions import ColumnType


class ListOf(TypeDecorator[list[Any]]):
    """`ListOf(String(40))`: text, whole numbers or members of an enumeration, in order."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def __init__(self, item: ColumnType | type[ColumnType]) -> None:
        """Keep the type of the items."""
        super().__init__()
        self.item = to_instance(item)

    @property
    def python_type(self) -> type[list[Any]]:
        """The Python type of the values."""
        return list

    @property
    def in_migration(self) -> str:
        """Write the type for a migration, which imports nothing of the application."""
        return f"sa.JSON().with_variant(sa.ARRAY(sa.{self.item!r}), 'postgresql')"

    @override
    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Use the database's own type."""
        return dialect.type_descriptor(ARRAY(self.item) if dialect.name == "postgresql" else JSON(none_as_null=True))

    @override
    def process_bind_param(self, value: Iterable[Any] | None, dialect: Dialect) -> Any:
        """Write the items with their own type if JSON would not."""
        if isinstance(value, Unreadable):
            return value
        bind = None if dialect.name == "postgresql" else self.item.dialect_impl(dialect).bind_processor(dialect)
        return None if value is None else [one if bind is None else bind(one) for one in value]

    @override
    def process_result_value(self, value: object, dialect: Dialect) -> Any:
        """Read the items with their own type."""
        if isinstance(value, Unreadable):
            return value
        if value is not None and not isinstance(value, list):
            return Unreadable(json.dumps(value))
        read = None if dialect.name == "postgresql" else self.item.dialect_impl(dialect).result_processor(dialect, None)
        return None if value is None else [one if read is None else read(one) for one in value]


class ListText(Spelled):
    """A list as the history stores it: JSON in its one spelling, also if PostgreSQL has an array."""

    inherit_cache = True


@compiles(ListText, "postgresql")
def _of_array(element: ListText, compiler: SQLCompiler, **kw: object) -> str:
    return f"CAST(to_jsonb({compiler.process(element.clauses, **kw)}) AS TEXT)"


class HasItem(FunctionElement[bool]):
    """Whether the first value, a list that isn't NULL, contains the second."""

    type = Boolean()
    inherit_cache = True
    name = "has_item"


@compiles(HasItem)
def _among_json(element: HasItem, compiler: SQLCompiler, **kw: object) -> str:
    items, item = (compiler.process(one, **kw) for one in element.clauses)
    return f"{item} IN (SELECT value FROM json_each({items}))"  # noqa: S608 -- put together of compiled SQL


@compiles(HasItem, "postgresql")
def _among_array(element: HasItem, compiler: SQLCompiler, **kw: object) -> str:
    items, item = (compiler.process(one, **kw) for one in element.clauses)
    return f"{item} = ANY({items})"
