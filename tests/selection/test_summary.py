"""Groups of rows: their counts and the totals of their numbers, alike on both databases."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from admin_app.errors import SelectionError
from admin_app.extensions import db
from admin_app.models.job import Job, JobState
from admin_app.selection.list_schema import ListSchema
from admin_app.selection.selection import Selection
from admin_app.selection.summary import (
    TOO_LARGE,
    Figure,
    Group,
    Measure,
    by_keys,
    by_members,
    by_ranges,
    counts_of_ranges,
    ends_of,
    first_keys,
)

pytestmark = pytest.mark.usefixtures("context")

WHOLE = Selection(schema=ListSchema(model=Job))


@pytest.fixture
def make_job(owner: Any, keep: Any) -> Any:
    def make(**values: Any) -> Job:
        return keep(Job(**{"kind": "export", "staff_id": owner.id, "title": "Posts", "arguments": {}, **values}))

    return make


@pytest.mark.parametrize(
    ("figure", "measured"),
    [(Figure.SUM, 9), (Figure.AVERAGE, Decimal("4.5")), (Figure.MIN, 4), (Figure.MAX, 5)],
)
def test_figures_are_of_the_rows_that_have_a_number(figure: Figure, measured: object, make_job: Any) -> None:
    for total in (4, 5, None):
        make_job(total=total)
    make_job(state=JobState.DONE)

    found = by_members(db.session, WHOLE, Job.state, Measure(Job.total, figure))

    assert sorted((one.key, one.number, one.measured) for one in found) == [
        (JobState.DONE, 1, None),
        (JobState.WAITING, 3, measured),
    ]


def test_a_range_begins_with_its_edge(make_job: Any) -> None:
    for total in (1, 2, 3, 5, 8, None):
        make_job(total=total)

    groups = by_ranges(db.session, WHOLE, Job.total, [2, 4, 8])

    assert {one.key: one.number for one in groups} == {0: 1, 1: 2, 2: 1, 3: 1, None: 1}
    assert counts_of_ranges(db.session, WHOLE, Job.total, [2, 4, 8]) == [2, 1]
    assert ends_of(db.session, WHOLE, Job.total) == (1, 8)


def test_the_keys_with_most_rows_come_first_then_the_others_then_none(make_job: Any) -> None:
    for total in (7, 3, 3, 5, 5, 5, 9, None):
        make_job(total=total)

    found = by_keys(db.session, WHOLE, Job.total, Measure(Job.total, Figure.MAX), most=2)

    assert first_keys(db.session, WHOLE, Job.total, most=2) == [Group(5, 3), Group(3, 2)]
    assert found == [Group(5, 3, 5), Group(3, 2, 3), Group(None, 2, 9, is_rest=True), Group(None, 1)]


def test_without_rows_there_is_nothing(make_job: Any) -> None:
    assert make_job
    assert by_keys(db.session, WHOLE, Job.total, most=2) == []
    assert ends_of(db.session, WHOLE, Job.total) == (None, None)


def test_a_sum_is_exact_or_refused(make_job: Any, store: str) -> None:
    for _ in range(3):
        make_job(total=2**62)
    measure = Measure(Job.total, Figure.SUM)

    if store == "sqlite":
        with pytest.raises(SelectionError, match=TOO_LARGE):
            by_members(db.session, WHOLE, Job.state, measure)
    else:
        assert [one.measured for one in by_members(db.session, WHOLE, Job.state, measure)] == [3 * 2**62]
