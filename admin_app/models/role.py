"""Roles: what a member of staff may do, as rows that the dashboard edits."""

from __future__ import annotations

from sqlalchemy import String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from admin_app.db.record import Record
from admin_app.db.string_set import StringSet, StringSetType

# The keys of the built-in roles. The owner's is fixed: it has all rights, always.
OWNER, EDITOR, VIEWER = "owner", "editor", "viewer"
# Saved views store a role's key, or their own words "mine" and "everyone".
LONGEST_KEY = 20


class Role(Record):
    """A named set of rights. `domain.permissions.rights` explains the words in its columns."""

    __guarded__ = True
    title = "name"

    name: Mapped[str] = mapped_column(String(60), unique=True)
    # The key by which people, saved views, settings and commands refer to the role: derived from its first name,
    # never changed.
    key: Mapped[str] = mapped_column(String(LONGEST_KEY), unique=True)
    # "post:edit", "post:*", "*:view", "*:*".
    permissions: Mapped[StringSet] = mapped_column(StringSetType, default=StringSet())
    # "post:own": this role sees only the rows of that rule. A resource without an entry: every row.
    rows: Mapped[StringSet] = mapped_column(StringSetType, default=StringSet())
    # "post.content:hidden", "post.content:read_only"; a field without an entry is not limited.
    fields: Mapped[StringSet] = mapped_column(StringSetType, default=StringSet())
    # Whether people with it have to give a reason before they change many records at once.
    needs_reason: Mapped[bool] = mapped_column(default=False, server_default=false())

    # For reading only, like its reverse `Staff.held_roles`. NameLookup by string, because `staff` imports this module.
    holders: Mapped[list[Record]] = relationship(
        "Staff",
        primaryjoin="remote(foreign(Staff.roles)).like(literal('%\"').concat(Role.key).concat('\"%'))",
        viewonly=True,
    )

    @property
    def is_fixed(self) -> bool:
        """Whether nobody can edit or delete it: it is the way back from every other mistake."""
        return self.key == OWNER
