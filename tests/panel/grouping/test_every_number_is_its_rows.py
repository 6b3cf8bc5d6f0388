"""Whatever a list is summarised by, each number is that of the list behind it, and all of them are the whole list's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select, text

from admin_app import context
from admin_app.extensions import db
from admin_app.models.job import Job, JobState
from admin_app.models.post import Post
from admin_app.models.role import Role
from admin_app.panel.access.access import access_to
from admin_app.panel.grouping import groupings
from admin_app.panel.grouping.groupings import ByChoice, GroupedBy, groupings_of
from admin_app.panel.kinds.boolean import IsYes
from admin_app.panel.kinds.choice import IsChoice
from admin_app.panel.list.selections import selection_of
from admin_app.panel.registry import resource_of
from admin_app.panel.summary.summary import summary_of
from admin_app.selection.list_schema import ListSchema
from admin_app.selection.paging.counting import count_of
from admin_app.selection.selection import Selection
from tests.many import many_users
from tests.stores import both_stores

# Clocks skip midnight, show it twice, change by half an hour, and go over a day.
ZONES = ("UTC", "Europe/Prague", "America/Havana", "Australia/Lord_Howe", "Pacific/Apia", "America/Toronto")
NIGHTS = (
    datetime(2026, 3, 8, 5, tzinfo=UTC),
    datetime(2026, 11, 1, 4, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    datetime(2011, 12, 30, 10, tzinfo=UTC),
    # Toronto set its clocks back from a minute past midnight to the day before.
    datetime(2005, 10, 30, 4, tzinfo=UTC),
    datetime(1986, 10, 26, 4, tzinfo=UTC),
)
MOMENTS = st.builds(
    lambda night, minutes: night + timedelta(minutes=minutes), st.sampled_from(NIGHTS), st.integers(-1500, 1500)
)
POSTS = st.lists(st.tuples(MOMENTS, st.none() | st.integers(1, 5)), max_size=12)
LISTS = st.sampled_from(["", "user__empty=no", "q=post", "created_at__from=2026-03-08&where=user is 1 or user is 2"])


def number_of(arguments: str) -> int:
    resource = resource_of(Post)
    assert resource
    selection = selection_of(access_to(resource), parse_qsl(arguments))
    return count_of(db.session, selection.changed(is_counted=True)).number


@both_stores
@pytest.mark.usefixtures("five_users", "few_told")
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(posts=POSTS, narrowed=LISTS, zone=st.sampled_from(ZONES), data=st.data())
def test_every_number_is_that_of_the_list_behind_it(
    app: Flask, posts: Any, narrowed: str, zone: str, data: Any
) -> None:
    with app.app_context(), context.time_zone(ZoneInfo(zone)):
        db.session.execute(delete(Post))
        if posts:
            rows = [{"content": "A post", "created_at": at, "user_id": user} for at, user in posts]
            db.session.execute(insert(Post), rows)
        db.session.commit()
        resource = resource_of(Post)
        assert resource
        names = [one.by.name for one in groupings_of(access_to(resource))]
        by = data.draw(st.sampled_from(names))

        one = summary_of(access_to(resource), [*parse_qsl(narrowed), ("by", by)])
        assert one
        told = one.groups()

        behind = [number_of(urlencode([*one.selection.arguments(), *group.filters])) for group in told]
        assert [group.group.number for group in told] == behind
        assert sum(behind) == number_of(narrowed)


@pytest.fixture
def five_users(app: Flask) -> None:
    many_users(app, 5)


@pytest.fixture
def few_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell few of the periods and of the users, so that there are others."""
    monkeypatch.setattr("admin_app.panel.grouping.periods.MOST", 30)
    monkeypatch.setattr(groupings, "MOST_RECORDS", 2)


@pytest.mark.usefixtures("context")
def test_what_is_offered_goes_by_time_first() -> None:
    resource = resource_of(Post)
    assert resource

    names = [one.by.name for one in groupings_of(access_to(resource))]

    assert names == ["created_at__day", "created_at__week", "created_at__month", "created_at__year", "user"]


@both_stores
@pytest.mark.usefixtures("context")
def test_choices_that_are_gone_are_one_group(owner: Any, keep: Any) -> None:
    for state in JobState:
        keep(Job(kind="export", staff_id=owner.id, title="Posts", arguments={}, state=state))
    state, operator = GroupedBy("state", "state", "State", "state"), IsChoice(Job.state, "State")
    db.session.execute(text("UPDATE job SET state = 'gone' WHERE state = 'done'"))

    found = ByChoice(state, operator).groups(db.session, Selection(schema=ListSchema(model=Job)), None)

    every = ",".join(one.value for one in JobState)
    assert [(one.label, one.group.number, one.filters) for one in found if one.code == "Unreadable"] == [
        ("Unreadable", 1, (("state__not_in", every),))
    ]
    assert sum(one.group.number for one in found) == len(JobState)


@pytest.mark.usefixtures("context", "owner")
def test_what_is_neither_yes_nor_no_is_one_group_that_its_filter_finds() -> None:
    reason, operator = GroupedBy("reason", "reason", "Reason", "reason"), IsYes(Role.needs_reason, "Reason")
    every = db.session.scalar(select(func.count(Role.id)))
    db.session.execute(text("UPDATE role SET needs_reason = 'maybe' WHERE id = 1"))

    found = ByChoice(reason, operator).groups(db.session, Selection(schema=ListSchema(model=Role)), None)
    odd = [one for one in found if one.code == "Unreadable"]
    rows = db.session.scalars(select(Role.id).where(operator.criterion(operator.parse("unreadable"))))

    assert [(one.group.number, one.filters) for one in odd] == [(1, (("reason__is", "unreadable"),))]
    assert ([*rows], operator.sentence("unreadable")) == ([1], "Reason: unreadable")
    assert sum(one.group.number for one in found) == every
