"""Values that are equal to Python and are none the less different ones: the ORM writes them."""

from __future__ import annotations

from datetime import time, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from admin_app.db.compared import compared, tell_apart
from admin_app.db.json_exact import JSON_NULL
from admin_app.db.unreadable import Unreadable

EARLY, LATE = (time(9 - hours, 30, tzinfo=timezone(timedelta(hours=2 - hours))) for hours in (0, 1))


class Base(DeclarativeBase):
    """Tables of this test alone."""


class Held(Base):
    __tablename__ = "held"

    id: Mapped[int] = mapped_column(primary_key=True)
    doc: Mapped[Any] = mapped_column(sa.JSON)
    daily: Mapped[Any] = mapped_column(sa.Time(timezone=True))
    times: Mapped[Any] = mapped_column(sa.ARRAY(sa.Time(timezone=True)))


tell_apart(Held.__table__)


@pytest.mark.parametrize(
    ("name", "one", "other", "is_other"),
    [
        ("doc", 1, 1.0, True),
        ("doc", [0], [False], True),
        ("doc", {"a": 1, "b": None}, {"b": None, "a": 1}, False),
        ("doc", None, JSON_NULL, True),
        ("daily", EARLY, LATE, True),
        ("daily", EARLY, time(9, 30, tzinfo=EARLY.tzinfo), False),
        ("times", [EARLY, None], [LATE, None], True),
        ("times", [EARLY, None], [EARLY, None], False),
        ("times", Unreadable("{24:00+02}"), Unreadable("{24:00+02}"), False),
    ],
)
def test_the_orm_writes_what_is_another_value(name: str, one: object, other: object, *, is_other: bool) -> None:
    record = Held()
    sa.orm.attributes.set_committed_value(record, name, one)

    setattr(record, name, other)

    of = Held.__table__.c[name].type
    assert bool(sa.inspect(record).attrs[name].history.added) is is_other
    assert (compared(of, one) != compared(of, other)) is is_other
