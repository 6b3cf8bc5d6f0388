"""Mark the hits of a search in the cells of a row."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from admin_app.db.record import Record
from admin_app.panel.record_cells import value_of
from admin_app.panel.view_models import Cell, CellKind
from admin_app.selection.search.passages import CELL, has_hit, passage_of, pieces_of


@dataclass(frozen=True)
class Hits:
    """The searched words, and the searched columns by their dotted names."""

    terms: Sequence[str]
    searched: Collection[str]

    def marked(self, cell: Cell, record: Record, name: str) -> Cell:
        """Mark the hits of the search in a cell; of long text, show the words around the first hit."""
        if not self.terms:
            return cell
        if cell.kind is CellKind.RELATION:
            return self._relation(cell, name)
        if cell.kind is CellKind.TEXT and name in self.searched:
            value = value_of(record, name)
            pieces = passage_of(value, self.terms, CELL) if isinstance(value, str) else ()
            return cell._replace(pieces=pieces) if pieces else cell
        return cell

    def _relation(self, cell: Cell, name: str) -> Cell:
        """Mark the hit in the related record's name, or show the passage of its other column with the hit instead."""
        if not any(one.startswith(f"{name}.") for one in self.searched):
            return cell
        for words, other in ((cell.text, cell.title), (cell.title, cell.text)):
            if has_hit(pieces := pieces_of(words, self.terms)):
                return cell._replace(pieces=pieces, title=other)
        return cell


NO_HITS = Hits((), ())
