"""One value of a record as a table, a list of facts and a form's margin show it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from admin_app.domain.permissions import Act
from admin_app.panel.elements import UNSEEN, Cell, CellKind
from admin_app.panel.engine import Engine
from admin_app.panel.kinds import value_cell
from admin_app.panel.kinds.base import GLIMPSE
from admin_app.panel.registry import resource_of
from admin_app.relations import relations_of
from admin_app.selection.counting import Count

# Plain values are their kinds' to draw; who draws cells finds both here.
__all__ = ["GLIMPSE", "cell_of", "cell_of_value", "value_cell", "value_of"]


def cell_of(
    resource: Engine, record: Any, name: str, *, counts: Mapping[str, Mapping[Any, Count]], is_whole: bool
) -> Cell:
    """Draw a column of a record; `counts` holds the numbers of children by relation and key, `is_whole` shows long text in full."""
    if resource.is_to_many(name):
        return _count_cell(resource, record, name, counts[name][record.id])
    if resource.relation(name) is not None:
        return _relation_cell(getattr(record, name))
    formatter = resource.column_formatters.get(name)
    value = resource.as_called(name, value_of(record, name))
    if formatter is not None and not is_whole:
        value = formatter(resource, None, record, name)
    return value_cell(value, is_whole=is_whole)


def value_of(record: Any, name: str) -> Any:
    """Return a column's value, of a related record ("user.email") where there is one."""
    first, _, rest = name.partition(".")
    value = getattr(record, first)
    return value if not rest or value is None else getattr(value, rest)


def cell_of_value(value: Any) -> Cell:
    """Draw a value by itself, a record by its name, long text in full."""
    return _relation_cell(value) if hasattr(type(value), "__mapper__") else value_cell(value, is_whole=True)


def _relation_cell(other: Any) -> Cell:
    if other is None:
        return Cell(CellKind.NULL, "—", "No value")
    resource = resource_of(type(other))
    if resource is None:
        return Cell(CellKind.TEXT, str(other))
    if not resource.sees(other):
        return UNSEEN
    url = resource.url_of(other) if resource.may(Act.VIEW) else ""
    return Cell(CellKind.RELATION, resource.title_of(other), resource.detail_of(other), url)


def _count_cell(resource: Engine, record: Any, name: str, count: Count) -> Cell:
    """Count the children, as a link to the list of exactly these."""
    relation = relations_of(resource.model)[name]
    child = resource_of(relation.target)
    if child is None:
        return Cell(CellKind.NUMBER, str(count))
    words = f"{count} {child.noun if count.number == 1 and count.is_exact else child.nouns}"
    if not count.number or not child.is_accessible() or not relation.back:
        return Cell(CellKind.COUNT, str(count), words)
    url = child.link("index_view", **{f"{relation.back}__is": record.id})
    return Cell(CellKind.COUNT, str(count), words, url)
