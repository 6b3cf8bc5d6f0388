"""Which column says that a record is archived, and what it holds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from admin_app.db.types import UtcDateTime
from admin_app.domain.records.archive import archived_value, is_archived, require_archive, unarchived
from admin_app.errors import ConfigurationError
from admin_app.models.user import User


class Base(DeclarativeBase):
    """Tables of this test alone."""

    __archived_at__: ClassVar[str] = ""


class Since(Base):
    """Says since when."""

    __tablename__ = "archived_since"
    __archived_at__ = "gone"

    id: Mapped[int] = mapped_column(primary_key=True)
    gone: Mapped[datetime | None] = mapped_column(UtcDateTime)
    label: Mapped[str]


class Local(Base):
    """Says since when, without a zone."""

    __tablename__ = "archived_locally"
    __archived_at__ = "gone"

    id: Mapped[int] = mapped_column(primary_key=True)
    gone: Mapped[datetime | None] = mapped_column(sa.DateTime)


class Whether(Base):
    """Says whether."""

    __tablename__ = "archived_or_not"
    __archived_at__ = "gone"

    id: Mapped[int] = mapped_column(primary_key=True)
    gone: Mapped[bool]


MODELS: tuple[Any, ...] = (Since, Local, Whether)


def test_a_column_says_since_when_or_whether() -> None:
    values = [archived_value(one, is_archived=was) for one in MODELS for was in (True, False)]

    assert [values[0].tzinfo, values[2].tzinfo] == [UTC, None]
    assert [*values[1:2], *values[3:]] == [None, None, True, False]
    assert [str(is_archived(one)) for one in MODELS] == [
        "archived_since.gone IS NOT NULL",
        "archived_locally.gone IS NOT NULL",
        "archived_or_not.gone IS true",
    ]
    assert [str(unarchived(one)) for one in MODELS] == [
        "archived_since.gone IS NULL",
        "archived_locally.gone IS NULL",
        "archived_or_not.gone IS NOT true",
    ]
    assert (is_archived(User), unarchived(User)) == (None, None)


@pytest.mark.parametrize("name", ["label", "nothing"])
def test_another_column_stops_the_start(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for one in (*MODELS, User):
        require_archive(one)
    monkeypatch.setattr(Since, "__archived_at__", name)

    with pytest.raises(ConfigurationError, match=rf"Since.__archived_at__ names {name}\. Name a nullable column"):
        require_archive(MODELS[0])
