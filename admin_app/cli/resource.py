"""`manage.py resource new`: write the two files of a resource, for an existing table or for a model without a resource."""

from __future__ import annotations

from typing import Any

import click
import sqlalchemy as sa
from flask.cli import with_appcontext
from sqlalchemy import inspect as inspect_mapper

from admin_app.cli.new_resource.described import OF_EVERY_RECORD, Described, generic
from admin_app.cli.new_resource.model_file import computed_by, model_file
from admin_app.cli.new_resource.resource_file import resource_file
from admin_app.db.key_values import value_kind
from admin_app.db.record import Record
from admin_app.errors import NotFoundError
from admin_app.extensions import TABLE_PREFIX, db, table_of
from admin_app.formatting import in_words
from admin_app.panel.registry import resource_of


@click.group()
def resource() -> None:
    """Write the files of a new resource."""


@resource.command()
@click.argument("name", metavar="TABLE_OR_MODEL")
@click.option(
    "--legacy", "is_legacy", is_flag=True, help="The table must not be altered: it gets no column and no index."
)
@with_appcontext
def new(name: str, *, is_legacy: bool) -> None:
    """Print the files that put a table or a model into the dashboard. Read them, then save them under the names in their first lines."""
    model = next((one for one in _models().values() if name in {one.__name__, table_of(one).name}), None)
    if model is not None:
        _print_for_model(model)
    else:
        _print_for_table(name, is_legacy=is_legacy)


def _models() -> dict[str, type[Record]]:
    return {str(one.local_table.name): one.class_ for one in Record.registry.mappers if issubclass(one.class_, Record)}


def _print_for_model(model: type[Record]) -> None:
    if resource_of(model) is not None:
        message = f"{model.__name__} has a resource already."
        raise click.ClickException(message)
    one = Described(table_of(model), _named(), mapper=inspect_mapper(model))
    # Inside an application, resources are wherever it keeps them.
    folder = "resources" if TABLE_PREFIX else "admin_app/resources"
    _print(f"{folder}/{one.module}.py", resource_file(one, model=model.__name__, module=model.__module__))


def _print_for_table(name: str, *, is_legacy: bool) -> None:
    inspector = sa.inspect(db.engine)
    is_view = name in inspector.get_view_names()
    if not is_view and name not in inspector.get_table_names():
        message = f"“{name}” is neither a model nor a table of the database."
        raise NotFoundError(message)
    table = sa.Table(name, sa.MetaData(), autoload_with=db.engine, resolve_fks=False)
    _find_expressions(table)
    one = Described(table, _named(), _unique(name), is_legacy=is_legacy or is_view, is_view=is_view)
    _require_key(one)
    _print(f"admin_app/models/{one.module}.py", model_file(one))
    _print(
        f"admin_app/resources/{one.module}.py",
        resource_file(one, model=one.model, module=f"admin_app.models.{one.module}"),
    )
    if one.unknown:
        message = (
            f"It points at {in_words(one.unknown)}, of which there is no model yet. Make that first, and ask again."
        )
        click.echo(message, err=True)
    if one.is_legacy:
        click.echo(f"No migration alters {name}.", err=True)
        return
    if missing := [column for column in OF_EVERY_RECORD[1:] if column not in table.columns]:
        click.echo(f"The migration will add to {name}: {', '.join(missing)}.", err=True)
    click.echo('Then run: manage.py db migrate -m "..." and manage.py db upgrade', err=True)


def _find_expressions(table: sa.Table) -> None:
    """Read what SQLite computes its columns by, where SQLAlchemy does not find it."""
    lost = [one for one in table.columns if one.computed is not None and not str(one.computed.sqltext)]
    for one in lost:
        if one.computed is not None:
            one.computed.sqltext = sa.text(computed_by(_statement(table.name), str(one.name)))


def _statement(table: str) -> str:
    with db.engine.connect() as connection:
        statement = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name")
        return str(connection.scalar(statement, {"name": table}))


def _require_key(one: Described) -> None:
    """Refuse a table whose rows nothing tells apart, or nothing that an address has room for."""
    if not one.is_view and not one.table.primary_key.columns:
        message = f"{one.table.name} has no primary key, by which its rows are told apart."
        raise click.ClickException(message)
    if wrong := [key.name for key in one.keys if value_kind(generic(key.type)) is None]:
        message = f"The key {wrong[0]} of {one.table.name} is of a type that no address can name."
        raise click.ClickException(message)


def _unique(name: str) -> frozenset[str]:
    """Return the columns with a unique index of their own. SQLite creates one for a constraint."""
    inspector = sa.inspect(db.engine)
    indexes: list[Any] = [one for one in inspector.get_indexes(name, include_auto_indexes=True) if one["unique"]]
    names = [one["column_names"] for one in (*indexes, *inspector.get_unique_constraints(name))]
    return frozenset(str(one[0]) for one in names if len(one) == 1)


def _named() -> dict[str, tuple[str, str]]:
    return {table: (model.__name__, model.__module__) for table, model in _models().items()}


def _print(path: str, text: str) -> None:
    click.echo(f"# {path}\n{text}")
