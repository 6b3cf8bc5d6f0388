"""PostgreSQL's network types: read and written alike in URLs, files, forms, filters and the history."""

from __future__ import annotations

import json
from collections.abc import Iterator
from ipaddress import ip_address, ip_interface, ip_network
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.datastructures import MultiDict
from wtforms import Form

from admin_app.extensions import db
from admin_app.kinds import kind_of
from admin_app.kinds.history import from_json_sql, json_of
from admin_app.panel.kinds import operators_of, panel_kind_of, value_cell
from admin_app.transfer.columns import ImportColumn
from admin_app.transfer.formats import FORMATS, FileOptions
from admin_app.transfer.import_.rows import cell_reader


class Base(DeclarativeBase):
    """Tables of this test alone."""


class Host(Base):
    """A machine."""

    __tablename__ = "host"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[Any] = mapped_column(pg.INET, nullable=True)
    network: Mapped[Any] = mapped_column(pg.CIDR, nullable=True)
    device: Mapped[Any] = mapped_column(pg.MACADDR, nullable=True)


COLUMNS = {name: Host.__table__.c[name] for name in ("address", "network", "device")}
# The column, what is typed, the value, and how it is written.
SAMPLES = [
    ("address", " 192.0.2.7 ", ip_address("192.0.2.7"), "192.0.2.7"),
    ("address", "192.0.2.7/24", ip_interface("192.0.2.7/24"), "192.0.2.7/24"),
    ("address", "2001:DB8:0::1/128", ip_address("2001:db8::1"), "2001:db8::1"),
    ("address", "2001:db8::1/64", ip_interface("2001:db8::1/64"), "2001:db8::1/64"),
    ("address", "::ffff:192.0.2.7", ip_address("::ffff:192.0.2.7"), "::ffff:192.0.2.7"),
    ("address", "::192.0.2.7", ip_address("::192.0.2.7"), "::192.0.2.7"),
    ("address", "::1", ip_address("::1"), "::1"),
    ("network", "192.0.2.7/24", ip_network("192.0.2.0/24"), "192.0.2.0/24"),
    ("network", "192.0.2.7", ip_network("192.0.2.7/32"), "192.0.2.7/32"),
    ("network", "2001:db8::1/64", ip_network("2001:db8::/64"), "2001:db8::/64"),
    ("device", "08-00-2B-01-02-03", "08:00:2b:01:02:03", "08:00:2b:01:02:03"),
]
each = pytest.mark.parametrize(("name", "typed", "value", "written"), SAMPLES)


@each
def test_an_address_is_read_in_any_spelling_and_written_in_one(name: str, typed: str, value: Any, written: str) -> None:
    column, kind = COLUMNS[name], kind_of(COLUMNS[name])

    class Machine(Form):
        it = panel_kind_of(column).field(column, {})

    form = Machine(MultiDict({"it": typed}))
    file = b"".join(FORMATS["csv"].write(["a"], [[value]], FileOptions(), lambda _row, _problem: None))

    assert (form.it.data, kind.from_url(kind.to_url(value))) == (value, value)
    assert (Machine(data={"it": value}).it._value(), value_cell(value, is_whole=True).text) == (written, written)
    assert cell_reader(ImportColumn(name, "It", column), is_verbatim=False)(file.decode().split()[1]) == value


@pytest.mark.parametrize("name", COLUMNS)
def test_a_wrong_address_is_refused_with_an_example(name: str) -> None:
    column, kind = COLUMNS[name], kind_of(COLUMNS[name])

    with pytest.raises(ValueError, match=rf"^must be {kind.wanted}\.$"):
        cell_reader(ImportColumn(name, "It", column), is_verbatim=False)("300.1.2.3")
    with pytest.raises(ValueError, match=rf"^Enter {kind.wanted}, like {kind.example}\.$"):
        operators_of(getattr(Host, name), "It")[0].parse("300.1.2.3")


@pytest.fixture
def stored(context: Flask) -> Iterator[sa.Connection]:  # noqa: ARG001 -- the store to make the table in
    with db.engine.connect() as connection:
        Base.metadata.create_all(connection)
        for place, (name, _, value, _) in enumerate(SAMPLES, 1):
            connection.execute(sa.insert(Host).values(id=place, **{name: value}))
        yield connection
        connection.rollback()


@pytest.mark.parametrize("store", ["postgres"], indirect=True)
def test_the_history_and_lists_know_every_value(stored: sa.Connection) -> None:
    for place, (name, typed, value, _) in enumerate(SAMPLES, 1):
        column, mine = COLUMNS[name], Host.__table__.c.id == place
        kind, whole = kind_of(column), stored.scalar(sa.select(json_of({name: column}, "postgresql")).where(mine))
        kept = {name: kind.to_history(value)}
        again = from_json_sql(column, sa.literal(json.dumps(kept)), name, "postgresql")
        equals = operators_of(getattr(Host, name), "It")[0]
        found = stored.scalars(sa.select(Host.id).where(equals.criterion(equals.parse(typed)))).all()

        assert (json.loads(str(whole)), kind.from_history(kept[name])) == (kept, value)
        assert stored.scalar(sa.select(column == again).where(mine)) is True
        assert (stored.scalar(sa.select(column).where(mine)), found) == (value, [place])
