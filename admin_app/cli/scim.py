"""`manage.py scim`: the token by which the company's directory manages accounts."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from admin_app.context import writing
from admin_app.db.transaction import transaction
from admin_app.domain.audit.recorder import record_event
from admin_app.domain.auth import directory
from admin_app.extensions import db
from admin_app.models.change_set import Kind
from admin_app.models.staff import Staff


@click.group()
def scim() -> None:
    """Let the company's directory create accounts and switch them off."""


@scim.command()
@with_appcontext
def token() -> None:
    """Print a new token, once. An earlier token stops working."""
    with writing(), transaction(db.session):
        made = directory.make_token(db.session)
        _record("Created a SCIM token")
    click.echo("Give this token to the directory, with the address …/scim/v2. It is not shown again.", err=True)
    click.echo(made)


@scim.command()
@with_appcontext
def revoke() -> None:
    """Revoke the token."""
    with writing(), transaction(db.session):
        directory.end_tokens(db.session)
        _record("Revoked the SCIM token")
    click.echo("No token opens the accounts to a directory any more.")


def _record(summary: str) -> None:
    record_event(db.session, kind=Kind.ACCESS, summary=summary, resource=Staff.__tablename__)
