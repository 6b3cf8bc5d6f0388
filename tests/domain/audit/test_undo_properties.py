"""Whatever was done in whatever order, undoing it in reverse gives the first state back, and the history tells all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Row, func, select, text

from admin_app.db.json_values import history_columns
from admin_app.db.transaction import transaction
from admin_app.domain.audit.bulk import change_rows
from admin_app.domain.audit.recorder import last_change_set
from admin_app.domain.audit.undo import undo
from admin_app.domain.records.deletion import Decision, Fate, delete_record
from admin_app.domain.records.deletion_scope import everything_in_scope
from admin_app.extensions import db
from admin_app.kinds import kind_of
from admin_app.models.change_set import Change, ChangeSet, Did
from admin_app.models.post import Post
from admin_app.models.user import User

# All but what every act moves on: the version, and when the record was changed last.
COLUMNS = {
    User: ("id", "name", "email", "created_at"),
    Post: ("id", "content", "user_id", "created_at"),
}
State = dict[str, dict[int, dict[str, Any]]]
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)
pytestmark = pytest.mark.usefixtures("context")


def state() -> State:
    """Return what is in the tables, read as rows: after every step, records would take most of the time."""
    db.session.expire_all()
    found = {
        model.__table__.name: db.session.execute(select(*(getattr(model, name) for name in names)))
        for model, names in COLUMNS.items()
    }
    return {table: {row.id: dict(row._mapping) for row in rows} for table, rows in found.items()}


def copy(of: State) -> State:
    return {table: {key: dict(row) for key, row in rows.items()} for table, rows in of.items()}


class Site(RuleBasedStateMachine):
    """Users and posts, beside a model of them that is as plain as can be."""

    numbers = count(1)

    @initialize()
    def begin(self) -> None:
        """Begin with nothing, also after a run that failed."""
        db.session.rollback()
        for model in (Post, User, Change, ChangeSet):
            db.session.execute(model.__table__.delete())
        db.session.commit()
        self.model = state()
        self.first = copy(self.model)
        # What was done, each with the state before it.
        self.done: list[tuple[int, State]] = []
        self.version_of: dict[tuple[str, int], int] = {}

    def teardown(self) -> None:
        """Undo everything in reverse order."""
        for set_id, before in reversed(getattr(self, "done", [])):
            with transaction(db.session):
                outcome = undo(db.session, db.session.get_one(ChangeSet, set_id))
            assert outcome.left == 0
            assert state() == before
        db.session.rollback()

    def keys(self, table: str) -> list[int]:
        return sorted(self.model[table])

    def chosen(self, table: str, number: int) -> int:
        keys = self.keys(table)
        return keys[number % len(keys)]

    def note(self, before: State) -> None:
        found = last_change_set(db.session)
        if found is not None:
            self.done.append((found, before))

    @rule(name=WORDS)
    def create_user(self, name: str) -> None:
        before = copy(self.model)
        user = User(name=name, email=f"{next(self.numbers)}@example.com")
        with transaction(db.session):
            db.session.add(user)
        self.model["user"][user.id] = {one: getattr(user, one) for one in COLUMNS[User]}
        self.note(before)

    @rule(content=WORDS, number=st.integers(0, 9), is_owned=st.booleans())
    def create_post(self, content: str, number: int, is_owned: bool) -> None:  # noqa: FBT001 -- drawn by Hypothesis
        before = copy(self.model)
        owner = self.chosen("user", number) if is_owned and self.model["user"] else None
        post = Post(content=content, user_id=owner)
        with transaction(db.session):
            db.session.add(post)
        self.model["post"][post.id] = {one: getattr(post, one) for one in COLUMNS[Post]}
        self.note(before)

    @precondition(lambda self: self.model["user"])
    @rule(name=WORDS, number=st.integers(0, 9))
    def rename(self, name: str, number: int) -> None:
        before, key = copy(self.model), self.chosen("user", number)
        with transaction(db.session):
            db.session.get_one(User, key).name = name
        self.model["user"][key]["name"] = name
        self.note(before)

    @precondition(lambda self: self.model["post"])
    @rule(content=WORDS, number=st.integers(0, 9))
    def rewrite_several(self, content: str, number: int) -> None:
        before, key = copy(self.model), self.chosen("post", number)
        with transaction(db.session):
            change_rows(db.session, Post, Post.id >= key, {"content": content})
        for other in self.keys("post"):
            if other >= key:
                self.model["post"][other]["content"] = content
        self.note(before)

    @precondition(lambda self: self.model["post"] and self.model["user"])
    @rule(number=st.integers(0, 9), owner=st.integers(0, 9))
    def give(self, number: int, owner: int) -> None:
        before, key, other = copy(self.model), self.chosen("post", number), self.chosen("user", owner)
        with transaction(db.session):
            db.session.get_one(Post, key).user_id = other
        self.model["post"][key]["user_id"] = other
        self.note(before)

    @precondition(lambda self: self.model["user"])
    @rule(number=st.integers(0, 9), heir=st.integers(0, 9), fate=st.sampled_from(list(Fate)))
    def delete_user(self, number: int, heir: int, fate: Fate) -> None:
        before, key, other = copy(self.model), self.chosen("user", number), self.chosen("user", heir)
        fate = Fate.KEEP if key == other else fate
        with transaction(db.session):
            decision = Decision(fate, db.session.get_one(User, other))
            delete_record(db.session, db.session.get_one(User, key), {"posts": decision}, everything_in_scope)
        del self.model["user"][key]
        for post in [one for one, row in self.model["post"].items() if row["user_id"] == key]:
            if fate is Fate.DELETE:
                del self.model["post"][post]
            else:
                self.model["post"][post]["user_id"] = other if fate is Fate.GIVE else None
        self.note(before)

    @precondition(lambda self: self.done)
    @rule()
    def undo_the_last(self) -> None:
        set_id, before = self.done[-1]
        present = copy(self.model)
        with transaction(db.session):
            outcome = undo(db.session, db.session.get_one(ChangeSet, set_id))
        assert outcome.left == 0
        self.model = copy(before)
        self.note(present)

    @invariant()
    def nothing_else_changed(self) -> None:
        """Hold the database against the model."""
        if hasattr(self, "model"):
            assert state() == self.model

    @invariant()
    def the_trail_tells_all(self) -> None:
        """Build the state anew from the first one and the history alone."""
        if not getattr(self, "done", None):
            return
        told = copy(self.first)
        first = self.done[0][0]
        trail = select(Change.model, Change.act, Change.record_id, Change.after)
        for change in db.session.execute(trail.where(Change.change_set_id >= first).order_by(Change.id)):
            replay(told, change)
        assert told == self.model


def replay(told: State, change: Row[Any]) -> None:
    if change.act == Did.DELETE:
        del told[change.model][change.record_id]
        return
    readers = readers_of(change.model)
    row = told[change.model].setdefault(change.record_id, {})
    row |= {name: readers[name](value) for name, value in (change.after or {}).items() if name in readers}


@cache
def readers_of(table: str) -> dict[str, Callable[[Any], Any]]:
    """Return what reads the history's values, by the columns that are looked at."""
    model = next(one for one in COLUMNS if one.__table__.name == table)
    columns = history_columns(model)
    return {name: kind_of(columns[name]).from_history for name in COLUMNS[model] if name in columns}


@pytest.fixture(autouse=True)
def searchable(app: Flask, context: Any) -> Iterator[None]:  # noqa: ARG001 -- in the application's context
    """Hold the search index against the table at the end."""
    yield
    db.session.remove()
    if db.engine.dialect.name == "sqlite":
        with db.engine.begin() as connection:
            for table in ("user", "post", "change_set"):
                connection.execute(
                    text(f"INSERT INTO {table}_search({table}_search, rank) VALUES ('integrity-check', 1)")
                )


@pytest.mark.no_cover
def test_any_sequence_is_told_by_the_trail_and_undone_to_the_first_state() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call] # Hypothesis has none here
        Site,
        settings=settings(
            max_examples=15,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

    orphans = select(func.count(Change.id)).where(Change.change_set_id.not_in(select(ChangeSet.id)))
    assert db.session.scalar(orphans) == 0
