"""A text key that leads to no record, in a form: it comes back as it was drawn."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, registry, relationship
from werkzeug.datastructures import MultiDict
from wtforms import Form

from admin_app.db.record import Record
from admin_app.panel.fields import RelationField
from admin_app.relations import ToOne, relations_of

pytestmark = pytest.mark.covers


class Own(Record):
    """Tables of this test alone."""

    __abstract__ = True
    metadata = sa.MetaData()
    _sa_registry = registry(metadata=metadata)


class Region(Own):
    code: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    is_open: Mapped[bool]


class Crate(Own):
    region_code: Mapped[str | None] = mapped_column(sa.ForeignKey("region.code"))
    region: Mapped[Region | None] = relationship()
    open_region: Mapped[Region | None] = relationship(
        primaryjoin="and_(foreign(Crate.region_code) == Region.code, Region.is_open)", overlaps="region"
    )


def field_of(name: str, record: Crate, sent: str | None = None) -> RelationField:
    tie = relations_of(Crate)[name]
    assert isinstance(tie, ToOne)

    class OneField(Form):
        _obj = record

    setattr(OneField, name, RelationField(target=Region, lookup=lambda: "", tie=tie))
    field: RelationField = OneField(None if sent is None else MultiDict({name: sent}), obj=record)[name]
    return field


@pytest.fixture
def store() -> str:
    """Stay on one store: nothing is stored."""
    return "sqlite"


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(
    ("name", "key", "drawn", "said"),
    [
        ("region", "a b", "a b", "a b (no such region)"),
        ("region", "DE ", "DE.20", "DE  (no such region)"),
        ("region", "D\nE", "D.0AE", "D\nE (no such region)"),
        ("region", "", "", None),
        ("region", " ", "", None),
        # The region may be there, and not open.
        ("open_region", "DE", "DE", None),
        ("open_region", "DE ", "DE.20", None),
    ],
)
def test_a_form_that_is_sent_as_it_was_drawn_keeps_the_key(name: str, key: str, drawn: str, said: str | None) -> None:
    record = Crate(region_code=key)

    field = field_of(name, record)
    again = field_of(name, record, sent=drawn)
    again.populate_obj(record, name)

    picked = None if field.picked is None else field.picked.text
    assert (field._value(), picked, again.is_left_dangling, again.lets_go) == (drawn, said, bool(drawn), False)
    assert (list(again.process_errors), record.region_code) == ([], key)
