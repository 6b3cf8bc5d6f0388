"""Change the links of many records: add, remove or replace them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from typing_extensions import override

from admin_app.domain.plan.changes import AddLinks, RemoveLinks, SetLinks, ValueChange
from admin_app.errors import NotFoundError
from admin_app.extensions import TableColumn
from admin_app.panel.access.lookup import find, typing_hint
from admin_app.panel.kinds.base import BulkChange
from admin_app.panel.plan.operations.fields import EditableField
from admin_app.relations import ManyToMany
from admin_app.value_lists import values_of

# The way of changing that the command line uses to set links.
REPLACE = "replace"
# The ways of changing links: key, label, change, and the plan's words.
_WAYS: tuple[tuple[str, str, Callable[[tuple[object, ...]], ValueChange], str], ...] = (
    ("add", "Add", AddLinks, "{} added"),
    ("remove", "Remove", RemoveLinks, "{} removed"),
    (REPLACE, "Replace all with", SetLinks, "replaced with {}"),
)
# Prefixes of the controls for links.
LINK_WAYS = tuple(f"{key}." for key, *_ in _WAYS)


@dataclass(frozen=True)
class EditableLinks(EditableField):
    """A field of links. Instead of one value it has its own ways of changing."""

    relation: ManyToMany

    @property
    @override
    def takes_value(self) -> bool:
        """Whether all records can get the same value."""
        return False

    @property
    @override
    def can_be_cleared(self) -> bool:
        """Whether records may have no links."""
        return True

    @property
    @override
    def cleared(self) -> ValueChange:
        """The change that clears it."""
        return SetLinks(())

    @property
    @override
    def further(self) -> Sequence[BulkChange]:
        """The changes that it offers."""
        hint = f"{typing_hint(self.relation.target)} Separate several with commas."
        return [
            BulkChange(key, words, [(key, "")], self._reader(change), said, hint=hint)
            for key, words, change, said in _WAYS
        ]

    def _reader(
        self, change: Callable[[tuple[object, ...]], ValueChange]
    ) -> Callable[[TableColumn, Sequence[str]], ValueChange]:
        return lambda _column, typed: change(self._keys(typed[0]))

    def _keys(self, text: str) -> tuple[object, ...]:
        """Return the keys of the records that were typed; raise `ValueError` if a text means none or several."""
        try:
            found = {self.relation.key_of(find(self.relation.target, one)) for one in values_of(text)}
        except NotFoundError as error:
            raise ValueError(str(error)) from error
        return tuple(sorted(found))
