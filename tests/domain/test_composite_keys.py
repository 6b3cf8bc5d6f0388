"""Records whose keys are of several columns, what points at them by all of those, and what points by a unique column: all acts are the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import (
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    insert,
    select,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, registry, relationship

from admin_app.db.json_values import recorded_models
from admin_app.db.key_parts import Parts
from admin_app.db.keys import key_in
from admin_app.db.record import Record
from admin_app.db.transaction import transaction
from admin_app.domain.audit.bulk import change_rows
from admin_app.domain.audit.recorder import RECORDED
from admin_app.domain.audit.undo_conflicts import counted_dependents
from admin_app.domain.forgetting.forget import forget, is_back
from admin_app.domain.forgetting.held import held_about
from admin_app.domain.forgetting.subject import subject_of
from admin_app.domain.plan.carry_out import Deletion, Execution
from admin_app.domain.plan.changes import SetTo
from admin_app.domain.plan.imported_row import ImportedRow
from admin_app.domain.plan.lines import insert_lines
from admin_app.domain.plan.name_lookup import NameLookup
from admin_app.domain.plan.row_matcher import RowMatcher
from admin_app.domain.records.deletion import Decision, Fate, delete_many, delete_record, dependences
from admin_app.domain.records.deletion_scope import everything_in_scope
from admin_app.domain.records.merge import merge_records
from admin_app.domain.records.refusals import refusals_of
from admin_app.errors import DeletionError, ForgettingError, InvalidRecord, MergeError
from admin_app.extensions import db, table_of
from admin_app.kinds import kind_of
from admin_app.relations import relations_of, to_one
from admin_app.relations.undeclared import undeclared_dependents
from admin_app.selection.list_schema import SortKey
from admin_app.selection.sorting.keyset import SortOrder
from admin_app.selection.sorting.tail import Second
from tests.domain.audit.undoing import done, take_back, words
from tests.domain.plan.planning import begun, carried_out, planned, planned_deletion, verdicts

OWN = MetaData()
# Apart from the dashboard's own: other tests of this process are to know none of these.
APART = registry(metadata=OWN)


IS_MAIN = text("label = 'main'")


class Rack(Record):
    """A record of two columns."""

    metadata = OWN
    _sa_registry = APART
    aisle: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(String(10), primary_key=True)
    label: Mapped[str] = mapped_column(String(40))
    position: Mapped[int | None] = mapped_column(unique=True)
    boxes: Mapped[list[Box]] = relationship(back_populates="rack", passive_deletes="all")
    slots: Mapped[list[Slot]] = relationship(back_populates="rack", passive_deletes="all")


class Porter(Record):
    """Somebody who is told by their address."""

    metadata = OWN
    _sa_registry = APART
    mail: Mapped[str | None] = mapped_column(String(40), unique=True)
    number: Mapped[int | None] = mapped_column(unique=True)
    label: Mapped[str] = mapped_column(String(40))
    boxes: Mapped[list[Box]] = relationship(
        back_populates="porter", foreign_keys="Box.porter_mail", passive_deletes="all"
    )


class Box(Record):
    """What points at both; who made it, it has no relation for."""

    metadata = OWN
    _sa_registry = APART
    label: Mapped[str] = mapped_column(String(40))
    aisle: Mapped[int | None]
    mark: Mapped[str | None] = mapped_column(String(10))
    porter_mail: Mapped[str | None] = mapped_column(ForeignKey("porter.mail", name="of_porter"))
    maker_mail: Mapped[str | None] = mapped_column(ForeignKey("porter.mail"))
    rack: Mapped[Rack | None] = relationship(back_populates="boxes")
    porter: Mapped[Porter | None] = relationship(back_populates="boxes", foreign_keys=[porter_mail])
    __table_args__ = (
        ForeignKeyConstraint(["mark", "aisle"], ["rack.mark", "rack.aisle"], name="of_rack"),
        UniqueConstraint("aisle", "mark", "label"),
        Index("main_box", "aisle", unique=True, sqlite_where=IS_MAIN, postgresql_where=IS_MAIN),
    )


class Slot(Record):
    """What is told by the rack that it is in."""

    metadata = OWN
    _sa_registry = APART
    aisle: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(String(10), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(40))
    rack: Mapped[Rack] = relationship(back_populates="slots")
    __table_args__ = (ForeignKeyConstraint(["aisle", "mark"], ["rack.aisle", "rack.mark"]),)


# No history is kept of either, and the second one has no key.
VISIT = Table(
    "visit",
    OWN,
    Column("id", Integer, primary_key=True),
    Column("porter_mail", ForeignKey("porter.mail")),
    Column("position", ForeignKey("rack.position")),
)
# The database changes it along with what it points at.
BADGE = Table("badge", OWN, Column("porter_number", ForeignKey("porter.number", onupdate="CASCADE")))
CARD = Table("card", OWN, Column("porter_mail", ForeignKey("porter.mail")))

FIRST, SECOND = Parts((1, "a/b")), Parts((2, "é"))


@pytest.fixture(autouse=True)
def tables(context: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:  # noqa: ARG001 -- the tables are made in its database
    for model in (Rack, Porter, Box, Slot):
        monkeypatch.setitem(recorded_models(), str(model.__table__.name), model)
    OWN.create_all(db.engine)
    with transaction(db.session):
        db.session.add_all([Rack(aisle=key[0], mark=key[1], label="old") for key in (FIRST, SECOND)])
    yield
    db.session.rollback()
    OWN.drop_all(db.engine)


def rack(key: Parts) -> Rack:
    return db.session.get_one(Rack, key)


def box(label: str, key: Parts) -> Box:
    return Box(label=label, aisle=key[0], mark=key[1])


def stored(*records: Record) -> None:
    db.session.add_all(records)
    db.session.commit()


def labels(model: Any) -> dict[Any, str]:
    db.session.expire_all()
    return {one.id: one.label for one in db.session.scalars(select(model))}


def places() -> dict[str, Any]:
    db.session.expire_all()
    return {one.label: (one.aisle, one.mark, one.porter_mail) for one in db.session.scalars(select(Box))}


@pytest.mark.parametrize("reads", [False, True], ids=["statement", "records"])
def test_they_are_planned_carried_out_and_taken_back(reads: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    plan = carried_out(planned(Rack, {"label": SetTo("new")}, reads=reads))
    changed = labels(Rack)

    undone = take_back(done())

    assert verdicts(plan) == {FIRST: "done", SECOND: "done"}
    assert (changed, undone.given_back, labels(Rack)) == (
        {FIRST: "new", SECOND: "new"},
        2,
        {FIRST: "old", SECOND: "old"},
    )


def test_unique_values_of_them_change_places_and_back() -> None:
    rack(FIRST).position, rack(SECOND).position = 1, None
    db.session.commit()

    with transaction(db.session):
        rack(FIRST).position = None
        db.session.flush()
        rack(SECOND).position = 1
    undone = take_back(done())

    assert (undone.given_back, rack(FIRST).position, rack(SECOND).position) == (2, 1, None)


def test_they_are_deleted_and_made_again_with_what_they_were() -> None:
    carried_out(planned_deletion(Rack), deletion=Deletion({}, everything_in_scope))
    left = labels(Rack)

    undone = take_back(done())

    assert (left, undone.given_back, labels(Rack)) == ({}, 2, {FIRST: "old", SECOND: "old"})


def test_the_rows_of_a_file_find_them_by_both_columns() -> None:
    matcher = RowMatcher(Rack, ("aisle", "mark", "label"), gives_keys=True)
    rows = [
        ImportedRow(2, {"aisle": 1, "mark": "a/b", "label": "new"}, {}),
        ImportedRow(3, {"aisle": 3, "mark": "c", "label": "made"}, {}),
        ImportedRow(4, {"aisle": 4, "label": "x"}, {"aisle": "4", "mark": ""}),
        ImportedRow(5, {"aisle": 5, "mark": "much too long", "label": "x"}, {"mark": "much too long"}),
    ]
    plan = begun(Rack, ("label",), "import")

    found = matcher.lines(db.session, plan.id, rows)
    insert_lines(db.session, found)
    plan.counts = {"new": 1, "change": 1}
    while Execution(db.session, plan).carry_out_next(10):
        db.session.commit()

    assert [one["cells"] for one in found[2:]] == [
        {"mark": ["enter the mark.", ""]},
        {"mark": ["must be 10 characters or fewer; it has 13.", "much too long"]},
    ]
    assert labels(Rack) == {FIRST: "new", SECOND: "old", Parts((3, "c")): "made"}


@pytest.mark.parametrize(
    ("chosen", "values", "cells"),
    [
        ({"gives_keys": False}, {"aisle": 3, "mark": "c"}, {"aisle": ["it does not exist.", "3, c"]}),
        ({"may_add": False}, {"aisle": 3, "mark": "c"}, {"aisle": ["it does not exist.", "3, c"]}),
        ({"may_change": False}, {"aisle": 1, "mark": "a/b"}, {"aisle": ["it exists already.", "1, a/b"]}),
        ({"match": ""}, {"aisle": 1, "mark": "a/b"}, {"aisle": ["already used by another record.", "1, a/b"]}),
        (
            {"match": "position"},
            {"aisle": 3, "mark": "c", "position": 7},
            {"aisle": ["the record that this row finds has another ID.", "3, c"]},
        ),
    ],
)
def test_a_row_whose_key_does_not_fit_says_so(chosen: Any, values: Any, cells: Any) -> None:
    rack(FIRST).position = 7
    db.session.commit()
    matcher = RowMatcher(Rack, ("aisle", "mark", "position", "label"), **{"gives_keys": True, **chosen})
    texts = {name: str(value) for name, value in values.items()}

    (line,) = matcher.lines(db.session, 0, [ImportedRow(2, {**values, "label": "x"}, texts)])

    assert line["cells"] == cells


def test_of_what_an_aisle_has_one_at_most_no_second_is_given_to_its_racks() -> None:
    near = Parts((2, "z"))
    stored(Rack(aisle=2, mark="z", label="near"))
    stored(box("main", FIRST), box("main", near))
    give = {"boxes": Decision(Fate.GIVE, rack(SECOND))}

    with pytest.raises(
        DeletionError, match=r"may have only one box like the one with the ID 1\. Choose another rack\."
    ):
        delete_record(db.session, rack(FIRST), give, everything_in_scope)
    with transaction(db.session):
        delete_record(db.session, rack(near), give, everything_in_scope)

    moved = select(Box.aisle, Box.mark).order_by(Box.id)
    assert [tuple(one) for one in db.session.execute(moved)] == [FIRST, SECOND]


def test_what_points_at_them_stays_or_is_given_to_another_one() -> None:
    stored(box("one", FIRST), box("two", SECOND))

    with transaction(db.session):
        delete_record(db.session, rack(FIRST), {"boxes": Decision(Fate.GIVE, rack(SECOND))}, everything_in_scope)
    given = places()
    with transaction(db.session):
        delete_many(db.session, Rack, Rack.id == SECOND, {"boxes": Decision(Fate.KEEP)}, everything_in_scope)

    assert given == {"one": (2, "é", None), "two": (2, "é", None)}
    assert places() == {"one": (None, None, None), "two": (None, None, None)}


def test_what_is_told_by_them_goes_with_them_and_comes_back() -> None:
    stored(Slot(aisle=1, mark="a/b", number=1, label="slot"))

    fates = [one.fates for one in dependences(db.session, rack(FIRST), everything_in_scope)]
    with pytest.raises(DeletionError, match="Choose what happens"), transaction(db.session):
        delete_record(db.session, rack(FIRST), {"slots": Decision(Fate.GIVE, rack(SECOND))}, everything_in_scope)
    with transaction(db.session):
        delete_record(db.session, rack(FIRST), {"slots": Decision(Fate.DELETE)}, everything_in_scope)
    left = labels(Slot)
    take_back(done())

    assert (fates, left, labels(Slot)) == ([(Fate.DELETE,)], {}, {Parts((1, "a/b", 1)): "slot"})


def test_one_that_was_made_is_not_taken_back_while_something_points_at_it() -> None:
    made = done()
    stored(box("one", FIRST))

    undone = take_back(made)

    assert words(undone) == ["It has 1 box now. Delete it yourself and choose what happens to them."]
    assert (list(labels(Rack)), counted_dependents(db.session, rack(FIRST))) == ([FIRST], {"box": ["1 box"]})


def test_two_are_merged_with_what_points_at_them_but_for_what_is_told_by_them() -> None:
    stored(box("same", FIRST), box("same", SECOND), box("own", SECOND))
    stored(Slot(aisle=2, mark="é", number=1, label="slot"))

    with (
        pytest.raises(MergeError, match=r"^The slots of “Rack 2, é” have it as part of their key"),
        transaction(db.session),
    ):
        merge_records(db.session, rack(FIRST), rack(SECOND), values={}, scopes=everything_in_scope)
    with transaction(db.session):
        db.session.delete(db.session.get_one(Slot, (2, "é", 1)))
    with transaction(db.session):
        merge_records(db.session, rack(FIRST), rack(SECOND), values={}, scopes=everything_in_scope)

    assert places() == {"same": (1, "a/b", None), "own": (1, "a/b", None)}


def test_who_is_pointed_at_by_a_unique_column_is_found_and_let_go_by_it() -> None:
    stored(Porter(mail="ann", label="Ann"), Porter(mail="bob", label="Bob"))
    ann, bob = db.session.scalars(select(Porter).order_by(Porter.mail))
    stored(Box(label="one", porter=ann), Box(label="two", porter_mail="bob", maker_mail="ann"), Box(label="three"))
    relation, back = to_one(Box.porter), relations_of(Porter)["boxes"]
    (unknown,) = undeclared_dependents(Porter)
    db.session.get_one(Box, 3).rack = rack(FIRST)
    db.session.flush()

    found = [
        [one.label for one in db.session.scalars(select(Box).where(which))]
        for which in (relation.condition(ann.id), back.condition(bob.id), unknown.condition(ann.id))
    ]
    some = db.session.scalars(select(Box.label).where(relation.among([ann.id, bob.id])).order_by(Box.id)).all()
    with transaction(db.session):
        delete_record(
            db.session,
            ann,
            {"boxes": Decision(Fate.GIVE, bob), "box.maker_mail": Decision(Fate.KEEP)},
            everything_in_scope,
        )

    assert (found, some) == ([["one"], ["two"], ["two"]], ["one", "two"])
    assert (relation.keys(Box(porter_mail="ann")), unknown.key) == ([], "box.maker_mail")
    assert db.session.scalars(select(Box.label).where(to_one(Box.rack).among([FIRST, SECOND]))).all() == ["three"]
    assert places() == {"one": (None, None, "bob"), "two": (None, None, "bob"), "three": (1, "a/b", None)}


def test_a_place_in_a_list_says_the_whole_key_and_nothing_stands_in_for_one() -> None:
    kind, table = kind_of(Rack.id), table_of(Rack)

    assert kind.from_url(kind.to_url(FIRST)) == FIRST
    with pytest.raises(ValueError, match="no key"):
        kind.from_url("1")
    assert [kind_of(table.c[name]).placeholder_sql(key_in(table)) for name in ("aisle", "label")] == [None, None]


# PostgreSQL names the constraint, SQLite none.
@pytest.mark.covers
def test_what_the_database_refuses_is_said_at_a_field() -> None:
    with pytest.raises(InvalidRecord) as twice, refusals_of(Rack), transaction(db.session):
        db.session.add(Rack(aisle=1, mark="a/b", label="x"))
    with pytest.raises(InvalidRecord) as nowhere, refusals_of(Box), transaction(db.session):
        db.session.add(Box(label="x", aisle=9, mark="z"))

    stored(Porter(mail="ann", label="Ann"), Box(label="one", porter_mail="ann"))
    with pytest.raises(InvalidRecord) as held, refusals_of(Porter), transaction(db.session):
        db.session.get_one(Porter, 1).mail = "bob"

    assert held.value.problems == {"mail": "Some boxs refer to it by this. Give them to another porter first."}
    assert twice.value.problems == {"mark": "Another rack already has this aisle and mark. Enter a different one."}
    assert nowhere.value.problems == {"rack": "That rack no longer exists. Choose another one."}


def test_two_who_are_pointed_at_by_a_unique_column_are_merged() -> None:
    stored(Porter(mail="ann", label="Ann"), Porter(mail="bob", label="Bob"))
    ann, bob = db.session.scalars(select(Porter).order_by(Porter.mail))
    stored(Box(label="one", porter=ann, maker_mail="bob"))
    before = places(), labels(Porter)

    with transaction(db.session):
        merge_records(db.session, bob, ann, values={}, scopes=everything_in_scope)
    merged = places()
    take_back(done())

    assert merged == {"one": (None, None, "bob")}
    assert (places(), labels(Porter)) == before


def test_who_is_pointed_at_by_a_personal_value_is_forgotten_and_what_points_stays_with_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stored(Porter(mail="ann", label="Ann"), Porter(mail="bob", label="Bob"))
    stored(Box(label="one", porter_mail="ann", maker_mail="bob"), Box(label="two", porter_mail="bob"))
    with transaction(db.session):
        db.session.execute(insert(VISIT), [{"porter_mail": "ann"}, {"porter_mail": "bob"}])
    subject = subject_of(db.session, Porter, 1, ("mail", "label"))
    held = [one["label"] for one in held_about(db.session, subject)["dependents"]["box"]]

    with monkeypatch.context() as needed:
        needed.setattr(table_of(Box).c.porter_mail, "nullable", False)
        with pytest.raises(
            ForgettingError, match=r"^Some boxs refer to it by a value that would be removed, and cannot be"
        ):
            forget(db.session, subject, (), reason="Asked")
    db.session.rollback()
    with transaction(db.session):
        forget(db.session, subject, (), reason="Asked")

    assert held == ["one"]
    assert places() == {"one": (None, None, "forgotten-1"), "two": (None, None, "bob")}
    assert (db.session.get_one(Porter, 1).mail, labels(Porter)) == ("forgotten-1", {1: "Forgotten", 2: "Bob"})
    visits = select(VISIT.c.porter_mail).order_by(VISIT.c.id)
    assert db.session.scalars(visits).all() == ["forgotten-1", "bob"]


@pytest.mark.parametrize(
    ("table", "values", "why"),
    [
        (
            CARD,
            {"porter_mail": "ann"},
            "Some rows of card refer to it by a value that would be removed, and cannot be without it",
        ),
        (
            VISIT,
            {"position": 3},
            "Some rows of visit refer to it by a value that would be removed, and nothing can take its place",
        ),
        (table_of(Porter), {"mail": "forgotten-1", "label": "x"}, "The database refuses it: another record refers to"),
    ],
    ids=["no key", "number", "taken"],
)
def test_nobody_is_forgotten_whom_something_could_point_at_no_more(table: Table, values: Any, why: str) -> None:
    stored(Porter(mail="ann", label="Ann"), Rack(aisle=3, mark="c", label="c", position=3))
    with transaction(db.session):
        db.session.execute(insert(table), [values], execution_options=RECORDED)
    of_rack = subject_of(db.session, Rack, Parts((3, "c")), ("position",))
    subject = of_rack if "position" in values else subject_of(db.session, Porter, 1, ("mail",))

    with pytest.raises(ForgettingError, match=f"^{why}"):
        forget(db.session, subject, (), reason="Asked")
    db.session.rollback()

    assert (db.session.get_one(Porter, 1).mail, rack(Parts((3, "c"))).position) == ("ann", 3)


def test_who_was_forgotten_before_their_column_needed_a_text_is_not_back() -> None:
    stored(Porter(mail=None, label="Forgotten"), Porter(mail="bob", label="Forgotten"))

    found = [is_back(db.session, subject_of(db.session, Porter, key, ("mail", "label"))) for key in (1, 2)]

    assert found == [False, True]


def test_what_points_at_a_key_of_columns_is_held_about_it() -> None:
    stored(box("one", FIRST), box("two", SECOND))

    held = held_about(db.session, subject_of(db.session, Rack, FIRST, ("label",)))

    assert [one["label"] for one in held["dependents"]["box"]] == ["one"]


def test_who_is_pointed_at_by_a_unique_value_takes_no_other_one_in_a_merge() -> None:
    stored(Porter(mail="ann", label="Ann"), Porter(mail="bob", label="Bob"))
    stored(Box(label="one", porter_mail="ann"))
    ann, bob = db.session.scalars(select(Porter).order_by(Porter.mail))
    before = places(), labels(Porter)

    for survivor, gone in ((ann, bob), (bob, ann)):
        with pytest.raises(MergeError, match=r"^Some boxs refer to one of the two by its mail, "):
            merge_records(
                db.session, survivor, gone, values={"mail": gone.mail, "label": "Both"}, scopes=everything_in_scope
            )
        db.session.rollback()
    left = places(), labels(Porter)
    change_rows(db.session, Box, true(), {"porter_mail": None})
    with transaction(db.session):
        merge_records(db.session, ann, bob, values={"mail": "bob"}, scopes=everything_in_scope)

    assert left == before
    assert [(one.mail, one.label) for one in db.session.scalars(select(Porter))] == [("bob", "Ann")]


@pytest.mark.parametrize("is_down", [True, False])
def test_lists_go_by_how_many_point_at_a_key_of_columns_or_at_a_unique_one(is_down: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    stored(Porter(mail="a", label="same"), Porter(mail="b", label="same"))
    stored(box("one", SECOND), box("two", SECOND), Box(label="three", porter_mail="b"))
    boxes = Second(SortKey(Porter.boxes), descending=is_down)
    orders = {
        SortOrder(Rack, SortKey(Rack.boxes), descending=is_down): ["1, a/b", "2, é"],
        SortOrder(Porter, SortKey(Porter.boxes), descending=is_down): ["1", "2"],
        SortOrder(Porter, SortKey(Porter.label), descending=False, second=boxes): ["1", "2"],
    }

    for order, upwards in orders.items():
        assert in_order(order) == (upwards[::-1] if is_down else upwards)
        first, last = [one for some in order.segments(()) for one in db.session.scalars(some)]
        rest = [one for some in order.segments((), start=order.cursor_of(first)) for one in db.session.scalars(some)]
        assert rest == [last]


def in_order(order: SortOrder) -> list[str]:
    return [str(one.id) for some in order.segments(()) for one in db.session.scalars(some)]


def test_rows_that_are_equal_go_by_what_they_point_at_by_a_unique_column() -> None:
    stored(Porter(mail="a", label="Z"), Porter(mail="b", label="Y"))
    stored(*(Box(label="same", porter_mail=mail) for mail in ("a", None, "b")))
    second = Second(SortKey(Porter.label, Box.porter), descending=False)

    found = in_order(SortOrder(Box, SortKey(Box.label), descending=False, second=second))

    assert found == ["3", "1", "2"]


def test_a_relation_tells_what_it_keeps_of_another_record_and_finds_it_by_that() -> None:
    stored(Porter(mail="ann", label="Ann"))
    shelf, porter = to_one(Box.rack), to_one(Box.porter)
    held = {**shelf.values_for(rack(FIRST)), **porter.values_for(db.session.get_one(Porter, 1))}

    assert held == {"aisle": 1, "mark": "a/b", "porter_mail": "ann"}
    assert (shelf.reference_in(held), porter.reference_in(held)) == (FIRST, "ann")
    assert [one.referenced_record(db.session, held) for one in (shelf, porter)] == [
        rack(FIRST),
        db.session.get_one(Porter, 1),
    ]
    assert [shelf.referenced_record(db.session, {**held, "mark": gone}) for gone in (None, "c")] == [None, None]
    assert porter.values_for(None) == {"porter_mail": None}


def test_who_has_nothing_to_be_told_by_gets_nothing() -> None:
    stored(Porter(mail="ann", label="Ann"), Porter(label="Bob"))
    stored(Box(label="first", porter_mail="ann"))
    ann, bob = (db.session.get_one(Porter, key) for key in (1, 2))
    brought = {"id": 1, "porter_mail": "Bob"}
    named = {"porter_mail": NameLookup(table_of(Porter).c.label, Porter, kept=table_of(Porter).c.mail)}

    with pytest.raises(
        DeletionError, match=r"^This porter has no mail, so nothing can refer to it\. Choose another porter\.$"
    ):
        delete_record(db.session, ann, {"boxes": Decision(Fate.GIVE, bob)}, everything_in_scope)
    assert (
        delete_many(db.session, Porter, Porter.label == "Zoe", {"boxes": Decision(Fate.GIVE, bob)}, everything_in_scope)
        == 0
    )

    (line,) = RowMatcher(Box, ("porter_mail",), named=named).lines(
        db.session, 0, [ImportedRow(2, {**brought}, brought)]
    )

    assert line["cells"] == {"porter_mail": ["the record with this name has no value to refer to.", "Bob"]}


def test_a_row_changes_nothing_that_the_database_would_pass_on() -> None:
    stored(Porter(number=1, label="Ann"))
    rows = [ImportedRow(2, {"id": 1, "number": 2}, {"number": "2"}), ImportedRow(3, {"number": 3, "label": "Bob"}, {})]

    changed, made = RowMatcher(Porter, ("number", "label")).lines(db.session, 0, rows)

    said = "it cannot be changed: the database would also change the records that refer to it."
    assert (changed["cells"], made["cells"]) == ({"number": [said, "2"]}, None)


def test_a_row_points_at_a_rack_that_is_there_and_may_be_pointed_at() -> None:
    stored(box("first", FIRST), box("second", SECOND))
    matcher = RowMatcher(Box, ("aisle", "mark", "label"), seen_beyond={"rack": Rack.mark == "a/b"})
    rows = [
        {"id": 1, "label": "changed"},
        {"id": 1, "aisle": 9},
        {"id": 2, "aisle": 1, "mark": "a/b"},
        {"label": "new", "aisle": 1, "mark": "a/b"},
        {"label": "new", "aisle": 2, "mark": "é"},
        {"label": "nowhere"},
    ]

    found = matcher.lines(db.session, 0, [ImportedRow(place, dict(row), {}) for place, row in enumerate(rows)])

    said = [None if one["cells"] is None else {name: cell[0] for name, cell in one["cells"].items()} for one in found]
    nowhere = "it does not exist."
    assert said == [
        None,
        {"aisle": nowhere},
        {"mark": "you cannot change it in this record."},
        None,
        {"mark": nowhere},
        None,
    ]
    assert (
        RowMatcher(Box, ("label",)).lines(db.session, 0, [ImportedRow(1, {"id": 1, "label": "x"}, {})])[0]["cells"]
        is None
    )


def test_a_row_says_the_same_in_other_letters_of_a_text_and_finds_its_rack() -> None:
    decomposed = "e\u0301"
    stored(*(Rack(aisle=aisle, mark=decomposed, label="rack") for aisle in (1, 3)))
    stored(Box(label="box", aisle=1, mark=decomposed))
    row = ImportedRow(1, {"id": 1, "aisle": 3, "mark": "é", "label": "box"}, {})

    (line,) = RowMatcher(Box, ("aisle", "mark", "label")).lines(db.session, 0, [row])

    assert (line["verdict"], line["cells"], line["after"]) == ("change", None, {"aisle": 3})


def test_a_row_of_a_slot_says_its_rack_by_its_key() -> None:
    stored(Slot(aisle=2, mark="é", number=1, label="slot"))
    matcher = RowMatcher(Slot, ("aisle", "mark", "number", "label"), gives_keys=True)
    rows = [(2, "é", 1), (2, "é", 2), (9, "é", 1)]

    found = matcher.lines(
        db.session,
        0,
        [ImportedRow(1, {"aisle": aisle, "mark": mark, "number": one, "label": "x"}, {}) for aisle, mark, one in rows],
    )

    assert [(one["verdict"], one["cells"]) for one in found] == [
        ("change", None),
        ("new", None),
        ("wrong", {"mark": ["it does not exist.", ""]}),
    ]
