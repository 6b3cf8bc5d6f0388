"""Where the id of a record leads that was merged into another one. It holds only while no record has that id."""

from __future__ import annotations

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.keys import Key, RecordKey
from admin_app.extensions import Model


class Redirect(Model):
    """From a record's id to the id of the one that survived, both of the table `model`."""

    __table_args__ = (UniqueConstraint("model", "record_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    model: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[Key] = mapped_column(RecordKey)
    target_id: Mapped[Key] = mapped_column(RecordKey)
    # The act that merged them: once the record is there again and goes in another way, the redirect means nothing.
    change_set_id: Mapped[int]
