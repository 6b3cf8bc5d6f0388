"""What a page asks to be done with many records, ready for a plan, and how the plan's pages say it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from admin_app.domain.permissions.policy import Action
from admin_app.domain.plan.carry_out import Deletion
from admin_app.domain.plan.changes import Operation
from admin_app.panel.access.access import Access

Pair = tuple[str, str]
# Of records that need no change, unless the operation says it better.
SAME = "already as wanted"


@dataclass(frozen=True)
class BulkOperation:
    """An operation as a person asked for it.

    `pairs` are what its form sent: a job reads the operation from them again, with the rights of that moment.
    """

    # By which name the plan keeps it, and the right that it needs beside `Action.BULK`.
    key: str
    action: Action
    # On buttons, and of what was done: "Change 20 posts", "20 posts were changed".
    verb: str
    done: str
    same: str = SAME
    # What it does, a line a field: ("User", "Ann").
    what: Sequence[Pair] = ()
    pairs: Sequence[Pair] = ()
    # How records get other values; None where they are deleted.
    values: Operation | None = None
    deletion: Deletion | None = field(default=None, compare=False)

    @property
    def fields(self) -> tuple[str, ...]:
        """The attributes that it may give other values."""
        return () if self.values is None else self.values.fields


# Makes an operation of what a form sent, or raises `InvalidRecord` with what is wrong at which control.
ReadOperation = Callable[[Access, MultiDict[str, str]], BulkOperation]


def may_do(access: Access, action: Action) -> bool:
    """Whether the person may do this with many records at once."""
    return access.resource.is_open_to_bulk and access.may(Action.BULK) and access.may(action)
