"""Records that are rows in two tables: whoever deletes, changes or brings one, both tables have it, and an undo gives back both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Column, ForeignKey, MetaData, String, Table, and_, select, text
from sqlalchemy.orm import Mapped, mapped_column, registry, relationship

from admin_app.db.json_values import recorded_models
from admin_app.db.record import Record
from admin_app.db.transaction import transaction
from admin_app.domain.audit.bulk import change_rows, delete_rows
from admin_app.domain.audit.former_class import was_of_class
from admin_app.domain.plan import plan as plans
from admin_app.domain.plan.carry_out import Deletion, Execution
from admin_app.domain.plan.imported_row import ImportedRow
from admin_app.domain.plan.lines import insert_lines
from admin_app.domain.plan.row_matcher import RowMatcher
from admin_app.domain.records.deletion import Decision, Fate, delete_record, dependences, losses
from admin_app.domain.records.deletion_scope import everything_in_scope
from admin_app.extensions import db
from admin_app.models.change_set import Change
from admin_app.models.plan import PlanLine
from tests.domain.audit.undoing import done, take_back, words
from tests.domain.plan.planning import begun, carried_out, planned_deletion, planned_value, verdicts

OWN = MetaData()
# Apart from the dashboard's own: other tests of this process are to know none of these.
APART = registry(metadata=OWN)


def between(name: str, **sides: str) -> Table:
    """Return a table between two others."""
    return Table(name, OWN, *(Column(one, ForeignKey(key), primary_key=True, index=True) for one, key in sides.items()))


SHIP_FLAG = between("ship_flag", ship_id="ship.id", flag_id="flag.id")
FLEET_SHIP = between("fleet_ship", fleet_id="fleet.id", ship_id="ship.id")


class Flag(Record):
    """What the further class has several of."""

    metadata = OWN
    _sa_registry = APART
    label: Mapped[str] = mapped_column(String(40))


class Fleet(Record):
    """What has several of the further class."""

    metadata = OWN
    _sa_registry = APART
    label: Mapped[str] = mapped_column(String(40))
    ships: Mapped[list[Ship]] = relationship(secondary=FLEET_SHIP)


class Craft(Record):
    """The first class, whose table has a row of each."""

    metadata = OWN
    _sa_registry = APART
    kind: Mapped[str] = mapped_column(String(10))
    label: Mapped[str] = mapped_column(String(40))
    dock_id: Mapped[int | None] = mapped_column(ForeignKey("dock.id"))
    __mapper_args__: Any = {"polymorphic_on": "kind", "polymorphic_identity": "craft", "version_id_col": Record.version}


class Ship(Craft):
    """A further one, with a table of its own."""

    id: Mapped[int] = mapped_column(ForeignKey("craft.id"), primary_key=True)
    sign: Mapped[str | None] = mapped_column(String(10), unique=True)
    port: Mapped[str | None] = mapped_column(String(20))
    mother_id: Mapped[int | None] = mapped_column(ForeignKey("ship.id"), index=True)
    mother: Mapped[Ship | None] = relationship(
        back_populates="boats", remote_side="Ship.id", foreign_keys=mother_id, passive_deletes="all"
    )
    boats: Mapped[list[Ship]] = relationship(back_populates="mother", foreign_keys=mother_id, passive_deletes="all")
    flags: Mapped[list[Flag]] = relationship(secondary=SHIP_FLAG)
    __mapper_args__: Any = {"polymorphic_identity": "ship"}


class Dock(Record):
    """What the further class points at by a column of the first one's table."""

    metadata = OWN
    _sa_registry = APART
    label: Mapped[str] = mapped_column(String(40))
    ships: Mapped[list[Ship]] = relationship(foreign_keys=Craft.dock_id, passive_deletes="all")


@pytest.fixture(autouse=True)
def tables(context: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:  # noqa: ARG001 -- the tables are made in its database
    for model in (Craft, Flag, Fleet, Dock):
        monkeypatch.setitem(recorded_models(), model.__tablename__, model)
    OWN.create_all(db.engine)
    with transaction(db.session):
        db.session.add_all([Craft(label="Kite"), Ship(label="Anna", sign="A", port="Bonn")])
        db.session.flush()
        db.session.add(Ship(label="Bea", sign="B", port="Kiel", mother_id=2))
    yield
    db.session.rollback()
    OWN.drop_all(db.engine)


WHOLE = [(1, "Kite", None, None, None), (2, "Anna", "A", "Bonn", None), (3, "Bea", "B", "Kiel", 2)]


def all_there() -> list[tuple[Any, ...]]:
    """Return what stands in both tables."""
    asked = "SELECT craft.id, label, sign, port, mother_id FROM craft LEFT JOIN ship ON ship.id = craft.id ORDER BY craft.id"
    return [tuple(row) for row in db.session.execute(text(asked))]


@pytest.mark.no_cover
@pytest.mark.parametrize("model", [Craft, Ship])
def test_what_is_deleted_comes_back_to_both_tables(model: type[Record]) -> None:
    boats = "boats" if model is Ship else "ship.mother_id"
    plan = planned_deletion(model)
    carried_out(
        plan,
        deletion=Deletion({boats: Decision(Fate.DELETE), "ship.mother_id": Decision(Fate.DELETE)}, everything_in_scope),
    )
    left = all_there()

    take_back(done())

    assert (left, all_there()) == ([] if model is Craft else WHOLE[:1], WHOLE)


def test_one_that_is_deleted_by_itself_comes_back_unless_its_sign_is_taken() -> None:
    with transaction(db.session):
        db.session.delete(db.session.get_one(Craft, 3))
    deleted = done()
    with transaction(db.session):
        db.session.add(Ship(label="Other", sign="b"))
    taken = take_back(deleted)
    with transaction(db.session):
        db.session.delete(db.session.get_one(Ship, 4))

    take_back(deleted)

    assert words(taken) == ["Sign “B” is used by another craft now."]
    assert all_there() == WHOLE


def test_columns_of_both_tables_are_changed_and_changed_back() -> None:
    plan = planned_value(Ship, label="Ship", port="Ulm")
    carried_out(plan)
    changed, versions = all_there(), list(db.session.scalars(select(Craft.version).order_by(Craft.id)))

    take_back(done())

    assert changed == [WHOLE[0], (2, "Ship", "A", "Ulm", None), (3, "Ship", "B", "Ulm", 2)]
    assert (versions, all_there()) == ([1, 2, 2], WHOLE)


def test_rows_that_are_chosen_by_what_changes_are_changed_in_both_tables() -> None:
    which = and_(Ship.port == "Kiel", Ship.label == "Bea")
    with transaction(db.session):
        number = change_rows(db.session, Ship, which, {"port": "Ulm", "label": "Cora"})
    changed = all_there()

    take_back(done())

    assert (number, changed[2], all_there()) == (1, (3, "Cora", "B", "Ulm", 2), WHOLE)


def test_rows_that_are_chosen_by_both_tables_are_deleted_from_both() -> None:
    with transaction(db.session):
        number = delete_rows(db.session, Ship, and_(Ship.port == "Kiel", Ship.label == "Bea"))

    assert (number, all_there()) == (1, WHOLE[:2])


def test_signs_change_places() -> None:
    with transaction(db.session):
        db.session.get_one(Ship, 2).sign = None
    with transaction(db.session):
        db.session.get_one(Ship, 3).sign = "A"
    swapped = done()
    with transaction(db.session):
        db.session.get_one(Ship, 2).sign = "B"

    taken = take_back(swapped)

    assert (words(taken), [one[2] for one in all_there()]) == (
        ["Sign “B” is used by another ship now."],
        [None, "B", "A"],
    )


def test_a_plan_leaves_what_is_beyond_its_rows_by_either_table() -> None:
    rows = and_(Ship.port == "Bonn", Ship.label == "Anna")
    plan = planned_value(Ship, rows=rows, port="Ulm")
    planned = verdicts(plan)
    carried_out(plan, rows=Ship.port.is_not(None))

    assert planned == {2: "refused", 3: "refused"}
    assert all_there() == WHOLE


@pytest.mark.parametrize("linked", [[], [3]])
def test_a_ship_is_left_that_a_fleet_came_to_have_and_not_one_whose_boats_went_with_the_act(
    linked: list[int],
) -> None:
    with transaction(db.session):
        db.session.get_one(Ship, 3).mother_id = None
        db.session.flush()
        db.session.get_one(Ship, 2).mother_id = 3
    plan = planned_deletion(Ship)
    with transaction(db.session):
        db.session.add(Fleet(label="North", ships=[db.session.get_one(Ship, key) for key in linked]))

    done = carried_out(plan, deletion=Deletion({"boats": Decision(Fate.KEEP)}, everything_in_scope), most=1)

    last = (3, "outdated", "It is linked with 1 fleet now, not 0.") if linked else (3, "done", "")
    asked = select(PlanLine.number, PlanLine.verdict, PlanLine.problem).where(PlanLine.plan_id == done.id)
    assert [*map(tuple, db.session.execute(asked.order_by(PlanLine.number)))] == [(2, "done", ""), last]


def test_what_left_a_persons_sight_by_then_is_left_alone() -> None:
    plan = planned_value(Ship, label="Ship")
    with transaction(db.session):
        db.session.get_one(Ship, 3).mother_id = None
    carried_out(plan, rows=Ship.port == "Bonn")

    assert verdicts(plan) == {2: "done", 3: "outdated"}
    assert [one[1] for one in all_there()] == ["Kite", "Ship", "Bea"]


def bring(*rows: dict[str, Any], match: str = "") -> dict[str, int]:
    """Bring rows of a file, as ships."""
    fields = tuple(rows[0])
    matcher = RowMatcher(Ship, fields, match=match)
    plan = begun(Ship, fields, "import")
    lines = matcher.lines(db.session, plan.id, [ImportedRow(number, row, {}) for number, row in enumerate(rows, 2)])
    insert_lines(db.session, lines)
    plan.counts = plans.counted_lines(db.session, plan).counts
    Execution(db.session, plan, of=Ship).carry_out_next(10)
    db.session.commit()
    return plan.counts


def test_a_file_brings_ships_and_changes_those_that_are_there() -> None:
    bring({"label": "Anna", "sign": "A", "port": "Ulm"}, {"label": "Cora", "sign": "C", "port": "Rom"}, match="sign")
    brought, kinds = all_there(), list(db.session.scalars(select(Craft.kind).order_by(Craft.id)))

    take_back(done())

    assert (brought[1], brought[3]) == ((2, "Anna", "A", "Ulm", None), (4, "Cora", "C", "Rom", None))
    assert (kinds, all_there()) == (["craft", "ship", "ship", "ship"], WHOLE)


def test_no_ship_comes_to_carry_itself() -> None:
    plan = carried_out(planned_value(Ship, mother_id=3))

    assert verdicts(plan) == {2: "failed", 3: "failed"}
    assert all_there() == WHOLE


@pytest.fixture
def linked() -> None:
    """Give both ships a flag, put them into a fleet, and one of them into a dock, with the kite."""
    with transaction(db.session):
        kite, *ships = db.session.scalars(select(Craft).order_by(Craft.id))
        db.session.add_all([Fleet(label="North", ships=ships), Dock(label="Dry")])
        db.session.flush()
        kite.dock_id = ships[0].dock_id = 1
        flag = Flag(label="Red")
        for ship in ships:
            ship.flags = [flag]


LINKS = [(2, 1), (3, 1)], [(1, 2), (1, 3)]


def all_links() -> tuple[list[tuple[Any, ...]], ...]:
    """Return what stands in both tables between."""
    return tuple(
        [tuple(row) for row in db.session.execute(select(one).order_by(*one.c))] for one in (SHIP_FLAG, FLEET_SHIP)
    )


def recorded(model: str) -> list[tuple[Any, ...]]:
    """Return which links the newest change set says that records of a table lost."""
    name = {"craft": "flags", "fleet": "ships"}[model]
    found = db.session.scalars(select(Change).where(Change.change_set_id == done(), Change.model == model))
    return [(one.record_id, (one.before or {})[name], (one.after or {}).get(name)) for one in found]


@pytest.mark.usefixtures("linked")
@pytest.mark.parametrize("way", ["alone", "among many"])
@pytest.mark.parametrize(
    ("key", "links", "crafts", "fleets"),
    [
        (1, LINKS, [(1, [], None)], []),
        (3, ([(2, 1)], [(1, 2)]), [(3, [1], None)], [(1, [2, 3], [2])]),
    ],
    ids=["the first class", "the further one"],
)
def test_who_is_deleted_loses_its_own_links_alone(
    key: int, links: object, crafts: object, fleets: object, way: str
) -> None:
    lost = [one.count.number for one in losses(db.session, Craft, Craft.id == key, everything_in_scope)]
    with transaction(db.session):
        if way == "alone":
            delete_record(db.session, db.session.get_one(Craft, key), {}, everything_in_scope)
        else:
            delete_rows(db.session, Craft, Craft.id == key)
    left = all_links(), recorded("fleet")
    before = recorded("craft") if way != "alone" else crafts

    were = [was_of_class(db.session, model, key) for model in (Craft, Ship)]

    take_back(done())

    assert were == [True, key != 1]
    assert not was_of_class(db.session, Ship, key)
    assert (lost, left, before) == ([1] if fleets else [], (links, fleets), crafts)
    assert (all_links(), all_there()) == (LINKS, WHOLE)


@pytest.mark.usefixtures("linked")
def test_rows_that_are_chosen_by_a_related_record_are_no_others() -> None:
    with transaction(db.session):
        changed = change_rows(db.session, Ship, Ship.mother.has(Ship.port == "Bonn"), {"label": "Cora"})
        deleted = delete_rows(db.session, Ship, Ship.mother.has(label="Anna"))

    assert (changed, deleted, all_there()) == (1, 1, WHOLE[:2])
    assert all_links() == ([(2, 1)], [(1, 2)])


@pytest.mark.usefixtures("linked")
def test_what_hangs_by_the_first_table_is_the_further_class_and_then_the_others() -> None:
    dock = db.session.get_one(Dock, 1)
    counted = {one.name: one.count.number for one in dependences(db.session, dock, everything_in_scope)}
    decisions = {"ships": Decision(Fate.DELETE), "craft.dock_id": Decision(Fate.KEEP)}
    with transaction(db.session):
        db.session.get_one(Ship, 3).mother_id = None
        db.session.flush()
        delete_record(db.session, dock, decisions, everything_in_scope)

    assert counted == {"ships": 1, "craft.dock_id": 2}
    assert [one[:2] for one in all_there()] == [(1, "Kite"), (3, "Bea")]
