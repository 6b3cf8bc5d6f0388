"""From an address to a `Selection`: what a person may request of a resource's list, with their preferences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm.interfaces import ORMOption

from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.domain.records.lookup import typed_key
from admin_app.domain.work import ticks
from admin_app.errors import SelectionError
from admin_app.extensions import db
from admin_app.panel.access.access import Access
from admin_app.panel.filters.declared import filters_shown
from admin_app.panel.list.columns import settings_for
from admin_app.panel.list.open_view import is_bare, open_view, pairs_of
from admin_app.panel.resource import CREATED_AT, by_key
from admin_app.selection.list_schema import ListSchema, SortKey
from admin_app.selection.selection import Selection, whole_number

CHILD_PAGE_SIZES = (10, 20, 50)


def schema_for(access: Access, action: Action = Action.LIST) -> ListSchema:
    """Return what a person may request of a resource's list: its declarations, without fields that they may not see."""
    declared = access.resource.list_schema
    sorts = {
        name: replace(sort, rows=access.seen_beyond(name)) if sort.is_count else sort
        for name, sort in declared.sorts.items()
        if _may_go_by(access, name, sort)
    }
    is_usual = declared.default_sort.removeprefix("-") in sorts
    second = declared.default_then if is_usual and declared.default_then.removeprefix("-") in sorts else ""
    return replace(
        declared,
        search={name: column for name, column in declared.search.items() if access.shows(name)},
        sorts=sorts,
        filters=by_key(filters_shown(access)),
        # Sorting by a hidden field would reveal it.
        default_sort=declared.default_sort if is_usual else "-id",
        default_then=second,
        rows=access.rows(action),
    )


def child_schema(access: Access, back: str) -> ListSchema:
    """Return what may be requested of a list on a parent's page, without the search for the parent itself (`back`)."""
    schema = schema_for(access)
    search = {name: column for name, column in schema.search.items() if name.partition(".")[0] != back}
    return _with_archive(access, replace(schema, search=search, filters={}, page_sizes=CHILD_PAGE_SIZES))


def selection_of(access: Access, arguments: Sequence[tuple[str, str]], *, action: Action = Action.LIST) -> Selection:
    """Read the selection of an address, among the rows for this action, with the preferences of the signed-in person.

    An address with only a view means that view's rows, never the whole list; raise `SelectionError` if the view is
    gone.
    """
    if not is_bare(arguments):
        return plain_selection(access, arguments, action=action)
    view = open_view(access.resource, whole_number(arguments[0][1]))
    if view is None:
        message = "This view does not exist, or it is not shared with you."
        raise SelectionError(message)
    return plain_selection(access, [*pairs_of(view), *arguments], action=action)


def plain_selection(access: Access, arguments: Sequence[tuple[str, str]], *, action: Action = Action.LIST) -> Selection:
    """Read the selection from the arguments alone, without the arguments of a view that they name."""
    settings = settings_for(access.resource)
    has_default = settings.default_view_id is not None
    schema = replace(schema_for(access, action), page_size=settings.page_size, has_default_view=has_default)
    selection = Selection.parse(_with_archive(access, schema), arguments)
    return ticks.meant(db.session, ticked_list(access, selection), selection) if selection.ticks else selection


def ticked_list(access: Access, selection: Selection) -> ticks.TickedList:
    """Return the key of a person's ticks on this list; the command line has no ticks."""
    person = access.authority.principal
    return ticks.TickedList(0 if person is None else person.id, access.resource.endpoint, selection.digest)


def newest(access: Access) -> Selection:
    """Return a resource's records, the newest first: by creation time if the person sees it, else by id."""
    sort = CREATED_AT if access.resource.has_times and access.shows(CREATED_AT) else "id"
    schema = replace(access.resource.newest_schema(), default_sort=f"-{sort}", rows=access.rows(Action.LIST))
    return Selection(schema=_with_archive(access, schema))


def of_number(selection: Selection, options: Sequence[ORMOption] = ()) -> Record | None:
    """Return the record whose id equals the search, if the list may contain it."""
    model = selection.schema.model
    key = typed_key(model, selection.search)
    found = select(model).where(model.id == key, *selection.scope).options(*options)
    return None if key is None else db.session.scalar(found)


def _with_archive(access: Access, schema: ListSchema) -> ListSchema:
    """Leave archived rows out of the list unless they are requested."""
    return replace(schema, archived=access.archived(), archived_name=schema.model.__archived_at__)


def _may_go_by(access: Access, name: str, sort: SortKey) -> bool:
    """Whether the person sees the column that a sort uses; under a relation's name it is the related record's."""
    return access.shows(name if sort.relation is None else f"{sort.relation.key}.{sort.column.key}")
