"""What a person may import: new records or changes, the columns, and the columns that find a record."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from http import HTTPStatus

from flask import abort
from sqlalchemy import Column, Text

from admin_app.db.attributes import is_secret, stored_columns
from admin_app.db.json_values import history_columns
from admin_app.db.keys import has_parts, is_numbered, key_names
from admin_app.db.unique_together import unique_groups
from admin_app.domain.permissions.policy import Action
from admin_app.domain.records.rules import is_required
from admin_app.extensions import TableColumn
from admin_app.formatting import in_words
from admin_app.kinds import kind_of
from admin_app.panel.access.access import Access
from admin_app.panel.export.columns import ignored_headers, import_columns
from admin_app.panel.export.headers import Headers
from admin_app.panel.import_.other_names import column_meant
from admin_app.relations.base import Relation
from admin_app.transfer.columns import ImportColumn
from admin_app.transfer.import_.headers import column_called
from admin_app.transfer.import_.options import Mode

# The key column: it finds a record and is never written.
KEY = "id"
# In the order of the page.
_MODES = (Mode.BOTH, Mode.ADD, Mode.UPDATE)


def needed(mode: Mode) -> Sequence[Action]:
    """Return the rights that an import in this mode needs in addition to `Action.IMPORT`."""
    adding = [Action.CREATE] if mode is not Mode.UPDATE else []
    return [*adding, *([Action.EDIT] if mode is not Mode.ADD else [])]


def modes(access: Access) -> tuple[Mode, ...]:
    """Return the modes that the person has the rights for."""
    return tuple(mode for mode in _MODES if all(access.may(action) for action in needed(mode)))


def may_import(access: Access) -> bool:
    """Whether the person may import here: `Action.IMPORT` alone neither adds nor changes."""
    return access.resource.can_import and access.may(Action.IMPORT) and bool(modes(access))


def require_import(access: Access) -> None:
    """Answer 403 if the person may not import here."""
    if not may_import(access):
        abort(HTTPStatus.FORBIDDEN)


def offered_columns(access: Access, mode: Mode) -> Sequence[ImportColumn]:
    """Return the columns that a file may fill: those of the form's fields, and the key that finds a record.

    The command line may fill more: keys of new records, and their creation times.
    """
    found = [*import_columns(access.resource), *composite_columns(access)]
    if access.authority.principal is None:
        return found
    form = {*access.resource.changeable(), *filter(access.resource.is_links, access.resource.form_columns)}

    def is_offered(one: ImportColumn) -> bool:
        name = field_of(access, one.key)
        return name in form and all(access.may_write(name, action) for action in needed(mode))

    own = key_columns(access)
    return [one for one in found if one.key in own or is_offered(one)]


def composite_columns(access: Access) -> list[ImportColumn]:
    """Return a column for each relation over several columns whose record one cell can name. No title means it by itself."""
    ties = [one for one in _of_several(access) if lookup_columns(access, one)]
    headers = Headers(access.resource)
    return [
        ImportColumn(
            one.key,
            access.resource.label(one.key),
            Column(one.key, Text),
            names=tuple(one.own_names),
            written=(headers.of(one.key),),
        )
        for one in ties
    ]


def columns_titled(access: Access, by: Collection[str]) -> list[ImportColumn]:
    """Return the columns that titles may mean. A relation over several columns is one of them only if `by` names it."""
    return [*import_columns(access.resource), *(one for one in composite_columns(access) if one.key in by)]


def brought(access: Access, keys: Iterable[str]) -> tuple[str, ...]:
    """Return the model's columns that these columns of a file fill: the name of a related record fills several."""
    ties = {one.key: one.own_names for one in _of_several(access)}
    return tuple(dict.fromkeys(column for key in keys for column in ties.get(key, [key])))


def key_columns(access: Access) -> list[str]:
    """Return the columns that identify a record in a file: the key, or each part of a composite key."""
    model = access.resource.model
    return key_names(model) if has_parts(model) else [KEY]


def is_found(access: Access, match: str, keys: Collection[str]) -> bool:
    """Whether these columns are enough to find a record by `match`."""
    return set(key_columns(access) if match == KEY else [match]) <= {*brought(access, keys)}


def importable_columns(access: Access) -> Mapping[str, ImportColumn]:
    """Return the columns that at least one mode of import accepts, the key first."""
    found = {one.key: one for mode in modes(access) for one in offered_columns(access, mode)}
    first = [KEY] if KEY in found else []
    return {key: found[key] for key in (*first, *(key for key in found if key != KEY))}


def why_not_importable(access: Access, title: str) -> str:
    """Say why the column that a title names can't be filled in; "" if it can, or if the person may not see it."""
    columns = import_columns(access.resource)
    column = column_called(title, columns, ignored_headers(access)) if title else None
    if column is None:
        known = {one.key: one for one in columns}
        column = known.get(column_meant(title, known))
    if column is None or column.key in importable_columns(access) or not access.shows(column.key):
        return ""
    is_of_form = field_of(access, column.key) in access.resource.changeable()
    label = label_of(access, column)
    return f"You cannot fill in {label}." if is_of_form else f"{label} is filled in by the dashboard."


def field_of(access: Access, key: str) -> str:
    """Return the form's field for a column. For a foreign key, or part of one, it is the relation's field."""
    relation = relations_to_one(access).get(key)
    return (
        next((one.key for one in _of_several(access) if key in one.own_names), key)
        if relation is None
        else relation.key
    )


def label_of(access: Access, column: ImportColumn) -> str:
    """Return a column's label; a foreign key has its relation's label."""
    relation = relations_to_one(access).get(column.key)
    return access.resource.label(column.key if relation is None else relation.key)


def match_columns(access: Access) -> Mapping[str, str]:
    """Return the columns by which a row may find its record, with labels. Hidden columns are left out: a find reveals the value."""
    offered, own = importable_columns(access), key_columns(access)
    key = {KEY: in_words([label_of(access, offered[one]) for one in own])} if is_found(access, KEY, offered) else {}
    unique = {name: one for name, one in offered.items() if name not in own and one.column.unique}
    told = {name: one for name, one in unique.items() if not is_secret(one.column) and access.shows(name)}
    return key | {name: label_of(access, one) for name, one in told.items()}


def relations_to_one(access: Access) -> Mapping[str, Relation]:
    """Return the to-one relations by the key of their column in a file: the foreign key, or the relation if that has several."""
    return {one.own_name or one.key: one for one in _in_form(access)}


def _of_several(access: Access) -> list[Relation]:
    """Return the to-one relations over several columns."""
    return [one for one in _in_form(access) if not one.own_name]


def _in_form(access: Access) -> list[Relation]:
    """Return the writable to-one relations, without those that reuse other columns and aren't in the form."""
    found = (one for one in access.resource.relations.values() if not one.is_many and not one.is_view)
    return [one for one in found if one.is_plain or one.key in access.resource.form_columns]


def lookup_columns(access: Access, relation: Relation) -> Mapping[str, TableColumn]:
    """Return the unique columns by which a file may name a related record."""
    columns, other = stored_columns(relation.target), access.beyond(relation.key)
    unique = {name: one for name, one in columns.items() if _is_unique(relation, one)}
    shown = {name: one for name, one in unique.items() if other is not None and other.shows(name)}
    return {KEY: relation.other, **shown} if relation.own_name else shown


def default_lookup(access: Access, relation: Relation) -> str:
    """Return the column that is meant if nothing was chosen: the ID, or the first one available."""
    return next(iter(lookup_columns(access, relation)), KEY)


def _is_unique(relation: Relation, column: TableColumn) -> bool:
    """Whether a column identifies a related record, alone or together with the other columns of the relation: a desk in its branch."""
    if column is relation.other or column.primary_key or column.info.get("secret"):
        return False
    groups = unique_groups(column.table) if len(relation.other_columns) > 1 else []
    key = {*relation.other_columns}
    return bool(column.unique) or any(column in group and {*group} - {column} < key for group in groups)


def columns_to_create(access: Access, relation: Relation, by: str) -> tuple[str, ...]:
    """Return the columns that get the file's text when a missing related record is created; none if it can't be created.

    These are the column that names the record and its other required text columns: a new user's name is their email at first.
    """
    other = access.beyond(relation.key)
    if (
        other is None
        or by == KEY
        or not relation.is_by_key
        or not is_numbered(relation.target)
        or not other.resource.is_open_to_bulk
        or not other.may(Action.CREATE)
    ):
        return ()
    columns = {
        name: one for name, one in history_columns(relation.target).items() if not one.primary_key and is_required(one)
    }
    wanted = dict.fromkeys([by, *columns])
    if other.rows(Action.CREATE) is not None or not all(other.may_write(name, Action.CREATE) for name in wanted):
        return ()
    takes_any = all(
        name == by or (kind_of(one).is_text and not one.info and not one.unique) for name, one in columns.items()
    )
    return tuple(wanted) if takes_any else ()


def lookup_label(access: Access, relation: Relation, key: str) -> str:
    """Return the label of such a column."""
    other = access.beyond(relation.key)
    if other is None or (key == KEY and relation.is_by_key):
        return "ID"
    return other.resource.label(relation.other_name if key == KEY else key)
