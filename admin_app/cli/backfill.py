"""`manage.py backfill`: fill the rows that migrations left, and wait for the end."""

from __future__ import annotations

import click
from alembic.script import ScriptDirectory
from flask.cli import with_appcontext

from admin_app import formatting
from admin_app.db.backfill import applied, named_if_refused
from admin_app.extensions import db, this_application
from admin_app.jobs import backfills


@click.command()
@with_appcontext
def backfill() -> None:
    """Fill the rows that migrations left, while people work. Workers do it by themselves."""
    scripts = ScriptDirectory(this_application().extensions["migrate"].directory)
    with db.engine.connect() as connection:
        wanted = applied(connection, scripts)
    for one in wanted:
        with named_if_refused(f"the backfill of migration {one.revision}"):
            number = backfills.fill(one)
        click.echo(f"{one.revision}  {one.title}: {formatting.counted(number, 'row', 'rows')} filled.")
    if not wanted:
        click.echo("No migration leaves anything to be filled.")
