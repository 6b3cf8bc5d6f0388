"""Set Wapiti and sqlmap on the dashboard as `manage.py run` serves it, signed in as an owner; fail unless their reports are clean.

`make security` installs them and runs this. It takes a quarter of an hour and a processor, and talks to this machine alone.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.authenticator import Authenticator  # noqa: E402 -- the line above makes it importable
from tests.page import Page  # noqa: E402
from tests.pages.passkeys import form_of  # noqa: E402
from tests.security import edge  # noqa: E402
from tests.security.sqlmap import scan_by_sqlmap  # noqa: E402
from tests.security.wapiti import scan_by_wapiti  # noqa: E402

EMAIL = "olivia@example.com"


@dataclass
class Site:
    """The dashboard on a port, with the cookies of somebody who is signed in."""

    port: int
    cookies: SimpleCookie = field(default_factory=SimpleCookie)

    @property
    def url(self) -> str:
        # By name: passkeys are offered nowhere else without https.
        return f"http://localhost:{self.port}"

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={one.value}" for name, one in self.cookies.items())

    def open(self, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        """Ask for a page, or send a form; keep the cookies that come back."""
        connection = http.client.HTTPConnection("localhost", self.port, timeout=60)
        headers = {"Cookie": self.cookie} if self.cookies else {}
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = None if fields is None else urlencode(fields)
        connection.request("GET" if fields is None else "POST", path, body, headers)
        response = connection.getresponse()
        text = response.read().decode()
        for header in response.headers.get_all("Set-Cookie") or ():
            self.cookies.load(header)
        connection.close()
        return response.status, text

    def token(self, path: str) -> str:
        """Return the token in a page's first form."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.open(path)[1])
        return found[1] if found else ""

    def sign_in(self, password: str) -> None:
        """Sign in as anybody does."""
        fields = {"csrf_token": self.token("/sign-in"), "email": EMAIL, "password": password}
        status, _ = self.open("/sign-in", fields)
        if status != http.client.SEE_OTHER:
            message = f"signing in answered {status}"
            raise RuntimeError(message)
        # The cookie that scanners get holds the token of forms too.
        self.token("/admin/account/")

    def add_passkey(self) -> None:
        """Add one, for there to be a page about it."""
        path, device = "/admin/account/passkeys/", Authenticator(origin=self.url)
        page = Page(SimpleNamespace(**dict(zip(("status_code", "text"), self.open(path), strict=True))))
        status, _ = self.open(path, form_of(page, device.make, passkey_name="Blue key"))
        if status != http.client.OK:
            message = f"adding a passkey answered {status}"
            raise RuntimeError(message)

    def is_signed_in(self) -> bool:
        """Whether pages and forms still work: a scan of sign-in pages and refusals would be clean and worthless."""
        sent = self.open(
            "/admin/account/preferences/",
            {"csrf_token": self.token("/admin/account/"), "time_zone": "UTC", "shortcuts": "y"},
        )
        # A list may open with a view that the scanner made, by a redirect.
        return (self.open("/admin/staff/new/")[0], sent[0]) == (http.client.OK, http.client.SEE_OTHER)


@contextmanager
def served(folder: Path) -> Iterator[Site]:
    """Serve demo data on a free port, with an owner signed in; stop it afterwards."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("ADMIN_")}
    environment = inherited | {"DATABASE_URL": f"sqlite:///{folder / 'admin.db'}", "ADMIN_SECRET_KEY": "k" * 40}
    password = secrets.token_urlsafe(16)

    def manage(*arguments: str) -> None:
        subprocess.run(
            [sys.executable, "manage.py", *arguments], check=True, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
        )

    manage("db", "upgrade")
    manage("demo", "--users", "25", "--posts", "60")
    manage("staff", "create", EMAIL, "--name", "Olivia", "--role", "owner", "--password", password)
    manage("staff", "create", "vera@example.com", "--name", "Vera", "--role", "viewer", "--password", password)
    # Scanners press every button: undoing how their own account was made would end their session.
    manage("history", "prune", "--before", "2999-01-01")
    with socket.create_server(("127.0.0.1", 0)) as free:
        site = Site(free.getsockname()[1])
    command = [sys.executable, "manage.py", "run", "--port", str(site.port)]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        _wait_for(site, process)
        site.sign_in(password)
        site.add_passkey()
        yield site
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_for(site: Site, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            site.open("/sign-in")
        except ConnectionError:
            if process.poll() is not None or time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return


def main() -> int:
    """Scan, and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scanners", type=Path, required=True, help="the environment that has Wapiti and sqlmap")
    parser.add_argument("--reports", type=Path, help="where the reports are kept; by default nowhere")
    parser.add_argument("--deep", action="store_true", help="every link, every payload: an hour or more")
    parser.add_argument("--only", choices=["edge", "wapiti", "sqlmap"], help="one part")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="admin-security-") as name:
        folder = Path(name)
        reports = chosen.reports or folder
        reports.mkdir(parents=True, exist_ok=True)
        bin_ = (chosen.scanners / "bin").absolute()
        parts: dict[str, Callable[[Site], list[str]]] = {
            "edge": lambda site: edge.problems(site.port),
            "wapiti": lambda site: scan_by_wapiti(bin_ / "wapiti", site, reports, is_deep=chosen.deep),
            "sqlmap": lambda site: scan_by_sqlmap(bin_ / "sqlmap", site, reports, is_deep=chosen.deep),
        }
        found = [
            problem for part in parts if chosen.only in {None, part} for problem in _part(part, parts[part], folder)
        ]
    for problem in found:
        print(problem)
    print(f"{len(found)} problems." if found else "Clean.")
    return 1 if found else 0


def _part(name: str, scan: Callable[[Site], list[str]], folder: Path) -> list[str]:
    """Scan a dashboard of its own, and see that the session outlived it and nothing failed in the server's log."""
    begun = time.monotonic()
    place = folder / name
    place.mkdir()
    with served(place) as site:
        found = scan(site)
        if not site.is_signed_in():
            answers = {path: site.open(path)[0] for path in ("/admin/", "/admin/account/", "/admin/staff/new/")}
            found.append(f"{name}: the session ended on the way, so that not everything was scanned: {answers}")
    log = (place / "server.log").read_text(encoding="utf-8", errors="replace")
    found += [f"{name}: the server's log tells of a failure:\n{log[-3000:]}"] if "Traceback" in log else []
    print(f"{name}: {len(found)} problems, {time.monotonic() - begun:.0f} seconds", flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main())
