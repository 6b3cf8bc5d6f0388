"""Turn constraint violations of the database into messages at the fields they concern."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from sqlalchemy import Table, UniqueConstraint
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from admin_app.db.attributes import stored_columns
from admin_app.db.caseless import former_name, index_name, is_caseless
from admin_app.db.joined import tables_of
from admin_app.db.keys import key_names, keys_in
from admin_app.db.record import Record
from admin_app.domain.naming import names_of, noun_of
from admin_app.domain.records.broken_rules import broken_rule
from admin_app.domain.records.rules import uniqueness_problem
from admin_app.errors import InvalidRecord, RecordGone
from admin_app.extensions import TableColumn
from admin_app.formatting import in_sentence, in_words, label
from admin_app.relations import links_of, relations_of
from admin_app.relations.undeclared import undeclared_dependents

REFUSED = "The database refused this record. Nothing was saved."


@contextmanager
def refusals_of(model: type[Record]) -> Iterator[None]:
    """Turn a refusal of the enclosed transaction, which is rolled back by then, into words.

    Raises `InvalidRecord` if a unique value was taken, or a related record deleted, between the check and the write,
    and `RecordGone` if the record itself was changed or deleted.
    """
    try:
        yield
    except IntegrityError as error:
        raise InvalidRecord(problems_of(error, model)) from error
    except DataError as error:
        # The rules accepted a value that the database refuses; it does not say which.
        raise InvalidRecord({"": "The database refused a value. Nothing was saved."}) from error
    except StaleDataError as error:
        message = "This record was changed or deleted at the same moment. Nothing was saved."
        raise RecordGone(message) from error


def problems_of(error: IntegrityError, model: type[Record]) -> dict[str, str]:
    """Find the columns a refusal is about. SQLite names them ("user.email"), PostgreSQL names the constraint or the index."""
    constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    text = str(error.orig)
    for table in tables_of(model):
        if found := _problems_in(table, model, text, constraint):
            return found
    for link in links_of(model).values():
        names = {
            key.constraint.name
            for key in (*link.own_link.foreign_keys, *link.other_link.foreign_keys)
            if key.constraint
        }
        if constraint in names or (constraint is None and "FOREIGN KEY" in text):
            return {
                link.key: f"One of the {in_sentence(label(link.key))} no longer exists. Check them, and save again."
            }
    if constraint is not None and (found := _problem_with_held(model, constraint)):
        return found
    for relation in inspect_mapper(model).relationships:
        keys = (key.constraint for column in relation.local_columns for key in column.foreign_keys if key.constraint)
        # Relations may share a column.
        names = {key.name for key in keys if {*key.columns} == relation.local_columns}
        if constraint in names or (constraint is None and "FOREIGN KEY" in text and names):
            return {relation.key: f"That {in_sentence(label(relation.key))} no longer exists. Choose another one."}
    found = _problem_with_held(model, constraint) if "FOREIGN KEY" in text else {}
    return found or _at_relations(broken_rule(error, model), model) or {"": REFUSED}


def _at_relations(problems: dict[str, str], model: type[Record]) -> dict[str, str]:
    return {name and _field_of(model, stored_columns(model)[name].name): words for name, words in problems.items()}


def _problem_with_held(model: type[Record], constraint: str | None) -> dict[str, str]:
    """Say which records refer to this one by a value other than its key, so that the value cannot change."""
    for relation in (*relations_of(model).values(), *undeclared_dependents(model)):
        keys = {key.constraint.name for one in relation.other_columns for key in one.foreign_keys if key.constraint}
        is_held = relation.is_many and not relation.is_by_key and (constraint is None or constraint in keys)
        if is_held:
            said = (
                f"Some {names_of(relation.target)[1]} refer to it by this. Give them to another {noun_of(model)} first."
            )
            return {relation.own_names[-1]: said}
    return {}


def _problems_in(table: Table, model: type[Record], text: str, constraint: str | None) -> dict[str, str]:
    """Find the columns of one table that have to be unique and are not."""
    for name, columns in _unique_in(table):
        failed = f"UNIQUE constraint failed: {', '.join(f'{table.name}.{one.name}' for one in columns)}"
        if (constraint and constraint == name) or text == failed:
            fields = [*_relations_by(model, columns)] or [_field_of(model, one.name) for one in columns]
            return {name: uniqueness_problem(label(name), model) for name in fields}
    # Constraints of a table that existed before may have the names that PostgreSQL gives.
    is_key = constraint is not None and constraint in {table.primary_key.name, f"{table.name}_pkey"}
    if is_key or text == f"UNIQUE constraint failed: {', '.join(map(str, keys_in(table)))}":
        return _problem_with_key(model)
    for called in (index_name, former_name):
        for column in filter(is_caseless, table.columns):
            # For an index over a function SQLite names the index, too.
            name = called(table.name, column.name)
            if constraint == name or f"'{name}'" in text:
                return {column.name: uniqueness_problem(label(column.name), model)}
    return {}


def _unique_in(table: Table) -> Iterator[tuple[object, list[TableColumn]]]:
    """Yield the names of unique constraints and indexes with their columns; an index over an expression has no columns."""
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield constraint.name, list(constraint.columns)
    for index in table.indexes:
        if index.unique and len(index.expressions) == len(index.columns):
            yield index.name, list(index.columns)


def _problem_with_key(model: type[Record]) -> dict[str, str]:
    """Say that another record has the same key; the message stands at the last of the key's fields."""
    names = key_names(model)
    if len(names) == 1:
        return {_field_of(model, names[0]): uniqueness_problem(_label_of(model, names[0]), model)}
    words = in_words([in_sentence(_label_of(model, name)) for name in names])
    said = f"Another {noun_of(model)} already has this {words}. Enter a different one."
    return {_field_of(model, names[-1]): said}


def _field_of(model: type[Record], name: str) -> str:
    """Return a column's form field: for a foreign key the relation."""
    columns = [table.c[name] for table in tables_of(model) if name in table.c]
    return next(_relations_by(model, columns[:1]), name)


def _relations_by(model: type[Record], columns: Collection[TableColumn]) -> Iterator[str]:
    """Yield the to-one relations with exactly these columns."""
    found = (one for one in relations_of(model).values() if not one.is_many)
    yield from (one.key for one in found if {*one.own_columns} == {*columns})


def _label_of(model: type[Record], name: str) -> str:
    return label(_field_of(model, name))
