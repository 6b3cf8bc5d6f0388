"""`manage.py upgrade`: bring the tables up to date beside people at work; `--plan` says before what that does, and changes nothing."""

from __future__ import annotations

import time

import click
from alembic.script import ScriptDirectory
from flask import Flask
from flask.cli import with_appcontext
from flask_migrate import upgrade as run_migrations
from sqlalchemy.exc import OperationalError

from admin_app.cli.upgrade_plan import pending, plan_in_words
from admin_app.db.primary import require_writes
from admin_app.db.schema_version import current_revisions, is_kept_by_newer, is_lock_timeout, require_no_newer
from admin_app.extensions import db, this_application

# How often a migration is tried that does not get its lock, and the seconds between: people at work go first.
TRIES, PAUSE = 20, 3.0


@click.command()
@click.option(
    "--plan", is_flag=True, help="Say what would be done: the statements, their locks, the sizes. Change nothing."
)
@with_appcontext
def upgrade(*, plan: bool) -> None:
    """Bring the tables up to date. Each migration waits three seconds at most for a lock, and is tried again."""
    app = this_application()
    if plan:
        scripts = ScriptDirectory(app.extensions["migrate"].directory)
        with db.engine.connect() as connection:
            require_no_newer(connection, scripts)
            for line in plan_in_words(connection, scripts, pending(connection, scripts)):
                click.echo(line)
        return
    upgrade_tables(app)
    click.echo("The tables are those of this program.")


def upgrade_tables(app: Flask) -> None:
    """Run what is missing, unless a newer program did and left this one what it needs.

    Where nothing is, no lock is taken: a start needs one connection.
    """
    scripts = ScriptDirectory(app.extensions["migrate"].directory)
    with db.engine.connect() as connection:
        require_writes(connection)
        is_newer = is_kept_by_newer(connection, scripts)
        is_done = current_revisions(connection) == set(scripts.get_heads())
    if is_newer:
        click.echo("The tables are of a newer program, which lets this one go on.", err=True)
        return
    if is_done:
        return
    for left in reversed(range(TRIES)):
        try:
            run_migrations(directory=scripts.dir)
        except OperationalError as error:
            if not left or not is_lock_timeout(error):
                raise
            click.echo(f"A table is in use. The migration is tried again in {PAUSE:.0f} seconds.", err=True)
            time.sleep(PAUSE)
        else:
            return
