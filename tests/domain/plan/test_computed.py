"""Values computed in the database equal those computed in Python; what is uncertain is left to Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from admin_app.domain.plan.changes import AddWords, Edit, Increase, ReplaceText, SetTo, ValueChange
from admin_app.domain.plan.computed import certain, computed_by
from admin_app.domain.plan.lines import Scope, insert_lines, read_changes
from admin_app.domain.plan.replacing import Replacement
from admin_app.extensions import db
from admin_app.models.plan import Plan, PlanLine
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.panel.plan.parts import change_in_parts
from tests.domain.plan.planning import begun, scope_of

pytestmark = [pytest.mark.covers, pytest.mark.usefixtures("context")]

LARGEST = 2**31 - 1
# Of plain letters, signs that patterns know, blanks, letters that decompose, and letters that are plain ones in other clothes.
TEXTS = st.text("aAbkKsS%_\\*[^'\" \n\t\u200be\u0301\u00e9\u212a\u017f", max_size=6)
NEEDLES = TEXTS.filter(bool)
REPLACEMENTS = st.builds(Replacement, find=NEEDLES, by=TEXTS, matches_case=st.booleans(), is_whole_word=st.booleans())
SETTINGS = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@SETTINGS
@given(texts=st.lists(TEXTS, min_size=1, max_size=15), asked=REPLACEMENTS, seen=st.sampled_from([None, 2]))
def test_a_replacement_by_the_database_equals_pythons(
    texts: Sequence[str], asked: Replacement, seen: int | None
) -> None:
    emptied()
    db.session.add_all(Post(id=key, content=text) for key, text in enumerate(texts, 1))
    db.session.add_all(User(id=key, name=text, email=f"{key}{text}@example.org") for key, text in enumerate(texts, 1))
    db.session.commit()

    for model, names in ((Post, ["content"]), (User, ["name", "email"])):
        rows = None if seen is None else model.id < seen
        edit = Edit(model, {name: ReplaceText(asked) for name in names})
        assert by_both(edit, scope_of(model, rows)) == by_python(edit, scope_of(model, rows))


@pytest.mark.no_cover
@SETTINGS
@given(
    keys=st.lists(st.none() | st.sampled_from([1, 2, LARGEST - 1, LARGEST]), min_size=1, max_size=5),
    by=st.integers(-3, 3) | st.sampled_from([LARGEST, -LARGEST, 2**63 - 1, -(2**63) + 1, 2**63, 2**70]),
)
def test_a_sum_by_the_database_equals_pythons(keys: Sequence[int | None], by: int) -> None:
    emptied()
    db.session.add_all(User(id=key, name="Ann", email=f"{key}@example.org") for key in {*keys} - {None})
    db.session.add_all(Post(id=place, content="x", user_id=key) for place, key in enumerate(keys, 1))
    db.session.commit()

    edit = Edit(Post, {"user_id": Increase(by), "content": SetTo("y")})

    assert by_both(edit, scope_of(Post)) == by_python(edit, scope_of(Post))


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        # Plain texts without a hit, and plain ones that a replacement leaves as they would be kept.
        ({"content": ReplaceText(Replacement("b", "B"))}, 1),
        ({"content": ReplaceText(Replacement("b", "B", matches_case=True))}, 3),
        ({"content": ReplaceText(Replacement("b", "é", matches_case=True))}, 1),
        ({"content": ReplaceText(Replacement("b", "B", matches_case=True, is_whole_word=True))}, 1),
        ({"content": ReplaceText(Replacement("é", "e", matches_case=True))}, 3),
        ({"content": SetTo("x"), "user_id": Increase(1)}, 4),
    ],
)
def test_the_database_computes_most_records(changes: Mapping[str, ValueChange], number: int) -> None:
    db.session.add_all(Post(content=text) for text in ("a", "ab", "b", "é"))
    db.session.commit()
    found = computed_by(Edit(Post, changes), db.engine.dialect.name) or {}

    assert len(db.session.scalars(select(Post.id).where(certain(found))).all()) == number


@pytest.mark.parametrize(
    "changes",
    [
        {"content": ReplaceText(str.upper)},
        {"content": ReplaceText(Replacement("a", "b", is_expression=True))},
        {"content": ReplaceText(Replacement("é", "e"))},
        {"user_id": ReplaceText(Replacement("a", "b"))},
        {"content": SetTo("a"), "user_id": Increase(Decimal("0.5"))},
        {"content": Increase(2**70)},
        {"created_at": Increase(1)},
        {"content": SetTo("e\u0301")},
        {"content": SetTo("\0")},
        {"content": AddWords(("a",))},
    ],
)
def test_other_changes_read_the_records(changes: Mapping[str, ValueChange]) -> None:
    assert computed_by(Edit(Post, changes), db.engine.dialect.name) is None


def test_a_forms_checks_are_left_to_python() -> None:
    edit = Edit(Post, {"content": ReplaceText(Replacement("a", "b"))}, {"content": lambda _value: None})

    assert computed_by(edit, db.engine.dialect.name) is None


def emptied() -> None:
    """Begin anew, also after an example that failed."""
    db.session.rollback()
    for model in (PlanLine, Plan, Post, User):
        db.session.execute(model.__table__.delete())
    db.session.commit()


def by_python(edit: Edit, scope: Scope) -> list[tuple[Any, ...]]:
    plan = begun(edit.model, edit.fields)
    read_changes(db.engine, plan.id, scope, edit, lambda lines: insert_lines(db.session, lines))
    return told(plan)


def by_both(edit: Edit, scope: Scope) -> list[tuple[Any, ...]]:
    """Plan as a job does."""
    key = begun(edit.model, edit.fields).id
    db.session.rollback()

    def write(lines: Sequence[Any]) -> None:
        insert_lines(db.session, lines)
        db.session.commit()

    list(change_in_parts(db.engine, key, scope, edit, write))
    return told(db.session.get_one(Plan, key))


def told(plan: Plan) -> list[tuple[Any, ...]]:
    """Return all that the lines say."""
    found = select(PlanLine).where(PlanLine.plan_id == plan.id).order_by(PlanLine.number)
    return [
        (one.record_id, one.version, one.verdict, one.problem, one.before or {}, one.after or {})
        for one in db.session.scalars(found)
    ]
