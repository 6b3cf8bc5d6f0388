"""`manage.py upgrade`: migrate the tables while people work. `--plan` says beforehand what that does, and changes nothing."""

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

# How often a migration that gets no lock is tried, and the seconds between: people's work comes first.
TRIES, PAUSE = 20, 3.0


@click.command()
@click.option(
    "--plan", is_flag=True, help="Say what would be done: the statements, their locks, the sizes. Change nothing."
)
@with_appcontext
def upgrade(*, plan: bool) -> None:
    """Migrate the tables. Each migration waits at most three seconds for a lock, and is tried again."""
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
    """Run the pending migrations, unless a newer program migrated the tables compatibly.

    If none is pending, no lock is taken: a start then needs only one connection.
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
