"""Find what a resource or its model lacks, each with the line to add. These are no errors, but without them lists are slower or forms poorer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import DateTime, Label, SelectBase
from sqlalchemy.sql.visitors import iterate

from admin_app.cli.check_kinds import currencies_of_amounts, limits_of_files, named_texts
from admin_app.cli.finding import Finding
from admin_app.cli.new_resource.described import ARCHIVING, PLACING
from admin_app.db.attributes import name_of, stored_column, stored_columns
from admin_app.db.joined import own_tables
from admin_app.db.keys import foreign_keys_of, has_parts, is_numbered
from admin_app.db.leading_index import lead_an_index
from admin_app.db.record import Record, title_of
from admin_app.db.versions import LEGACY
from admin_app.domain.records.archive import TIMES
from admin_app.domain.records.rules import has_to_be_given, is_read_only
from admin_app.extensions import Attribute, TableColumn, db, table_of
from admin_app.formatting import sentence_case, with_article
from admin_app.kinds import kind_of
from admin_app.kinds.other import OtherKind
from admin_app.panel.export.columns import import_columns
from admin_app.panel.registry import resources
from admin_app.panel.resource import Resource


def findings_of_resources() -> Iterator[Finding]:
    """Check every resource."""
    for resource in resources():
        for look in LOOKS:
            yield from look(resource)


def _name(resource: Resource) -> Iterator[Finding]:
    model = resource.model
    if title_of(model) or model.__str__ is not Record.__str__:
        return
    text = _short_text(resource)
    line = f'title = "{text}"' if text else "def __str__(self) -> str: …"
    yield Finding(
        f"{sentence_case(with_article(resource.noun))} is called “{model.__name__} 7”.",
        f"Add to {model.__name__}: {line}",
    )


def _types(resource: Resource) -> Iterator[Finding]:
    for name, column in stored_columns(resource.model).items():
        if not isinstance(kind_of(column), OtherKind):
            continue
        is_zoned = isinstance(column.type, DateTime)
        yield Finding(
            f"{_place(resource, name)} has the type {type(column.type).__name__}, which no kind is for: nobody can change it.",
            "Use UtcDateTime of admin_app/db/types.py."
            if is_zoned
            else "Add a kind, or name one in info: see docs/kinds.md.",
        )


def _needed(resource: Resource) -> Iterator[Finding]:
    for name, column in stored_columns(resource.model).items():
        if is_read_only(column) and has_to_be_given(column):
            yield Finding(
                f"{_place(resource, name)} is needed, and no form can give it: nobody can add {resource.nouns}.",
                "Give it a default, let it be NULL, or write: can_create = False",
            )


def _named(resource: Resource) -> Iterator[Finding]:
    """Find columns that look like an archive's or a position's column and that the model does not declare as such."""
    model = resource.model
    for name, column in stored_columns(model).items():
        kind, line = kind_of(column).name, ""
        if name in ARCHIVING and kind in TIMES and column.nullable and not model.__archived_at__:
            line = f'__archived_at__ = "{name}"'
        elif name in PLACING and kind == "whole_number" and not model.__position__:
            line = f'__position__ = "{name}"'
        if line:
            yield Finding(f"{_place(resource, name)} is a column like any other.", f"Add to {model.__name__}: {line}")


def _foreign_keys(resource: Resource) -> Iterator[Finding]:
    for key in (key for table in own_tables(resource.model) for key in foreign_keys_of(table)):
        columns = list(key.columns)
        names = [name_of(resource.model, one) for one in columns]
        if not lead_an_index(columns):
            yield Finding(
                f"{_place(resource, ', '.join(names))} is a foreign key without an index: a deletion of what it points at reads the whole table.",
                _index(columns, names),
            )


def _index(columns: Sequence[TableColumn], names: Sequence[str]) -> str:
    """Say where to declare an index. For a table that must not be altered, the model only declares existing indexes."""
    several = ", ".join(f'"{one.name}"' for one in columns)
    line = f"Add to __table_args__: Index(None, {several})"
    if len(names) == 1:
        line = f"Write: {names[0]} = mapped_column(…, index=True)"
    if not columns[0].table.info.get(LEGACY):
        return line
    return f"Make it where the table is made. {line}, which says that it is there."


def _sorts(resource: Resource) -> Iterator[Finding]:
    own = type(resource).__name__
    for name, sort in resource.list_schema.sorts.items():
        if not sort.is_own or (name == "id" and has_parts(resource.model)):
            continue
        column = stored_column(sort.column)
        if column is None:
            is_legacy = bool(table_of(resource.model).info.get(LEGACY))
            advice = _kept(name, sort.column, is_legacy=is_legacy)
            yield Finding(f"{own} sorts by {name}, which is computed for every row.", advice)
        elif not kind_of(column).is_ordered:
            yield Finding(
                f"{own} sorts by {name}, which cannot have an index.", f"Take {name} out of column_sortable_list."
            )


def _kept(name: str, attribute: Attribute, *, is_legacy: bool) -> str:
    """Say how the database can store the computed value with an index: in a generated column."""
    expression = attribute.__clause_element__()
    if is_legacy or any(isinstance(one, SelectBase) for one in iterate(expression)):
        return f"Take {name} out of column_sortable_list, or keep it in a column."
    dialect = db.engine.dialect
    compiler = dialect.ddl_compiler(dialect, None).sql_compiler  # type: ignore[arg-type]  # compiles nothing but this
    sql = compiler.process(
        expression.element if isinstance(expression, Label) else expression, include_table=False, literal_binds=True
    )
    return f'Write: {name} = mapped_column(Computed("{sql}", persisted=True)), which gets an index.'


def _unique_key(resource: Resource) -> Iterator[Finding]:
    brought = [one for one in import_columns(resource) if one.key != "id"]
    if resource.can_import and is_numbered(resource.model) and not any(one.column.unique for one in brought):
        text = _short_text(resource)
        line = f"{text} = mapped_column(…, unique=True)" if text else "can_transfer = False, or unique=True at a column"
        yield Finding(f"An imported file finds {resource.nouns} by their number only.", f"Write: {line}")


def _short_text(resource: Resource) -> str:
    columns = stored_columns(resource.model)
    return next((name for name, column in columns.items() if kind_of(column).names_records), "")


def _place(resource: Resource, name: str) -> str:
    return f"{resource.model.__name__}.{name}"


LOOKS: tuple[Callable[[Resource], Iterator[Finding]], ...] = (
    _name,
    _types,
    _needed,
    _named,
    named_texts,
    limits_of_files,
    currencies_of_amounts,
    _foreign_keys,
    _sorts,
    _unique_key,
)
