"""Which programs may go on with the tables as they are: one row, written by the migrations, or none."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.extensions import Model


class SchemaFloor(Model):
    """The one row; its key is 1."""

    id: Mapped[int] = mapped_column(primary_key=True)
    # The migration of the oldest program that can serve: Alembic's own table says only of which program the tables are.
    revision: Mapped[str] = mapped_column(String(32))
