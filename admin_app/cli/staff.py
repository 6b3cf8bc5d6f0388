"""`manage.py staff`: manage the accounts, for people with access to the machine."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from admin_app import formatting
from admin_app.cli.address import last_address
from admin_app.context import writing
from admin_app.db.caseless import same
from admin_app.db.ordering import in_order
from admin_app.db.transaction import transaction
from admin_app.domain.auth import accounts, after_restore, passwords, sessions, sign_in, two_factor
from admin_app.domain.permissions import roles
from admin_app.domain.records.refusals import refusals_of
from admin_app.errors import NotFoundError
from admin_app.extensions import db, this_application
from admin_app.models.staff import Staff
from admin_app.web.mail.password_links import hand_over


def _some(_context: click.Context, _option: click.Parameter, keys: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse an account without a role before asking for anything else: there is no default role."""
    if not keys:
        message = "Choose a role for the person, like --role editor."
        raise click.UsageError(message)
    return keys


_roles = click.option(
    "--role",
    multiple=True,
    callback=_some,
    is_eager=True,
    help="A role's key, like owner. Give it again for each further role; one is needed.",
)


@click.group()
def staff() -> None:
    """Create and manage the accounts of people who sign in."""


@staff.command()
@click.argument("email")
@click.option("--name", prompt=True, help="The person's name.")
@_roles
@click.password_option(help="Asked for if left out, which keeps it out of the shell's history.")
@with_appcontext
def create(email: str, name: str, role: tuple[str, ...], password: str) -> None:
    """Create an account."""
    with writing(), refusals_of(Staff), transaction(db.session):
        person = accounts.create_staff(db.session, name=name, email=email, roles=_known(role), password=password)
    click.echo(f"{name} can sign in as {accounts.normalised_email(email)} ({person.role_names.lower()}).")


@staff.command()
@click.argument("email")
@click.option("--name", prompt=True, help="The person's name.")
@_roles
@with_appcontext
def invite(email: str, name: str, role: tuple[str, ...]) -> None:
    """Create an account without a password, and a link with which the person chooses one."""
    with writing(), refusals_of(Staff), transaction(db.session):
        accounts.create_staff(db.session, name=name, email=email, roles=_known(role), password=None)
    _hand_over(email)


@staff.command("list")
@with_appcontext
def list_() -> None:
    """List the accounts."""
    people = db.session.scalars(select(Staff).order_by(in_order(Staff.name), Staff.id)).all()
    if not people:
        click.echo("There are no accounts yet. Create one with: manage.py staff create EMAIL --role owner")
    for person in people:
        last = formatting.exact_time(person.last_sign_in_at) if person.last_sign_in_at else "never signed in"
        state = "" if person.is_active else "  (disabled)"
        click.echo(f"{person.email}  {person.name}  {','.join(person.roles)}  {last}{state}")


@staff.command("reset-password")
@click.argument("email")
@click.option("--link", is_flag=True, help="Create a link with which the person chooses a password, and set none.")
@click.option("--password", help="Asked for if left out, which keeps it out of the shell's history.")
@with_appcontext
def reset_password(email: str, password: str | None, *, link: bool) -> None:
    """Set a new password, and end the person's sessions."""
    if link:
        _hand_over(email)
        return
    if password is None:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    with writing(), refusals_of(Staff), transaction(db.session):
        person = _person(email)
        passwords.set_password(db.session, person, password)
    click.echo(f"{person.name} has a new password and is signed out everywhere.")


@staff.command()
@click.argument("email")
@with_appcontext
def disable(email: str) -> None:
    """Switch an account off, and end the person's sessions."""
    with writing(), refusals_of(Staff), transaction(db.session):
        person = _person(email)
        accounts.disable(db.session, person)
    click.echo(f"{person.name} can no longer sign in.")


@staff.command()
@click.argument("email")
@with_appcontext
def unlock(email: str) -> None:
    """Reset the failed attempts of an account, so that the next attempt is not delayed."""
    with writing(), refusals_of(Staff), transaction(db.session):
        person = _person(email)
        sign_in.unlock(db.session, person)
    click.echo(f"{person.name} can try again now, from anywhere.")


@staff.command("reset-two-factor")
@click.argument("email")
@with_appcontext
def reset_two_factor(email: str) -> None:
    """Remove a person's second factor, if they lost their app and recovery codes, and end their sessions."""
    with writing(), refusals_of(Staff), transaction(db.session):
        person = _person(email)
        two_factor.reset(db.session, person)
        sessions.end_all(db.session, person)
    click.echo(f"{person.name} signs in with a password only, and is signed out everywhere.")


@staff.command("sign-out")
@click.option("--all", is_flag=True, required=True, expose_value=False, help="Everyone; there is no other way.")
@with_appcontext
def sign_out() -> None:
    """End everybody's sessions, password links and recovery codes: for use after a backup was restored."""
    with writing(), refusals_of(Staff), transaction(db.session):
        ended = after_restore.sign_everybody_out(db.session)
    click.echo(f"Everyone is signed out. Ended: {ended}.")
    click.echo("Those who had recovery codes create new ones under Account.")


def _known(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse unknown roles as a usage error that lists the known ones."""
    known = roles.names(db.session)
    if unknown := [key for key in keys if key not in known]:
        message = f"{', '.join(unknown)} is not a role. Choose from: {', '.join(known)}."
        raise click.BadParameter(message, param_hint="--role")
    return keys


def _hand_over(email: str) -> None:
    """Send the link or print it, with the public address if it is known."""
    app = this_application()
    with writing(), app.test_request_context(base_url=last_address(app)):
        person = _person(email)
        name, to = person.name, person.email
        link = hand_over(person)
    if link.is_sent:
        click.echo(f"A link was sent to {to}.")
    else:
        click.echo(f"Send this link to {name} through a channel you trust. It works once and expires in {link.hours}:")
        click.echo(link.url)


def _person(email: str) -> Staff:
    person: Staff | None = db.session.scalar(select(Staff).where(same(Staff.email, accounts.normalised_email(email))))
    if person is None:
        message = f"No account has the email {email}. See: manage.py staff list"
        raise NotFoundError(message)
    return person
