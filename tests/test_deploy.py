"""What is handed to operators as files fits the dashboard."""

from __future__ import annotations

import importlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from admin_app import metrics
from tests.cli.serving import PATIENCE, Served, free_port
from tests.processes import descendants

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
ALERTS, BOARD = DEPLOY / "prometheus" / "alerts.yml", DEPLOY / "grafana" / "admin.json"
NAMED = re.compile(r"\badmin_[a-z_]+\b")


def expressions(file: Path) -> str:
    """Return what a file asks Prometheus."""
    if file.suffix == ".json":
        panels = json.loads(file.read_text("utf-8"))["panels"]
        return "\n".join(target["expr"] for panel in panels for target in panel["targets"])
    return file.read_text("utf-8")


@pytest.mark.parametrize("file", [ALERTS, BOARD], ids=lambda file: file.name)
def test_rules_and_board_ask_for_metrics_that_there_are(file: Path) -> None:
    told = {line.split()[2] for line in metrics.exposition().decode().splitlines() if line.startswith("# TYPE")}

    asked = {re.sub("_(bucket|sum|count)$", "", name) for name in NAMED.findall(expressions(file))}

    assert asked - told == set()


def test_alert_rules_raise_what_they_say_when_they_say() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not on this machine: it comes with Prometheus")

    done = subprocess.run(
        [promtool, "test", "rules", "alerts_test.yml"],
        cwd=ALERTS.parent,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_dockerfile_has_no_fault() -> None:
    hadolint = shutil.which("hadolint", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if hadolint is None:
        pytest.skip("hadolint is not installed: see requirements-dev.txt")

    done = subprocess.run(
        [hadolint, "--no-color", ROOT / "Dockerfile"], check=False, capture_output=True, text=True, timeout=60
    )

    assert (done.returncode, done.stdout) == (0, "")


def test_what_the_dockerfile_copies_is_enough_to_serve(tmp_path: Path) -> None:
    """Do the steps of the file in a folder, and start what it starts, on a port of its own."""
    docker = (ROOT / "Dockerfile").read_text("utf-8")
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    app, data, home = tmp_path / "app", tmp_path / "data", tmp_path / "home"
    app.mkdir(), data.mkdir(), home.mkdir()
    for *sources, target in (line.split() for line in re.findall(r"^COPY (?!--)(.+)$", docker, re.MULTILINE)):
        for source in sources:
            assert source in allowed
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, app / target, ignore=shutil.ignore_patterns("*.pyc.*"))
            elif target != "/":
                shutil.copy(ROOT / source, app / target)
    (app / "instance").symlink_to(data)
    command = [*json.loads(re.findall(r"^CMD (.+)$", docker, re.MULTILINE)[-1]), "--port", str(port := free_port())]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("ADMIN_", "DATABASE_", "COV_"))
    }

    with (tmp_path / "log").open("w+") as log:
        server = subprocess.Popen(
            [sys.executable, "manage.py", *command],
            cwd=app,
            env=environment | {"ADMIN_LOG": "json", "HOME": str(home), "XDG_RUNTIME_DIR": str(home)},
            stderr=log,
            stdout=log,
        )
        try:
            served = Served(server, port)
            assert until_it_answers(served, tmp_path / "log") == 200
            served.get("/sign-in").read()
            # The line is written when the answer was taken, which the client may notice first.
            until = time.monotonic() + PATIENCE
            while '"/sign-in"' not in (tmp_path / "log").read_text() and time.monotonic() < until:
                time.sleep(0.05)
            left = sorted(one.name for one in data.iterdir())
        finally:
            stopped = [*descendants(server.pid), server.pid]
            for pid in stopped:
                os.kill(pid, signal.SIGKILL)
            server.wait()
            for connection in served.connections:
                connection.close()

    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines() if line.startswith("{")]
    assert {"admin.db", "secret-key"} <= set(left)
    # It may write nowhere else: a container's root, and a unit's, are read-only.
    assert list(home.iterdir()) == []
    assert [line["route"] for line in lines if line["message"] == "request"] == ["/sign-in"]


def test_compose_understands_its_file_and_asks_for_what_it_needs() -> None:
    compose = shutil.which("docker-compose")
    if compose is None:
        pytest.skip("docker-compose is not on this machine")
    bare = {"PATH": os.environ["PATH"]}
    chosen = {"ADMIN_SECRET_KEY": "k" * 40, "POSTGRES_PASSWORD": "word"}

    done = [
        subprocess.run(
            [compose, "--file", ROOT / "compose.yaml", "--env-file", "/dev/null", "config", "--quiet"],
            check=False, capture_output=True, text=True, env=environment, timeout=60,
        )
        for environment in (bare | chosen, bare)
    ]  # fmt: skip

    assert (done[0].returncode, done[0].stderr) == (0, "")
    assert "is missing a value: choose" in done[1].stderr


def test_composed_services_share_an_image_that_is_built_once_and_never_looked_for_elsewhere() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]

    own = {name: (one["image"], one["pull_policy"]) for name, one in services.items() if "pull_policy" in one}

    # Podman asks no registry for a short name that it has no alias for.
    assert own == dict.fromkeys(("web", "worker"), ("localhost/${COMPOSE_PROJECT_NAME:-admin}-dashboard", "never"))
    assert [name for name, one in services.items() if "build" in one] == ["web"]
    assert [one["image"].partition("/")[0] for one in services.values()][2:] == ["docker.io"] * 2


def test_every_service_that_is_waited_for_says_itself_whether_it_is_healthy() -> None:
    """Podman leaves a Dockerfile's check out of its images."""
    services = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]

    waited = {
        name
        for one in services.values()
        for name, how in one.get("depends_on", {}).items()
        if how["condition"] == "service_healthy"
    }

    assert waited == {name for name, one in services.items() if "test" in one.get("healthcheck", {})}


def test_nobody_gives_up_a_server_that_upgrades_large_tables() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
    (web, *_) = [
        part
        for part in yaml.safe_load_all((DEPLOY / "kubernetes" / "admin.yaml").read_text("utf-8"))
        if part["kind"] == "Deployment"
    ]
    probe = web["spec"]["template"]["spec"]["containers"][0]["startupProbe"]

    assert services["web"]["healthcheck"]["start_period"] == "10m"
    assert probe["periodSeconds"] * probe["failureThreshold"] == 600


def test_kubernetes_knows_every_line_of_its_manifests() -> None:
    if find_spec("kubernetes_validate") is None:
        pytest.skip("kubernetes-validate, 22 MB of schemas, is not installed")
    known = importlib.import_module("kubernetes_validate")
    parts = list(yaml.safe_load_all((DEPLOY / "kubernetes" / "admin.yaml").read_text("utf-8")))

    for part in parts:
        known.validate(part, known.latest_version(), strict=True)

    assert [part["kind"] for part in parts].count("Deployment") == 2


@pytest.mark.parametrize(
    "file", ["Dockerfile", "deploy/systemd/admin-web.service", "deploy/systemd/admin-worker.service"]
)
def test_whatever_starts_the_dashboard_bounds_what_the_c_library_keeps(file: str) -> None:
    assert re.search(r"^(ENV .*|Environment=)MALLOC_ARENA_MAX=2\b", (ROOT / file).read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("unit", sorted((DEPLOY / "systemd").glob("*.service")), ids=lambda unit: unit.stem)
def test_systemd_understands_every_line_of_a_unit(unit: Path, tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not on this machine")
    # The program of a unit has to be there.
    text = re.sub(r"^ExecStart=\S+", f"ExecStart={sys.executable}", unit.read_text("utf-8"), flags=re.MULTILINE)
    (tmp_path / unit.name).write_text(text)

    done = subprocess.run(
        [analyze, "verify", tmp_path / unit.name], check=False, capture_output=True, text=True, timeout=60
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_haproxy_understands_its_file(tmp_path: Path) -> None:
    haproxy = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")
    if haproxy is None:
        pytest.skip("haproxy is not on this machine")
    text = (DEPLOY / "haproxy" / "haproxy.cfg").read_text("utf-8")
    (tmp_path / "haproxy.cfg").write_text(text.replace(" ssl crt /etc/haproxy/admin.pem", ""))

    done = subprocess.run(
        [haproxy, "-c", "-q", "-f", tmp_path / "haproxy.cfg"], check=False, capture_output=True, text=True, timeout=60
    )

    assert (done.returncode, done.stderr) == (0, "")


def until_it_answers(served: Served, log: Path) -> int:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            # On a busy machine the database may be too slow for it at first.
            if (status := served.get("/health/ready").status) == 200:
                return status
        except ConnectionError:
            assert served.process.poll() is None, log.read_text()
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.1)
