"""A bulk operation as a page asked for it: what a plan needs to carry it out, and its words for the plan's pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from admin_app.db.keys import Key
from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.domain.plan import plan as plans
from admin_app.domain.plan.arrivals import Arrivals
from admin_app.domain.plan.carry_out import Deletion, Execution
from admin_app.domain.plan.changes import Operation
from admin_app.domain.plan.checks import Judgement
from admin_app.domain.plan.lines import Limit, Scope
from admin_app.domain.plan.missing import Missing
from admin_app.errors import PlanError
from admin_app.extensions import db
from admin_app.formatting import in_sentence
from admin_app.models.change_set import Kind
from admin_app.models.plan import Plan
from admin_app.panel.access.access import Access
from admin_app.selection.selection import Selection
from admin_app.transfer.import_.rows import RowReader

Pair = tuple[str, str]
# The name by which plans keep a deletion.
DELETE = "delete"
# Of records that need no change, unless the operation says it better.
SAME = "already as wanted"


@dataclass(frozen=True)
class Incoming:
    """Rows of a file: how they are read, and what they become. Those that are wrong for a reason of `left_out` are done without."""

    arrivals: Arrivals
    reader: RowReader
    upload_id: int = 0
    left_out: tuple[str, ...] = ()


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
    # What it changes, field by field: ("User", "Ann").
    what: Sequence[Pair] = ()
    pairs: Sequence[Pair] = ()
    # How records get other values; None where they are deleted.
    values: Operation | None = None
    deletion: Deletion | None = field(default=None, compare=False)
    # How many records go along with those of the lines, as far as they were counted.
    along: int = 0
    # Whether its button warns.
    is_danger: bool = False
    # Which records it is for, where that is more than a right.
    limits: tuple[Limit, ...] = field(default=(), compare=False)
    # Records that it needs as they are, and why, by their keys.
    spared: Mapping[Key, str] = field(default_factory=dict)
    # What it does in the world outside once a record's change is committed, and what is said of that; "" for no such thing.
    effect: Callable[[Record], None] | None = field(default=None, compare=False)
    effect_words: str = ""
    # What becomes of a file's rows; None where it is about records that are there.
    incoming: Incoming | None = field(default=None, compare=False)

    @property
    def rows(self) -> Incoming:
        """The file's rows; raise `PlanError` where it is about records that are there."""
        if self.incoming is None:
            message = "This is no import."
            raise PlanError(message)
        return self.incoming

    @property
    def arguments(self) -> dict[str, object]:
        """What a plan keeps of it, in words: the records that it was about may be gone when somebody reads the plan."""
        return {
            "fields": [list(pair) for pair in self.pairs],
            "what": [list(pair) for pair in self.what],
            "verb": self.verb,
            "done": self.done,
            "effect": self.effect_words,
            "is_danger": self.is_danger,
            "same": self.same,
        }

    @property
    def fields(self) -> tuple[str, ...]:
        """The attributes that it may give other values."""
        if self.incoming is not None:
            return self.incoming.arrivals.made_fields
        return () if self.values is None else self.values.fields


# Makes an operation of what a form sent, or raises `InvalidRecord` with what is wrong at which control.
ReadOperation = Callable[[Access, MultiDict[str, str]], BulkOperation]


def may_do(access: Access, action: Action, *, is_one: bool = False) -> bool:
    """Whether the person may do this with many records at once; with one, whoever may do it there."""
    if action is Action.IMPORT:
        return access.resource.can_import and access.may(action)
    return access.resource.is_open_to_bulk and access.may(action) and (is_one or access.may(Action.BULK))


def is_about_one(plan: Plan) -> bool:
    """Whether a plan has one line and no more."""
    return sum(plan.counts.values()) == 1


def is_deletion(plan: Plan) -> bool:
    """Whether a plan deletes its records."""
    return plan.operation == DELETE


def scope_of(access: Access, selection: Selection, operation: BulkOperation) -> Scope:
    """Return which records are meant, and with which of them this may be done."""
    return Scope(selection, access.rows(operation.action), _limits_of(access, operation))


def _limits_of(access: Access, operation: BulkOperation) -> tuple[Limit, ...]:
    """Return which records it is for: of a relation that it changes none that leads out of the person's sight, as in a form."""
    found = list(operation.limits)
    for name, relation in access.resource.relations.items():
        if (
            not {*operation.fields}.isdisjoint(relation.history())
            and (free := access.leads_into_sight(name)) is not None
        ):
            words = f"Its {in_sentence(access.resource.label(name))} is not shown to you, so you cannot change it."
            found.append(Limit(free, words))
    return tuple(found)


def judge_lines(access: Access, plan: Plan, operation: BulkOperation) -> None:
    """Judge a plan's lines as a whole (not yet committed)."""
    plans.judge_lines(db.session, plan, rows=access.rows(operation.action), spared=operation.spared)


def judgements_of(access: Access, plan: Plan, operation: BulkOperation) -> Sequence[Judgement]:
    """Return what is wrong with a plan's lines seen as a whole."""
    return plans.judgements(db.session, plan, rows=access.rows(operation.action), spared=operation.spared)


def execution_of(access: Access, plan: Plan, operation: BulkOperation) -> Execution:
    """Return a plan under way, with the rights of this moment."""
    model = access.resource.model
    if operation.incoming is not None:
        rows, new_rows = access.rows(Action.EDIT), access.rows(Action.CREATE)
        named = operation.incoming.arrivals.named.items()
        missing = {name: Missing(one.model, one.column, one.made) for name, one in named if one.made}
        return Execution(db.session, plan, rows, new_rows=new_rows, kind=Kind.IMPORT, missing=missing, of=model)
    rows, limits = access.rows(operation.action), _limits_of(access, operation)
    return Execution(db.session, plan, rows, operation.deletion, limits=limits, of=model)
