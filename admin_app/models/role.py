"""Roles: what a member of staff may do, as a row that the dashboard edits."""

from __future__ import annotations

from sqlalchemy import String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from admin_app.db.record import Record
from admin_app.db.string_set import StringSet, StringSetType

# The roles that are there from the beginning, by their keys. The owner's is fixed: it holds everything, always.
OWNER, EDITOR, VIEWER = "owner", "editor", "viewer"
# As saved views keep it, beside their own words "mine" and "everyone".
LONGEST_KEY = 20


class Role(Record):
    """A named set of rights. What the words of its columns mean stands in `domain.permissions.rights`."""

    __guarded__ = True
    title = "name"

    name: Mapped[str] = mapped_column(String(60), unique=True)
    # What people, saved views, settings and commands name the role by: made of the first name, and never changed.
    key: Mapped[str] = mapped_column(String(LONGEST_KEY), unique=True)
    # "post:edit", "post:*", "*:view", "*:*".
    permissions: Mapped[StringSet] = mapped_column(StringSetType, default=StringSet())
    # "post:own": the row rule of a resource that this role keeps to; a resource without one: every row.
    rows: Mapped[StringSet] = mapped_column(StringSetType, default=StringSet())
    # "post.content:hidden", "post.content:read_only"; a field that is not named is free.
    fields: Mapped[StringSet] = mapped_column(StringSetType, default=StringSet())
    # Whether who has it says why, before they change many records at once.
    needs_reason: Mapped[bool] = mapped_column(default=False, server_default=false())

    # To look at only, like `Staff.held_roles`, which is its other direction. By the class's name: `staff` imports this module.
    holders: Mapped[list[Record]] = relationship(
        "Staff",
        primaryjoin="remote(foreign(Staff.roles)).like(literal('%\"').concat(Role.key).concat('\"%'))",
        viewonly=True,
    )

    @property
    def is_fixed(self) -> bool:
        """Whether nobody edits or deletes it: it is the way back from every other mistake."""
        return self.key == OWNER
