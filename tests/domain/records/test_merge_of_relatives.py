"""Merging where there is more in the way: children that no two of may be alike, and records that belong to each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import ColumnElement, ForeignKey, Index, String, UniqueConstraint, false, func, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from admin_app.db.record import Versioned
from admin_app.db.transaction import transaction
from admin_app.domain.records.deletion import Decision, Fate, delete_many
from admin_app.domain.records.deletion_scope import DeletionScope, DeletionScopes, everything_in_scope
from admin_app.domain.records.merge import merge_records, relations_with_twins
from admin_app.domain.records.refusals import refusals_of
from admin_app.errors import DeletionError, InvalidRecord, MergeError
from admin_app.extensions import db


class Base(DeclarativeBase):
    """Tables of this test alone."""


IS_FIRST = text("is_first OR place = 'first'")


class Tree(Versioned, Base):
    """Grows leaves, bears at most one nest, and may stand in another one's shade."""

    __tablename__ = "merged_tree"

    id: Mapped[int] = mapped_column(primary_key=True)
    shade_id: Mapped[int | None] = mapped_column(ForeignKey("merged_tree.id"))
    leaves: Mapped[list[Leaf]] = relationship(passive_deletes="all")
    nests: Mapped[list[Nest]] = relationship(passive_deletes="all")
    shaded: Mapped[list[Tree]] = relationship(passive_deletes="all")

    def __str__(self) -> str:
        return f"Tree {self.id}"


class Leaf(Versioned, Base):
    """No two of a tree have the same place, and one at most is the first."""

    __tablename__ = "merged_leaf"
    __table_args__ = (
        UniqueConstraint("tree_id", "place"),
        Index("ix_merged_leaf_first", "tree_id", unique=True, sqlite_where=IS_FIRST, postgresql_where=IS_FIRST),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tree_id: Mapped[int] = mapped_column(ForeignKey("merged_tree.id"))
    place: Mapped[str | None] = mapped_column(String(20))
    colour: Mapped[str | None] = mapped_column(String(20))
    is_first: Mapped[bool] = mapped_column(default=False)
    number: Mapped[int | None] = mapped_column(unique=True)
    drops: Mapped[list[Drop]] = relationship(passive_deletes="all")


# No two of a tree have the same colour in any letters, and the trees of a leaf without one count as 0.
Index("uq_merged_leaf_colour", func.coalesce(Leaf.tree_id, 0), func.lower(Leaf.colour), unique=True)
IS_RED = Leaf.colour == "red"
Index("uq_merged_leaf_red", func.abs(Leaf.tree_id), unique=True, sqlite_where=IS_RED, postgresql_where=IS_RED)


class Drop(Versioned, Base):
    """Is nothing without its leaf."""

    __tablename__ = "merged_drop"

    id: Mapped[int] = mapped_column(primary_key=True)
    leaf_id: Mapped[int] = mapped_column(ForeignKey("merged_leaf.id"))


class Nest(Versioned, Base):
    """Only one is on a tree."""

    __tablename__ = "merged_nest"
    __table_args__ = (Index("ix_merged_nest_tree_id", "tree_id", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tree_id: Mapped[int | None] = mapped_column(ForeignKey("merged_tree.id"))


class Link(Versioned, Base):
    """Hangs on another one, whatever happens."""

    __tablename__ = "merged_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    above_id: Mapped[int] = mapped_column(ForeignKey("merged_link.id"))
    below: Mapped[list[Link]] = relationship(passive_deletes="all")

    def __str__(self) -> str:
        return f"Link {self.id}"


@pytest.fixture(autouse=True)
def wood(context: object) -> Iterator[None]:  # noqa: ARG001 -- the store to make the tables in
    Base.metadata.create_all(db.engine)
    yield
    # PostgreSQL drops no table that a transaction has read.
    db.session.remove()
    Base.metadata.drop_all(db.engine)


def plant(*records: Any) -> None:
    with Session(db.engine) as session, session.begin():
        for record in records:
            session.add(record)
            session.flush()


def merge(
    model: type[Any], survivor: int, gone: int, scopes: DeletionScopes = everything_in_scope, **values: object
) -> None:
    records = db.session.get_one(model, survivor), db.session.get_one(model, gone)
    with transaction(db.session):
        merge_records(db.session, *records, values=values, scopes=scopes)


def column(attribute: Any) -> dict[int, Any]:
    """Return a column by key."""
    with Session(db.engine) as session:
        return {row[0]: row[1] for row in session.execute(select(attribute.parent.class_.id, attribute))}


# ---- what no two may have


def test_what_the_survivor_has_already_goes_with_all_that_hangs_on_it() -> None:
    plant(Tree(id=1), Tree(id=2), Leaf(id=1, tree_id=1, place="top"))
    plant(Leaf(id=2, tree_id=2, place="top"), Leaf(id=3, tree_id=2, place="left"), Drop(id=1, leaf_id=2))
    plant(Drop(id=2, leaf_id=3))

    told = relations_with_twins(db.session.get_one(Tree, 1), db.session.get_one(Tree, 2))
    merge(Tree, 1, 2)

    assert told == {"leaves", "nests"}
    assert column(Leaf.place) == {1: "top", 3: "left"}
    assert (column(Leaf.tree_id), column(Drop.leaf_id)) == ({1: 1, 3: 1}, {2: 3})


def test_nothing_is_like_nothing() -> None:
    plant(Tree(id=1), Tree(id=2), Leaf(id=1, tree_id=1), Leaf(id=2, tree_id=2))

    merge(Tree, 1, 2)

    assert column(Leaf.tree_id) == {1: 1, 2: 1}


def test_what_an_index_computes_makes_doubles_too() -> None:
    plant(Tree(id=1), Tree(id=2), Leaf(id=1, tree_id=1, colour="Green"), Leaf(id=2, tree_id=2, colour="green"))
    plant(Leaf(id=3, tree_id=2, colour="brown"), Leaf(id=4, tree_id=2))

    merge(Tree, 1, 2)

    assert column(Leaf.tree_id) == {1: 1, 3: 1, 4: 1}


def test_of_what_there_is_one_at_most_the_survivors_stays() -> None:
    plant(Tree(id=1), Tree(id=2), Nest(id=1, tree_id=1), Nest(id=2, tree_id=2), Tree(id=3), Tree(id=4))
    plant(Nest(id=3, tree_id=4))

    merge(Tree, 1, 2)
    merge(Tree, 3, 4)

    assert column(Nest.tree_id) == {1: 1, 3: 3}


def test_it_is_refused_where_what_would_go_may_not_be_deleted() -> None:
    plant(Tree(id=1), Tree(id=2), Leaf(id=1, tree_id=1, place="top"), Leaf(id=2, tree_id=2, place="top"))

    with pytest.raises(MergeError, match="You cannot change some of the leafs of tree “Tree 2”"):
        merge(Tree, 1, 2, lambda _relation: DeletionScope(to_delete=false()))

    assert column(Leaf.tree_id) == {1: 1, 2: 2}


def test_of_two_that_are_first_the_one_that_would_move_is_named() -> None:
    plant(Tree(id=1), Tree(id=2), Tree(id=3), Leaf(id=1, tree_id=1, place="1", is_first=True))
    plant(Leaf(id=2, tree_id=2, place="2"), Leaf(id=3, tree_id=2, place="3", is_first=True))
    words = r"“Tree 1” may have only one leaf like the one with the ID 3\."

    with pytest.raises(MergeError, match=rf"^{words} Nothing was merged\.$"):
        merge(Tree, 1, 2)
    merge(Tree, 3, 2)

    assert column(Leaf.tree_id) == {1: 1, 2: 3, 3: 3}


def test_a_first_one_that_goes_as_a_double_is_in_nobodys_way() -> None:
    plant(Tree(id=1), Tree(id=2), Leaf(id=1, tree_id=1, place="top", is_first=True))
    plant(Leaf(id=2, tree_id=2, place="top", is_first=True))

    merge(Tree, 1, 2)

    assert column(Leaf.tree_id) == {1: 1}


def test_what_is_given_away_finds_nothing_like_it_nor_comes_twice() -> None:
    plant(
        *(Tree(id=key) for key in range(1, 5)), Leaf(id=1, tree_id=1, place="top"), Leaf(id=2, tree_id=2, place="top")
    )
    plant(Nest(id=1, tree_id=3), Nest(id=2, tree_id=2))
    heirs = {key: Decision(Fate.GIVE, db.session.get_one(Tree, key)) for key in (3, 4)}

    def refusal(which: ColumnElement[bool], **heir: int) -> str:
        asked = {name: heirs[key] for name, key in heir.items()}
        with pytest.raises(DeletionError) as caught:
            delete_many(db.session, Tree, which, asked, everything_in_scope)
        db.session.rollback()
        return str(caught.value)

    like = "may have only one {} like the one with the ID 2. Choose another tree."
    assert refusal(Tree.id < 3, leaves=4, nests=4) == f"“Tree 4” {like.format('leaf')}"
    assert refusal(Tree.id == 2, leaves=3, nests=3) == f"“Tree 3” {like.format('nest')}"
    assert (
        delete_many(db.session, Tree, Tree.id == 2, {"leaves": heirs[3], "nests": heirs[4]}, everything_in_scope) == 1
    )


def test_a_second_one_that_is_first_is_refused_at_its_field() -> None:
    plant(Tree(id=1), Leaf(id=1, tree_id=1, is_first=True))

    with pytest.raises(InvalidRecord) as refusal, refusals_of(Leaf), transaction(db.session):
        db.session.add(Leaf(id=2, tree_id=1, is_first=True))

    assert refusal.value.problems == {"tree_id": "Tree ID is already used by another leaf. Enter a different one."}


# ---- records of one kind that belong to each other


def test_what_belongs_to_the_other_belongs_to_the_survivor() -> None:
    plant(Tree(id=1), Tree(id=2), Tree(id=3, shade_id=2))

    merge(Tree, 1, 2)

    assert column(Tree.shade_id) == {1: None, 3: 1}


def test_a_survivor_that_belonged_to_the_other_belongs_to_none() -> None:
    plant(Tree(id=2), Tree(id=1, shade_id=2))

    merge(Tree, 1, 2)

    assert column(Tree.shade_id) == {1: None}


def test_a_survivor_never_takes_itself_for_what_it_belongs_to() -> None:
    plant(Tree(id=1), Tree(id=2, shade_id=1))

    merge(Tree, 1, 2, shade_id=1)

    assert column(Tree.shade_id) == {1: None}


def test_a_survivor_can_take_what_the_other_belonged_to() -> None:
    plant(Tree(id=3), Tree(id=2, shade_id=3), Tree(id=1, shade_id=2))

    merge(Tree, 1, 2, shade_id=3)

    assert column(Tree.shade_id) == {1: 3, 3: None}


def test_what_belonged_to_itself_goes_all_the_same() -> None:
    plant(Tree(id=1), Tree(id=2, shade_id=2))

    merge(Tree, 1, 2)

    assert column(Tree.shade_id) == {1: None}


def test_it_is_refused_where_the_survivor_has_to_belong_to_the_other() -> None:
    plant(Link(id=2, above_id=2), Link(id=1, above_id=2))

    with pytest.raises(MergeError, match="“Link 1” would belong to itself"):
        merge(Link, 1, 2)

    assert column(Link.above_id) == {1: 2, 2: 2}


def test_a_link_that_hangs_elsewhere_is_merged_as_any_other() -> None:
    plant(Link(id=3, above_id=3), Link(id=1, above_id=3), Link(id=2, above_id=3), Link(id=4, above_id=2))

    merge(Link, 1, 2)

    assert column(Link.above_id) == {1: 3, 3: 3, 4: 1}
