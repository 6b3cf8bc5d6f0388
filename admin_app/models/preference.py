"""How a person likes the lists of a resource to look and to be exported, and their settings for every page."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Enum, ForeignKey, String, Text, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.types import UtcDateTime
from admin_app.extensions import Model, Values


class Density(StrEnum):
    """The height of rows."""

    COMFORTABLE = "comfortable"
    COMPACT = "compact"


class Theme(StrEnum):
    """The colours of the pages; "system" leaves them to the browser."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


def _words(choices: type[StrEnum]) -> Enum:
    """Store a choice as its word, which the database takes as any text."""
    return Enum(choices, native_enum=False, length=20, values_callable=lambda all_: [one.value for one in all_])


class Preference(Model):
    """A person's settings for one resource's list. The row whose `resource` is "" holds the settings for every page."""

    __table_args__ = (UniqueConstraint("staff_id", "resource"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    resource: Mapped[str] = mapped_column(String(60))
    # Names in order, separated by commas; "": the resource's own columns.
    columns: Mapped[str] = mapped_column(Text, default="")
    # 0: the default number.
    page_size: Mapped[int] = mapped_column(default=0)
    density: Mapped[Density] = mapped_column(_words(Density), default=Density.COMFORTABLE)
    default_view_id: Mapped[int | None] = mapped_column(ForeignKey("saved_view.id", ondelete="SET NULL"), index=True)
    has_shortcuts: Mapped[bool] = mapped_column(default=True)
    # Whether the home page shows the first steps.
    has_first_steps: Mapped[bool] = mapped_column(default=True, server_default=true())
    # Format, columns and options of the last export; empty: none yet.
    export_choice: Mapped[Values] = mapped_column(JSON, default=dict, server_default="{}")
    theme: Mapped[Theme] = mapped_column(_words(Theme), default=Theme.SYSTEM, server_default=Theme.SYSTEM.value)
    # Whether the navigation shows only icons.
    is_narrow: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Whether an email tells the person about their inbox, if email is set up, and when the last one was sent.
    has_digest: Mapped[bool] = mapped_column(default=True, server_default=true())
    digest_sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
