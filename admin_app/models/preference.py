"""How a member of staff likes a resource's lists to look and takes them away, and what they set for every page."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Enum, ForeignKey, String, Text, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.types import UtcDateTime
from admin_app.extensions import Model, Values


class Density(StrEnum):
    """How high a row is."""

    COMFORTABLE = "comfortable"
    COMPACT = "compact"


class Theme(StrEnum):
    """In which colours the pages are drawn; the system's are the browser's."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


def _words(choices: type[StrEnum]) -> Enum:
    """Keep a choice by its word, which the database takes for any text."""
    return Enum(choices, native_enum=False, length=20, values_callable=lambda all_: [one.value for one in all_])


class Preference(Model):
    """One person's settings of one resource's list; the row whose `resource` is "" holds what is for every page."""

    __table_args__ = (UniqueConstraint("staff_id", "resource"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    resource: Mapped[str] = mapped_column(String(60))
    # Names with commas between them, in their order; empty: the resource's own.
    columns: Mapped[str] = mapped_column(Text, default="")
    # 0: the usual number.
    page_size: Mapped[int] = mapped_column(default=0)
    density: Mapped[Density] = mapped_column(_words(Density), default=Density.COMFORTABLE)
    default_view_id: Mapped[int | None] = mapped_column(ForeignKey("saved_view.id", ondelete="SET NULL"), index=True)
    has_shortcuts: Mapped[bool] = mapped_column(default=True)
    # Whether the home page shows what to do first.
    has_first_steps: Mapped[bool] = mapped_column(default=True, server_default=true())
    # Format, columns and options of the last export; empty: none yet.
    export_choice: Mapped[Values] = mapped_column(JSON, default=dict, server_default="{}")
    theme: Mapped[Theme] = mapped_column(_words(Theme), default=Theme.SYSTEM, server_default=Theme.SYSTEM.value)
    # Whether the navigation shows its icons alone.
    is_narrow: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Whether an email tells of the inbox, where email is set up, and when the last one was sent.
    has_digest: Mapped[bool] = mapped_column(default=True, server_default=true())
    digest_sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
