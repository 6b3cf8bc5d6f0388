"""The command line: Flask's commands with the project's own.

A command exits with 0 if it did what it was asked, 1 if it could not, and 2 if it was called wrongly.
"""

from __future__ import annotations

import errno
import getpass
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
import psycopg
from flask import Flask
from flask.cli import FlaskGroup
from sqlalchemy.exc import DatabaseError, OperationalError, ProgrammingError

from admin_app.cli.backfill import backfill
from admin_app.cli.backup import backup
from admin_app.cli.check import check
from admin_app.cli.demo import demo
from admin_app.cli.forget import forget, forgotten
from admin_app.cli.history import history
from admin_app.cli.import_ import import_
from admin_app.cli.inbox import inbox
from admin_app.cli.jobs import jobs, worker
from admin_app.cli.modes import banner, maintenance
from admin_app.cli.plan import delete, edit, plan
from admin_app.cli.resource import resource
from admin_app.cli.scim import scim
from admin_app.cli.serve import run
from admin_app.cli.staff import staff
from admin_app.cli.transfer import export
from admin_app.cli.upgrade import upgrade
from admin_app.context import Actor, acting
from admin_app.db.troubles import trouble_of
from admin_app.errors import AdminError
from admin_app.models.change_set import Kind

COMMANDS: tuple[click.Command, ...] = (
    run,
    worker,
    jobs,
    check,
    staff,
    scim,
    inbox,
    demo,
    import_,
    export,
    edit,
    delete,
    plan,
    history,
    forget,
    forgotten,
    maintenance,
    banner,
    backup,
    resource,
    upgrade,
    backfill,
)


class Commands(FlaskGroup):
    """Flask's group of commands. Our own errors end a command with one line and exit code 1."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        with in_one_line("manage.py db upgrade"):
            return super().invoke(ctx)


@contextmanager
def in_one_line(upgrade: str) -> Iterator[None]:
    """Act as the user of the machine, and turn our own errors into one line. `upgrade` is the command that creates the tables."""
    try:
        with acting(terminal_actor, kind=Kind.COMMAND):
            yield
    except AdminError as error:
        raise click.ClickException(str(error)) from error
    except (DatabaseError, sqlite3.Error, psycopg.Error) as error:
        if (trouble := trouble_of(error)) is not None:
            raise click.ClickException(str(trouble)) from error
        if not isinstance(error, OperationalError | ProgrammingError):
            raise
        reason = str(error.orig).strip().splitlines()[0]
        message = f"The database refused: {reason}. If it is new, create its tables with: {upgrade}"
        raise click.ClickException(message) from error
    except OSError as error:
        # A broken pipe is not such an error; click handles it.
        if error.errno == errno.EPIPE or error.strerror is None:
            raise
        where = f"{error.filename}: " if error.filename else ""
        message = f"{where}{trouble_of(error) or error.strerror}"
        raise click.ClickException(message) from error


def terminal_actor() -> Actor:
    """Return the acting person, as the machine knows them: not a member of staff."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        # In a container, the user may have a number and no name.
        name = f"user {os.getuid()}"
    return None, f"Command line ({name})"


def main(create_app: Callable[[], Flask]) -> None:
    """Run the command line. A wrong setting stops it with one line before anything else happens."""
    try:
        app = create_app()
    except AdminError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(2)
    commands = Commands(
        create_app=lambda: app, load_dotenv=False, help="The admin dashboard: run it and manage its data."
    )
    # Flask's own options choose another application, which does not exist, or a file of settings, which is not read.
    commands.params = [option for option in commands.params if option.name in {"version", "help"}]
    for command in COMMANDS:
        commands.add_command(command)
    commands.main(prog_name="manage.py")
