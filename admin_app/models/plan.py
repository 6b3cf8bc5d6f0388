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
    """Where a plan is."""

    # A job still makes its lines.
    PLANNING = "planning"
    # It waits for somebody to agree.
    PLANNED = "planned"
    # It is being carried out. Whatever ends that leaves it here, until it is gone on with.
    AGREED = "agreed"
    DONE = "done"
    # It was stopped: what was done stays done, the rest is left.
    STOPPED = "stopped"


class Verdict(StrEnum):
    """What would be done with a record; once the plan is carried out, what was."""

    CHANGE = "change"
    # It is to be made.
    NEW = "new"
    SAME = "same"
    WRONG = "wrong"
    REFUSED = "refused"
    # Somebody chose to do without it.
    LEFT = "left"

    DONE = "done"
    # Somebody changed it after the plan was made.
    OUTDATED = "outdated"
    GONE = "gone"
    FAILED = "failed"


# No line has it: ids below 1 are numbers of lines as well.
BEFORE_ALL = -(2**63)

# Of lines that wait to be carried out.
OPEN = (Verdict.CHANGE, Verdict.NEW)


def open_lines(counts: Mapping[str, int]) -> int:
    """Return how many lines of these counts wait to be carried out."""
    return sum(counts.get(verdict, 0) for verdict in OPEN)


class Plan(Model):
    """One act on many records that somebody thinks of, agrees to, and has carried out."""

    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    # None: of the command line.
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    # The resource's endpoint, and the table of its model.
    resource: Mapped[str] = mapped_column(String(63))
    model: Mapped[str] = mapped_column(String(63))
    # What is done, "edit", and with what: the pairs of the selection's address and of the form that asked.
    operation: Mapped[str] = mapped_column(String(40))
    arguments: Mapped[Values] = mapped_column(JSON, default=dict)
    # The attributes that it gives other values; none where records are deleted.
    fields: Mapped[list[str]] = mapped_column(JSON, default=list)
    # Which records were meant, in words: "Posts that contain “bike”".
    scope: Mapped[str] = mapped_column(Text, default="")
    # How many the list said there were; None where it did not know.
    listed: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10), default=PlanState.PLANNED)
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON), default="")
    # How many lines have each verdict, and the commonest reasons: [verdict, reason, how many].
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    reasons: Mapped[list[AnyRow]] = mapped_column(JSON, default=list)
    # Where one field is to change: how many of its records have no value when the plan is made.
    empty: Mapped[int | None] = mapped_column(BigInteger)
    # What was done so far, as the history counts it: [what, table, how many].
    tally: Mapped[list[AnyRow]] = mapped_column(JSON, default=list)
    # The number of the last line whose effect on the world outside is out; those of lines before it are, too.
    effect_number: Mapped[int] = mapped_column(BigInteger, default=BEFORE_ALL)
    change_set_id: Mapped[int | None]
    job_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class PlanLine(Model):
    """What a plan means for one record. `number` orders the lines of a plan: the record's id where that is one, else its place, or the row's in a file."""

    __table_args__ = (
        Index("ix_plan_line_plan_id_verdict_number", "plan_id", "verdict", "number"),
        Index("ix_plan_line_plan_id_record_id", "plan_id", "record_id"),
    )

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    # None: of a record that is to be made, and gets its key then.
    record_id: Mapped[Key | None] = mapped_column(RecordKey)
    # The record's version when the plan was made: changed since, it is left alone. 0 where there is none yet.
    version: Mapped[int]
    verdict: Mapped[str] = mapped_column(String(10))
    # Why it is not to be changed, or was not; "" for no reason.
    problem: Mapped[str] = mapped_column(String(300), default="")
    # The cells of a file's row that are wrong, by the columns' keys: what is wrong, and what the cell says.
    cells: Mapped[dict[str, list[str]] | None] = mapped_column(JSON(none_as_null=True))
    # What names related records that are to be made first, by the keys of the relations' columns.
    missing: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    # How much hung on a record that is to be deleted when the plan was made; None where it does not matter, or nobody knows.
    hanging: Mapped[str | None] = mapped_column(Text)
    # As the history keeps values; None where nothing is given other values.
    before: Mapped[Values | None] = mapped_column(JsonValues)
    after: Mapped[Values | None] = mapped_column(JsonValues)
