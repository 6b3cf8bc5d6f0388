"""`manage.py history`: what was done, and how much of it is kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NoReturn

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from tqdm import tqdm

from admin_app import formatting
from admin_app.context import writing
from admin_app.db.transaction import transaction
from admin_app.domain.audit import reader as audit_reader
from admin_app.domain.work import notes
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet


@click.group()
def history() -> None:
    """Look at the history of all changes, and shorten it."""


@history.command("list")
@click.option("--number", default=20, show_default=True, type=click.IntRange(1), help="How many changes to list.")
@with_appcontext
def list_(number: int) -> None:
    """List the newest changes."""
    for done in db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc()).limit(number)):
        click.echo(
            f"{formatting.exact_time(done.at)}  {formatting.actor_name(done.actor)}  {done.kind}  {done.summary}"
        )


@history.command()
@click.option(
    "--before",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="The first day to keep, in UTC: 2026-01-31.",
)
@with_appcontext
def prune(before: datetime) -> None:
    """Delete from the history what was done before a day. It can no longer be undone."""
    with writing(), tqdm(unit=" rows", disable=None) as bar:
        number = _prune(before.replace(tzinfo=UTC), bar)
    click.echo(
        f"Deleted {formatting.counted(number, 'change', 'changes')} from before {before:%Y-%m-%d} from the history."
    )


def _prune(before: datetime, bar: tqdm[NoReturn]) -> int:
    """Forget batch by batch, each committed; return how many change sets there were."""
    number = 0
    while True:
        with transaction(db.session):
            acts, rows = audit_reader.prune_batch(db.session, before)
        if not rows:
            break
        number += acts
        bar.update(rows)
    _forget_notes(bar)
    if number:
        with transaction(db.session):
            audit_reader.record_pruning(db.session, before, number)
    return number


def _forget_notes(bar: tqdm[NoReturn]) -> None:
    """Let notes go whose records can no longer come back."""
    while True:
        with transaction(db.session):
            rows = notes.forget_lost(db.session)
        if not rows:
            return
        bar.update(rows)
