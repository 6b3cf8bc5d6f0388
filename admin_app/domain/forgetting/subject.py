"""The person whose data is erased: a record's personal columns, every value that they have or had, and its stand-in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import String, UniqueConstraint, func, select

from admin_app.db.attributes import stored_columns
from admin_app.db.caseless import same
from admin_app.db.joined import tables_of
from admin_app.db.json_values import recorded_models
from admin_app.db.keys import Key, key_in, print_key
from admin_app.db.record import Record
from admin_app.domain.records.redirects import merged_into
from admin_app.errors import ConfigurationError
from admin_app.extensions import AnySession, TableColumn, Values, table_of
from admin_app.kinds import kind_of
from admin_app.models.change_set import Change

# The text that replaces a personal one.
GONE = "Forgotten"
# Stand-ins of emails use a domain that nobody can have (RFC 2606).
NOWHERE = "forgotten.invalid"


@dataclass(frozen=True)
class Subject:
    """A record to forget, which may be deleted already and only in the history.

    `distinct` are values that only this person has, such as an email, and that can be searched for in every text;
    `others`, such as a name, may belong to other people too. `files` are the file references among the values.
    `former` are the keys of records merged into this one: they were the same person.
    """

    model: type[Record]
    key: Key
    columns: dict[str, TableColumn]
    distinct: frozenset[str]
    others: frozenset[str]
    files: frozenset[str] = frozenset()
    former: tuple[Key, ...] = ()

    @property
    def keys(self) -> tuple[Key, ...]:
        """All keys of the person in the history."""
        return (self.key, *self.former)

    @property
    def table(self) -> str:
        """The name of the record's root table."""
        return table_of(self.model).name

    @property
    def values(self) -> frozenset[str]:
        """All personal values, distinct or not."""
        return self.distinct | self.others

    @property
    def stand_ins(self) -> Values:
        """The stand-ins of the personal values, by attribute name."""
        return {name: stand_in(column, self.key) for name, column in self.columns.items()}


def subject_of(session: AnySession, model: type[Record], key: Key, personal: Sequence[str]) -> Subject:
    """Collect the present and former values of a record's personal columns; the former ones are in the history."""
    columns = {name: stored_columns(model)[name] for name in personal}
    former = tuple(merged_into(session, model, key))
    found = {
        (name, value)
        for name in columns
        for one in (key, *former)
        for value in _values(session, model, one, columns[name], name)
        if value and value != stand_in(columns[name], key)
    }
    distinct = {
        value for name, value in found if is_unique(columns[name]) and not _is_shared(session, model, key, value)
    }
    files = frozenset(value for name, value in found if kind_of(columns[name]).is_file)
    others = frozenset(value for _, value in found) - distinct
    return Subject(model, key, columns, frozenset(distinct), others, files, former)


def stand_in(column: TableColumn, key: Key) -> object:
    """Return the stand-in of a personal value; raise `ConfigurationError` for a column that can hold none."""
    is_held = _is_pointed_at(column)
    if column.nullable and not (is_held and isinstance(column.type, String)):
        return None
    if not isinstance(column.type, String):
        message = f"{column}: a personal column must hold text, or may be empty."
        raise ConfigurationError(message)
    longest = column.type.length
    if not (is_held or _is_among_unique(column)):
        return GONE[:longest]
    name = f"{GONE.lower()}-{print_key(key)}"
    address = f"{name}@{NOWHERE}"
    if column.info.get("format") == "email" and (longest is None or len(address) <= longest):
        return address
    # The key at the end makes it unique.
    return name if longest is None else name[-longest:]


def is_unique(column: TableColumn) -> bool:
    """Whether no two records may have the same value in this column."""
    return bool(column.unique)


def _is_among_unique(column: TableColumn) -> bool:
    """Whether the column is part of something unique: by itself, with other columns, or in some rows only."""
    constraints = [one.columns for one in column.table.constraints if isinstance(one, UniqueConstraint)]
    indexes = [one.columns for one in column.table.indexes if one.unique]
    return is_unique(column) or any(columns.contains_column(column) for columns in (*constraints, *indexes))


def _is_pointed_at(column: TableColumn) -> bool:
    """Whether a foreign key refers to this column, so that its stand-in cannot be NULL."""
    return any(key.column is column for table in column.table.metadata.tables.values() for key in table.foreign_keys)


def _values(session: AnySession, model: type[Record], key: Key, column: TableColumn, name: str) -> Iterator[str]:
    """Yield every text that a column of a record has or had."""
    now = session.scalar(select(column).where(key_in(column.table) == key))
    rows = session.execute(
        select(Change.before, Change.after).where(Change.model == table_of(model).name, Change.record_id == key)
    )
    past = [values[name] for row in rows for values in row if values and name in values]
    yield from (one for one in (now, *past) if isinstance(one, str))


def _is_shared(session: AnySession, model: type[Record], key: Key, value: str) -> bool:
    """Whether a unique column of another record, such as a colleague's account, has the same value."""
    for table in (one for other in recorded_models().values() for one in tables_of(other)):
        for column in table.c:
            if not (is_unique(column) and isinstance(column.type, String)):
                continue
            is_other = [key_in(table) != key] if table in tables_of(model) else []
            if session.scalar(select(func.count()).select_from(table).where(same(column, value), *is_other)):
                return True
    return False
