"""Folders in folders: a model that depends on itself. Copied by test_relation_shapes.py."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from admin_app.db.record import Record


class Folder(Record):
    """A folder, perhaps in another one."""

    title = "name"

    name: Mapped[str] = mapped_column(String(40))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("folder.id"), index=True)

    parent: Mapped[Folder | None] = relationship(remote_side="Folder.id", back_populates="folders")
    folders: Mapped[list[Folder]] = relationship(back_populates="parent", passive_deletes="all")
