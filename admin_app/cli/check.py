"""`manage.py check`: what is wrong with the set-up of the dashboard, each with advice."""

from __future__ import annotations

import math
import re
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import click
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from admin_app.cli.check_database import Processes, database_in_words, problems
from admin_app.cli.check_replica import replica_findings, replica_in_words
from admin_app.cli.check_resources import findings_of_resources
from admin_app.cli.finding import Finding
from admin_app.cli.size import JOBS, THREADS, WORKERS
from admin_app.db.backfill import Backfill, applied
from admin_app.db.schema_version import NEWER, current_revisions, is_kept_by_newer, newer_than
from admin_app.db.troubles import trouble_of
from admin_app.domain.auth import accounts, two_factor
from admin_app.domain.auth.company_sign_in import BY_GROUPS
from admin_app.domain.permissions import privileges, roles
from admin_app.errors import ConfigurationError
from admin_app.extensions import AROUND, db, this_application
from admin_app.formatting import counted, in_words
from admin_app.jobs import backfills, stored_files
from admin_app.jobs.bucket import SCHEME, problem_with, read_place
from admin_app.models.backfill_state import BackfillState
from admin_app.models.role import OWNER
from admin_app.models.staff import Staff
from admin_app.web.auth.host_sign_in import is_hosted
from admin_app.web.replica import the_replica

# Least entropy of the secret key, in bits, judged by how often each character occurs. "abcabcabc…" has a tenth of it.
FEWEST_BITS = 96
_PORT = re.compile(r":[0-9]+$")
LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]"})


@click.command()
@click.option(
    "--deploy", is_flag=True, help="Treat every finding as an error and exit with 1: for use before going live."
)
@click.option("--workers", default=WORKERS, show_default=True, type=click.IntRange(1, 64), help="As given to `run`.")
@click.option("--threads", default=THREADS, show_default=True, type=click.IntRange(1, 256), help="As given to `run`.")
@click.option("--jobs", default=JOBS, show_default=True, type=click.IntRange(0, 64), help="As given to `run`.")
@click.option("--resources", is_flag=True, help="Also say what resources and their models lack, with the line to add.")
@with_appcontext
def check(*, deploy: bool, resources: bool, workers: int, threads: int, jobs: int) -> None:
    """Check the settings, the database and the accounts, and say what is wrong."""
    if resources:
        for lack in findings_of_resources():
            click.echo(f"Note: {lack}", err=True)
    found = [*findings(is_live=deploy), *_database(Processes(workers, threads, jobs)), *_replica(), *_unfilled()]
    for finding in found:
        click.echo(f"{'Error' if deploy else 'Warning'}: {finding}", err=True)
    if not found:
        click.echo("No problems found.")
    if found and deploy:
        raise SystemExit(1)


def findings(*, is_live: bool = False) -> list[Finding]:
    """Return all findings; a check that fails is a finding, too.

    Some findings count only if other people reach the dashboard, not on one's own machine.
    """
    app = this_application()
    is_live = is_live or app.config["HTTPS"] or bool(app.config["PROXIES"] or _public_hosts(app))
    return [finding for look in (*CHECKS, *(LIVE_CHECKS if is_live else ())) for finding in look(app)]


def _database(processes: Processes) -> list[Finding]:
    """Print which database is used, and return its problems. If it does not answer, another check reports that."""
    try:
        with db.engine.connect() as connection:
            click.echo(database_in_words(connection))
            return [*problems(connection, processes)]
    except SQLAlchemyError:
        return []


def _replica() -> list[Finding]:
    try:
        if (replica := the_replica()) is None:
            return []
        click.echo(replica_in_words(replica))
        return [*replica_findings(replica)]
    except SQLAlchemyError:
        return []


def _unfilled() -> Iterator[Finding]:
    """Report the rows that migrations left and that are not filled."""
    scripts = ScriptDirectory(this_application().extensions["migrate"].directory)
    try:
        states = {one.revision: one for one in backfills.states(db.session)}
        wanted = applied(db.session.connection(), scripts)
    except SQLAlchemyError:
        # The tables do not exist; the check of the migrations reports that.
        db.session.rollback()
        return
    for one in wanted:
        yield from _unfilled_of(one, states.get(one.revision))


def _unfilled_of(one: Backfill, state: BackfillState | None) -> Iterator[Finding]:
    by_hand = "Run: manage.py backfill"
    if state is not None and state.error:
        yield Finding(
            f"The backfill of migration {one.revision} has stopped: {state.error.removesuffix('.')}.", by_hand
        )
        return
    try:
        left = one.left(db.session.connection())
    except DBAPIError as error:
        db.session.rollback()
        reason = str(error.orig).strip().partition("\n")[0]
        yield Finding(
            f"The backfill of migration {one.revision} cannot be counted: {reason}.", "Correct its condition."
        )
        return
    if left:
        rows = counted(left, "row", "rows")
        is_theirs = backfills.is_left_to_workers(state)
        advice = "A worker does it by itself within minutes; or run: manage.py backfill" if is_theirs else by_hand
        yield Finding(f"Migration {one.revision} leaves {rows} of {one.table} to be filled.", advice)


def _public_hosts(app: Flask) -> set[str]:
    """Return the host names by which other people reach the dashboard."""
    return {host for host in app.config["TRUSTED_HOSTS"] or [] if _PORT.sub("", host) not in LOCAL}


def _debug(app: Flask) -> Iterator[Finding]:
    if app.debug:
        yield Finding("Debug mode is on: anyone who sees an error page can run code.", "Unset FLASK_DEBUG.")


def _secret(app: Flask) -> Iterator[Finding]:
    if _bits(str(app.secret_key)) < FEWEST_BITS:
        yield Finding(
            "The secret key repeats itself, so it could be guessed.",
            "Unset ADMIN_SECRET_KEY to have one created. Everyone has to sign in again, and two-factor sign-in has to be reset.",
        )


def _bits(secret: str) -> float:
    """Return the entropy in bits, judged by how often each character occurs."""
    counts = Counter(secret).values()
    return -sum(count * math.log2(count / len(secret)) for count in counts)


def _hosts(app: Flask) -> Iterator[Finding]:
    if app.config["PROXIES"] and not app.config["TRUSTED_HOSTS"]:
        yield Finding(
            "Behind a proxy, the dashboard answers to any host name: links in emails could lead to someone else's site.",
            "Set ADMIN_HOSTS to the public name.",
        )


def _https(app: Flask) -> Iterator[Finding]:
    if not app.config["HTTPS"] and (app.config["PROXIES"] or _public_hosts(app)):
        yield Finding(
            "People use it over the network, but cookies can be sent over http and passwords read on the way.",
            "Let the proxy use https, and set ADMIN_HTTPS=1.",
        )


def _migrations(app: Flask) -> Iterator[Finding]:
    scripts = ScriptDirectory(app.extensions["migrate"].directory)
    try:
        with db.engine.connect() as connection:
            current = current_revisions(connection)
            is_kept = is_kept_by_newer(connection, scripts)
    except SQLAlchemyError as error:
        if (trouble := trouble_of(error)) is not None:
            yield Finding(trouble.problem, trouble.advice)
            return
        reason = str(getattr(error, "orig", error)).strip().partition("\n")[0]
        yield Finding(f"The database does not answer: {reason}.", "Check DATABASE_URL, and that the database runs.")
        return
    if is_kept:
        # Servers of two versions run during an upgrade.
        return
    if problem := newer_than(scripts, current):
        yield Finding(problem, NEWER)
    elif current != set(scripts.get_heads()):
        yield Finding(
            f"The tables are at migration {', '.join(sorted(current)) or 'none'}, and the program at {', '.join(scripts.get_heads())}.",
            "Back up, then run: manage.py db upgrade",
        )


def _files(app: Flask) -> Iterator[Finding]:
    url = db.engine.url
    databases = [Path(url.database)] if db.engine.dialect.name == "sqlite" and url.database else []
    for path in (*databases, Path(app.instance_path) / "secret-key"):
        # If the folder is private, the file's own mode does not matter.
        is_hidden = path.exists() and not path.parent.stat().st_mode & stat.S_IXOTH
        if path.exists() and path.stat().st_mode & stat.S_IROTH and not is_hidden:
            yield Finding(f"Everyone on this machine can read {path}.", f"Run: chmod 600 {path}")


def _bucket(app: Flask) -> Iterator[Finding]:
    place = app.config["FILES"]
    if place.startswith(SCHEME) and (problem := problem_with(read_place(place))):
        yield Finding(problem, "Check ADMIN_FILES, and the key that the environment gives.")


def _stored_files(_app: Flask) -> Iterator[Finding]:
    try:
        number = stored_files.missing(db.session)
    except SQLAlchemyError:
        # The tables do not exist; the check of the migrations reports that.
        db.session.rollback()
        return
    if number:
        yield Finding(
            f"Files that records hold are not in their place: {number:,}.",
            "Set ADMIN_FILES to where they are, or bring them back from a backup.",
        )


def _proxies(app: Flask) -> Iterator[Finding]:
    if not app.config["PROXIES"]:
        yield Finding(
            "No proxy is set, and the dashboard itself does not use https: passwords could be read on the way.",
            "Set ADMIN_PROXIES=1, ADMIN_HTTPS=1 and ADMIN_HOSTS behind one that does.",
        )


def _second_factors(app: Flask) -> Iterator[Finding]:
    if is_hosted():
        return
    try:
        powerful = privileges.privileged_roles(db.session) - app.config["TWO_FACTOR"]
    except SQLAlchemyError:
        # The tables do not exist; the check of the migrations reports that.
        db.session.rollback()
        return
    if powerful:
        yield Finding(
            f"People with the {'role' if len(powerful) == 1 else 'roles'} {in_words(sorted(powerful))} sign in with a password only.",
            f"Set ADMIN_TWO_FACTOR={','.join(sorted({*app.config['TWO_FACTOR'], *powerful}))}",
        )


def _roles(app: Flask) -> Iterator[Finding]:
    try:
        roles.require_known(db.session, app.config["TWO_FACTOR"], "ADMIN_TWO_FACTOR")
    except ConfigurationError as error:
        yield Finding(str(error), "Use the roles' keys. Until then these people need no second factor.")
    except SQLAlchemyError:
        # The tables do not exist; the check of the migrations reports that.
        db.session.rollback()


def _company(app: Flask) -> Iterator[Finding]:
    by_groups = frozenset().union(*app.config["GROUPS"].values())
    by_company = frozenset({app.config["COMPANY_ACCOUNTS"]}) - {"", BY_GROUPS}
    try:
        for setting, keys in (("ADMIN_GROUPS", by_groups), ("ADMIN_COMPANY_ACCOUNTS", by_company)):
            if unknown := sorted(keys - roles.names(db.session).keys()):
                yield Finding(
                    f"{setting} names a role that does not exist: {in_words(unknown)}.", "Use the roles' keys."
                )
        is_used = app.config["OIDC_ISSUER"] or app.config["AUTH_HEADER"]
        local = select(Staff.id).where(Staff.has_role(OWNER), Staff.is_active, Staff.password_hash != "")
        if is_used and db.session.scalar(local.limit(1)) is None:
            yield Finding(
                "No owner has a password: when the company sign-in fails, nobody gets in.",
                "Run: manage.py staff reset-password EMAIL",
            )
    except SQLAlchemyError:
        # The tables do not exist; the check of the migrations reports that.
        db.session.rollback()


def _people(_app: Flask) -> Iterator[Finding]:
    if is_hosted():
        return
    try:
        if not accounts.is_set_up(db.session):
            yield Finding(
                "There are no accounts yet: whoever has the set-up link becomes the owner.", "Create the first one."
            )
        required = current_app.config["TWO_FACTOR"]
        people = db.session.scalars(select(Staff).where(Staff.is_active).order_by(Staff.name, Staff.id)).all()
        missing = [
            one.email
            for one in people
            if required.intersection(one.roles) and not two_factor.has_factor(db.session, one)
        ]
    except SQLAlchemyError:
        # The tables do not exist; the check of the migrations reports that.
        db.session.rollback()
        return
    if missing:
        yield Finding(
            f"These people do not have the second factor that their role needs: {', '.join(missing)}.",
            "They set it up at their next sign-in. Their sessions go on until then.",
        )


def _application(app: Flask) -> Iterator[Finding]:
    """Look whether the migrations of the application around leave the dashboard's tables alone."""
    around = app.extensions.get(AROUND)
    said = around.extensions.get("migrate") if around is not None else None
    script = Path(said.directory, "env.py") if said is not None else None
    if said is None or script is None or not script.exists():
        return
    told = {"include_name", "include_object"}
    if told.isdisjoint(said.configure_args) and not any(one in script.read_text(encoding="utf-8") for one in told):
        yield Finding(
            "The next migration that flask db migrate writes for the application would drop the dashboard's tables.",
            "Write Migrate(app, db, include_name=is_outside_dashboard), with the function from admin_app.",
        )


CHECKS: tuple[Callable[[Flask], Iterator[Finding]], ...] = (
    _debug,
    _secret,
    _hosts,
    _https,
    _migrations,
    _roles,
    _company,
    _files,
    _bucket,
    _stored_files,
    _application,
)
LIVE_CHECKS: tuple[Callable[[Flask], Iterator[Finding]], ...] = (_proxies, _second_factors, _people)
