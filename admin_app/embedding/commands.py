"""The dashboard's commands below the application's: `flask admin upgrade`, `flask admin worker`."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import ScriptInfo
from typing_extensions import override

from admin_app.cli import COMMANDS, in_one_line
from admin_app.embedding.table_changes import in_words
from admin_app.embedding.tables import planned, upgrade
from admin_app.formatting import counted

# Commands that only a dashboard of its own has: serving, made-up data, and backups of the whole database.
NOT_HERE = frozenset({"run", "demo", "backup"})


class Inside(click.Group):
    """A group of commands that run in the dashboard's application, not in the one around it."""

    def __init__(self, name: str, inside: Flask) -> None:
        """Take over the dashboard's commands."""
        super().__init__(name, help="The dashboard inside this application: its tables, people, jobs and files.")
        self.inside = inside
        for one in COMMANDS:
            if one.name not in NOT_HERE:
                self.add_command(one)
        self.add_command(_upgrade)

    @override
    def invoke(self, ctx: click.Context) -> object:
        """Run a command."""
        ctx.obj = ScriptInfo(create_app=lambda: self.inside)
        with in_one_line(f"flask {self.name} upgrade"), self.inside.app_context():
            return super().invoke(ctx)


@click.command("upgrade")
@click.option("--plan", "is_plan", is_flag=True, help="Only say what would be done.")
@click.pass_obj
def _upgrade(script: ScriptInfo, *, is_plan: bool) -> None:
    """Create the dashboard's tables, or bring them up to date. The application's own tables stay as they are."""
    changes = (planned if is_plan else upgrade)(script.load_app())
    for one in changes.made if is_plan else ():
        click.echo(f"To be made: {in_words(one)}")
    for one in changes.left:
        click.echo(f"Left as it is: {in_words(one)}")
    number = counted(len(changes.made), "change", "changes")
    if not changes.made:
        click.echo("The dashboard's tables are up to date.")
    else:
        click.echo(f"{number} to be made. Nothing was changed." if is_plan else f"{number} made.")


def add(app: Flask, inside: Flask, path: str) -> None:
    """Add the dashboard's group to the application's command line, named after its path: `admin` for /admin."""
    app.cli.add_command(Inside(path.strip("/").replace("/", "-"), inside))
