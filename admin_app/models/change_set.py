"""Change sets, one per transaction: who changed what, when and how, with the values before and after. Rows are added, never changed."""

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
    """How a change set was made."""

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
    # Links, sessions, second factors: how someone gets in. Such a change set may change no record.
    ACCESS = "access"
    # A person's data was removed, from the history too.
    FORGET = "forget"


# The kinds that change records.
CHANGING = (Kind.FORM, Kind.BULK, Kind.IMPORT, Kind.COMMAND, Kind.UNDO, Kind.RESTORE, Kind.DEMO)

# A merge's summary begins with this. It names both the record that is gone and the one that is left.
MERGED = "Merged"
# Prefixes of the summary of a change set that reversed another one.
UNDID, REDID = "Undid: ", "Redid: "


class Did(StrEnum):
    """What happened to a record."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"

    @property
    def past(self) -> str:
        """Return it as a sentence's ending: "post “Bicycle” was changed"."""
        return {"create": "created", "update": "changed", "delete": "deleted"}[self]


class JsonValues(TypeDecorator[Values]):
    """Values of columns by name, as compact JSON. It is text on both databases, because it is written far more often than searched."""

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


# Literals, because planners do not match a partial index with a parameter.
ABOUT_ACCESS = text(f"kind = '{Kind.ACCESS}'")
ABOUT_NOTES = text(f"kind = '{Kind.NOTE}'")


class ChangeSet(Model):
    """What one transaction did, and who did it. It names people and records by text, without foreign keys: it outlives them all."""

    __table_args__ = (
        Index("ix_change_set_actor_id_id", "actor_id", "id"),
        Index("ix_change_set_kind_id", "kind", "id"),
        Index("ix_change_set_resource_id", "resource", "id"),
        # A record's history shows these besides its changes; other kinds are never looked up by record.
        *(
            Index(name, "resource", "record_id", "id", sqlite_where=of_kind, postgresql_where=of_kind)
            for name, of_kind in (("ix_change_set_access", ABOUT_ACCESS), ("ix_change_set_note", ABOUT_NOTES))
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, index=True)
    actor_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(LONGEST_ACTOR), default="")
    kind: Mapped[str] = mapped_column(String(20))
    # The table and the key of its main record; "" and None if it has none.
    resource: Mapped[str] = mapped_column(String(63), default="")
    record_id: Mapped[Key | None] = mapped_column(RecordKey)
    summary: Mapped[str] = mapped_column(String(LONGEST_SUMMARY), default="")
    reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    request_id: Mapped[str] = mapped_column(String(36), default="")
    # How many records it changed; how many failed sign-ins there were, or how many rows an export had.
    count: Mapped[int] = mapped_column(default=0)
    undoes_id: Mapped[int | None] = mapped_column(index=True)


class Change(Model):
    """What a change set did to one record: the fields that differ, or the whole record if it was created or deleted."""

    __table_args__ = (
        Index("ix_change_model_record_id_id", "model", "record_id", "id"),
        Index("ix_change_change_set_id_id", "change_set_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    change_set_id: Mapped[int]
    # The name of the table.
    model: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[Key] = mapped_column(RecordKey)
    act: Mapped[str] = mapped_column(String(6))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    # The record's version after this change. A deletion counts too, so that no number is used twice.
    version: Mapped[int]
    before: Mapped[Values | None] = mapped_column(JsonValues)
    after: Mapped[Values | None] = mapped_column(JsonValues)


def refuse_to_rewrite(_mapper: object, _connection: object, row: Record) -> None:
    """Protect the history: what can be changed afterwards proves nothing."""
    message = f"{type(row).__name__} {row.id} is part of the history, which is only added to."
    raise TypeError(message)
