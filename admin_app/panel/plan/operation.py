"""A bulk operation that a page asked for: what a plan needs to carry it out, and the words for the plan's pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from admin_app.db.keys import Key
from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.domain.plan import plan as plans
from admin_app.domain.plan.carry_out import Deletion, Execution
from admin_app.domain.plan.changes import Operation
from admin_app.domain.plan.checks import Judgement
from admin_app.domain.plan.lines import Limit, Scope
from admin_app.domain.plan.missing import Missing
from admin_app.domain.plan.row_matcher import RowMatcher
from admin_app.errors import PlanError
from admin_app.extensions import db
from admin_app.formatting import in_sentence
from admin_app.models.change_set import Kind
from admin_app.models.plan import Plan
from admin_app.panel.access.access import Access
from admin_app.selection.selection import Selection
from admin_app.transfer.import_.rows import RowReader

Pair = tuple[str, str]
# The name under which plans store a deletion.
DELETE = "delete"
# Said of records that need no change, unless the operation has better words.
SAME = "already as wanted"


@dataclass(frozen=True)
class Incoming:
    """The rows of a file: how they are read, and what they become. Rows that are wrong for a reason of `left_out` are skipped."""

    matcher: RowMatcher
    reader: RowReader
    upload_id: int = 0
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class BulkOperation:
    """An operation that a person asked for.

    `pairs` are what its form sent. A job reads the operation from them again, with the person's present rights.
    """

    # The name under which plans store it, and the right that it needs in addition to `Action.BULK`.
    key: str
    action: Action
    # The verb on buttons and the participle in reports: "Change 20 posts", "20 posts were changed".
    verb: str
    done: str
    same: str = SAME
    # What it changes, as label and value: ("User", "Ann").
    what: Sequence[Pair] = ()
    pairs: Sequence[Pair] = ()
    # Computes the new values; None for a deletion.
    values: Operation | None = None
    deletion: Deletion | None = field(default=None, compare=False)
    # How many dependents are deleted along with the records, as far as they were counted.
    along: int = 0
    # Whether its button has the warning colour.
    is_danger: bool = False
    # The records that the operation allows, beyond the person's rights.
    limits: tuple[Limit, ...] = field(default=(), compare=False)
    # Records that must stay unchanged, with the reasons, by key.
    protected: Mapping[Key, str] = field(default_factory=dict)
    # Runs after a record's change is committed and acts outside the database; `effect_words` tell the person about it.
    effect: Callable[[Record], None] | None = field(default=None, compare=False)
    effect_words: str = ""
    # The rows of a file; None for an operation on existing records.
    incoming: Incoming | None = field(default=None, compare=False)

    @property
    def rows(self) -> Incoming:
        """The rows of a file; raise `PlanError` if this is no import."""
        if self.incoming is None:
            message = "This is not an import."
            raise PlanError(message)
        return self.incoming

    @property
    def arguments(self) -> dict[str, object]:
        """What the plan stores of it, in words: the records that it names may be gone when somebody reads the plan."""
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
        """The fields that it may change."""
        if self.incoming is not None:
            return self.incoming.matcher.made_fields
        return () if self.values is None else self.values.fields


# Reads an operation from a form; raises `InvalidRecord` with the problems by control.
ReadOperation = Callable[[Access, MultiDict[str, str]], BulkOperation]


def may_do(access: Access, action: Action, *, is_one: bool = False) -> bool:
    """Whether the person may do this with many records; with one record, the right to the action is enough."""
    if action is Action.IMPORT:
        return access.resource.can_import and access.may(action)
    return access.resource.is_open_to_bulk and access.may(action) and (is_one or access.may(Action.BULK))


def is_about_one(plan: Plan) -> bool:
    """Whether a plan has exactly one line."""
    return sum(plan.counts.values()) == 1


def is_deletion(plan: Plan) -> bool:
    """Whether a plan deletes its records."""
    return plan.operation == DELETE


def scope_of(access: Access, selection: Selection, operation: BulkOperation) -> Scope:
    """Return the selected records, with the limits on what the person may do with them."""
    return Scope(selection, access.rows(operation.action), _limits_of(access, operation))


def _limits_of(access: Access, operation: BulkOperation) -> tuple[Limit, ...]:
    """Return the operation's limits. As in a form, nobody may change a relation that leads to a record they may not see."""
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
    plans.judge_lines(db.session, plan, rows=access.rows(operation.action), protected=operation.protected)


def judgements_of(access: Access, plan: Plan, operation: BulkOperation) -> Sequence[Judgement]:
    """Return the checks of a plan's lines as a whole."""
    return plans.judgements(db.session, plan, rows=access.rows(operation.action), protected=operation.protected)


def execution_of(access: Access, plan: Plan, operation: BulkOperation) -> Execution:
    """Return the execution of a plan, with the person's present rights."""
    model = access.resource.model
    if operation.incoming is not None:
        rows, new_rows = access.rows(Action.EDIT), access.rows(Action.CREATE)
        named = operation.incoming.matcher.named.items()
        missing = {name: Missing(one.model, one.column, one.made) for name, one in named if one.made}
        return Execution(db.session, plan, rows, new_rows=new_rows, kind=Kind.IMPORT, missing=missing, of=model)
    rows, limits = access.rows(operation.action), _limits_of(access, operation)
    return Execution(db.session, plan, rows, operation.deletion, limits=limits, of=model)
