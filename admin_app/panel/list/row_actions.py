"""The actions that a person may take on rows: the bulk actions of a list, and a resource's own actions on single records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import and_, literal, select

from admin_app.db.json_values import history_columns
from admin_app.db.keys import Key
from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.errors import ConfigurationError
from admin_app.extensions import AnyRow, Expression, db
from admin_app.panel.access.access import Access
from admin_app.panel.links import link
from admin_app.panel.list.view_models import RowWay
from admin_app.panel.resource import ROW_ACTION_VIEW, BulkAction, Resource
from admin_app.panel.row_action import RowAction
from admin_app.panel.view_models import Link
from admin_app.selection.paging.planner import KEYS

# The page that gives records to another one.
GIVE = "give_view"
# The page that orders records by position.
ORDER_VIEW = "order_view"


def require_row_actions(resource: Resource) -> None:
    """Raise `ConfigurationError` for an own action of a resource whose changes a plan could not show, write or undo."""
    for one in resource.acts:
        if (problem := _problem_with(resource, one)) is not None:
            message = f"{type(resource).__name__}.{type(one).__name__} {problem}."
            raise ConfigurationError(message)


def bulk_actions(access: Access) -> Sequence[BulkAction]:
    """Return the bulk actions that the person may take."""
    offered = access.resource.offered_bulk_actions
    return access.once("bulk actions", lambda: [one for one in offered() if _may_in_bulk(access, one)])


def may_act(access: Access, action: RowAction) -> bool:
    """Whether the person may take this action on some records: they have the right, and may write the fields that it writes."""
    return (
        access.resource.is_open_to_bulk and access.may(action.needs) and _may_write(access, action.writes, action.needs)
    )


def links_by_record(access: Access, records: Sequence[Record], url: str) -> Mapping[Key, Sequence[Link]]:
    """Return links to the actions that the person may take on each of these records; their pages lead back to `url`.

    It needs at most one statement for all records, and none if the resource has no own actions.
    """
    actions = [one for one in access.resource.acts if may_act(access, one)]
    orders = _orders(access, records, url)
    if not actions or not records or not access.may(Action.LIST):
        return orders
    found = _told(access, actions, records) or _asked(access, actions, records)
    return {
        key: [
            *(_link(access, one, key, url) for one, may in zip(actions, may_each, strict=True) if may),
            *orders.get(key, ()),
        ]
        for key, *may_each in found
    }


def links_of_record(access: Access, record: Record, url: str) -> Sequence[Link]:
    """Return links to the actions that the person may take on one record; their pages lead back to `url`."""
    return links_by_record(access, [record], url).get(record.id, ())


def _told(access: Access, actions: Sequence[RowAction], records: Sequence[Record]) -> Sequence[AnyRow]:
    """Return for each record's key which actions fit it, if the records themselves show that; nothing if one does not."""
    rows = [(record.id, *(one.fits(record) for one in actions)) for record in records]
    is_open = all(access.rows(one.needs) is None for one in actions)
    return rows if is_open and not any(fits is None for _, *each in rows for fits in each) else ()


def _asked(access: Access, actions: Sequence[RowAction], records: Sequence[Record]) -> Sequence[AnyRow]:
    """Return for each record's key which actions fit it, by a statement."""
    model, keys = access.resource.model, [record.id for record in records]
    fits = [_fits(access, one) for one in actions]
    return db.session.execute(select(model.id, *fits).where(model.id.in_(keys))).all()


def ways_of_rows(access: Access, url: str) -> tuple[RowWay, ...]:
    """Return the further links of every row that the person may follow; their pages lead back to `url`."""
    resource, may = access.resource, access.may
    is_given = any(one.view == GIVE for one in bulk_actions(access))
    found = (
        RowWay("record", link(resource, "index_view") if may(Action.VIEW) else ""),
        RowWay("give", f"{link(resource, GIVE)}?{KEYS}=" if is_given else ""),
        RowWay("history", f"{link(resource, 'history_view', url=url)}&id=" if may(Action.HISTORY) else ""),
    )
    return tuple(one for one in found if one.url)


def _problem_with(resource: Resource, action: RowAction) -> str | None:
    kept = history_columns(resource.model)
    if not resource.is_open_to_bulk:
        return "is for records that are judged one by one, which plans cannot do"
    if not action.writes:
        return "writes no column: an action has to leave something that can be seen"
    unknown = [name for name in action.writes if name not in kept]
    if unknown:
        return f"writes {', '.join(unknown)}, of which the history keeps nothing"
    if [one.name for one in resource.acts].count(action.name) > 1:
        return "has the name of another one"
    return None


def _may_in_bulk(access: Access, one: BulkAction) -> bool:
    if not all(map(access.may, one.actions)):
        return False
    fields = None if one.fields is None else one.fields(access.resource)
    may_write_one = fields is None or any(access.may_write(name, one.action) for name in fields)
    return may_write_one and (not one.is_plan or _may_write(access, one.writes, one.action))


def _may_write(access: Access, names: Iterable[str], action: Action) -> bool:
    return all(access.may_write(name, action) for name in names)


def _fits(access: Access, action: RowAction) -> Expression:
    rows = (access.rows(action.needs), action.allowed(access.authority.principal))
    return and_(literal(value=True), *(one for one in rows if one is not None))


def _orders(access: Access, records: Sequence[Record], url: str) -> Mapping[Key, Sequence[Link]]:
    """Return links to the page that orders records by position."""
    name = access.resource.model.__position__
    if not name or not access.may_write(name, Action.EDIT):
        return {}
    return {
        key: [Link("Change order", link(access.resource, ORDER_VIEW, id=key, url=url))]
        for key in access.reached(records, Action.EDIT)
    }


def _link(access: Access, action: RowAction, key: Key, url: str) -> Link:
    label = f"{action.label}…" if action.asks else action.label
    return Link(label, link(access.resource, ROW_ACTION_VIEW, action=action.name, id=key, url=url))
