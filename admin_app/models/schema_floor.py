"""The oldest program that can use the tables as they are: one row, written by migrations, or none."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.extensions import Model


class SchemaFloor(Model):
    """The one row; its key is 1."""

    id: Mapped[int] = mapped_column(primary_key=True)
    # The migration of that program. Alembic's own table says only which program the tables belong to.
    revision: Mapped[str] = mapped_column(String(32))
