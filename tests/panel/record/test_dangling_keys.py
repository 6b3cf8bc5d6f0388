"""A key that leads to no record, in a form: it comes back as it was drawn, and stands for no other record."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Mapped, mapped_column, registry, relationship
from werkzeug.datastructures import MultiDict
from wtforms import Form

from admin_app.db.record import Record
from admin_app.extensions import db
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
    number: Mapped[int] = mapped_column(unique=True)
    is_open: Mapped[bool] = mapped_column(default=True)


class Crate(Own):
    region_code: Mapped[str | None] = mapped_column(sa.ForeignKey("region.code"))
    region_number: Mapped[int | None] = mapped_column(sa.ForeignKey("region.number"))
    loose_code: Mapped[str | None]
    region: Mapped[Region | None] = relationship(foreign_keys=region_code)
    loose: Mapped[Region | None] = relationship(primaryjoin="foreign(Crate.loose_code) == Region.code")
    numbered: Mapped[Region | None] = relationship(foreign_keys=region_number)
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
        ("region", "a b", "a.20b", "a b (no such region)"),
        # What stands for “DE ”, another key.
        ("region", "DE.20", "DE.2E20", "DE.20 (no such region)"),
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


@pytest.mark.usefixtures("regions")
@pytest.mark.parametrize(("name", "column", "kept"), [("loose", "loose_code", "a b"), ("region", "region_code", None)])
def test_a_copy_has_the_key_unless_a_foreign_key_forbids_it(name: str, column: str, kept: str | None) -> None:
    original, copy = Crate(**{column: "a b"}), Crate()

    field = field_of(name, copy)
    field.copy_dangling(original)
    drawn = field._value()
    again = field_of(name, copy, sent=drawn)
    again.copy_dangling(original)
    again.populate_obj(copy, name)

    assert (drawn, getattr(copy, column)) == ("" if kept is None else "a.20b", kept)


@pytest.fixture
def regions(context: Flask) -> Iterator[None]:  # noqa: ARG001 -- the store to make the tables in
    """Make two regions, of which one has the other's number for its key."""
    Own.metadata.create_all(db.engine)
    db.session.add_all([Region(code="17", number=40), Region(code="DE", number=18)])
    yield
    db.session.rollback()


@pytest.mark.usefixtures("regions")
def test_a_number_that_leads_to_no_record_is_not_the_record_with_this_id() -> None:
    lost, found = Crate(region_number=17), Crate(region_number=18)
    db.session.add(found)

    drawn = field_of("numbered", lost)._value()
    kept, chosen = (field_of("numbered", lost, sent=one) for one in (drawn, "17"))
    # The region that it leads to came since the form was drawn.
    since = field_of("numbered", found, sent=drawn.replace("17", "18"))

    assert (drawn, kept.is_left_dangling, chosen.is_left_dangling) == ("17 (as stored)", True, False)
    assert [one.data and one.data.code for one in (kept, chosen, since)] == [None, "17", "DE"]
