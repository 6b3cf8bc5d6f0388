"""Pages of two databases or more in turn, asked of the application itself: what many rows cost beside few."""

from __future__ import annotations

import os
import re
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import Flask

# A page is one that grows with its table where it takes so many times as long among the most rows.
MOST = 3.0
# A page that is slow is not asked as often: so many seconds are spent on one, and three requests at least.
PATIENCE, FEWEST, WARM_UP = 6, 3, 2
# How a page says that its time was up.
LATE = re.compile(r"[^<>]*(?:took too long|takes too long|takes longer|search there)[^<>]*")


@dataclass
class Asked:
    """A database with what its pages took: milliseconds by the clock, and of the processor in this process."""

    rows: int
    app: Flask
    cookie: str
    # What the addresses leave open.
    filled: Mapping[str, object]
    clock: dict[str, list[float]] = field(default_factory=dict)
    processor: dict[str, list[float]] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)

    def ask(self, name: str, path: str, *, is_kept: bool) -> float:
        """Open a page; return how long it took."""
        client, path = self.app.test_client(use_cookies=False), f"/admin/{path.format(**self.filled)}"
        begun, spent = time.perf_counter(), time.process_time()
        answer = client.get(path, headers={"Cookie": self.cookie})
        took, used = time.perf_counter() - begun, time.process_time() - spent
        if is_kept:
            self.clock.setdefault(name, []).append(took * 1000)
            self.processor.setdefault(name, []).append(used * 1000)
        late = LATE.search(answer.get_data(as_text=True))
        words = ["" if answer.status_code == 200 else str(answer.status_code), late[0].strip() if late else ""]
        self.said[name] = " ".join(filter(None, words))
        return took


def measure(databases: Sequence[Asked], pages: Mapping[str, str], *, store: str, only: str, rounds: int) -> None:
    """Ask each database in turn for each page, and print what it took."""
    print(
        f"\n| {store}, load {os.getloadavg()[0]:.0f}: ms, median (of the processor here) | "
        f"{' | '.join(f'{one.rows:,}' for one in databases)} | largest : smallest |\n|---|{'---|' * (len(databases) + 1)}"
    )
    for name, path in pages.items():
        if re.search(only, name):
            _ask_all(databases, name, path, rounds)
            print(_line(databases, name), flush=True)


def _ask_all(databases: Sequence[Asked], name: str, path: str, rounds: int) -> None:
    spent = [0.0] * len(databases)
    for number in range(-WARM_UP, rounds):
        for place, one in enumerate(databases):
            if spent[place] > PATIENCE and len(one.clock.get(name, ())) >= FEWEST:
                continue
            spent[place] += one.ask(name, path, is_kept=number >= 0)


def _line(databases: Sequence[Asked], name: str) -> str:
    clocks, processors = (
        [statistics.median(times[name]) for times in found]
        for found in ([one.clock for one in databases], [one.processor for one in databases])
    )
    cells = " | ".join(f"{clock:,.1f} ({used:,.1f})" for clock, used in zip(clocks, processors, strict=True))
    ratio = clocks[-1] / clocks[0]
    said = "; ".join(dict.fromkeys(filter(None, (one.said[name] for one in databases))))
    return f"| {name} | {cells} | {ratio:.2f} |{' grows' if ratio > MOST else ''} {said}".rstrip()
