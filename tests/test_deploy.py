"""What is handed to operators as files fits the dashboard."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from admin_app import metrics

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
