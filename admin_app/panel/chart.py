"""Charts as a template draws them: shares of a whole, in numbers that SVG takes. A table beside each says the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

# A bar's place takes ten of these, and the bar eight of them.
STEP, WIDTH = 10, 8
# How high a chart is, and how long the longest bar of a table.
FULL = 100
# Labels below a chart: the first, the one in the middle, and the last.
FEWEST_FOR_THREE = 5


@dataclass(frozen=True)
class Point:
    """A group's number, as it is called and said, and where its rows are."""

    label: str
    said: str
    number: float
    url: str


@dataclass(frozen=True)
class Bar:
    """A bar, by its place and size: `top` is measured from above."""

    label: str
    said: str
    url: str
    left: int
    top: float
    height: float


@dataclass(frozen=True)
class Chart:
    """Bars side by side, what the highest and the lowest of them say, and the labels below."""

    bars: tuple[Bar, ...]
    width: int
    highest: str
    labels: tuple[str, ...]


def chart_of(points: Sequence[Point]) -> Chart:
    """Arrange bars side by side, the first at the left; bars below zero hang down."""
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
    """Arrange the same in little room, with labels at both ends."""
    return replace(chart_of(points), labels=(first, last))


def lengths_of(numbers: Sequence[float]) -> list[float]:
    """Return the lengths of stacked bars, in hundredths of the longest; a bar below zero has none."""
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
