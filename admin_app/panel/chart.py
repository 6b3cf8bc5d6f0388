"""Charts for templates: positions and sizes in SVG's units. A table beside each chart says the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

# The distance between bars, and the width of a bar, in SVG units.
STEP, WIDTH = 10, 8
# The height of a chart, and the length of the longest bar of a table.
FULL = 100
# Labels below a chart: the first, the one in the middle, and the last.
FEWEST_FOR_THREE = 5


@dataclass(frozen=True)
class Point:
    """A group's number: its label, the number in words, and the address of its rows."""

    label: str
    said: str
    number: float
    url: str


@dataclass(frozen=True)
class Bar:
    """A bar: its position and size; `top` is measured from above."""

    label: str
    said: str
    url: str
    left: int
    top: float
    height: float


@dataclass(frozen=True)
class Chart:
    """Bars side by side, the numbers of the highest and the lowest bar, and the labels below."""

    bars: tuple[Bar, ...]
    width: int
    highest: str
    labels: tuple[str, ...]


def chart_of(points: Sequence[Point]) -> Chart:
    """Arrange bars side by side, the first at the left; negative bars hang down."""
    numbers = [_finite(one.number) for one in points]
    high, low = max([*numbers, 0.0]), min([*numbers, 0.0])
    scale = FULL / ((high - low) or 1)
    bars = tuple(
        Bar(
            one.label,
            one.said,
            one.url,
            place * STEP,
            _short((high - max(number, 0)) * scale),
            _short(abs(number) * scale),
        )
        for place, (one, number) in enumerate(zip(points, numbers, strict=True))
    )
    highest = max(zip(numbers, points, strict=True), key=lambda pair: pair[0], default=None)
    return Chart(
        bars, max(len(bars), 1) * STEP, highest[1].said if highest else "", _labels([one.label for one in points])
    )


def small_chart_of(points: Sequence[Point], first: str, last: str) -> Chart:
    """Arrange bars in little space, with labels at both ends."""
    return replace(chart_of(points), labels=(first, last))


def lengths_of(numbers: Sequence[float]) -> list[float]:
    """Return the lengths of bars in a table, in hundredths of the longest; a negative bar has length 0."""
    finite = [max(_finite(one), 0.0) for one in numbers]
    longest = max(finite, default=0) or 1
    return [_short(one * FULL / longest) for one in finite]


def _labels(labels: Sequence[str]) -> tuple[str, ...]:
    if len(labels) < FEWEST_FOR_THREE:
        return tuple(dict.fromkeys([*labels[:1], *labels[-1:]]))
    return labels[0], labels[len(labels) // 2], labels[-1]


def _finite(number: float) -> float:
    return number if math.isfinite(number) else 0.0


def _short(number: float) -> float:
    return round(number, 2)
