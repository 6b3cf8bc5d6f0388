"""`manage.py maintenance` and `manage.py banner`: tell everyone something, and stop changes, without a restart."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask.cli import with_appcontext

from admin_app import formatting
from admin_app.context import writing
from admin_app.db.transaction import transaction
from admin_app.domain import modes
from admin_app.extensions import db


@click.group()
def maintenance() -> None:
    """Keep people from changing anything while you work on the dashboard. They can still see everything."""


@maintenance.command()
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]),
    help="When you expect to be done, in UTC: “2026-12-01 22:00”. The pages say so.",
)
@with_appcontext
def on(until: datetime | None) -> None:
    """Begin maintenance."""
    moment = until.replace(tzinfo=UTC) if until is not None else None
    with writing(), transaction(db.session):
        modes.begin_maintenance(db.session, moment)
    click.echo("Nobody can change anything, within a few seconds. Jobs wait. End it with: manage.py maintenance off")


@maintenance.command()
@with_appcontext
def off() -> None:
    """End maintenance."""
    with writing(), transaction(db.session):
        modes.end_maintenance(db.session)
    click.echo("People can change things again, within a few seconds.")


@maintenance.command()
@with_appcontext
def show() -> None:
    """Show whether maintenance or a banner is on."""
    mode = modes.present_mode(db.session)
    until = f" until {formatting.exact_time(mode.until)}" if mode.until is not None else ""
    click.echo(f"Maintenance: {f'on{until}' if mode.is_maintained else 'off'}")
    click.echo(f"Banner: {mode.banner or 'none'}")


@click.command()
@click.argument("words", default="")
@with_appcontext
def banner(words: str) -> None:
    """Show WORDS on every page; without WORDS, remove what is shown."""
    with writing(), transaction(db.session):
        modes.set_banner(db.session, words.strip())
    click.echo("Every page shows it, within a few seconds." if words.strip() else "No page shows a banner any more.")
