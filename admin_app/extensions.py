"""The Flask extensions, made once without an application; `create_app` ties them to one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from flask import Flask, current_app
from flask_compress import Compress
from flask_login import LoginManager
from flask_mailman import Mail
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Column, ColumnElement, MetaData, Select, Table
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, RelationshipProperty, Session, scoped_session
from sqlalchemy.types import TypeEngine

# Every constraint has a name, the same on both databases, so that migrations can drop it and a refusal can be traced to
# its column.
NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


# The prefix of our tables if another application's are beside them: "admin_". Models name their tables when they are
# imported, so it is read before any setting.
TABLE_PREFIX = os.environ.get("ADMIN_TABLE_PREFIX", "").strip()
# The table in which Alembic stores the version of our tables.
VERSION_TABLE = f"{TABLE_PREFIX}alembic_version"

# The key of `extensions` under which an embedded dashboard keeps the application around it.
AROUND = "application around"

# The argument of the domain's functions: a session, or Flask-SQLAlchemy's `db.session`, which stands for the
# request's.
AnySession = Session | scoped_session[Any]

# SQLAlchemy's generic types, for code that works with columns and models of every kind: their values are not known.
TableColumn = Column[Any]
Attribute = InstrumentedAttribute[Any]
Expression = ColumnElement[Any]
# A column of a table, a model or an alias, or an expression.
AnyColumn = ColumnElement[Any] | InstrumentedAttribute[Any]
Relationship = RelationshipProperty[Any]
Statement = Select[*tuple[Any, ...]]
ColumnType = TypeEngine[Any]
# A row of a statement's result, and values by name: of a record, or of JSON.
AnyRow = Sequence[Any]
Values = dict[str, Any]


class Base(DeclarativeBase):
    """The declarative base that Flask-SQLAlchemy builds `db.Model` on."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


def table_of(model: type[Any]) -> Table:
    """Return a model's table; with joined inheritance that of the base class, which stands for all.

    SQLAlchemy's own type for it says only that one can select from it.
    """
    table: Table = inspect_mapper(model).base_mapper.local_table
    return table


db = SQLAlchemy(model_class=Base)
migrate = Migrate(render_as_batch=True, compare_type=True)
login_manager = LoginManager()
csrf = CSRFProtect()
compress = Compress()
mail = Mail()


class Model(db.Model):  # type: ignore[name-defined,misc] # made by Flask-SQLAlchemy at run time
    """The base class of every table of ours."""

    __abstract__ = True

    @classmethod
    def __table_cls__(cls, name: str, metadata: MetaData, *parts: object, **options: object) -> Table | None:
        """Create the table under its prefixed name, with foreign keys to prefixed names."""
        is_prefixed = bool(TABLE_PREFIX) and cls.__module__.startswith("admin_app.models.")
        if is_prefixed:
            name = f"{TABLE_PREFIX}{name}"
            for key in (key for one in parts if isinstance(one, Column) for key in one.foreign_keys):
                target = key.target_tokens
                key._given_tokens = target._replace(table_name=f"{TABLE_PREFIX}{target.table_name}")  # noqa: SLF001 -- not attached yet, it is said nowhere else
        table: Table | None = super().__table_cls__(name, metadata, *parts, **options)
        if table is not None and is_prefixed:
            cls.__tablename__ = name
        return table


def this_application() -> Flask:
    """Return the current application itself and not its proxy: for threads, and for anything that keeps it."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 -- as Flask documents
    return app
