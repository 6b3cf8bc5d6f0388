"""`manage.py backup`: write everything into one file, verify it by restoring a copy, and restore it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from alembic.script import ScriptDirectory
from flask import Flask
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy.exc import SQLAlchemyError

from admin_app import formatting
from admin_app.backup import archive, files
from admin_app.backup.archive import Manifest
from admin_app.backup.stores import Store, store_of
from admin_app.cli.forget import brought_back
from admin_app.context import writing
from admin_app.db.keys import print_key
from admin_app.db.schema_version import NEWER, newer_than
from admin_app.db.transaction import transaction
from admin_app.db.types import utc_now
from admin_app.domain.auth import after_restore
from admin_app.domain.forgetting import forget as forgetting
from admin_app.errors import BackupError
from admin_app.extensions import Values, db, this_application

_file = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
_kept_file = click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))


@click.group()
def backup() -> None:
    """Back up the database and the stored files, verify a backup, and restore it."""


@backup.command()
@_file
@with_appcontext
def create(file: Path) -> None:
    """Write a backup to FILE while the dashboard runs. The secret key is not in it."""
    app, store = this_application(), store_of(db.engine)
    with _folder() as folder:
        copy = folder / archive.DATABASE
        manifest = Manifest(
            version=app.config["VERSION"],
            made_at=utc_now().isoformat(timespec="seconds"),
            store=store.name,
            key_mark=app.config["COOKIE_MARK"],
            facts=store.copy(copy),
        )
        archive.write(file, manifest, copy, files.kept_beside())
    click.echo(f"Wrote {file}: {_in_words(manifest)}.")
    click.echo("Keep the secret key too, in another place: it is not in the backup.")


@backup.command()
@_kept_file
@with_appcontext
def verify(file: Path) -> None:
    """Restore FILE into a temporary database, and compare it with what was backed up."""
    app, store = this_application(), store_of(db.engine)
    with _folder() as folder:
        manifest = _opened(app, store, file, folder)
        differing = manifest.facts.differences(store.tried(folder / archive.DATABASE))
    if differing:
        message = f"The backup differs from what was backed up: {', '.join(differing)}."
        raise BackupError(message)
    click.echo(f"The backup can be restored: {_in_words(manifest)}.")


@backup.command()
@_kept_file
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def restore(file: Path, *, yes: bool) -> None:
    """Replace the database and the files with FILE. Stop the dashboard and its workers first."""
    app, store = this_application(), store_of(db.engine)
    with _folder() as folder:
        manifest = _opened(app, store, file, folder)
        if not store.is_empty() and not yes:
            click.confirm(f"Replace everything in this database with {_in_words(manifest)}?", abort=True)
        marks = _marks()
        db.session.remove()
        db.engine.dispose()
        store.load(folder / archive.DATABASE)
    upgrade()
    with writing(), transaction(db.session):
        forgetting.add_missing(db.session, marks)
        ended = after_restore.sign_everybody_out(db.session)
    _put_files_back(file)
    click.echo(f"Restored {_in_words(manifest)}.")
    for resource, subject in brought_back():
        click.echo(f"Forget again: {resource.endpoint} {print_key(subject.key)}", err=True)
    click.echo(f"Everyone is signed out: a backup has the sessions of its own time. Ended: {ended}.")


def _marks() -> list[Values]:
    """Return the marks of everyone forgotten so far, which an older backup lacks; none if there is no such table."""
    try:
        return forgetting.values_of_marks(db.session)
    except SQLAlchemyError:
        db.session.rollback()
        return []


def _opened(app: Flask, store: Store, file: Path, folder: Path) -> Manifest:
    """Unpack a backup that fits this database; warn if it was made with another secret key."""
    manifest = archive.unpack(file, folder)
    if manifest.store != store.name:
        message = (
            f"The backup is of {manifest.store}, and this database is {store.name}: export and import the records."
        )
        raise BackupError(message)
    if problem := newer_than(ScriptDirectory(app.extensions["migrate"].directory), set(manifest.facts.revisions)):
        message = f"{problem} {NEWER}"
        raise BackupError(message)
    if manifest.key_mark != app.config["COOKIE_MARK"]:
        click.echo(
            "Warning: the backup was made with another secret key. Restore that key, or everyone's two-factor sign-in has to be reset.",
            err=True,
        )
    return manifest


def _in_words(manifest: Manifest) -> str:
    facts, files = manifest.facts, len(manifest.members) - 1
    rows = formatting.counted(sum(facts.rows.values()), "row", "rows")
    return (
        f"version {manifest.version} of {manifest.made_at}, {rows}, {formatting.counted(files, 'file', 'files')}, "
        f"up to change set {facts.newest_change_set}"
    )


def _put_files_back(file: Path) -> None:
    """Write the files to their place, with the restored tables: a place in the database is part of those."""
    ownerless = [name for name, content in archive.files_in(file) if not files.put_back(name, content)]
    if ownerless:
        click.echo(f"Left out, because nothing in the database owns them: {', '.join(ownerless)}.", err=True)


@contextmanager
def _folder() -> Iterator[Path]:
    """Create a private folder beside the dashboard's data, where there is room for it."""
    with tempfile.TemporaryDirectory(prefix="backup-", dir=this_application().instance_path) as folder:
        yield Path(folder)
