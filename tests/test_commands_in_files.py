"""Every command that documents and files for operators name is there, with its options."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml
from flask.cli import routes_command
from flask_migrate.cli import db as migrations

from admin_app.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
KNOWN = click.Group(commands={str(one.name): one for one in (*COMMANDS, migrations, routes_command)})
DEPLOY = ROOT / "deploy"


def of_document(file: Path) -> Iterator[str]:
    """Yield what follows manage.py in a document's blocks of shell, and in its sentences."""
    text = file.read_text("utf-8")
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        for line in block.splitlines():
            found = re.match(r"docker compose run --rm web (.+)", line) or re.search(
                r"(?:^|python )manage\.py (.+)", line
            )
            yield from [found[1]] if found else []
    # Where a sentence leaves something out it says so.
    yield from (said for said in re.findall(r"`manage\.py ([^`\n]+)`", text) if "…" not in said)


def of_files() -> Iterator[str]:
    """Yield what containers and units start."""
    docker = (ROOT / "Dockerfile").read_text("utf-8")
    yield shlex.join(json.loads(re.findall(r"^CMD (.+)$", docker, re.MULTILINE)[-1]))
    services = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
    ours = (one for one in services.values() if one["image"] == services["web"]["image"])
    yield from (shlex.join(one["command"]) for one in ours)
    for part in yaml.safe_load_all((DEPLOY / "kubernetes" / "admin.yaml").read_text("utf-8")):
        if part["kind"] == "Deployment":
            yield shlex.join(part["spec"]["template"]["spec"]["containers"][0]["args"])
    for unit in (DEPLOY / "systemd").glob("*.service"):
        yield from re.findall(r"^ExecStart=\S+ manage\.py (.+)$", unit.read_text("utf-8"), re.MULTILINE)


def parse(command: str) -> None:
    """Find the command, and let it read its options; nothing is asked and nothing is done."""
    found, words = found_in(shlex.split(command, comments=True))
    found.make_parser(click.Context(found, **found.context_settings)).parse_args(words)


def found_in(words: list[str]) -> tuple[click.Command, list[str]]:
    """Return the command that words name, and what follows its name."""
    found: click.Command = KNOWN
    while isinstance(found, click.Group) and words and not words[0].startswith("-"):
        inner = found.get_command(click.Context(found), words[0])
        assert inner is not None, words
        found, words = inner, words[1:]
    return found, words


@pytest.mark.parametrize(
    "file", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda file: file.name
)
def test_every_command_of_a_document_is_there(file: Path) -> None:
    for command in of_document(file):
        parse(command)


def test_every_command_of_a_file_is_there() -> None:
    commands = list(of_files())

    assert [command.split()[0] for command in commands].count("worker") == 3
    for command in commands:
        parse(command)
