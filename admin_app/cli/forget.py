"""`manage.py forget` and `manage.py forgotten`: remove a person's data, and remove it again after a backup was restored."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from click.exceptions import Exit
from flask.cli import with_appcontext

from admin_app.cli.resource_names import resource_named
from admin_app.context import writing
from admin_app.db.keys import print_key, read_key
from admin_app.db.retries import retry_conflicts
from admin_app.domain.forgetting import forget as forgetting
from admin_app.domain.forgetting.forget import Removed
from admin_app.domain.forgetting.subject import Subject, subject_of
from admin_app.errors import ForgettingError, NotFoundError
from admin_app.extensions import db, table_of
from admin_app.models.change_set import LONGEST_REASON
from admin_app.panel.forgetting.removal import (
    elsewhere_in_words,
    everything_held,
    extent_at,
    lines_of,
    remove,
    subject_at,
)
from admin_app.panel.registry import resources
from admin_app.panel.resource import Resource

AGAIN = "Forgotten again: a backup from before was restored"


@click.command()
@click.argument("resource")
@click.argument("key")
@click.option("--reason", required=True, help="Why: kept in the history, with who did it and when.")
@click.option(
    "--file",
    type=click.Path(path_type=Path),
    help="Write everything that is stored to this file, as JSON, before it is removed.",
)
@click.option("--yes", is_flag=True, help="Do it. Without this, only say what would be done.")
@with_appcontext
def forget(resource: str, key: str, reason: str, file: Path | None, *, yes: bool) -> None:
    """Remove the personal data of the RESOURCE with this KEY, from the history too: “forget user 12”. This cannot be undone."""
    found = resource_named(resource, [one for one in resources() if one.personal])
    number = read_key(found.model, key)
    if number is None:
        message = f"{key} is no {found.noun}'s key."
        raise NotFoundError(message)
    subject = subject_at(found, number)
    for line in lines_of(extent_at(found, subject)):
        click.echo(line)
    if file is not None:
        file.touch(mode=0o600)
        file.write_text(everything_held(subject), "utf-8")
        click.echo(f"Everything held is in {file}.")
    if not yes:
        click.echo("Nothing was removed. Do it with --yes.")
        return
    _remove(found, subject, reason)


@click.group()
def forgotten() -> None:
    """Keep a list of forgotten people for when a backup is restored."""


@forgotten.command("list")
@with_appcontext
def list_() -> None:
    """Write a line of JSON for each mark: keep them beside the backups. They contain nothing personal."""
    for one in forgetting.marks(db.session):
        values = {"model": one.model, "record_id": one.record_id, "at": one.at.isoformat(), "reason": one.reason}
        click.echo(json.dumps({**values, "record_id": str(one.record_id)}))


@forgotten.command()
@click.option("--yes", is_flag=True, help="Do it. Without this, only list them.")
@with_appcontext
def again(*, yes: bool) -> None:
    """Forget again everyone whom a restored backup brought back."""
    back = list(brought_back())
    if not back:
        click.echo("Nobody who was forgotten is back.")
    elif not yes:
        for resource, subject in back:
            click.echo(f"{resource.endpoint} {print_key(subject.key)}")
        click.echo("Nothing was removed. Do it with --yes.")
    else:
        _remove_again(back)


def brought_back() -> Iterator[tuple[Resource, Subject]]:
    """Yield everyone who has a mark and whose data is there again."""
    by_table = {table_of(one.model).name: one for one in resources() if one.personal}
    seen = set()
    for mark in forgetting.marks(db.session):
        resource = by_table.get(mark.model)
        if resource is None or (mark.model, mark.record_id) in seen:
            continue
        seen.add((mark.model, mark.record_id))
        subject = subject_of(db.session, resource.model, mark.record_id, resource.personal)
        if forgetting.is_back(db.session, subject):
            yield resource, subject


def _remove_again(back: Sequence[tuple[Resource, Subject]]) -> None:
    """Remove the data of each again. Report those that fail, continue with the others, and exit with 1."""
    is_left = False
    for resource, subject in back:
        try:
            _remove(resource, subject, AGAIN)
        except ForgettingError as error:
            is_left = True
            click.echo(f"{resource.endpoint} {print_key(subject.key)}: {error}", err=True)
    if is_left:
        raise Exit(1)


def _remove(resource: Resource, subject: Subject, reason: str) -> None:
    def act() -> Removed:
        # What there is now: other people write meanwhile.
        known = subject_of(db.session, resource.model, subject.key, resource.personal)
        return remove(resource, known, reason[:LONGEST_REASON])

    with writing():
        removed = retry_conflicts(db.session, act)
    click.echo(f"The personal data of {resource.noun} {print_key(subject.key)} was removed.")
    if words := elsewhere_in_words(removed.elsewhere):
        click.echo(words)
