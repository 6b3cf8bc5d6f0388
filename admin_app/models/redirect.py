"""Where the id of a merged record leads. It is valid only while no record has that id."""

from __future__ import annotations

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.keys import Key, RecordKey
from admin_app.extensions import Model


class Redirect(Model):
    """A redirect from the id of a merged record to the id of the one that survived, both in the table `model`."""

    __table_args__ = (UniqueConstraint("model", "record_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    model: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[Key] = mapped_column(RecordKey)
    target_id: Mapped[Key] = mapped_column(RecordKey)
    # The change set of the merge: if the record is restored and deleted in another way, the redirect is void.
    change_set_id: Mapped[int]
