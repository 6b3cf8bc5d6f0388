"""Relations that share a column: one that is pointed elsewhere takes no other along."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, MetaData, UniqueConstraint, select, text, update
from sqlalchemy.orm import Mapped, mapped_column, registry, relationship

from admin_app.db.json_values import recorded_models
from admin_app.db.record import Record
from admin_app.domain.plan.imported_row import CellProblem, ImportedRow
from admin_app.domain.plan.name_lookup import CompositeLookup, NameLookup
from admin_app.domain.plan.row_matcher import RowMatcher
from admin_app.domain.records.deletion import Decision, Fate, delete_record
from admin_app.domain.records.deletion_scope import everything_in_scope
from admin_app.domain.records.merge import merge_records
from admin_app.domain.records.shared_columns import does_not_fit, problems_with_shared, rows_that_fit
from admin_app.errors import DeletionError, MergeError
from admin_app.extensions import db, table_of
from admin_app.relations import to_one

OWN = MetaData()
# Apart from the dashboard's own: other tests of this process are to know none of these.
APART = registry(metadata=OWN)


class Branch(Record):
    """Whose desks and tickets never leave it."""

    metadata = OWN
    _sa_registry = APART


class Desk(Record):
    """One of a branch."""

    metadata = OWN
    _sa_registry = APART
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sign: Mapped[str | None] = mapped_column()


class Ticket(Record):
    """At a desk, and before at another one, of its branch."""

    metadata = OWN
    _sa_registry = APART
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branch.id"))
    desk_number: Mapped[int | None] = mapped_column()
    former_number: Mapped[int | None] = mapped_column()
    branch: Mapped[Branch | None] = relationship()
    desk: Mapped[Desk | None] = relationship(
        foreign_keys=[branch_id, desk_number],
        primaryjoin="and_(Ticket.branch_id == Desk.branch_id, Ticket.desk_number == Desk.number)",
        overlaps="branch",
    )
    former: Mapped[Desk | None] = relationship(
        foreign_keys=[branch_id, former_number],
        primaryjoin="and_(Ticket.branch_id == Desk.branch_id, Ticket.former_number == Desk.number)",
        overlaps="branch,desk",
    )
    __table_args__ = (
        ForeignKeyConstraint(["branch_id", "desk_number"], ["desk.branch_id", "desk.number"]),
        ForeignKeyConstraint(["branch_id", "former_number"], ["desk.branch_id", "desk.number"]),
        UniqueConstraint("branch_id", "desk_number"),
        Index("of_former", "former_number", "branch_id", unique=True),
        Index("of_branch", "branch_id", unique=True, sqlite_where=text("false"), postgresql_where=text("false")),
    )


HERE, THERE = Desk(branch_id=1, number=1), Desk(branch_id=2, number=1)
SAID = "This {} is of another branch. Choose one that goes with the others, or change those as well."


def test_what_is_chosen_together_has_to_go_together() -> None:
    problems = problems_with_shared(None, Ticket, {"branch": Branch(id=1), "desk": THERE, "former": HERE})

    assert problems == {"desk": SAID.format("desk")}
    assert problems_with_shared(None, Ticket, {"branch": Branch(id=2), "desk": THERE, "former": None}) == {}


def test_what_is_not_chosen_stays_as_it_is() -> None:
    ticket = Ticket(branch_id=1, desk_number=1)

    assert problems_with_shared(ticket, Ticket, {"desk": THERE, "former": None}) == {"desk": SAID.format("desk")}
    assert problems_with_shared(ticket, Ticket, {"branch": Branch(id=2)}) == {"branch": "Its desk would change too."}
    assert problems_with_shared(ticket, Ticket, {"former": HERE}) == {}
    assert problems_with_shared(Ticket(), Ticket, {"former": None}) == {}


def test_a_relation_whose_every_column_is_said_is_turned_on_purpose() -> None:
    ticket, branch = Ticket(branch_id=1, desk_number=1), Branch(id=2)

    assert problems_with_shared(ticket, Ticket, {"branch": branch}, {"desk_number": 7}) == {}
    assert problems_with_shared(ticket, Ticket, {"branch": branch}, {"former_number": 7}) == {
        "branch": "Its desk would change too."
    }
    assert problems_with_shared(ticket, Ticket, {"desk": THERE}, {"branch_id": 1}) == {"desk": SAID.format("desk")}
    assert [name for name, _ in rows_that_fit(Ticket, {"branch": branch}, {"desk_number": 7})] == ["former"]


def test_a_relation_that_is_emptied_leaves_what_another_one_needs() -> None:
    desk, branch = to_one(Ticket.desk), to_one(Ticket.branch)

    assert (desk.values_for(None), branch.values_for(None)) == ({"desk_number": None}, {"branch_id": None})
    assert (desk.is_unique, to_one(Ticket.former).is_unique, branch.is_unique) == (True, True, False)


@pytest.fixture
def tickets(context: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:  # noqa: ARG001 -- the tables are made in its database
    for model in (Branch, Desk, Ticket):
        monkeypatch.setitem(recorded_models(), str(model.__table__.name), model)
    OWN.create_all(db.engine)
    # Of no branch, of one alone, at a desk, and at a former one of another branch.
    rows = [(None, None, None), (1, None, None), (1, 1, None), (2, None, 1)]
    db.session.add_all([Branch(id=1), Branch(id=2)])
    db.session.flush()
    db.session.add_all([Desk(branch_id=branch, number=1, sign="Till") for branch in (1, 2)])
    db.session.flush()
    names = ("branch_id", "desk_number", "former_number")
    db.session.add_all([Ticket(id=place, **dict(zip(names, row, strict=True))) for place, row in enumerate(rows, 1)])
    db.session.commit()
    yield
    db.session.rollback()
    OWN.drop_all(db.engine)


@pytest.mark.usefixtures("tickets")
def test_rows_are_told_in_which_every_other_relation_stays() -> None:
    def fitting(**chosen: Record | None) -> dict[str, list[int]]:
        found = rows_that_fit(Ticket, chosen)
        return {
            name: list(db.session.scalars(select(Ticket.id).where(rows).order_by(Ticket.id))) for name, rows in found
        }

    desk = db.session.get_one(Desk, (1, 1))

    assert fitting(desk=desk) == {"branch": [2, 3], "former": [1, 2, 3]}
    assert fitting(branch=None) == {"desk": [1, 2, 4], "former": [1, 2, 3]}
    assert fitting(desk=None) == {}
    assert does_not_fit("former") == "Its former would change too."


@pytest.mark.usefixtures("tickets")
def test_who_gets_the_tickets_of_a_deleted_desk_turns_no_branch_aside() -> None:
    desk, other = (db.session.get_one(Desk, (branch, 1)) for branch in (1, 2))
    give, keep = ({"ticket.branch_id_desk_number": one} for one in (Decision(Fate.GIVE, other), Decision(Fate.KEEP)))

    with pytest.raises(DeletionError, match=r"^The branch of some tickets would change too\. Choose another desk\.$"):
        delete_record(db.session, desk, give, everything_in_scope)
    delete_record(db.session, desk, keep, everything_in_scope)

    db.session.expire_all()
    kept = db.session.get_one(Ticket, 3)
    assert (kept.branch_id, kept.desk_number) == (1, None)


@pytest.mark.usefixtures("tickets")
def test_merged_desks_turn_no_branch_aside() -> None:
    here, there = (db.session.get_one(Desk, (branch, 1)) for branch in (1, 2))

    with pytest.raises(MergeError, match=r"^The branch of some tickets would change too\. Nothing was merged\.$"):
        merge_records(db.session, there, here, values={}, scopes=everything_in_scope)


@pytest.mark.usefixtures("tickets")
def test_a_row_of_a_file_turns_no_relation_aside() -> None:
    def said(**values: object) -> object:
        matcher = RowMatcher(Ticket, tuple(values))
        (line,) = matcher.lines(db.session, 0, [ImportedRow(1, {"id": 3, **values}, {})])
        return line["cells"] and {name: cell[0] for name, cell in line["cells"].items()}

    assert said(branch_id=2) == {"branch_id": "its desk would change too."}
    assert said(branch_id=2, desk_number=1) is None
    assert said(branch_id=2, desk_number=9) == {"desk_number": "it does not exist."}
    assert said(former_number=1) is None
    assert said(branch_id=1) is None


@pytest.mark.usefixtures("tickets")
def test_a_row_of_a_file_that_makes_a_branch_turns_no_desk_aside() -> None:
    def said(**values: object) -> object:
        row = ImportedRow(1, values, {"branch_id": "Third"}, missing={"branch_id": "Third"})
        (line,) = RowMatcher(Ticket, ("branch_id", *values)).lines(db.session, 0, [row])
        return line["cells"] and line["cells"]["branch_id"]

    assert said(id=3) == ["its desk would change too.", "Third"]
    assert said(id=3, desk_number=2) == ["it does not exist.", "Third"]
    assert said(desk_number=2) == ["it does not exist.", "Third"]
    assert said(id=3, desk_number=None) is None
    assert said(id=1) is None


@pytest.mark.usefixtures("tickets")
def test_a_cell_names_the_desk_that_goes_with_the_rest_of_its_row() -> None:
    db.session.add(Desk(branch_id=2, number=2, sign="Back"))
    db.session.flush()
    ties = [
        CompositeLookup(one, NameLookup(table_of(Desk).c.sign, Desk, kept=one.other))
        for one in (to_one(Ticket.desk), to_one(Ticket.former))
    ]
    fields = ("branch_id", "desk_number", "former_number")

    def said(problems: dict[str, CellProblem] | None = None, **values: object) -> object:
        texts = {name: str(value) for name, value in values.items()}
        matcher = RowMatcher(Ticket, fields, match="id" if "id" in values else "", named_ties=ties)
        (line,) = matcher.lines(db.session, 0, [ImportedRow(1, values, texts, problems or {})])
        return line["after"] if line["cells"] is None else {name: cell[0] for name, cell in line["cells"].items()}

    assert said(branch_id=2, desk="Till") == {"branch_id": 2, "desk_number": 1}
    assert said(desk="Back", former="Till") == {"branch_id": 2, "desk_number": 2, "former_number": 1}
    assert said(desk="Till") == {"desk": "it means several records."}
    assert said(branch_id=1, desk="Back") == {"desk": "it does not fit the rest of the row."}
    assert said(desk="Cellar") == {"desk": "it does not exist."}
    assert said(branch_id=2, desk=None) == {"branch_id": 2, "desk_number": None}
    assert said({"desk": CellProblem("it is no text.", "")}, branch_id=1) == {"desk": "it is no text."}
    assert said(former="Back", desk_number=1, branch_id=2) == {"branch_id": 2, "desk_number": 1, "former_number": 2}
    assert said(id=3, former="Back") == {"former": "its desk would change too."}


@pytest.mark.usefixtures("tickets")
def test_an_empty_cell_leaves_a_desk_without_a_name() -> None:
    by = NameLookup(table_of(Desk).c.sign, Desk, kept=to_one(Ticket.desk).other)
    matcher = RowMatcher(Ticket, ("branch_id", "desk_number"), named_ties=[CompositeLookup(to_one(Ticket.desk), by)])

    def said(cell: str) -> object:
        row = ImportedRow(1, {"id": 3, cell: None}, {cell: ""})
        (line,) = matcher.lines(db.session, 0, [row])
        return line["after"]

    named = said("desk")
    db.session.execute(update(Desk).values(sign=None))

    assert (named, said("desk"), said("desk_number")) == ({"desk_number": None}, None, {"desk_number": None})
