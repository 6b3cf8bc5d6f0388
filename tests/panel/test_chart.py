"""Charts: numbers as lengths, whatever the numbers are."""

from __future__ import annotations

import math

import pytest

from admin_app.panel.chart import Point, chart_of, lengths_of


def points(*numbers: float) -> list[Point]:
    return [Point(f"Week {place}", str(number), number, "/") for place, number in enumerate(numbers, start=1)]


def test_bars_stand_beside_each_other_the_highest_as_high_as_the_chart() -> None:
    chart = chart_of(points(1, 0, 4))

    assert [(bar.left, bar.top, bar.height) for bar in chart.bars] == [(0, 75, 25), (10, 100, 0), (20, 0, 100)]
    assert (chart.width, chart.highest) == (30, "4")


def test_what_is_below_nothing_hangs_from_there() -> None:
    chart = chart_of(points(1, -3))

    assert [(bar.top, bar.height) for bar in chart.bars] == [(0, 25), (25, 75)]


@pytest.mark.parametrize("numbers", [(), (0,), (math.nan, math.inf)])
def test_what_has_no_length_has_none(numbers: tuple[float, ...]) -> None:
    assert [bar.height for bar in chart_of(points(*numbers)).bars] == [0] * len(numbers)
    assert lengths_of(numbers) == [0] * len(numbers)


@pytest.mark.parametrize(
    ("count", "labels"), [(0, ()), (1, ("Week 1",)), (2, ("Week 1", "Week 2")), (9, ("Week 1", "Week 5", "Week 9"))]
)
def test_few_labels_stand_below(count: int, labels: tuple[str, ...]) -> None:
    assert chart_of(points(*range(count))).labels == labels


def test_the_longest_of_several_is_whole() -> None:
    assert lengths_of([2, 1, -1]) == [100, 50, 0]
