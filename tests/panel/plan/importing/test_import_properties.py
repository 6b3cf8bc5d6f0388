"""Whatever stands in a file: what is imported is what a naive model says, in chunks of any size, and undone it is as before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from admin_app.domain.audit.undo import undo
from admin_app.domain.plan import plan as plans
from admin_app.extensions import db
from admin_app.models.change_set import Change, ChangeSet
from admin_app.models.plan import Plan, PlanLine
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.panel.access.access import access_to
from admin_app.panel.plan.importing import begin_import, write_incoming
from admin_app.panel.plan.operation import execution_of
from admin_app.panel.plan.operations.importing import import_of
from admin_app.panel.registry import resource_of
from admin_app.panel.resource import Resource
from admin_app.transfer.import_.options import Empty, ImportOptions, Mode
from admin_app.transfer.import_.source import CSV, Reading, SourceRow
from tests.stores import both_stores

pytestmark = [pytest.mark.usefixtures("context"), both_stores]

NAMES = ["Ann", "Bob", ""]
# Two of them are the same to a unique column; one is none.
EMAILS = ["a@example.org", "A@example.org", "b@example.org", "c@example.org", "d@example.org", "nowhere", ""]
USERS = 4
SETTINGS = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
# A user: name and email. A row: the cells of id, name and email.
User_ = tuple[str, str]
Row = tuple[str, str, str]

ROWS = st.lists(
    st.tuples(st.sampled_from(["", "1", "2", "3", "4", "9"]), st.sampled_from(NAMES), st.sampled_from(EMAILS)),
    max_size=7,
)
# Users who change places, and somebody who takes an email that is let go of.
PLACES = st.permutations("abcde").map(
    lambda letters: [
        (f"{key}" if key <= USERS else "", "Ann", f"{one}@example.org") for key, one in enumerate(letters, 1)
    ]
)


@dataclass(frozen=True)
class Choice:
    """How a file is imported, and so many lines a transaction."""

    mode: Mode
    match: str
    empty: Empty
    most: int


CHOICES = st.builds(
    Choice,
    mode=st.sampled_from(Mode),
    match=st.sampled_from(["id", "email"]),
    empty=st.sampled_from(Empty),
    most=st.integers(1, 4),
)


@dataclass(frozen=True)
class Table:
    """A file without bytes."""

    titles: Sequence[str]
    cells: Sequence[Sequence[str]]
    reading: Reading = Reading(CSV)  # noqa: RUF009 -- it is frozen
    sheets: Sequence[str] = ()
    notes: Sequence[str] = ()

    def rows(self) -> Iterator[SourceRow]:
        """Yield the rows; the titles are row 1."""
        for number, cells in enumerate(self.cells, 2):
            yield SourceRow(number, cells)


@SETTINGS
@given(rows=st.one_of(ROWS, PLACES), choice=CHOICES)
def test_rows_become_what_the_model_says_and_undone_all_is_as_before(rows: list[Row], choice: Choice) -> None:
    before = begin()
    expected = Model(before, rows, choice)

    plan = planned(rows, choice)
    verdicts = {line.number: line.verdict for line in lines_of(plan)}
    carry_out(plan, choice)

    assert verdicts == expected.verdicts
    assert Counter(users().values()) == Counter(expected.after().values())
    assert {key: users()[key] for key in before} == {key: expected.after()[key] for key in before}
    if plan.change_set_id is not None:
        undo(db.session, db.session.get_one(ChangeSet, plan.change_set_id))
        db.session.commit()
    assert users() == before


class Model:
    """What has to become of rows, one by one and over again, as nobody would do it for many."""

    def __init__(self, users: dict[int, User_], rows: Sequence[Row], choice: Choice) -> None:
        """Judge every row by itself, then all of them until nothing changes."""
        self.users, self.choice = users, choice
        self.rows = dict(enumerate(rows, 2))
        self.verdicts = {number: self.alone(row) for number, row in self.rows.items()}
        while wrong := self.repeated() | self.clashing():
            self.verdicts |= dict.fromkeys(wrong, "wrong")

    def record(self, row: Row) -> int | None:
        """Return whose row it is."""
        key, _, email = row
        if self.choice.match == "id":
            return int(key) if key and int(key) in self.users else None
        if email == "nowhere":
            # No value that a cell may have is matched, and it is wrong anyway.
            return None
        return next((one for one, (_, has) in self.users.items() if email and has.lower() == email.lower()), None)

    def given(self, row: Row) -> dict[str, str]:
        """Return what the row says of name and email."""
        _, name, email = row
        cells = {"name": name, "email": email}
        return {key: cell for key, cell in cells.items() if cell or self.choice.empty is Empty.CLEAR}

    def alone(self, row: Row) -> str:
        """Judge a row without the others."""
        record = self.record(row)
        if record is None:
            return self.new(row)
        if self.choice.mode is Mode.ADD or row[0] not in {"", str(record)}:
            return "wrong"
        has = dict(zip(("name", "email"), self.users[record], strict=True))
        new = {key: cell for key, cell in self.given(row).items() if cell != has[key]}
        if any(cell in {"", "nowhere"} for cell in new.values()):
            return "wrong"
        return "change" if new else "same"

    def new(self, row: Row) -> str:
        """Judge a row that finds no record."""
        key, name, email = row
        is_wrong = self.choice.mode is Mode.UPDATE or "" in {name, email} or email == "nowhere"
        return "wrong" if is_wrong or (key and int(key) in self.users) else "new"

    def repeated(self) -> set[int]:
        """Return the rows about one record, be it one that is made with this key."""
        about: dict[int, list[int]] = {}
        for number, row in self.rows.items():
            key = self.record(row)
            if key is None and row[0] and self.verdicts[number] == "new":
                key = int(row[0])
            if key is not None and self.verdicts[number] in {"change", "new", "same"}:
                about.setdefault(key, []).append(number)
        return {number for numbers in about.values() if len(numbers) > 1 for number in numbers}

    def clashing(self) -> set[int]:
        """Return the rows whose email another row brings too, or a record has and keeps."""
        brings = {number: email for number in self.rows if (email := self.new_email(number)) is not None}
        several = {email for email, count in Counter(brings.values()).items() if count > 1}
        let_go = {self.record(self.rows[number]) for number in brings}
        kept = {has.lower(): key for key, (_, has) in self.users.items() if key not in let_go}
        return {
            number
            for number, email in brings.items()
            if email in several or kept.get(email, self.record(self.rows[number])) != self.record(self.rows[number])
        }

    def new_email(self, number: int) -> str | None:
        """Return the email that a row that is to be done brings, as they are compared."""
        row, verdict = self.rows[number], self.verdicts[number]
        if verdict == "new":
            return row[2].lower()
        record = self.record(row)
        given = self.given(row).get("email")
        if verdict != "change" or record is None or given is None or given == self.users[record][1]:
            return None
        return given.lower()

    def after(self) -> dict[int, User_]:
        """Return the users afterwards; those that get a key by themselves have one of 1,000 and more here."""
        found = dict(self.users)
        for number, row in self.rows.items():
            record = self.record(row)
            if self.verdicts[number] == "change" and record is not None:
                name, email = found[record]
                given = self.given(row)
                found[record] = (given.get("name", name), given.get("email", email))
            elif self.verdicts[number] == "new":
                found[int(row[0]) if row[0] else 1000 + number] = (row[1], row[2])
        return found


def begin() -> dict[int, User_]:
    """Begin with four users, also after a run that failed."""
    db.session.rollback()
    for model in (PlanLine, Plan, Post, User, Change, ChangeSet):
        db.session.execute(model.__table__.delete())
    letters = "abcd"
    db.session.add_all(User(id=key, name="Ann", email=f"{letters[key - 1]}@example.org") for key in range(1, USERS + 1))
    db.session.commit()
    return users()


def planned(rows: Sequence[Row], choice: Choice) -> Plan:
    """Plan the import of these rows."""
    access = access_to(cast("Resource", resource_of(User)))
    columns = {0: "id", 1: "name", 2: "email"}
    operation = import_of(access, ImportOptions(columns, choice.mode, choice.match, choice.empty))
    assert operation.incoming is not None
    plan = begin_import(access, operation, scope="", staff_id=None)
    db.session.commit()
    write_incoming(access, plan, operation.incoming, Table(["id", "name", "email"], rows))
    plans.await_agreement(db.session, plan, plans.counted_lines(db.session, plan))
    db.session.commit()
    return plan


def carry_out(plan: Plan, choice: Choice) -> None:
    """Agree, and carry everything out; whatever was planned can be done."""
    access = access_to(cast("Resource", resource_of(User)))
    columns = {0: "id", 1: "name", 2: "email"}
    operation = import_of(access, ImportOptions(columns, choice.mode, choice.match, choice.empty))
    plans.agree(db.session, plan)
    db.session.commit()
    while execution_of(access, plan, operation).carry_out_next(choice.most):
        db.session.commit()
    plans.finish(db.session, plan, plans.counted_lines(db.session, plan))
    db.session.commit()
    assert not {"failed", "change", "new", "refused"} & set(plan.counts)


def users() -> dict[int, User_]:
    """Return the users that there are."""
    return {key: (name, email) for key, name, email in db.session.execute(select(User.id, User.name, User.email))}


def lines_of(plan: Plan) -> Sequence[PlanLine]:
    return db.session.scalars(select(PlanLine).where(PlanLine.plan_id == plan.id)).all()
