"""`manage.py worker` and `manage.py jobs`: work on jobs, list them, cancel them, start them again."""

from __future__ import annotations

import click
from alembic.script import ScriptDirectory
from flask.cli import with_appcontext

from admin_app import formatting, metrics
from admin_app.cli.digests import send_at_hour
from admin_app.cli.size import JOBS
from admin_app.cli.streams import announce
from admin_app.context import writing
from admin_app.db.primary import require_writes
from admin_app.db.schema_version import require_served
from admin_app.errors import NotFoundError
from admin_app.extensions import db, this_application
from admin_app.jobs import rerun
from admin_app.jobs import store as job_store
from admin_app.jobs.queue import the_queue
from admin_app.jobs.worker import work


@click.command()
@click.option("--threads", default=JOBS, show_default=True, type=click.IntRange(1, 64), help="How many jobs at once.")
@click.option(
    "--metrics-port",
    default=0,
    type=click.IntRange(0, 65535),
    help="Serve metrics of the jobs on this port, without the token, if ADMIN_METRICS_TOKEN is set; 0: do not.",
)
@click.option(
    "--metrics-host",
    default="127.0.0.1",
    show_default=True,
    help="The address that the port is on: in a container, 0.0.0.0 for the network that it shares with Prometheus.",
)
@with_appcontext
def worker(threads: int, metrics_port: int, metrics_host: str) -> None:
    """Work on jobs until Ctrl-C. `run` has a worker of its own; this is a further one, here or on another machine."""
    app = this_application()
    with db.engine.connect() as connection:
        require_writes(connection)
        require_served(connection, ScriptDirectory(app.extensions["migrate"].directory))
    # The tables must exist before the worker waits for anything.
    job_store.is_anybody_working(db.session)
    db.session.remove()
    if metrics_port:
        metrics.listen(metrics_host, metrics_port)
    announce("Running jobs  (Ctrl-C stops it)")
    work(app, threads=threads, at_hours=send_at_hour)


@click.group()
def jobs() -> None:
    """List jobs, cancel them, start them again."""


@jobs.command("list")
@click.option("--last", default=20, show_default=True, type=click.IntRange(1), help="How many.")
@with_appcontext
def list_(last: int) -> None:
    """List the newest jobs of everybody."""
    for job in job_store.jobs_of(db.session, staff_id=None, limit=last):
        of = f" of {formatting.number(job.total)}" if job.total is not None else ""
        state = f"{job.state.value} (its worker has stopped)" if job_store.is_lost(job) else job.state.value
        error = f"  {job.error}" if job.error else ""
        click.echo(f"{job.id}  {job.staff.email}  {job.title}  {state}  {formatting.number(job.done)}{of} rows{error}")
    if not job_store.is_anybody_working(db.session):
        click.echo("No worker is running. Start one with: manage.py worker", err=True)


@jobs.command()
@click.argument("job_id", type=int)
@with_appcontext
def cancel(job_id: int) -> None:
    """Cancel job JOB_ID; what it wrote is removed."""
    with writing():
        job = job_store.requested(db.session, job_id=job_id, staff_id=None)
        title, is_done = formatting.inside_quotes(job.title), job_store.cancel(db.session, job_id=job_id)
        db.session.commit()
    _say(f"“{title}” was cancelled.", is_done=is_done, else_=f"“{title}” had already ended.")


@jobs.command()
@click.argument("job_id", type=int)
@with_appcontext
def retry(job_id: int) -> None:
    """Start job JOB_ID again, after it failed or was cancelled, or because its file is gone."""
    with writing():
        job = job_store.requested(db.session, job_id=job_id, staff_id=None)
        title, is_done = (
            formatting.inside_quotes(job.title),
            rerun.begin_anew(db.session, job=job, files=the_queue().files),
        )
        db.session.commit()
    if is_done:
        the_queue().wake(job_id)
    _say(f"“{title}” was started again.", is_done=is_done, else_=f"“{title}” is already running or done.")


def _say(done: str, *, is_done: bool, else_: str) -> None:
    if not is_done:
        raise NotFoundError(else_)
    click.echo(done)
