"""Records whose keys are texts and UUIDs, and rows that nobody counts: what becomes of them is the same as of any others."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import Connection, ForeignKey, MetaData, String, Text, func, literal, select, text, type_coerce
from sqlalchemy.orm import Mapped, mapped_column, registry, relationship
from sqlalchemy.orm.exc import StaleDataError

from admin_app.db.json_values import recorded_models
from admin_app.db.keys import RecordKey
from admin_app.db.record import Legacy, Record
from admin_app.db.transaction import transaction
from admin_app.domain.audit import bulk
from admin_app.domain.audit.bulk import change_rows
from admin_app.domain.audit.undo_sql import UndoStatements
from admin_app.domain.plan.carry_out import Deletion, Execution
from admin_app.domain.plan.changes import SetTo
from admin_app.domain.plan.imported_row import ImportedRow
from admin_app.domain.plan.lines import insert_lines
from admin_app.domain.plan.row_matcher import RowMatcher
from admin_app.domain.records.conflicts import earlier_state
from admin_app.domain.records.deletion import Decision, Fate
from admin_app.domain.records.deletion_scope import everything_in_scope
from admin_app.domain.records.lookup import typed_key
from admin_app.domain.records.refusals import refusals_of
from admin_app.domain.work.watching import watch_view
from admin_app.errors import InvalidRecord
from admin_app.extensions import db
from admin_app.kinds.history import from_json_sql
from admin_app.kinds.record_key import RecordKeyKind
from admin_app.models.change_set import Change
from admin_app.models.note import Note
from admin_app.models.plan import Plan, PlanLine
from admin_app.models.staff import Staff
from tests.domain.audit.undoing import done
from tests.domain.plan.planning import begun, carried_out, planned, planned_deletion, planned_value, verdicts
from tests.postgres import wait_until_waiting

OWN = MetaData()
# Apart from the dashboard's own: other tests of this process are to know none of these.
APART = registry(metadata=OWN)


class Coin(Record):
    """A record with a text for its key."""

    metadata = OWN
    _sa_registry = APART
    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    label: Mapped[str] = mapped_column(String(40))


class Stamp(Record):
    """A record with a UUID."""

    metadata = OWN
    _sa_registry = APART
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    label: Mapped[str] = mapped_column(String(40))


class Pen(Legacy):
    """A row that nobody counts, and that may depend on another one."""

    __tablename__ = "old_pen"
    metadata = OWN
    _sa_registry = APART
    number: Mapped[int] = mapped_column("pen_no", primary_key=True)
    label: Mapped[str] = mapped_column("from", String(40))
    above_id: Mapped[int | None] = mapped_column(ForeignKey("old_pen.pen_no"))
    above: Mapped[Pen | None] = relationship(back_populates="below", remote_side=[number])
    below: Mapped[list[Pen]] = relationship(back_populates="above", passive_deletes="all")


class Tool(Legacy):
    """The first class of such rows in two tables."""

    __tablename__ = "old_tool"
    __mapper_args__: Any = {"polymorphic_on": "sort", "polymorphic_identity": "tool"}
    metadata = OWN
    _sa_registry = APART
    number: Mapped[int] = mapped_column(primary_key=True)
    sort: Mapped[str] = mapped_column(String(10))


class Saw(Tool):
    """What has more, in the other one."""

    __tablename__ = "old_saw"
    __mapper_args__: Any = {"polymorphic_identity": "saw"}
    number: Mapped[int] = mapped_column(ForeignKey("old_tool.number"), primary_key=True)
    label: Mapped[str] = mapped_column(String(40))


@pytest.fixture(autouse=True)
def tables(context: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:  # noqa: ARG001 -- the tables are made in its database
    for model in (Coin, Stamp, Pen, Tool):
        monkeypatch.setitem(recorded_models(), str(model.__table__.name), model)
    OWN.create_all(db.engine)
    yield
    db.session.rollback()
    OWN.drop_all(db.engine)


def stored(*records: Record) -> None:
    db.session.add_all(records)
    db.session.commit()


def labels(model: Any) -> dict[Any, str]:
    db.session.expire_all()
    return {one.id: one.label for one in db.session.scalars(select(model))}


def lines_of(plan: Plan) -> list[Any]:
    found = select(PlanLine.number, PlanLine.record_id).where(PlanLine.plan_id == plan.id).order_by(PlanLine.number)
    return [tuple(one) for one in db.session.execute(found)]


def by_another_program(pen: int, label: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(text('UPDATE old_pen SET "from" = :label WHERE pen_no = :pen'), {"label": label, "pen": pen})


@pytest.mark.parametrize("reads", [False, True], ids=["statement", "records"])
def test_texts_are_planned_by_number_and_carried_out(reads: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    stored(Coin(code="b/1", label="old"), Coin(code="a, 2", label="old"))

    plan = planned(Coin, {"label": SetTo("new")}, reads=reads)
    numbered = lines_of(plan)
    carried_out(plan)

    assert numbered == [(1, "a, 2"), (2, "b/1")]
    assert labels(Coin) == {"a, 2": "new", "b/1": "new"}
    assert verdicts(plan) == {"a, 2": "done", "b/1": "done"}


def test_uuids_are_planned_and_carried_out() -> None:
    stored(Stamp(label="old"), Stamp(label="old"))

    carried_out(planned_value(Stamp, label="new"))

    assert [*labels(Stamp).values()] == ["new", "new"]


def test_new_records_of_a_file_have_the_keys_that_it_brings_or_made_ones() -> None:
    matcher = RowMatcher(Coin, ("label",), gives_keys=True)
    rows = [
        ImportedRow(2, {"id": "EUR", "label": "Euro"}, {"id": "EUR"}),
        ImportedRow(3, {"label": "Nothing"}, {}),
        ImportedRow(4, {"id": "much too long", "label": "Long"}, {"id": "much too long"}),
    ]
    plan = begun(Coin, ("label",), "import")

    found = matcher.lines(db.session, plan.id, rows)
    insert_lines(db.session, found)
    (made,) = RowMatcher(Stamp, ("label",), gives_keys=True).lines(
        db.session, 0, [ImportedRow(2, {"label": "Red"}, {})]
    )

    assert [one["cells"] for one in found] == [
        None,
        {"id": ["enter one.", ""]},
        {"id": ["must be 10 characters or fewer; it has 13.", "much too long"]},
    ]
    assert isinstance(made["record_id"], UUID)
    plan.counts = {"new": 1}
    Execution(db.session, plan).carry_out_next(10)
    db.session.commit()
    assert labels(Coin) == {"EUR": "Euro"}


def test_a_row_that_another_program_changed_is_not_overwritten() -> None:
    stored(Pen(number=1, label="old"))
    pen = db.session.get_one(Pen, 1)
    assert pen.version > 0
    db.session.commit()
    seen = db.session.get_one(Pen, 1)
    version = seen.version
    db.session.rollback()

    by_another_program(1, "theirs")
    pen = db.session.get_one(Pen, 1)
    changed = pen.version
    pen.__dict__["version"] = version
    pen.label = "mine"

    assert changed != version
    with pytest.raises(StaleDataError):
        db.session.commit()


def save(_plan: Plan, _set_id: int) -> None:
    db.session.get_one(Saw, 1).label = "mine"
    with pytest.raises(StaleDataError):
        db.session.commit()


def carry_out(plan: Plan, _set_id: int) -> None:
    carried_out(plan)
    assert verdicts(plan) == {1: "outdated"}


def take_back(_plan: Plan, set_id: int) -> None:
    assert UndoStatements(db.session, set_id, Tool).restore_fields() == 0
    db.session.commit()


@pytest.mark.parametrize("store", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
@pytest.mark.parametrize("act", [save, carry_out, take_back])
def test_what_another_program_is_writing_to_the_second_of_two_tables_is_not_overwritten(
    app: Flask, act: Callable[[Plan, int], None]
) -> None:
    stored(Saw(number=1, label="first"))
    db.session.get_one(Saw, 1).label = "second"
    db.session.commit()
    set_id, plan = done(), planned_value(Saw, label="mine")
    assert db.session.get_one(Saw, 1).version > 0

    with db.engine.connect() as theirs, ThreadPoolExecutor(1) as pool:
        theirs.execute(text("UPDATE old_saw SET label = 'theirs'"))
        committed = pool.submit(commit_once_awaited, app, theirs)
        act(plan, set_id)
        committed.result()

    db.session.rollback()
    assert labels(Saw) == {1: "theirs"}


def commit_once_awaited(app: Flask, theirs: Connection) -> None:
    with app.app_context():
        try:
            wait_until_waiting(1)
        finally:
            theirs.commit()


def test_changes_of_rows_that_nobody_counts_are_recorded_and_taken_back() -> None:
    stored(Pen(number=1, label="first"))
    pen = db.session.get_one(Pen, 1)
    pen.label = "second"
    db.session.flush()
    pen.label = "third"
    db.session.commit()
    set_id = done()

    given_back = UndoStatements(db.session, set_id, Pen).restore_fields()
    db.session.commit()

    assert (given_back, labels(Pen)) == (1, {1: "first"})
    versions = select(Change.version).where(Change.model == "old_pen", Change.change_set_id == set_id)
    assert db.session.scalars(versions).all() == [0]
    assert not earlier_state(db.session, db.session.get_one(Pen, 1), 1).is_known


def test_a_deleted_row_that_nobody_counts_is_made_again() -> None:
    stored(Pen(number=1, label="first"))
    db.session.delete(db.session.get_one(Pen, 1))
    db.session.commit()

    made = UndoStatements(db.session, done(), Pen).restore_deleted()
    db.session.commit()

    assert (made, labels(Pen)) == (1, {1: "first"})


def test_many_rows_are_changed_but_for_one_that_was_changed_meanwhile() -> None:
    stored(Pen(number=1, label="old"), Pen(number=2, label="old"))
    plan = planned_value(Pen, label="new")
    by_another_program(2, "theirs")

    carried_out(plan)

    assert verdicts(plan) == {1: "done", 2: "outdated"}
    assert labels(Pen) == {1: "new", 2: "theirs"}


def test_rows_that_hang_on_each_other_are_deleted_one_transaction_after_the_other() -> None:
    stored(Pen(number=1, label="above"))
    stored(Pen(number=2, label="below", above_id=1))

    plan = carried_out(
        planned_deletion(Pen), deletion=Deletion({"below": Decision(Fate.KEEP)}, everything_in_scope), most=1
    )

    assert (verdicts(plan), labels(Pen)) == ({1: "done", 2: "done"}, {})


def test_a_statement_over_many_rows_that_nobody_counts_is_recorded() -> None:
    stored(Pen(number=1, label="old"), Pen(number=2, label="old"))

    number = change_rows(db.session, Pen, Pen.number > 0, {"label": "new"})
    db.session.commit()

    assert (number, labels(Pen)) == (2, {1: "new", 2: "new"})
    assert db.session.scalar(select(func.count()).where(Change.model == "old_pen", Change.act == "update")) == 2


def test_a_view_of_records_without_numbers_cannot_be_watched(make_staff: Any) -> None:
    person: Staff = make_staff("Ann")

    with pytest.raises(InvalidRecord, match="This list cannot be watched"):
        watch_view(db.session, person, None, Coin)  # type: ignore[arg-type]  # it is not looked at


def test_a_key_that_another_record_has_is_refused_at_its_field() -> None:
    stored(Coin(code="EUR", label="Euro"))
    db.session.expunge_all()

    with pytest.raises(InvalidRecord) as refusal, refusals_of(Coin), transaction(db.session):
        db.session.add(Coin(code="EUR", label="Again"))

    assert refusal.value.problems == {"code": "Code is already used by another coin. Enter a different one."}


def test_a_key_of_text_is_typed_as_it_is() -> None:
    assert typed_key(Coin, "AB-1") == "AB-1"


@pytest.mark.parametrize("key", [7, "EUR"])
def test_the_history_keeps_of_which_kind_a_key_is(key: int | str) -> None:
    kind = RecordKeyKind(Note.__table__.c.subject_id)

    assert kind.value_in_history(kind.history_of(key)) == key
    assert kind.value_in_history(7) == 7


@pytest.mark.parametrize("key", [7, "EUR"])
def test_each_store_reads_a_key_from_the_history(key: int | str) -> None:
    column = Note.__table__.c.subject_id
    kept = literal(json.dumps({"subject_id": RecordKeyKind(column).history_of(key)}), Text)

    read = from_json_sql(column, kept, "subject_id", db.engine.dialect.name)

    assert db.session.scalar(select(type_coerce(read, RecordKey))) == key


def test_links_count_no_version_up_where_there_is_none(statements: Any) -> None:
    with statements() as sent:
        bulk._count_up(db.session, Pen, Pen.number == 1, 0)

    assert sent == []
