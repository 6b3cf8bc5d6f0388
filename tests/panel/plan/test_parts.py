"""Lines are planned in parts, one transaction each, with the result of one statement whatever happens in between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from admin_app.context import writing
from admin_app.domain.plan import plan as plans
from admin_app.domain.plan.changes import Edit, ReplaceText
from admin_app.domain.plan.lines import insert_lines, read_changes
from admin_app.extensions import db
from admin_app.models.plan import Plan, PlanLine
from admin_app.models.user import User
from admin_app.panel.plan import parts
from admin_app.panel.plan.parts import judge_in_parts
from tests.domain.plan.planning import begun, scope_of, values, verdicts
from tests.stores import both_stores

pytestmark = [pytest.mark.covers, pytest.mark.usefixtures("context")]

MOST = 6
EMAILS = [f"{letter}@example.org" for letter in "abcdefgh"]
SETTINGS = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@dataclass(frozen=True)
class Story:
    """Users with the first emails, the emails that they are to get, and what has to be said of it."""

    new: Sequence[str]
    # Who has one of these, whoever plans may change; None: everybody.
    seen: frozenset[str] | None
    protected: frozenset[int]
    # Lines a transaction, and after how many transactions the process dies.
    part: int
    dies_after: int

    @property
    def rows(self) -> Any:
        """The condition on users to be seen."""
        return None if self.seen is None else User.email.in_(sorted(self.seen))

    @property
    def reasons(self) -> dict[int, str]:
        """Why users are protected, by their keys."""
        return dict.fromkeys(sorted(self.protected), "It stays.")


STORIES = st.builds(
    Story,
    new=st.lists(st.sampled_from(EMAILS), min_size=1, max_size=MOST),
    seen=st.none() | st.frozensets(st.sampled_from(EMAILS), min_size=5),
    protected=st.frozensets(st.integers(1, MOST), max_size=2),
    part=st.integers(1, 3),
    dies_after=st.integers(0, 4),
)


@pytest.fixture
def part_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judge two lines a transaction."""
    monkeypatch.setattr(parts, "JUDGED", 2)


@pytest.mark.no_cover
@both_stores
@SETTINGS
@given(story=STORIES)
def test_judging_in_parts_gives_the_same_as_one_statement_even_after_a_restart(story: Story) -> None:
    begin(len(story.new))
    whole, parted = (begun(User, ["email"]) for _ in range(2))
    write(whole, story)
    plans.judge_lines(db.session, whole, rows=story.rows, protected=story.reasons)
    db.session.commit()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "JUDGED", story.part)
        write(parted, story)
        dies = judging(parted, story)
        for _ in zip(range(story.dies_after), dies, strict=False):
            pass
        dies.close()
        while plans.clear_lines(db.session, parted):
            db.session.commit()
        write(parted, story)
        for _ in judging(parted, story):
            pass

    db.session.rollback()
    assert (told(parted), values(parted)) == (told(whole), values(whole))


@pytest.mark.usefixtures("part_of_two")
def test_others_write_between_the_parts_and_nothing_that_they_write_counts() -> None:
    begin(5)
    # Each wants the email of the next one, and the last one that of the first.
    story = Story([*EMAILS[1:5], EMAILS[0]], frozenset(EMAILS[4:5]), frozenset(), 2, 0)
    plan = begun(User, ["email"])
    write(plan, story)

    judged = []
    for number in judging(plan, story):
        judged.append(number)
        with writing():
            db.session.add(User(name="Late", email=f"late-{len(judged)}@example.org"))
            db.session.commit()

    # Neither unique value is in the way; all but one would go out of sight.
    assert judged == [0, 0, 2, 2, 0]
    assert verdicts(plan) == {1: "refused", 2: "refused", 3: "refused", 4: "change", 5: "refused"}


def begin(number: int) -> None:
    """Begin with so many users, also after a run that failed."""
    db.session.rollback()
    for model in (PlanLine, Plan, User):
        db.session.execute(model.__table__.delete())
    db.session.add_all(User(id=key + 1, name="Ann", email=EMAILS[key]) for key in range(number))
    db.session.commit()


def write(plan: Plan, story: Story) -> None:
    """Write the plan's lines, each user's new email."""
    becomes = dict(zip(EMAILS, story.new, strict=False))
    edit = Edit(User, {"email": ReplaceText(lambda email: becomes[email])})
    read_changes(db.engine, plan.id, scope_of(User), edit, lambda some: insert_lines(db.session, some))
    db.session.commit()


def judging(plan: Plan, story: Story) -> Iterator[int]:
    """Judge the lines part by part."""
    key, judgements = plan.id, plans.judgements(db.session, plan, rows=story.rows, protected=story.reasons)
    db.session.rollback()
    return judge_in_parts(db.engine, key, judgements)


def told(plan: Plan) -> list[tuple[int, str, str]]:
    """Return what is said of each line."""
    asked = select(PlanLine.number, PlanLine.verdict, PlanLine.problem).where(PlanLine.plan_id == plan.id)
    found = asked.order_by(PlanLine.number)
    return [(number, verdict, problem) for number, verdict, problem in db.session.execute(found)]
