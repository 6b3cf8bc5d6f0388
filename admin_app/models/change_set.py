"""What was changed, a change set for each transaction: who, when and how, with the values before and after. Rows are added, never changed."""

from __future__ import annotations

import json
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Dialect, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

from admin_app.db.keys import Key, RecordKey
from admin_app.db.limits import LONGEST_TITLE
from admin_app.db.record import Record
from admin_app.db.types import UtcDateTime, utc_now
from admin_app.extensions import Model, Values

LONGEST_ACTOR = 210
LONGEST_SUMMARY = 300
LONGEST_REASON = 300


class Kind(StrEnum):
    """In which way a change set was done."""

    FORM = "form"
    BULK = "bulk"
    IMPORT = "import"
    COMMAND = "command"
    UNDO = "undo"
    RESTORE = "restore"
    SIGN_IN = "sign-in"
    SIGN_IN_FAILED = "failed sign-in"
    SIGN_OUT = "sign-out"
    EXPORT = "export"
    DEMO = "demo"
    PRUNE = "prune"
    # A note on a record was added, changed or deleted.
    NOTE = "note"
    # Links, sessions, second factors: how somebody gets in. Such a change set need not change a record.
    ACCESS = "access"
    # A person's data was removed: from the history too.
    FORGET = "forget"


# The ways in which records are changed.
CHANGING = (Kind.FORM, Kind.BULK, Kind.IMPORT, Kind.COMMAND, Kind.UNDO, Kind.RESTORE, Kind.DEMO)

# How the summary of a merge begins, which names the record that is gone beside the one that is left.
MERGED = "Merged"
# What stands before the summary of a change set in that of another one that took it back.
UNDID, REDID = "Undid: ", "Redid: "


class Did(StrEnum):
    """What happened to a record."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"

    @property
    def past(self) -> str:
        """Say it as done: "post “Bicycle” was changed"."""
        return {"create": "created", "update": "changed", "delete": "deleted"}[self]


class JsonValues(TypeDecorator[Values]):
    """Columns' values by name, as the shortest JSON; text on both stores, since it is written far oftener than searched."""

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(self, value: Values | None, dialect: Dialect) -> str | None:
        """Write it."""
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> Values | None:
        """Read it."""
        return None if value is None else json.loads(value)


# Written out, as no planner looks for a part of an index behind a parameter.
ABOUT_ACCESS = text(f"kind = '{Kind.ACCESS}'")


class ChangeSet(Model):
    """What one transaction did, and who did it. It names people and records by text, and points at none: it outlives them all."""

    __table_args__ = (
        Index("ix_change_set_actor_id_id", "actor_id", "id"),
        Index("ix_change_set_kind_id", "kind", "id"),
        Index("ix_change_set_resource_id", "resource", "id"),
        # A record's history holds these beside the changes; of other kinds nobody asks by record.
        Index(
            "ix_change_set_access",
            *("resource", "record_id", "id"),
            sqlite_where=ABOUT_ACCESS,
            postgresql_where=ABOUT_ACCESS,
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, index=True)
    actor_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(LONGEST_ACTOR), default="")
    kind: Mapped[str] = mapped_column(String(20))
    # The table and the key of the record that it is mainly about; "" and None where it is about none.
    resource: Mapped[str] = mapped_column(String(63), default="")
    record_id: Mapped[Key | None] = mapped_column(RecordKey)
    summary: Mapped[str] = mapped_column(String(LONGEST_SUMMARY), default="")
    reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    request_id: Mapped[str] = mapped_column(String(36), default="")
    # How many records it changed; of failed sign-ins how many there were, of an export how many rows.
    count: Mapped[int] = mapped_column(default=0)
    undoes_id: Mapped[int | None] = mapped_column(index=True)


class Change(Model):
    """What a change set did to one record: the fields that differ, or all of a record that came or went."""

    __table_args__ = (
        Index("ix_change_model_record_id_id", "model", "record_id", "id"),
        Index("ix_change_change_set_id_id", "change_set_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    change_set_id: Mapped[int]
    # The table's name.
    model: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[Key] = mapped_column(RecordKey)
    act: Mapped[str] = mapped_column(String(6))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    # The record's version after this change; a deletion counts too, so that no number is ever used twice.
    version: Mapped[int]
    before: Mapped[Values | None] = mapped_column(JsonValues)
    after: Mapped[Values | None] = mapped_column(JsonValues)


def refuse_to_rewrite(_mapper: object, _connection: object, row: Record) -> None:
    """Keep the history whole: what can be changed afterwards proves nothing."""
    message = f"{type(row).__name__} {row.id} is part of the history, which is only added to."
    raise TypeError(message)
