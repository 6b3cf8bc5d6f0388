"""Links of many records changed: some added, some taken out, others in their place."""

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

# What a command means that sets links.
REPLACE = "replace"
# The ways of changing links: what each is called, what it does, and how a plan says it.
_WAYS: tuple[tuple[str, str, Callable[[tuple[object, ...]], ValueChange], str], ...] = (
    ("add", "Add", AddLinks, "{} added"),
    ("remove", "Remove", RemoveLinks, "{} removed"),
    (REPLACE, "Replace all with", SetLinks, "replaced with {}"),
)
# What the controls begin with that ask for links.
LINK_WAYS = tuple(f"{key}." for key, *_ in _WAYS)


@dataclass(frozen=True)
class EditableLinks(EditableField):
    """A field of links. It is given no one value, but is changed in ways of its own."""

    relation: ManyToMany

    @property
    @override
    def takes_value(self) -> bool:
        """Whether it is set as one value."""
        return False

    @property
    @override
    def can_be_cleared(self) -> bool:
        """Whether records may be without any."""
        return True

    @property
    @override
    def cleared(self) -> ValueChange:
        """The change that clears it."""
        return SetLinks(())

    @property
    @override
    def further(self) -> Sequence[BulkChange]:
        """What can be done with it."""
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
        """Find the records that were typed; raise `ValueError` for what means none or several."""
        try:
            found = {self.relation.key_of(find(self.relation.target, one)) for one in values_of(text)}
        except NotFoundError as error:
            raise ValueError(str(error)) from error
        return tuple(sorted(found))
