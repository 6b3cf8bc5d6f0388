"""What a person chose on an export page the last time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.extensions import db


class ExportChoice(db.Model):  # type: ignore[name-defined,misc] # made by Flask-SQLAlchemy at run time
    """Format, columns and options by person and resource."""

    __table_args__ = (Index(None, "staff_id", "resource", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    resource: Mapped[str] = mapped_column(String(80))
    choice: Mapped[dict[str, Any]] = mapped_column(JSON)
