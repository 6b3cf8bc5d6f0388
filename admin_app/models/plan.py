"""Plans: what would be done to many records, line by line, before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.keys import Key, RecordKey
from admin_app.db.types import UtcDateTime, utc_now
from admin_app.extensions import AnyRow, Model, Values
from admin_app.models.change_set import LONGEST_REASON, JsonValues


class PlanState(StrEnum):
    """The state of a plan."""

    # A job is still writing its lines.
    PLANNING = "planning"
    # It waits for someone to agree.
    PLANNED = "planned"
    # It is being carried out. If that is interrupted, it stays in this state until it is continued.
    AGREED = "agreed"
    DONE = "done"
    # It was stopped: what was done stays done, the rest is left.
    STOPPED = "stopped"


# The states of plans that are over.
ENDED = (PlanState.DONE, PlanState.STOPPED)


class Verdict(StrEnum):
    """What would be done with a record and, after the plan was carried out, what was done."""

    CHANGE = "change"
    # The record would be created.
    NEW = "new"
    SAME = "same"
    WRONG = "wrong"
    REFUSED = "refused"
    # A person left it out.
    LEFT = "left"

    DONE = "done"
    # It, or what depends on it, was changed after the plan was made.
    OUTDATED = "outdated"
    GONE = "gone"
    FAILED = "failed"


# No line has it: ids below 1 are numbers of lines as well.
BEFORE_ALL = -(2**63)

# The verdicts of lines that wait to be carried out.
OPEN = (Verdict.CHANGE, Verdict.NEW)


def open_lines(counts: Mapping[str, int]) -> int:
    """Return how many of the counted lines wait to be carried out."""
    return sum(counts.get(verdict, 0) for verdict in OPEN)


class Plan(Model):
    """One act on many records that a person plans, agrees to, and has carried out."""

    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    # None: the command line.
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    # The resource's endpoint, and the table of its model.
    resource: Mapped[str] = mapped_column(String(63))
    model: Mapped[str] = mapped_column(String(63))
    # The act, like "edit", and its input: the arguments of the selection's address and of the form.
    operation: Mapped[str] = mapped_column(String(40))
    arguments: Mapped[Values] = mapped_column(JSON, default=dict)
    # The attributes that it changes; none if it deletes records.
    fields: Mapped[list[str]] = mapped_column(JSON, default=list)
    # The selection in words: "Posts that contain “bike”".
    scope: Mapped[str] = mapped_column(Text, default="")
    # How many records the list had; None if it did not know.
    listed: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10), default=PlanState.PLANNED)
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON), default="")
    # How many lines have each verdict, and the most frequent reasons, as [verdict, reason, number].
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    reasons: Mapped[list[AnyRow]] = mapped_column(JSON, default=list)
    # If one field is changed: how many of its records have no value when the plan is made.
    empty: Mapped[int | None] = mapped_column(BigInteger)
    # What was done so far, as the history counts it: [what, table, number].
    tally: Mapped[list[AnyRow]] = mapped_column(JSON, default=list)
    # The number of the last line whose external effect is done. So are those of all lines before it.
    effect_number: Mapped[int] = mapped_column(BigInteger, default=BEFORE_ALL)
    change_set_id: Mapped[int | None]
    job_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class PlanLine(Model):
    """What a plan does to one record. `number` orders the lines: by the record's id if that is a number, otherwise by position, or by row of a file."""

    __table_args__ = (
        Index("ix_plan_line_plan_id_verdict_number", "plan_id", "verdict", "number"),
        Index("ix_plan_line_plan_id_record_id", "plan_id", "record_id"),
    )

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    # None: the record is to be created and gets its key then.
    record_id: Mapped[Key | None] = mapped_column(RecordKey)
    # The record's version when the plan was made; a record that changed since is skipped. 0 if it does not exist yet.
    version: Mapped[int]
    verdict: Mapped[str] = mapped_column(String(10))
    # Why the record is not, or was not, changed; "" for no reason.
    problem: Mapped[str] = mapped_column(String(300), default="")
    # Wrong cells of a file's row, by column key: the problem, and the text of the cell.
    cells: Mapped[dict[str, list[str]] | None] = mapped_column(JSON(none_as_null=True))
    # The names of related records that are to be created first, by the keys of the relations' columns.
    missing: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    # How many records depended on a record to be deleted when the plan was made; None if it does not matter or is not known.
    hanging: Mapped[str | None] = mapped_column(Text)
    # Values as the history stores them; None if no values are changed.
    before: Mapped[Values | None] = mapped_column(JsonValues)
    after: Mapped[Values | None] = mapped_column(JsonValues)
