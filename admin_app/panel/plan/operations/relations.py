"""Change a relation of many records to another related record."""

from __future__ import annotations

from dataclasses import dataclass

from typing_extensions import override

from admin_app.domain.plan.changes import SetTo, ValueChange
from admin_app.domain.plan.lines import Limit
from admin_app.domain.records.shared_columns import does_not_fit, problems_with_shared, rows_that_fit
from admin_app.errors import InvalidRecord
from admin_app.extensions import Expression, Values
from admin_app.panel.plan.operations.fields import VALUE, EditableField
from admin_app.relations import ToOne


@dataclass(frozen=True)
class EditableRelation(EditableField):
    """A to-one relation that can be changed for all records at once."""

    relation: ToOne

    @property
    @override
    def compared(self) -> Expression:
        """The foreign key."""
        return self.relation.own

    @property
    @override
    def cleared(self) -> ValueChange:
        """The change that clears it."""
        return SetTo(None)

    @property
    @override
    def can_be_cleared(self) -> bool:
        """Whether records may have no related record."""
        return not self.relation.is_required

    @property
    @override
    def is_unique(self) -> bool:
        """Whether no two records may have the same related record."""
        return self.relation.is_unique

    @override
    def changes(self, change: ValueChange) -> dict[str, ValueChange]:
        """Return the changes of all columns of the foreign key."""
        other = None if change == SetTo(None) else self.field.data
        return {key: SetTo(value) for key, value in self.relation.values_for(other).items()}


def limits_of_shared(fields: list[EditableRelation], cleared: set[str], given: Values) -> tuple[Limit, ...]:
    """Return the records whose relations may be changed like this; raise `InvalidRecord` if two relations contradict each other.

    `given` are the new values of other columns.
    """
    if not fields:
        return ()
    model = fields[0].relation.model
    chosen = {one.relation.key: None if one.name in cleared else one.field.data for one in fields}
    if problems := problems_with_shared(None, model, chosen):
        raise InvalidRecord({VALUE + name: words for name, words in problems.items()})
    return tuple(Limit(rows, does_not_fit(name)) for name, rows in rows_that_fit(model, chosen, given))
