"""Changes as a page shows them: field by field, old and new, other records by their names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from flask import url_for
from sqlalchemy import select

from admin_app import formatting
from admin_app.db.json_values import recorded_models, row_columns
from admin_app.db.keys import Key, keys_in
from admin_app.db.record import Record
from admin_app.domain.audit.diff import Piece, PieceKind, cut, replaced, words_diff
from admin_app.domain.audit.links import keys_from_history
from admin_app.domain.audit.reader import titles_of
from admin_app.domain.audit.undo import keeps_former
from admin_app.domain.audit.undo_words import named_way
from admin_app.domain.permissions.policy import Action
from admin_app.extensions import TableColumn, Values, db
from admin_app.kinds import kind_of
from admin_app.models.change_set import Change, ChangeSet, Did, Kind
from admin_app.panel.access.access import LONGEST_NAME, Access, access_of, access_of_table, accesses_to
from admin_app.panel.history.view_models import Entry, FieldChange
from admin_app.panel.kinds import column_cell, value_cell
from admin_app.panel.links import link, record_url
from admin_app.panel.view_models import Cell
from admin_app.relations import ManyToMany, links_of

# Set by themselves: what they hold is the entry's own time and number.
_OWN = ("id", "created_at", "updated_at")

Names = Mapping[tuple[str, Key], tuple[str, str]]


def entries_of(pairs: Sequence[tuple[Change | None, ChangeSet]]) -> tuple[Entry, ...]:
    """Draw changes, and change sets that changed nothing; the records they point at are read by one statement a model."""
    names = _names(change for change, _ in pairs if change is not None)
    return tuple(_entry(change, done, names) if change is not None else _act(done) for change, done in pairs)


def fields_of(changes: Sequence[Change]) -> list[tuple[FieldChange, ...]]:
    """Draw what each of these changes does to its record's fields, whether it was made or is only planned."""
    names, models = _names(changes), recorded_models()
    return [tuple(_fields(change, models[change.model], names)) for change in changes]


# Acts whose summary says by itself in which way they were done: "Signed in" needs no "by sign-in".
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
    }
)


def way_of(done: ChangeSet) -> str:
    """Say in which way a change set was done, "" where its summary does."""
    return "" if done.kind in _TELLING else _way(done)


def _way(done: ChangeSet) -> str:
    return "" if done.kind == Kind.FORM else named_way(done)


def time_cell(done: ChangeSet) -> Cell:
    """Draw when a change set was."""
    return value_cell(done.at, is_whole=False)


def _entry(change: Change, done: ChangeSet, names: Names) -> Entry:
    model, access = recorded_models().get(change.model), access_of_table(change.model)
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
        way=_way(done),
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
        way=_way(done),
        set_url=url_for("activity.set_view", id=done.id),
        reason=done.reason or "",
        fields=(),
        said=formatting.in_sentence(done.summary),
    )


def _fields(change: Change, model: type[Record], names: Names) -> Iterable[FieldChange]:
    access = access_of(model)
    columns, links = row_columns(model), links_of(model)
    # Also columns that there were once: the history is not rewritten when a table is.
    for key in {**(change.before or {}), **(change.after or {})}:
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
            pieces = words_diff(was.text, now.text)
        elif was is not None and now is not None:
            (gone, came) = replaced(was.text, now.text)
            pieces = (Piece(gone.fate, gone.text, was.url), Piece(came.fate, came.text, now.url))
        else:
            only = was or now
            pieces = (Piece(PieceKind.SAME, cut(only.text), only.url),) if only is not None else ()
        yield FieldChange(label, pieces)


def _linked(relation: ManyToMany, change: Change, names: Names) -> Iterable[Piece]:
    """Name what was linked and is no more, then what came; of a record that came or went, all that it was linked with."""
    was, now = (
        keys_from_history(relation, values.get(relation.key) if values else None)
        for values in (change.before, change.after)
    )
    is_whole = change.act != Did.UPDATE
    found = [(PieceKind.GONE, key) for key in was if key not in now]
    found += [(PieceKind.CAME, key) for key in now if key not in was]
    for place, (fate, key) in enumerate(found):
        named, url = names.get((relation.other.table.name, key), (f"{key}", ""))
        yield Piece(PieceKind.SAME, ", " if place else "")
        yield Piece(PieceKind.SAME if is_whole else fate, named, url)
    if not found:
        yield Piece(PieceKind.SAME, "—")


class _Shown:
    """A value in words, with where it leads; prose is compared word by word."""

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
            named, url = names.get((key_column.table.name, value), (f"{value}", ""))
            return _Shown(named, url)
    if column is not None and value and kind_of(column).is_file:
        return _Shown(column_cell(column, value, is_whole=True).text)
    if type(value) is str and value:
        return _Shown(value, is_prose=True)
    cell = value_cell(value if access is None else access.resource.as_called(key, value), is_whole=True)
    return _Shown(cell.title if cell.iso and cell.title else f"({cell.text})" if cell.kind == "empty" else cell.text)


def _names(changes: Iterable[Change]) -> Names:
    """Return the names of the records that changed fields point at, and where they are: read, or as the history has them."""
    wanted: dict[str, set[Key]] = defaultdict(set)
    models = recorded_models()
    for change in changes:
        columns = row_columns(models[change.model]) if change.model in models else {}
        links = links_of(models[change.model]) if change.model in models else {}
        for values in (change.before or {}, change.after or {}):
            for key, value in values.items():
                for one in _keys_held_by(columns[key]) if key in columns and value is not None else ():
                    wanted[one.table.name].add(kind_of(columns[key]).value_in_history(value))
                if key in links:
                    wanted[links[key].other.table.name].update(keys_from_history(links[key], value))
    found: dict[tuple[str, Key], tuple[str, str]] = {}
    for table, keys in wanted.items():
        found |= _names_in(table, keys)
    return found


def _keys_held_by(column: TableColumn) -> list[TableColumn]:
    """Return the keys that a column alone holds: what is one value of several, or no key, names no record."""
    return [one.column for one in column.foreign_keys if [one.column] == keys_in(one.column.table)]


def _names_in(table: str, keys: set[Key]) -> dict[tuple[str, Key], tuple[str, str]]:
    access = access_of_table(table)
    if access is None or not access.may(Action.VIEW):
        return {}
    model, seen = access.resource.model, access.seen()
    named = select(model).where(model.id.in_(keys))
    records = db.session.scalars(named if seen is None else named.where(seen)).all()
    found = {(table, one.id): (access.title_of(one), record_url(access, one)) for one in records}
    # Of who is not seen and of who is gone, the number is all there is to say where not everybody is seen.
    gone = keys - {one.id for one in records} if seen is None and access.shows_title() else set()
    titles = titles_of(db.session, table, gone) if gone else {}
    for key in gone:
        title = formatting.excerpt(titles.get(key, f"{access.resource.noun} {key}"), LONGEST_NAME)
        found[table, key] = (
            f"{title} (deleted)",
            link(access.resource, "history_view", id=key) if key in titles else "",
        )
    return found
