"""What a column's type cannot read, whatever it is: written as it is stored."""

from __future__ import annotations

from admin_app.db.unreadable import Unreadable
from admin_app.kinds.base import Kind


class UnreadableKind(Kind[Unreadable]):
    """A value of no type's; no column is of this kind."""

    name = "unreadable"
    types = ()
    values = (Unreadable,)
    is_read_only = True
