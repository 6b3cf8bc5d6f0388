"""Draw changes field by field: old and new value, related records by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from flask import url_for
from sqlalchemy import select

from admin_app import formatting
from admin_app.db.json_values import recorded_models, row_columns
from admin_app.db.key_parts import CompositeKey
from admin_app.db.keys import Key, keys_in
from admin_app.db.record import Record
from admin_app.domain.audit.diff import Piece, PieceKind, cut, replaced, words_diff
from admin_app.domain.audit.links import keys_from_history
from admin_app.domain.audit.reader import titles_of
from admin_app.domain.audit.undo import keeps_former
from admin_app.domain.audit.undo_words import way_in_words
from admin_app.domain.permissions.policy import Action
from admin_app.extensions import Expression, TableColumn, Values, db
from admin_app.kinds import kind_of
from admin_app.kinds.json import JsonKind
from admin_app.models.change_set import Change, ChangeSet, Did, Kind
from admin_app.panel.access.access import (
    LONGEST_NAME,
    Access,
    access_of,
    access_of_first_class,
    accesses_of_table,
    accesses_to,
)
from admin_app.panel.access.audit import summary_of
from admin_app.panel.access.of_record import access_of_record, look_at
from admin_app.panel.history.several_columns import Beside, held_beside, pointed_at, ties_of_several
from admin_app.panel.history.view_models import Entry, FieldChange
from admin_app.panel.kinds import column_cell, value_cell
from admin_app.panel.links import link, record_url
from admin_app.panel.view_models import Cell
from admin_app.relations import ManyToMany, ToOne, row_links

# Set automatically: they repeat the entry's own time and number.
_OWN = ("id", "created_at", "updated_at")


@dataclass(frozen=True)
class Names:
    """The names and addresses of records, by a column and its value; and the values of columns that changes left alone."""

    by_value: Mapping[tuple[object, object], tuple[str, str]]
    beside: Beside

    def of(self, column: Expression, value: object) -> tuple[str, str]:
        """Return a record's name and address; the value itself if no name is known."""
        return self.by_value.get((column, value), (f"{value}", ""))


def entries_of(pairs: Sequence[tuple[Change | None, ChangeSet]]) -> tuple[Entry, ...]:
    """Draw changes, and change sets that changed nothing. The records that they refer to are read by one statement per model."""
    names = _names([change for change, _ in pairs if change is not None])
    look_at((change.model, change.record_id) for change, _ in pairs if change is not None)
    return tuple(_entry(change, done, names) if change is not None else _act(done) for change, done in pairs)


def fields_of(changes: Sequence[Change]) -> list[tuple[FieldChange, ...]]:
    """Draw the changed fields of each of these changes, made or planned."""
    names, models = _names(changes), recorded_models()
    return [tuple(_fields(change, models[change.model], names)) for change in changes]


# Kinds whose summary says how it was done: "Signed in" and "Undid: ..." need no "by".
_TELLING = frozenset(
    {
        Kind.SIGN_IN,
        Kind.SIGN_IN_FAILED,
        Kind.SIGN_OUT,
        Kind.ACCESS,
        Kind.EXPORT,
        Kind.DEMO,
        Kind.PRUNE,
        Kind.NOTE,
        Kind.FORGET,
        Kind.UNDO,
    }
)


def way_of(done: ChangeSet) -> str:
    """Say how a change set was done; "" if its summary does."""
    return "" if done.kind in _TELLING else way_in_words(done)


def time_cell(done: ChangeSet) -> Cell:
    """Draw the time of a change set."""
    return value_cell(done.at, is_whole=False)


def _entry(change: Change, done: ChangeSet, names: Names) -> Entry:
    model, access = recorded_models().get(change.model), access_of_record(change.model, change.record_id)
    may_see = access is not None and access.may(Action.HISTORY)
    return Entry(
        id=str(change.id),
        did=Did(change.act).past,
        noun=access.resource.noun if access is not None else change.model,
        title=_title(change, access),
        history_url=link(access.resource, "history_view", id=change.record_id)
        if access is not None and may_see
        else "",
        who=formatting.actor_name(done.actor),
        at=time_cell(done),
        kind=done.kind,
        way=way_in_words(done),
        set_url=url_for("activity.set_view", id=done.id),
        reason=done.reason or "",
        fields=tuple(_fields(change, model, names)) if model is not None else (),
        is_whole=change.act != Did.UPDATE,
        is_secret=not keeps_former(change),
    )


def _title(change: Change, access: Access | None) -> str:
    if access is not None:
        return access.former_title(change)
    return formatting.excerpt(change.title, LONGEST_NAME) or f"{change.model} {change.record_id}"


def _act(done: ChangeSet) -> Entry:
    return Entry(
        id="",
        did="",
        noun="",
        title="",
        history_url="",
        who=formatting.actor_name(done.actor),
        at=time_cell(done),
        kind=done.kind,
        way=way_in_words(done),
        set_url=url_for("activity.set_view", id=done.id),
        reason=done.reason or "",
        fields=(),
        said=formatting.in_sentence(summary_of(done)),
    )


def _fields(change: Change, model: type[Record], names: Names) -> Iterable[FieldChange]:
    access = access_of(model)
    columns, links = row_columns(model), row_links(model)
    pointed, told = _pointed(change, model, names)
    yield from pointed
    # Former columns too: the history is not rewritten when a table changes.
    for key in {**(change.before or {}), **(change.after or {})}:
        if key in told:
            continue
        is_shown = all(one.shows(key) for one in accesses_to(model, key))
        column = columns.get(key)
        is_place = column is not None and bool(column.info.get("is_place"))
        if not is_shown or is_place or (change.act != Did.UPDATE and key in _OWN):
            continue
        name = key.removesuffix("_id") if column is not None and column.foreign_keys else key
        label = access.resource.label(name) if access is not None else formatting.label(name)
        if key in links:
            yield FieldChange(label, tuple(_linked(links[key], change, names)))
            continue
        was = _shown(access, column, change.before, key, names)
        now = _shown(access, column, change.after, key, names)
        if was is not None and now is not None and was.is_prose and now.is_prose:
            yield FieldChange(label, words_diff(was.text, now.text))
        else:
            yield FieldChange(label, tuple(_replaced(was, now)))


def _pointed(change: Change, model: type[Record], names: Names) -> tuple[list[FieldChange], set[str]]:
    """Draw changed relations over several columns; also return their columns, which need not be drawn by themselves."""
    fields: list[FieldChange] = []
    told: set[str] = set()
    touched, columns = {*(change.before or {}), *(change.after or {})}, row_columns(model)
    for tie in ties_of_several(model):
        keys = {tie.key, *tie.own_names}
        is_shown = all(one.shows(key) for key in keys for one in accesses_to(model, key))
        sides = pointed_at(tie, change, names.beside) if touched & keys and is_shown else None
        if sides is None:
            continue
        told |= {key for key in tie.own_names if not (key in columns and _keys_held_by(columns[key]))}
        was, now = (
            None if values is None else _Shown(*_called(tie, one, names))
            for values, one in zip((change.before, change.after), sides, strict=True)
        )
        access = access_of(model)
        label = access.resource.label(tie.key) if access is not None else formatting.label(tie.key)
        if sides[0] != sides[1] or was is None or now is None:
            fields.append(FieldChange(label, tuple(_replaced(was, now))))
    return fields, told


def _called(tie: ToOne, told: object, names: Names) -> tuple[str, str]:
    return (value_cell(None, is_whole=True).text, "") if told is None else names.of(tie.other, told)


def _replaced(was: _Shown | None, now: _Shown | None) -> Iterable[Piece]:
    """Show the old and the new value, or the only one of them."""
    if was is not None and now is not None:
        (gone, came) = replaced(was.text, now.text)
        return (Piece(gone.kind, gone.text, was.url), Piece(came.kind, came.text, now.url))
    only = was or now
    return (Piece(PieceKind.SAME, cut(only.text), only.url),) if only is not None else ()


def _linked(relation: ManyToMany, change: Change, names: Names) -> Iterable[Piece]:
    """Name removed links, then added ones; for a created or deleted record, all its links."""
    was, now = (
        keys_from_history(relation, values.get(relation.key) if values else None)
        for values in (change.before, change.after)
    )
    is_whole = change.act != Did.UPDATE
    found = [(PieceKind.GONE, key) for key in was if key not in now]
    found += [(PieceKind.CAME, key) for key in now if key not in was]
    for place, (kind, key) in enumerate(found):
        named, url = names.of(relation.other, key)
        yield Piece(PieceKind.SAME, ", " if place else "")
        yield Piece(PieceKind.SAME if is_whole else kind, named, url)
    if not found:
        yield Piece(PieceKind.SAME, "—")


class _Shown:
    """A value in words, with its link; prose is compared word by word."""

    def __init__(self, words: str, url: str = "", *, is_prose: bool = False) -> None:
        self.text = words
        self.url = url
        self.is_prose = is_prose


def _shown(
    access: Access | None, column: TableColumn | None, values: Values | None, key: str, names: Names
) -> _Shown | None:
    if values is None or key not in values:
        return None
    value = values[key] if column is None else kind_of(column).from_history(values[key])
    for key_column in () if column is None else _keys_held_by(column):
        if value is not None:
            return _Shown(*names.of(key_column, value))
    is_by_column = column is not None and value is not None and _is_by_column(column, value)
    if type(value) is str and value and not is_by_column:
        return _Shown(value, is_prose=True)
    called = value if access is None or is_by_column else access.resource.as_called(key, value)
    cell = column_cell(column if is_by_column else None, called, is_whole=True)
    return _Shown(cell.title if cell.iso and cell.title else f"({cell.text})" if cell.kind == "empty" else cell.text)


def _is_by_column(column: TableColumn, value: object) -> bool:
    """Whether only the column's kind can draw a value: a file, a list, JSON."""
    kind = kind_of(column)
    return (kind.is_file and bool(value)) or isinstance(value, list) or isinstance(kind, JsonKind)


def _names(changes: Sequence[Change]) -> Names:
    """Return the names and addresses of the records that changed fields refer to: read from their tables, or else from the history."""
    wanted: dict[Expression, set[object]] = defaultdict(set)
    models, beside = recorded_models(), held_beside(changes)
    for change in changes:
        columns = row_columns(models[change.model]) if change.model in models else {}
        links = row_links(models[change.model]) if change.model in models else {}
        for values in (change.before or {}, change.after or {}):
            for key, value in values.items():
                for one in _keys_held_by(columns[key]) if key in columns and value is not None else ():
                    wanted[one].add(kind_of(columns[key]).value_in_history(value))
                if key in links:
                    wanted[links[key].other].update(keys_from_history(links[key], value))
        for tie in ties_of_several(models[change.model]) if change.model in models else ():
            told = pointed_at(tie, change, beside) or ()
            wanted[tie.other].update(one for one in told if one is not None)
    found: dict[tuple[object, object], tuple[str, str]] = {}
    for column, keys in wanted.items():
        found |= _names_by(column, keys) if keys else {}
    return Names(found, beside)


def _keys_held_by(column: TableColumn) -> list[TableColumn]:
    """Return the columns to which a column refers by itself; a part of a composite key refers to no record."""
    columns = [one.column for one in column.foreign_keys if one.constraint is None or len(one.constraint.elements) == 1]
    return [one for one in columns if [one] == keys_in(one.table) or one.unique]


def _names_by(column: Expression, values: set[object]) -> dict[tuple[object, object], tuple[str, str]]:
    """Return the names of the records with these values in a column, or these composite keys."""
    table = (column.clauses.clauses[0] if isinstance(column, CompositeKey) else column).table
    found: dict[tuple[object, object], tuple[str, str]] = {}
    for access in accesses_of_table(table.name):
        found |= _seen_names(access, column, values) if access.may(Action.VIEW) else {}
    first, is_key = access_of_first_class(table.name), isinstance(column, CompositeKey) or [column] == keys_in(table)
    # If the person sees only some rows, hidden and deleted records look the same: both only have their number.
    if is_key and first is not None and first.may(Action.VIEW) and first.seen() is None and first.shows_title():
        gone = cast("set[Key]", values - {value for _, value in found})
        found |= {(column, key): named for key, named in _gone_names(first, table.name, gone).items()}
    return found


def _seen_names(
    access: Access, column: Expression, values: set[object]
) -> dict[tuple[object, object], tuple[str, str]]:
    named, seen = select(column, access.resource.model).where(column.in_(values)), access.seen()
    records = db.session.execute(named if seen is None else named.where(seen)).all()
    return {(column, value): (access.title_of(one), record_url(access, one)) for value, one in records}


def _gone_names(access: Access, table: str, keys: set[Key]) -> dict[Key, tuple[str, str]]:
    titles = titles_of(db.session, table, keys) if keys else {}
    return {
        key: (
            f"{formatting.excerpt(titles.get(key, f'{access.resource.noun} {key}'), LONGEST_NAME)} (deleted)",
            link(access.resource, "history_view", id=key) if key in titles else "",
        )
        for key in keys
    }
