"""A model for each name that a page of ours has, and one whose columns are called as what forms have. Copied by test_every_name.py."""

from __future__ import annotations

import sqlalchemy as sa
from flask_admin.form import BaseForm
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.endpoints import OURS
from admin_app.db.record import Record

# SQL's words, Python's, and parameters of ours.
WORDS = (
    *("order", "type", "query", "page", "group", "select", "q", "sort", "url", "next", "reason", "key", "view"),
    *("columns", "return_url", "name", "obj", "formdata", "prefix", "extra_filters"),
)
# What a form has: of the class, and of each one made.
OF_FORMS = {*dir(BaseForm()), "_apart", "hidden_tag", "is_submitted", "validate_on_submit"}
FREE = sorted(one for one in OF_FORMS if not one.startswith("__") and one not in dir(Record))
NAMES = (*WORDS, *FREE)


class Label(Record):
    """Gives the others a name to show."""

    __abstract__ = True

    label: Mapped[str] = mapped_column(sa.String(40))

    def __str__(self) -> str:
        return self.label


CALLED = {
    one: type(one.title(), (Label,), {"__tablename__": f"own_{one}", "__module__": __name__}) for one in sorted(OURS)
}


class Odd(Record):
    """Has a column for each of them."""

    title = "label"

    label: Mapped[str] = mapped_column(sa.String(40))


for name in NAMES:
    # To SQL, `Meta` and `meta` are one name.
    setattr(Odd, name, mapped_column("Own_meta" if name == "Meta" else name, sa.String(40), nullable=True))
