"""Whose account is whose, where the application around the dashboard signs people in."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.extensions import Model

# Of a UUID, a number, or what a company's directory calls people.
LONGEST_HOST_KEY = 255


class HostPerson(Model):
    """One person of that application: by what it knows them, and the account that keeps what they do here."""

    key: Mapped[str] = mapped_column(String(LONGEST_HOST_KEY), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), unique=True, index=True)
