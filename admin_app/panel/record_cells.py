"""Draw a column of a record as a cell: its value, the related record, or the number of child records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from admin_app.db.keys import print_key
from admin_app.db.record import Record
from admin_app.domain.naming import noun_of
from admin_app.domain.permissions.policy import Action
from admin_app.panel.access.access import Access, access_of
from admin_app.panel.fields import no_such
from admin_app.panel.files.addresses import ways_to_files
from admin_app.panel.kinds import beside_of, column_drawing, panel_kind_of, value_cell
from admin_app.panel.links import link, record_url
from admin_app.panel.view_models import UNSEEN, Cell, CellKind
from admin_app.relations import ToOne
from admin_app.relations.to_one import dangling_key
from admin_app.selection.paging.counting import Count
from admin_app.selection.selection import ARCHIVED, TOO

# The most linked records that a list's cell names.
MOST_LINKS = 5

# The numbers of children, by relation and key.
Counts = Mapping[str, Mapping[object, Count]]
# A function that draws one column of any record.
Drawing = Callable[[Record], Cell]


def cell_of(access: Access, record: Record, name: str, *, counts: Counts, is_whole: bool) -> Cell:
    """Draw a column of a record; `is_whole` shows long text in full."""
    return drawing_of(access, name, counts=counts, is_whole=is_whole)(record)


def drawing_of(access: Access, name: str, *, counts: Counts, is_whole: bool) -> Drawing:
    """Return a function that draws the column of any record; what all rows share is computed once."""
    resource = access.resource
    if resource.is_to_many(name):
        return lambda record: _count_cell(access, record, name, counts[name][record.id])
    if resource.relation(name) is not None:
        other, is_links = access.beyond(name), resource.is_links(name)
        if is_links:
            return lambda record: links_cell(other, getattr(record, name), is_whole=is_whole)
        return lambda record: _to_one_cell(access, other, record, name)
    if name in resource.column_formatters and not is_whole:
        return lambda record: value_cell(resource.formatted(name, record), is_whole=False)
    return _value_drawing(access, name, is_whole=is_whole)


def _value_drawing(access: Access, name: str, *, is_whole: bool) -> Drawing:
    """Draw a column's value as the resource's formatter says, or else as the column's kind does."""
    resource, choices = access.resource, access.resource.column_choices.get(name, ())
    by_column = _column_drawing(access, name, is_whole=is_whole)

    def draw(record: Record) -> Cell:
        value = value_of(record, name)
        called = resource.as_called(name, value)
        if choices:
            called = next((words for one, words in choices if one == called), called)
        return by_column(record, value) if called is value else value_cell(called, is_whole=is_whole)

    return draw


def _column_drawing(access: Access, name: str, *, is_whole: bool) -> Callable[[Record, object], Cell]:
    """Draw a value as its column's kind does, with the currency from another column, and with the link to its file."""
    attribute = access.resource.attribute(name)[0]
    beside = beside_of(attribute) if "." not in name else ""
    is_told = bool(beside) and access.shows(beside)
    with_file, by_kind = ways_to_files(access, name), column_drawing(attribute, is_whole=is_whole)

    def draw(record: Record, value: object) -> Cell:
        if is_told and value is not None:
            return panel_kind_of(attribute).cell_beside(attribute, value, getattr(record, beside))
        return with_file(record, by_kind(value))

    return draw


def value_of(record: Record, name: str) -> object:
    """Return a column's value, or that of a related record ("user.email")."""
    first, _, rest = name.partition(".")
    value = getattr(record, first)
    return value if not rest or value is None else getattr(value, rest)


def cell_of_value(value: Any) -> Cell:
    """Draw a value without a column: a record by its name, long text in full."""
    if isinstance(value, list) and value and hasattr(type(value[0]), "__mapper__"):
        return links_cell(access_of(type(value[0])), value, is_whole=True)
    is_record = hasattr(type(value), "__mapper__")
    return _relation_cell(access_of(type(value)), value) if is_record else value_cell(value, is_whole=True)


def _relation_cell(access: Access | None, other: Record | None) -> Cell:
    if other is None:
        return Cell(CellKind.NULL, "—", "No value")
    if access is None:
        return Cell(CellKind.TEXT, str(other))
    if not access.sees(other):
        return UNSEEN
    url = record_url(access, other) if access.may(Action.VIEW) else ""
    return Cell(CellKind.RELATION, access.title_of(other), access.detail_of(other), url)


def _to_one_cell(access: Access, beyond: Access | None, record: Record, name: str) -> Cell:
    """Draw the related record by its name, or the key of one that does not exist: without a foreign key the database does not prevent that."""
    other, relation = getattr(record, name), access.resource.relation(name)
    if other is None and isinstance(relation, ToOne) and relation.is_by_columns_alone:
        key = dangling_key(record, relation)
        return (
            _relation_cell(beyond, None) if key is None else Cell(CellKind.TEXT, no_such(key, noun_of(relation.target)))
        )
    return _relation_cell(beyond, other)


def links_cell(access: Access | None, others: Sequence[Record], *, is_whole: bool) -> Cell:
    """Draw the linked records by their names; a list shows only the first ones."""
    cells = list(dict.fromkeys(_relation_cell(access, one) for one in others))
    if not cells:
        return Cell(CellKind.NULL, "—", "No value")
    shown = cells if is_whole else cells[:MOST_LINKS]
    rest = len(cells) - len(shown)
    text = ", ".join([*(one.text for one in shown), *([f"{rest} more"] if rest else [])])
    return Cell(CellKind.LINKS, text, ", ".join(one.text for one in cells), links=tuple(shown), more=rest)


def _count_cell(access: Access, record: Record, name: str, count: Count) -> Cell:
    """Draw the number of children as a link to the list of exactly these."""
    relation, child = access.resource.relation(name), access.beyond(name)
    if relation is None or child is None:
        return Cell(CellKind.NUMBER, str(count))
    one = child.resource
    words = f"{count} {one.noun if count.number == 1 and count.is_exact else one.nouns}"
    if not count.number or not child.may(Action.LIST) or not relation.back:
        return Cell(CellKind.COUNT, str(count), words)
    # The list has to show all that were counted, archived records too.
    also = {ARCHIVED: TOO} if one.model.__archived_at__ else {}
    url = link(one, "index_view", **{f"{relation.back}__is": print_key(record.id)}, **also)
    return Cell(CellKind.COUNT, str(count), words, url)
