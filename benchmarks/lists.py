"""Every list, search, filter and page over HTTP, from ten thousand to five million posts, beside Flask-Admin and Django's admin.

Ours at every size, and the peers at one, answer in turn, request by request, in the same run: whatever else the machine
does, it does to all of them.
"""

from __future__ import annotations

import argparse
import http.client
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import create_engine, text

from benchmarks.common.data import COMMON, RARE, Database, build, database, sign_in
from benchmarks.common.forms import Form
from benchmarks.common.postgres import postgres
from benchmarks.common.site import HOST, PYTHON, ROOT, Site, started

# A case that is slow is not asked thirty times: this many seconds are spent on one of a site's, and three requests at least.
PATIENCE = 10
FEWEST = 3
WARM_UP = 6
# Below this a digit after the point is told.
FEW = 20
# Nobody sends a form sooner than this after it opened, in seconds: what a site does after an answer is over by then.
TYPING = 0.05
# Late enough that few of the ownerless posts are left, early enough that ten thousand posts leave a page of them.
SINCE = "2025-07-01"

GUNICORN = "gunicorn --workers 2 --threads 8 --bind {host}:{port} --no-control-socket"
OURS, FLASK_ADMIN, DJANGO = "this dashboard", "Flask-Admin", "Django admin"


@dataclass(frozen=True)
class Case:
    """A page of each site. {middle} is the key of a post half-way, {moment} when it was written, {page} the number of its page."""

    name: str
    ours: str
    flask_admin: str
    django: str
    is_save: bool = False


CASES = (
    Case("first page", "/admin/post/", "/admin/post/", "/admin/django_site/post/"),
    Case(
        "deep page",
        "/admin/post/?after={middle}~{moment}",
        "/admin/post/?page={page}",
        "/admin/django_site/post/?p={page}",
    ),
    Case("last page", "/admin/post/?before=end", "/admin/post/?page={last}", "/admin/django_site/post/?p={last}"),
    Case(
        "by date, oldest first", "/admin/post/?sort=created_at", "/admin/post/?sort=2", "/admin/django_site/post/?o=3"
    ),
    Case("by the user's name", "/admin/post/?sort=user", "/admin/post/?sort=1", "/admin/django_site/post/?o=2"),
    Case("a rare word", f"/admin/post/?q={RARE}", f"/admin/post/?search={RARE}", f"/admin/django_site/post/?q={RARE}"),
    Case(
        "a common word",
        f"/admin/post/?q={COMMON}",
        f"/admin/post/?search={COMMON}",
        f"/admin/django_site/post/?q={COMMON}",
    ),
    Case(
        "two filters",
        f"/admin/post/?user__empty=yes&created_at__from={SINCE}",
        f"/admin/post/?flt0_user_id_empty=1&flt1_created_at_greater_than={SINCE}+00:00:00",
        f"/admin/django_site/post/?user__isempty=1&created_at__gte={SINCE}",
    ),
    Case(
        "a post's form",
        "/admin/post/edit/?id={middle}",
        "/admin/post/edit/?id={middle}",
        "/admin/django_site/post/{middle}/change/",
    ),
    Case(
        "a post saved",
        "/admin/post/edit/?id={middle}",
        "/admin/post/edit/?id={middle}",
        "/admin/django_site/post/{middle}/change/",
        is_save=True,
    ),
)


@dataclass
class Measured:
    """A site with what its pages took, in milliseconds."""

    title: str
    posts: int
    site: Site
    path_of: Callable[[Case], str]
    times: dict[str, list[float]] = field(default_factory=dict)
    page_bytes: int = 0

    def ask(self, case: Case) -> float:
        """Open the case's page, or send its form; return how long the answer took."""
        path = self.path_of(case)
        if not case.is_save:
            return self._timed("GET", path)[0]
        form = Form(self._timed("GET", path)[1].decode(), "content").fields
        time.sleep(TYPING)
        form["content"] = f"{form['content'].split(' · ')[0]} · {time.perf_counter_ns()}"
        return self._timed("POST", path, urlencode(form))[0]

    def _timed(self, method: str, path: str, body: str | None = None) -> tuple[float, bytes]:
        connection = http.client.HTTPConnection(HOST, self.site.port, timeout=300)
        headers = {"Cookie": self.site.cookie, "Referer": f"http://{HOST}:{self.site.port}/"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        begun = time.perf_counter()
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        content = response.read()
        took = (time.perf_counter() - begun) * 1000
        self.site.remember(response)
        connection.close()
        # A save that was refused draws its form again; a page for strangers leads to the sign-in.
        expected = {302, 303} if method == "POST" else {200}
        if response.status not in expected:
            message = f"{self.title}: {method} {path} answered {response.status}"
            raise SystemExit(message)
        return took, content


# ---- the sites


@contextmanager
def sites(targets: Sequence[Database]) -> Iterator[list[Measured]]:
    """Start ours at every size, and the peers where their copy is."""
    with ExitStack() as stack:
        found = []
        for target in targets:
            found.append(_ours(stack, target))
            if target.peers_url:
                found += [_flask_admin(stack, target), _django(stack, target)]
        yield found


def _ours(stack: ExitStack, target: Database) -> Measured:
    command = [sys.executable, str(ROOT / "manage.py"), "run", "--port", "{port}"]
    site, _ = stack.enter_context(started(command, target.environment, target.folder, cookie=sign_in(target)))
    return Measured(OURS, target.posts, site, _paths(target, lambda case: case.ours))


def _flask_admin(stack: ExitStack, target: Database) -> Measured:
    command = [*PYTHON, *GUNICORN.split(), "benchmarks.peers.flask_admin_site:application()"]
    site, _ = stack.enter_context(started(command, target.environment, target.folder))
    site.remember(site.open("/sign-in"))
    return Measured(FLASK_ADMIN, target.posts, site, _paths(target, lambda case: case.flask_admin))


def _django(stack: ExitStack, target: Database) -> Measured:
    command = [*PYTHON, *GUNICORN.split(), "benchmarks.peers.django_site.wsgi:application"]
    site, _ = stack.enter_context(started(command, target.environment, target.folder, ready="/admin/login/"))
    response = site.open("/admin/login/")
    site.remember(response)
    form = Form(response.read().decode(), "password").fields
    form |= {"username": "vera", "password": "a benchmark's password"}
    connection = http.client.HTTPConnection(HOST, site.port)
    headers = {"Cookie": site.cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/admin/login/?next=/admin/", urlencode(form), headers)
    site.remember(connection.getresponse())
    return Measured(DJANGO, target.posts, site, _paths(target, lambda case: case.django))


def _paths(target: Database, path_of: Callable[[Case], str]) -> Callable[[Case], str]:
    """Fill in what the addresses leave open: where the middle of this database is, and its last page."""
    engine = create_engine(target.url)
    with engine.connect() as connection:
        middle, moment = connection.execute(
            text("SELECT id, created_at FROM post ORDER BY created_at DESC, id DESC LIMIT 1 OFFSET :half"),
            {"half": target.posts // 2},
        ).one()
    engine.dispose()
    moment = str(moment).replace(" ", "T").split(".")[0].removesuffix("+00:00") + "%2B00:00"
    half, last = target.posts // 40, target.posts // 20 - 1
    is_django = path_of(CASES[0]) == CASES[0].django
    filled = {"middle": middle, "moment": moment, "page": half + is_django, "last": last + is_django}
    return lambda case: path_of(case).format(**filled)


# ---- the measurements


def measure(case: Case, measured: Sequence[Measured], rounds: int) -> None:
    """Ask every site in turn, as often as patience allows."""
    spent = dict.fromkeys(range(len(measured)), 0.0)
    for number in range(-WARM_UP, rounds):
        for place, one in enumerate(measured):
            is_slow = spent[place] > PATIENCE * 1000
            times = one.times.setdefault(case.name, [])
            if is_slow and len(times) >= FEWEST:
                continue
            took = one.ask(case)
            spent[place] += took
            if number >= 0 or is_slow:
                times.append(took)


def milliseconds(times: Sequence[float]) -> str:
    """Say the median and the 95th percentile."""
    high = sorted(times)[min(len(times) * 95 // 100, len(times) - 1)]
    return f"{_shown(statistics.median(times))} ({_shown(high)})"


def _shown(number: float) -> str:
    """Write a number with as many digits as mean something."""
    return f"{number:.1f}" if number < FEW else f"{number:,.0f}"


def growth(measured: Sequence[Measured], store: str) -> str:
    """Return the table of ours: every size, and the largest against the smallest."""
    ours = [one for one in measured if one.title == OURS]
    lines = [
        f"| {store}: ms, median (p95) | {' | '.join(f'{one.posts:,} posts' for one in ours)} | largest : smallest |"
    ]
    lines.append(f"|---|{'---|' * (len(ours) + 1)}")
    for case in CASES:
        medians = [statistics.median(one.times[case.name]) for one in ours]
        cells = [milliseconds(one.times[case.name]) for one in ours]
        lines.append(f"| {case.name} | {' | '.join(cells)} | {medians[-1] / medians[0]:.2f} |")
    return "\n".join(lines)


def race(measured: Sequence[Measured], store: str) -> str:
    """Return the table of all at the peers' size, and ours against the better peer."""
    posts = next(one.posts for one in measured if one.title != OURS)
    rivals = [one for one in measured if one.posts == posts]
    lines = [
        f"| {store}, {posts:,} posts: ms, median (p95) | {' | '.join(one.title for one in rivals)} | better peer : ours |"
    ]
    lines.append(f"|---|{'---|' * (len(rivals) + 1)}")
    for case in CASES:
        medians = [statistics.median(one.times[case.name]) for one in rivals]
        cells = [milliseconds(one.times[case.name]) for one in rivals]
        lines.append(f"| {case.name} | {' | '.join(cells)} | {_shown(min(medians[1:]) / medians[0])} |")
    return "\n".join(lines)


def run(store: str, options: argparse.Namespace, folder: Path) -> None:
    """Build what is not built, measure, and print the tables."""
    context = postgres(folder / "postgres") if store == "postgresql" else nullcontext(None)
    with context as socket:
        targets = [
            database(store, posts, folder, socket=socket, peers=posts == options.peers_at) for posts in options.sizes
        ]
        for target in targets:
            print(f"building {target.posts:,} posts on {store} …", file=sys.stderr)
            if said := build(target):
                print(said, flush=True)
        with sites(targets) as measured:
            for case in CASES:
                print(f"{store}: {case.name} …", file=sys.stderr)
                measure(case, measured, options.rounds)
        print(f"\n{growth(measured, store)}\n", flush=True)
        if any(one.title != OURS for one in measured):
            print(f"{race(measured, store)}\n", flush=True)


def main() -> None:
    """Measure each store."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--sizes", type=lambda sizes: [int(one) for one in sizes.split(",")], default="10000,1000000,5000000"
    )
    parser.add_argument(
        "--peers-at", type=int, default=1_000_000, help="the size at which the peers are measured, 0 for never"
    )
    parser.add_argument("--stores", type=lambda names: names.split(","), default="sqlite,postgresql")
    parser.add_argument("--rounds", type=int, default=30, help="requests of each page to each site")
    parser.add_argument("--folder", type=Path, help="where the data is kept for the next time")
    options = parser.parse_args()
    # The peers' packages are found from wherever they are started.
    os.environ["PYTHONPATH"] = str(ROOT)
    print(
        f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, {options.rounds} requests a page, 20 rows a page\n"
    )
    with tempfile.TemporaryDirectory(prefix="admin-lists-") as name:
        for store in options.stores:
            run(store, options, options.folder or Path(name))


if __name__ == "__main__":
    main()
