"""The sorting of a list: the links in its table's head, and the form for one or two columns."""

from __future__ import annotations

from dataclasses import dataclass

from admin_app.panel.links import ListLinks
from admin_app.panel.list.view_models import SortForm
from admin_app.panel.resource import Resource
from admin_app.panel.view_models import CellKind, Hidden
from admin_app.selection.selection import SORT, THEN, Selection

_UP, _DOWN = "ascending", "descending"
_WORDS = {
    CellKind.TEXT: ("A to Z", "Z to A"),
    CellKind.RELATION: ("A to Z", "Z to A"),
    CellKind.TIME: ("oldest first", "newest first"),
    CellKind.NUMBER: ("lowest first", "highest first"),
    CellKind.COUNT: ("fewest first", "most first"),
}


@dataclass(frozen=True)
class Sorting:
    """The sorting of a selection, and the addresses of other sortings."""

    resource: Resource
    selection: Selection
    links: ListLinks

    def of(self, name: str) -> str:
        """Return the direction of a column if it is the first sort column: "ascending", "descending", else ""."""
        return _way_of(self.selection.sorted_by[0], name)

    def second(self, name: str) -> str:
        """Return the direction of a column if it is the second sort column, else ""."""
        return _way_of(self.selection.sorted_by[1], name)

    def url(self, name: str, kind: CellKind) -> str:
        """Return the address of the list sorted by this column, in reverse if it is sorted by it already; "" if it cannot be sorted by it."""
        if name not in self.selection.schema.sorts:
            return ""
        return self.links.to(self.selection.changed(sort=_turned(name, self.of(name), kind)))

    def then_url(self, name: str, kind: CellKind) -> str:
        """Return the address of the list with this column as second sort; if it is the second already, in reverse."""
        first, second = self.selection.sorted_by
        if name not in self.selection.schema.sorts:
            return ""
        if self.of(name):
            return self.links.to(self.selection.changed(sort=_turned(name, self.of(name), kind), then=second))
        return self.links.to(self.selection.changed(sort=first, then=_turned(name, self.second(name), kind)))

    def form(self, kinds: dict[str, CellKind]) -> SortForm | None:
        """Build the form; None if there are fewer than two columns to sort by."""
        selection, prefix = self.selection, self.selection.prefix
        if len(kinds) <= 1:
            return None
        first, second = selection.sorted_by
        options = tuple(option for name, kind in kinds.items() for option in self._options(name, kind))
        left_out = {prefix + SORT, prefix + THEN}
        hidden = tuple(pair for pair in self.links.hidden(selection.changed()) if pair[0] not in left_out)
        return SortForm(prefix + SORT, prefix + THEN, first, second, options, hidden)

    def _options(self, name: str, kind: CellKind) -> list[Hidden]:
        label = self.resource.label(name)
        up, down = _WORDS.get(kind, (_UP, _DOWN))
        return [(name, f"{label}, {up}"), (f"-{name}", f"{label}, {down}")]


def _way_of(sort: str, name: str) -> str:
    if sort.removeprefix("-") != name:
        return ""
    return _DOWN if sort.startswith("-") else _UP


def _turned(name: str, way: str, kind: CellKind) -> str:
    """Return the sort of a click. People who sort by a number of posts look for the most."""
    is_down = way == _UP or (kind is CellKind.COUNT and not way)
    return f"-{name}" if is_down else name
