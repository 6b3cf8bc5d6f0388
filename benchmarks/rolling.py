"""Replace servers under load, one after the other, as an upgrade does, and look whether memory grows.

    PYTHONPATH=. python benchmarks/rolling.py [--posts 20000] [--clients 20] [--rounds 2] [--requests 20000]

Two servers of this very dashboard on one SQLite file, each started by `manage.py run`; the clients are threads of this
process, and go to a server that says that it is ready, as a load balancer sends them. Needs Linux (/proc).
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.common.site import HOST, ROOT, Site, prepare, started

LIST = "/admin/post/"
# Seconds between two questions of the load balancer's, and for which a server serves on after it said no.
ASKED, DRAIN = 0.25, 3
COMMAND = [
    *(sys.executable, str(ROOT / "manage.py"), "run", "--host", "{host}", "--port", "{port}"),
    *("--jobs", "0", "--drain", str(DRAIN), "--grace", "10"),
]


class Balancer:
    """Whom clients are sent to: the servers that said lately that they are ready."""

    def __init__(self) -> None:
        """Begin without servers."""
        self.servers: list[Site] = []
        self.ready: list[Site] = []
        self.answers: Counter[str] = Counter()
        self.is_over = threading.Event()

    def ask(self) -> None:
        """Ask all of them, again and again."""
        while not self.is_over.wait(ASKED):
            self.ready = [site for site in list(self.servers) if _is_ready(site)]

    def send(self) -> None:
        """Ask for lists, each on a connection of its own."""
        while not self.is_over.is_set():
            if self.ready:
                self.answers[_answer(random.choice(self.ready))] += 1


def _is_ready(site: Site) -> bool:
    try:
        return site.open("/health/ready", http.client.HTTPConnection(HOST, site.port, timeout=2)).status == 200
    except OSError:
        return False


def _answer(site: Site) -> str:
    try:
        response = site.open(LIST)
        whole = b"</html>" in response.read()
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__
    return str(response.status) if whole else "half a page"


@contextmanager
def under_load(clients: int) -> Iterator[Balancer]:
    """Send clients until the end."""
    balancer = Balancer()
    threads = [threading.Thread(target=act) for act in (balancer.ask, *[balancer.send] * clients)]
    for thread in threads:
        thread.start()
    try:
        yield balancer
    finally:
        balancer.is_over.set()
        for thread in threads:
            thread.join()


def replace_all(folder: Path, cookie: str, *, clients: int, rounds: int) -> Counter[str]:
    """Replace each of two servers so many times, and return how requests were answered."""
    environment = _environment(folder)
    with ExitStack() as stack, under_load(clients) as balancer:
        for _ in range(2):
            balancer.servers.append(stack.enter_context(started(COMMAND, environment, folder, cookie=cookie))[0])
        time.sleep(2)
        for _ in range(rounds * 2):
            new, _ = stack.enter_context(started(COMMAND, environment, folder, cookie=cookie))
            old = balancer.servers[0]
            balancer.servers.append(new)
            old.process.send_signal(signal.SIGTERM)
            old.process.wait(60)
            balancer.servers.remove(old)
        time.sleep(1)
    return balancer.answers


def growth(folder: Path, cookie: str, requests: int) -> tuple[float, float]:
    """Return a server's megabytes after a tenth of the requests, when all is loaded, and after all of them."""
    with started(COMMAND, _environment(folder), folder, cookie=cookie) as (site, _):
        _lists(site, requests // 10)
        before = site.memory()
        _lists(site, requests - requests // 10)
        return before, site.memory()


def _lists(site: Site, number: int) -> None:
    left = iter(range(number))

    def client() -> None:
        for _ in left:
            site.open(LIST).read()

    threads = [threading.Thread(target=client) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ADMIN_")}
    secret = (folder / "secret-key").read_text(encoding="ascii")
    return kept | {"DATABASE_URL": f"sqlite:///{folder / 'admin.db'}", "ADMIN_SECRET_KEY": secret}


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=2, help="how often each of the two servers is replaced")
    parser.add_argument("--requests", type=int, default=20_000, help="for the growth of memory; 0 leaves it out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="admin-rolling-") as name:
        cookie = prepare(Path(name), options.posts)
        answers = replace_all(Path(name), cookie, clients=options.clients, rounds=options.rounds)
        print(f"{options.rounds * 2} servers replaced under {options.clients} clients: {dict(answers)}")
        if options.requests:
            before, after = growth(Path(name), cookie, options.requests)
            print(
                f"memory: {before:.0f} MB, after {options.requests:,} requests {after:.0f} MB ({after / before - 1:+.1%})"
            )


if __name__ == "__main__":
    main()
