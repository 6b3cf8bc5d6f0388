"""The whole set-up of a company on this machine: HAProxy, two servers and a worker, PgBouncer, PostgreSQL and its replica."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests.cli.serving import PATIENCE, free_port
from tests.forking import Forked, begin_with
from tests.page import Page

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("one", "two")
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass
class Setup:
    """Servers at fixed ports, and the port at which HAProxy lets people in."""

    folder: Path
    environment: Mapping[str, str]
    workers: int = 1
    front: int = field(default_factory=free_port)
    ports: tuple[int, ...] = field(default_factory=lambda: tuple(free_port() for _ in NAMES))
    running: dict[str, Forked | subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self) -> None:
        """Start everything, and wait until people are let in."""
        for name in NAMES:
            self.start_server(name)
        self._manage("worker", "worker", "--threads", "1")
        self.folder.joinpath("haproxy.cfg").write_text(self._balancer())
        self._balance()
        for name in NAMES:
            self.wait_for(name)
        until = time.monotonic() + PATIENCE
        while not _is_ready(self.front):
            assert time.monotonic() < until
            time.sleep(0.05)

    def start_server(self, name: str) -> None:
        """Start one of the servers."""
        options = ("--jobs", "0", "--workers", str(self.workers), "--drain", "2", "--grace", "30")
        self._manage(name, "run", "--port", str(self.port_of(name)), *options)

    def port_of(self, name: str) -> int:
        return self.ports[NAMES.index(name)]

    def wait_for(self, name: str) -> None:
        """Wait until a server says that it is ready."""
        until = time.monotonic() + PATIENCE
        while not _is_ready(self.port_of(name)):
            assert self.running[name].poll() is None, (self.folder / f"{name}.log").read_text()
            assert time.monotonic() < until
            time.sleep(0.05)

    def replace(self, name: str) -> None:
        """Stop a server as a supervisor does, and start the new one in its place."""
        self.running[name].send_signal(signal.SIGTERM)
        assert self.running[name].wait(PATIENCE) == 0
        self.start_server(name)
        self.wait_for(name)

    def stop(self) -> None:
        """End everything."""
        for process in self.running.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _manage(self, name: str, *arguments: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            # It has a group of its own: its children end with it.
            self.running[name] = begin_with(*arguments, env=self.environment, stdout=log.fileno(), stderr=log.fileno())

    def _balance(self) -> None:
        command = [_program(), "-db", "-f", str(self.folder / "haproxy.cfg")]
        with (self.folder / "haproxy.log").open("ab") as log:
            self.running["haproxy"] = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def _balancer(self) -> str:
        """Write the file of `deploy/` with the addresses of here, and let answers say whose they are."""
        text = (ROOT / "deploy" / "haproxy" / "haproxy.cfg").read_text()
        text = text.replace(":443 ssl crt /etc/haproxy/admin.pem", f"127.0.0.1:{self.front}").replace(
            "Proto https", "Proto http"
        )
        for address, port in zip(("10.0.0.7:8000", "10.0.0.8:8000"), self.ports, strict=True):
            text = text.replace(address, f"127.0.0.1:{port}")
        return f"{text}    http-response set-header X-Server %s\n"


def has_balancer() -> bool:
    return bool(_program())


def _program() -> str:
    return shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin") or ""


def _is_ready(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/health/ready", timeout=5).status_code == 200
    except requests.RequestException:
        return False


class Visitor:
    """A person before the balancer."""

    def __init__(self, setup: Setup, cookie: Any = None) -> None:
        self.address = f"http://127.0.0.1:{setup.front}"
        self.session = requests.Session()
        # Whatever stands in the environment of whoever runs the tests.
        self.session.trust_env = False
        if cookie is not None:
            self.session.cookies.set(cookie.key, cookie.value, domain="127.0.0.1", path="/")
        # Who answered, in turn.
        self.servers: list[str] = []

    def get(self, path: str) -> requests.Response:
        return self._noted(self.session.get(self.address + path, timeout=PATIENCE))

    def post(self, path: str, page: str, **fields: Any) -> requests.Response:
        """Send a form with the token of a page."""
        [token, *_] = TOKEN.findall(self.get(page).text)
        sent = {"csrf_token": token, **fields}
        return self._noted(self.session.post(self.address + path, data=sent, timeout=PATIENCE, allow_redirects=False))

    def texts(self, path: str, tag: str, **attributes: str) -> list[str]:
        return parsed(self.get(path)).texts(tag, **attributes)

    def _noted(self, response: requests.Response) -> requests.Response:
        self.servers.append(response.headers.get("X-Server", "").partition("-")[0])
        return response


def parsed(response: Any) -> Page:
    """Read a page."""
    return Page(response)
