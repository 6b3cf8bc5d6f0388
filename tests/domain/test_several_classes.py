"""Classes of one table, one of which has a column of its own: whoever deletes, changes or brings a row, none of it is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import MetaData, String, select
from sqlalchemy.orm import Mapped, mapped_column, registry

from admin_app.db.json_values import history_columns, recorded_models, row_columns
from admin_app.db.record import Record
from admin_app.db.transaction import transaction
from admin_app.domain.plan.carry_out import Deletion, Execution
from admin_app.domain.plan.imported_row import ImportedRow
from admin_app.domain.plan.lines import insert_lines
from admin_app.domain.plan.row_matcher import RowMatcher
from admin_app.domain.records.deletion_scope import everything_in_scope
from admin_app.extensions import db
from admin_app.jobs import stored_files
from tests.domain.audit.undoing import done, take_back, words
from tests.domain.plan.planning import begun, carried_out, planned_deletion, planned_value

OWN = MetaData()
# Apart from the dashboard's own: other tests of this process are to know none of these.
APART = registry(metadata=OWN)


class Vehicle(Record):
    """The first class of the table, which stands for all in the history."""

    metadata = OWN
    _sa_registry = APART
    kind: Mapped[str] = mapped_column(String(10))
    label: Mapped[str] = mapped_column(String(40))
    __mapper_args__: Any = {
        "polymorphic_on": "kind",
        "polymorphic_identity": "vehicle",
        "version_id_col": Record.version,
    }


class Lorry(Vehicle):
    """A class that has more."""

    plate: Mapped[str | None] = mapped_column(String(10), unique=True)
    __mapper_args__: Any = {"polymorphic_identity": "lorry"}


@pytest.fixture(autouse=True)
def tables(context: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:  # noqa: ARG001 -- the tables are made in its database
    monkeypatch.setitem(recorded_models(), "vehicle", Vehicle)
    OWN.create_all(db.engine)
    with transaction(db.session):
        db.session.add_all([Vehicle(label="Car"), Lorry(label="Van", plate="A 1")])
    yield
    db.session.rollback()
    OWN.drop_all(db.engine)


def all_there() -> list[tuple[str, str, str | None]]:
    db.session.expire_all()
    found = db.session.scalars(select(Vehicle).order_by(Vehicle.id))
    return [(type(one).__name__, one.label, getattr(one, "plate", None)) for one in found]


WHOLE = [("Vehicle", "Car", None), ("Lorry", "Van", "A 1")]


@pytest.mark.parametrize("model", [Vehicle, Lorry])
def test_what_is_deleted_comes_back_whole(model: type[Record]) -> None:
    carried_out(planned_deletion(model), deletion=Deletion({}, everything_in_scope))
    left = all_there()

    take_back(done())

    assert (left, all_there()) == ([] if model is Vehicle else WHOLE[:1], WHOLE)


def test_one_that_is_deleted_by_itself_comes_back_whole_unless_its_plate_is_taken() -> None:
    with transaction(db.session):
        db.session.delete(db.session.scalars(select(Vehicle).where(Vehicle.label == "Van")).one())
    deleted = done()
    with transaction(db.session):
        db.session.add(Lorry(label="Other", plate="a 1"))
    taken = take_back(deleted)
    with transaction(db.session):
        db.session.delete(db.session.scalars(select(Lorry)).one())

    take_back(deleted)

    assert words(taken) == ["Plate “A 1” is used by another vehicle now."]
    assert all_there() == WHOLE


def test_a_column_of_a_further_class_is_changed_and_changed_back() -> None:
    carried_out(planned_value(Lorry, plate="B 2"))
    changed = all_there()

    take_back(done())

    assert (changed[1], all_there()) == (("Lorry", "Van", "B 2"), WHOLE)
    assert row_columns(Vehicle).keys() - history_columns(Vehicle).keys() == {"plate"}


def test_a_file_brings_records_of_the_first_class() -> None:
    matcher = RowMatcher(Vehicle, ("label",), match="")
    plan = begun(Vehicle, ("label",), "import")
    insert_lines(db.session, matcher.lines(db.session, plan.id, [ImportedRow(2, {"label": "New"}, {})]))
    plan.counts = {"new": 1}

    Execution(db.session, plan).carry_out_next(10)
    db.session.commit()

    assert all_there()[2:] == [("Vehicle", "New", None)]


def test_a_file_is_found_in_the_column_of_a_further_class(monkeypatch: pytest.MonkeyPatch) -> None:
    plate = Lorry.__table__.c["plate"]
    monkeypatch.setattr(plate, "type", String(200))
    monkeypatch.setitem(plate.info, "kind", "file")

    assert plate in stored_files.file_columns()
