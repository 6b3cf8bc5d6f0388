"""`manage.py history`: list what was done, follow it, and delete old entries."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import NoReturn

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from tqdm import tqdm

from admin_app import formatting
from admin_app.context import writing
from admin_app.db.transaction import transaction
from admin_app.domain.audit import follow as audit_follow
from admin_app.domain.audit import reader as audit_reader
from admin_app.domain.work import notes
from admin_app.extensions import db
from admin_app.models.change_set import Change, ChangeSet

# Seconds between two looks for new change sets.
PAUSE = 1.0


@click.group()
def history() -> None:
    """List the history of all changes, and shorten it."""


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
@click.option("--since", default=0, type=click.IntRange(0), help="The set that was read last; 0 for the beginning.")
@click.option(
    "--format", type=click.Choice(["jsonl"]), default="jsonl", expose_value=False, help="One JSON object a line."
)
@click.option("--changes", "with_changes", is_flag=True, help="Write each record's change too, with its values.")
@click.option("--once", is_flag=True, help="End with what there is now, and do not wait for more.")
@with_appcontext
def follow(since: int, *, with_changes: bool, once: bool) -> None:
    """Write the history as it grows, each change set at least once: begin again after the last `id` that was read."""
    while True:
        until = _settled()
        for done in audit_follow.sets_between(db.session, since, until):
            click.echo(_line("set", done, _SET))
            for change in audit_follow.changes_of(db.session, done.id) if with_changes else ():
                click.echo(_line("change", change, _CHANGE))
        since = max(since, until)
        db.session.remove()
        if once:
            return
        time.sleep(PAUSE)


def _settled() -> int:
    """Wait until all change sets up to the newest number are committed, and return that number."""
    mark = audit_follow.mark(db.session)
    while not audit_follow.is_settled(db.session, mark):
        db.session.remove()
        time.sleep(PAUSE)
    # The following reads see what is committed by now.
    db.session.remove()
    return mark.newest


_SET = ("id", "at", "actor_id", "actor", "kind", "resource", "record_id", "summary", "reason", "count", "undoes_id", "request_id")  # fmt: skip
_CHANGE = ("id", "change_set_id", "model", "record_id", "act", "title", "version", "before", "after")


def _line(kind: str, row: ChangeSet | Change, names: tuple[str, ...]) -> str:
    values = {name: getattr(row, name) for name in names}
    return json.dumps({"type": kind, **values}, ensure_ascii=False, default=lambda moment: moment.isoformat())


@history.command()
@click.option(
    "--before",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="The first day to keep, in UTC: 2026-01-31.",
)
@with_appcontext
def prune(before: datetime) -> None:
    """Delete the history before a day. What it says can no longer be undone."""
    with writing(), tqdm(unit=" rows", disable=None) as bar:
        number = _prune(before.replace(tzinfo=UTC), bar)
    click.echo(
        f"Deleted {formatting.counted(number, 'change', 'changes')} from before {before:%Y-%m-%d} from the history."
    )


def _prune(before: datetime, bar: tqdm[NoReturn]) -> int:
    """Delete in batches, each committed; return the number of change sets."""
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
    """Delete notes whose records can no longer be restored."""
    while True:
        with transaction(db.session):
            rows = notes.forget_lost(db.session)
        if not rows:
            return
        bar.update(rows)
