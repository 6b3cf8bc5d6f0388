"""Import a file: read the operation from the choices for the file's columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement
from werkzeug.datastructures import MultiDict

from admin_app.context import zone
from admin_app.db.attributes import stored_columns
from admin_app.db.keys import is_numbered
from admin_app.domain.permissions.policy import Action
from admin_app.domain.plan.changes import Check
from admin_app.domain.plan.imported_row import KEY as RECORD_KEY
from admin_app.domain.plan.link_lookup import LinkLookup
from admin_app.domain.plan.name_lookup import CompositeLookup, NameLookup
from admin_app.domain.plan.row_matcher import RowMatcher
from admin_app.domain.records.lookup import EVERYTHING, naming_columns
from admin_app.errors import PlanError
from admin_app.extensions import TableColumn
from admin_app.formatting import sentence_case
from admin_app.panel.access.access import Access
from admin_app.panel.access.new_record import new_record
from admin_app.panel.import_.offered import (
    brought,
    columns_to_create,
    lookup_columns,
    match_columns,
    needed,
    offered_columns,
    relations_to_one,
)
from admin_app.panel.plan.operation import BulkOperation, Incoming, Pair
from admin_app.panel.plan.operations.editing import editable_fields
from admin_app.relations import ToOne, links_of
from admin_app.relations.base import Relation
from admin_app.transfer.columns import ImportColumn
from admin_app.transfer.import_.options import ImportOptions, Mode, options_of
from admin_app.transfer.import_.rows import FileColumn, RowReader, corrections_of

KEY = "import"
# Names of the pairs besides the options: the file, and the reasons whose rows are left out.
UPLOAD, LEAVE = "upload", "leave"
NOT_ANY_MORE = "You can no longer import this."


def read_import(access: Access, sent: MultiDict[str, str]) -> BulkOperation:
    """Read an import from the pairs that its plan stores; raise `PlanError` if the person no longer has the rights."""
    pairs = list(sent.items(multi=True))
    return import_of(access, options_of(pairs), pairs)


def import_of(access: Access, options: ImportOptions, pairs: Iterable[Pair] = ()) -> BulkOperation:
    """Return an import with the person's present rights. `pairs` name the file and hold the corrections."""
    further = [pair for pair in pairs if pair not in set(options.to_pairs())]
    _require_rights(access, options)
    columns = {one.key: one for one in offered_columns(access, options.mode)}
    wanted = [key for key in options.columns.values() if key not in columns and key != RECORD_KEY]
    if wanted:
        message = f"You can no longer fill in {access.resource.label(wanted[0])}."
        raise PlanError(message)
    relations = relations_to_one(access)
    _require_unique(access, options, relations)
    file_columns = [_file_column(place, columns[key], relations, options) for place, key in options.columns.items()]
    return BulkOperation(
        key=KEY,
        action=Action.IMPORT,
        verb="Import",
        done="imported",
        same="the same as before",
        what=_words(access, options),
        pairs=[*options.to_pairs(), *further],
        incoming=Incoming(
            _matcher(access, options, relations),
            RowReader(file_columns, options, corrections_of(further), zone()),
            int(dict(further).get(UPLOAD, "0")),
            tuple(text for name, text in further if name == LEAVE),
        ),
    )


def _require_rights(access: Access, options: ImportOptions) -> None:
    if not access.resource.can_import:
        message = f"{sentence_case(access.resource.nouns)} cannot be imported."
        raise PlanError(message)
    if not all(access.may(action) for action in needed(options.mode)):
        raise PlanError(NOT_ANY_MORE)


def _require_unique(access: Access, options: ImportOptions, relations: Mapping[str, Relation]) -> None:
    """Raise `PlanError` if the column that finds a row's record, or a related one, is hidden or not unique."""
    known = match_columns(access)
    if options.match and options.match not in known:
        message = f"“{options.match}” does not find one {access.resource.noun}: choose from {', '.join(known)}."
        raise PlanError(message)
    named = {key: "" for key in options.columns.values() if key in relations and not relations[key].own_name}
    for key, by in {**named, **options.by}.items():
        names = lookup_columns(access, relations[key]) if key in relations else ()
        if by not in names:
            message = f"“{by}” does not name one record for {key}: choose from {', '.join(names)}."
            raise PlanError(message)


def _file_column(
    place: int, column: ImportColumn, relations: Mapping[str, Relation], options: ImportOptions
) -> FileColumn:
    by, relation = options.by.get(column.key, RECORD_KEY), relations.get(column.key)
    is_named = relation is not None and by != RECORD_KEY
    return FileColumn(place, column, _namer(relation, by) if relation is not None and is_named else None)


def _matcher(access: Access, options: ImportOptions, relations: Mapping[str, Relation]) -> RowMatcher:
    keys = [key for key in options.columns.values() if key != RECORD_KEY]
    named = {key: _named(access, relations[key], options) for key in keys if key in relations}
    ties = {key: one for key in named if isinstance(one := relations[key], ToOne) and not one.own_name}
    return RowMatcher(
        access.resource.model,
        brought(access, keys),
        match=options.match,
        may_add=options.mode is not Mode.UPDATE,
        may_change=options.mode is not Mode.ADD,
        gives_keys=access.authority.principal is None or not is_numbered(access.resource.model),
        seen=access.seen(),
        editable=access.rows(Action.EDIT),
        named={key: one for key, one in named.items() if key not in ties},
        checks=_checks(access, options),
        links={key: _links(access, key, options) for key in keys if access.resource.is_links(key)},
        seen_beyond=_seen_beyond(access),
        given=new_record(access).columns(access),
        named_ties=[CompositeLookup(one, named[key]) for key, one in ties.items()],
    )


def _seen_beyond(access: Access) -> Mapping[str, ColumnElement[bool]]:
    """Return the related rows that the person may see, for each relation with rows that they may not see."""
    names = (name for name, one in access.resource.relations.items() if not one.is_many)
    return {name: seen for name in names if (seen := access.seen_beyond(name)) is not None}


def _named(access: Access, relation: Relation, options: ImportOptions) -> NameLookup:
    key = relation.own_name or relation.key
    by = options.by.get(key, RECORD_KEY)
    made = columns_to_create(access, relation, by) if key in options.makes else ()
    if key in options.makes and not made:
        raise PlanError(NOT_ANY_MORE)
    return NameLookup(_namer(relation, by), relation.target, access.seen_beyond(relation.key), made, relation.other)


def _namer(relation: Relation, by: str) -> TableColumn:
    return relation.other if by == RECORD_KEY else stored_columns(relation.target)[by]


def _links(access: Access, key: str, options: ImportOptions) -> LinkLookup:
    relation = links_of(access.resource.model)[key]
    columns, other = naming_columns(relation.target, EVERYTHING), access.beyond(key)
    shown = [one for one in columns if other is None or other.shows(one.key)]
    return LinkLookup(relation, shown, access.seen_beyond(key), adds=key in options.keeps)


def _checks(access: Access, options: ImportOptions) -> Mapping[str, Check]:
    """Return the form's checks beyond the rules of the columns."""
    fields = [one for action in needed(options.mode) for one in editable_fields(access, MultiDict(), action).values()]
    return {one.key: one.check for one in fields if one.check is not None}


def _words(access: Access, options: ImportOptions) -> Sequence[Pair]:
    """Return what was chosen, as label and value."""
    resource = access.resource
    modes = {
        Mode.ADD: f"Add new {resource.nouns}",
        Mode.UPDATE: f"Change existing {resource.nouns}",
        Mode.BOTH: f"Add new {resource.nouns} and change existing ones",
    }
    labels = [resource.label(key) for key in options.columns.values() if key != RECORD_KEY]
    matched = [("Found by", resource.label(options.match))] if options.match and options.mode is not Mode.ADD else []
    return [("Rows", modes[options.mode]), *matched, ("Columns", ", ".join(labels))]
