"""`manage.py resource new`: write the two files of a resource, for existing tables or for a model without a resource."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import click
from flask.cli import with_appcontext
from sqlalchemy import Table
from sqlalchemy import inspect as inspect_mapper

from admin_app.cli.new_resource.described import OF_EVERY_RECORD, Described
from admin_app.cli.new_resource.found import Found, find, links_to
from admin_app.cli.new_resource.links import links_of_table, target_name
from admin_app.cli.new_resource.model_file import model_file
from admin_app.cli.new_resource.names import class_name, free_name, module_name, singular
from admin_app.cli.new_resource.resource_file import resource_file
from admin_app.db.quoting import quoted
from admin_app.db.record import Record
from admin_app.extensions import TABLE_PREFIX, table_of
from admin_app.formatting import in_words
from admin_app.panel.registry import resource_of

# The model of each table: its name and its module.
Named = dict[str, tuple[str, str]]


@click.group()
def resource() -> None:
    """Write the files of a new resource."""


@resource.command()
@click.argument("names", metavar="TABLE_OR_MODEL...", nargs=-1, required=True)
@click.option(
    "--legacy", "is_legacy", is_flag=True, help="The tables must not be altered: they get no column and no index."
)
@with_appcontext
def new(names: Sequence[str], *, is_legacy: bool) -> None:
    """Print the files that put tables or a model into the dashboard. Read them, then save them under the names in their first lines.

    Tables that refer to each other belong into one call. A table of another schema is SCHEMA.TABLE.
    """
    models = {name: model for name in names if (model := _model_called(name)) is not None}
    tables = [find(name) for name in dict.fromkeys(names) if name not in models]
    for model in models.values():
        _print_for_model(model)
    if tables:
        _print_for_tables(tables, is_legacy=is_legacy)


def _model_called(name: str) -> type[Record] | None:
    return next((one for one in _models() if name in {one.__name__, one.__table__.fullname}), None)


def _models() -> list[type[Record]]:
    """Return the models, with a base class before the classes that share its table."""
    found = [one.class_ for one in Record.registry.mappers if issubclass(one.class_, Record)]
    return sorted(found, key=lambda one: (len(one.__mro__), one.__name__))


def _print_for_model(model: type[Record]) -> None:
    if resource_of(model) is not None:
        message = f"{model.__name__} has a resource already."
        raise click.ClickException(message)
    one = Described(table_of(model), _named(), mapper=inspect_mapper(model))
    # Inside an application, resources are wherever it keeps them.
    folder = "resources" if TABLE_PREFIX else "admin_app/resources"
    _print(
        f"{folder}/{module_name(model.__name__)}.py",
        resource_file(one, model=model.__name__, module=model.__module__),
    )


def _named() -> Named:
    return {str(one.__table__.fullname): (one.__name__, one.__module__) for one in reversed(_models())}


# ---- for tables


def _print_for_tables(found: Sequence[Found], *, is_legacy: bool) -> None:
    _require_names(found)
    _require_no_links(found)
    given = _in_order({str(one.table.fullname): one for one in found})
    named = _with_names(_named(), given)
    described = [*_described(given, named, is_legacy=is_legacy)]
    for one in described:
        _require_known(one)
    for one in described:
        _print(f"admin_app/models/{one.module}.py", model_file(one))
        _print(
            f"admin_app/resources/{one.module}.py",
            resource_file(one, model=one.model, module=f"admin_app.models.{one.module}"),
        )
    for one in described:
        _say_what_is_left(one)
    if not all(one.is_legacy for one in described):
        click.echo('Then run: manage.py db migrate -m "..." and manage.py db upgrade', err=True)


def _in_order(found: Mapping[str, Found]) -> dict[str, Found]:
    """Sort tables so that each comes after those that it refers to, except in circles."""
    done: dict[str, Found] = {}

    def add(name: str, above: frozenset[str]) -> None:
        if name in found and name not in {*done, *above}:
            table = found[name].table
            for other in sorted(target_name(key) for key in table.foreign_keys):
                add(other, above | {name})
            done[name] = found[name]

    for name in found:
        add(name, frozenset())
    return done


def _with_names(named: Named, given: Mapping[str, Found]) -> Named:
    """Choose the names of each table's model; existing classes and files keep theirs."""
    every = dict(named)
    for full, one in given.items():
        schema = f"{one.table.schema}_" if one.table.schema else ""
        wanted = [one.table.name, f"{schema}{one.table.name}", f"{schema}{singular(one.table.name)}_record"]
        modules = {module.rpartition(".")[2] for _, module in every.values()}
        module = free_name(map(module_name, wanted), modules)
        # Addresses and commands ignore case.
        model = free_name(map(class_name, wanted), {model for model, _ in every.values()}, alike=str.lower)
        every[full] = (model, f"admin_app.models.{module}")
    return every


def _described(given: Mapping[str, Found], named: Named, *, is_legacy: bool) -> Iterator[Described]:
    names = [*given]
    for place, one in enumerate(given.values()):
        yield Described(
            one.table,
            named,
            one.unique,
            # Neither our indexes nor our migrations reach another schema.
            is_legacy=is_legacy or one.is_view or one.table.schema is not None or bool(one.key),
            is_view=one.is_view,
            key=one.key,
            links=links_to(one.table),
            given=frozenset(given),
            later=frozenset(named[other][0] for other in names[place + 1 :]),
        )


def _require_names(found: Sequence[Found]) -> None:
    """Refuse a table with the same name as one of another schema: the history knows records by the table's name."""
    known = {str(one.__table__.name): str(one.__table__.fullname) for one in _models()}
    for one in found:
        if (other := known.setdefault(one.table.name, one.table.fullname)) != one.table.fullname:
            message = f"The tables {other} and {one.table.fullname} have one name, by which the history knows their records: only one of them can have a model. To show the other one, read-only, make a view and run this command for the view: {_view_of(one.table)}."
            raise click.ClickException(message)


def _view_of(table: Table) -> str:
    """Write a view that gives a table another name."""
    name, place = f"{table.schema or 'other'}_{table.name}", f"{quoted(table.schema)}." if table.schema else ""
    return " ".join(("CREATE VIEW", quoted(name), "AS SELECT * FROM", f"{place}{quoted(table.name)}"))


def _require_no_links(found: Sequence[Found]) -> None:
    """Refuse an association table: the files of the two tables that it links declare it."""
    for one in found:
        for link in links_of_table(one.table)[:1]:
            between = in_words([*link.sides])
            message = f"{one.table.fullname} only links {between}: ask for {between}, whose files then have the links as a relation."
            raise click.ClickException(message)


def _require_known(one: Described) -> None:
    """Refuse a table that refers to one without a model: the next migration would remove that foreign key."""
    if one.unknown and not one.is_legacy:
        message = f"{one.table.fullname} refers to {in_words(one.unknown)}, of which there is no model: ask for all of them at once."
        raise click.ClickException(message)


def _say_what_is_left(one: Described) -> None:
    for each in one.linked:
        if each.link is not None and not each.is_field:
            back = each.link.sides[0]
            click.echo(
                f"Name the relation that {one.model}.{each.name} gives {each.model} in the resource of {each.model}, whose form has the links to {one.table.fullname}: {back}.",
                err=True,
            )
    if one.unknown:
        message = f"{one.table.fullname} refers to {in_words(one.unknown)}, of which there is no model: ask for all of them at once to have the relations."
        click.echo(message, err=True)
    if one.is_legacy:
        click.echo(f"No migration alters {one.table.fullname}.", err=True)
    elif missing := [column for column in OF_EVERY_RECORD[1:] if column not in one.table.columns]:
        click.echo(f"The migration will add to {one.table.fullname}: {', '.join(missing)}.", err=True)


def _print(path: str, text: str) -> None:
    click.echo(f"# {path}\n{text}")
