"""The worker: Huey's consumer, and the housekeeping beside it: report that it is alive, recover lost jobs, remove old files."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable

from flask import Flask
from huey.consumer import Consumer
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from admin_app import metrics
from admin_app.context import writing
from admin_app.db.troubles import OneLine, say
from admin_app.domain.plan import plan as plans
from admin_app.extensions import db
from admin_app.jobs import backfills, stored_files, uploads
from admin_app.jobs import store as job_store
from admin_app.jobs.files import UPLOADS, files_of
from admin_app.jobs.queue import Queue
from admin_app.jobs.runner import stop_all
from admin_app.models.job import Job
from admin_app.models.upload import Upload

log = logging.getLogger(__name__)

# Seconds between two rounds of housekeeping.
ROUND = 2.0
# Rounds between two searches for unused files.
TIDYING = 30
# Seconds between two checks of tasks with a set hour.
HOURLY = 60.0
# Rounds between two counts of jobs, if metrics are enabled.
MEASURING = 5
# Seconds per round for removing expired plans, and the pause between two portions of their lines: others write
# meanwhile.
CLEARING, BREATH = 1.0, 0.05
# Seconds for jobs to be given back when the worker stops.
PATIENCE = 5.0


def work(app: Flask, *, threads: int, parent: int | None = None, at_hours: Callable[[], None] = lambda: None) -> None:
    """Work on jobs until SIGTERM or Ctrl-C, or until the process `parent`, which started this one, is gone.

    `at_hours` runs the tasks with a set hour, and knows itself when they are due.
    """
    queue: Queue = app.extensions["jobs"]
    # It polls for work every second and would log a traceback each time that it fails.
    for handler in ("huey", "huey.consumer", "huey.consumer.Worker", "huey.consumer.Scheduler"):
        logging.getLogger(handler).addFilter(OneLine())
    consumer = queue.huey.create_consumer(workers=threads, periodic=False, max_delay=1.0, scheduler_interval=60)
    stopping = threading.Event()
    consumer.start()
    # It may wait for a slow server; meanwhile nobody may take this worker for dead.
    threading.Thread(target=_keep_hours, args=(app, at_hours, stopping), daemon=True).start()
    threading.Thread(target=backfills.run_backfills, args=(app, stopping), daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    name = f"{socket.gethostname()[:40]}:{os.getpid()}:{time.time_ns() % 10**9}"
    rounds = 0
    while not stopping.is_set() and parent in {None, os.getppid()}:
        with app.app_context():
            _keep_house(queue, name, is_tidying=rounds % TIDYING == 0)
            if rounds % MEASURING == 0:
                _measure()
        consumer.check_worker_health()
        rounds += 1
        stopping.wait(ROUND)
    _stop(app, consumer, name)


def _keep_house(queue: Queue, name: str, *, is_tidying: bool) -> None:
    try:
        with writing(), Session(db.engine) as session:
            job_store.worker_seen(session, worker_id=name)
            waiting = job_store.recover(session)
            old = [job.id for job in job_store.expired(session)] if is_tidying else []
            session.commit()
        # A job that waits while the queue is empty has lost its message: its worker was killed, or it was submitted
        # before this worker began.
        if waiting and not queue.huey.storage.queue_size():
            for job_id in waiting:
                queue.wake(job_id)
        if is_tidying:
            _tidy(queue, old)
            _remove_expired_plans()
            _remove_expired_uploads()
            stored_files.sweep()
    except DBAPIError as error:
        say(log, error)
        db.engine.dispose()


def _keep_hours(app: Flask, at_hours: Callable[[], None], stopping: threading.Event) -> None:
    """Check every minute, beginning now. A failure is logged and tried again."""
    while not stopping.wait(HOURLY):
        try:
            with app.app_context():
                at_hours()
        except DBAPIError as error:
            say(log, error)
        except Exception:
            log.exception("a task with a set hour failed")


def _measure() -> None:
    """Count the waiting jobs: the worker asks for all processes, so that no page and no probe has to."""
    if not metrics.are_wanted():
        return
    try:
        with Session(db.engine) as session:
            metrics.set_levels(job_store.levels(session))
    except DBAPIError as error:
        say(log, error)


def _tidy(queue: Queue, old: list[int]) -> None:
    for job_id in old:
        queue.files.remove(job_id)
    with writing(), Session(db.engine) as session:
        for job in job_store.expired(session):
            if job.id in old:
                session.delete(job)
        session.commit()
    # In this order: a job that begins meanwhile is not yet among the files.
    found = queue.files.owner_ids()
    with Session(db.engine) as session:
        found -= set(session.scalars(select(Job.id).where(Job.id.in_(found))))
    for job_id in found:
        queue.files.remove(job_id)


def _remove_expired_plans() -> None:
    """Remove expired plans, one portion per transaction. What is left waits for the next round."""
    end, is_more = time.monotonic() + CLEARING, True
    while is_more and time.monotonic() < end:
        with writing(), Session(db.engine) as session:
            is_more = plans.remove_expired(session)
            session.commit()
        time.sleep(BREATH if is_more else 0)


def _remove_expired_uploads() -> None:
    """Remove expired uploads, and files whose upload was removed with its person."""
    files = files_of(UPLOADS)
    with Session(db.engine) as session:
        old = uploads.expired(session)
    for upload_id in old:
        with writing(), Session(db.engine) as session:
            is_gone = uploads.remove_unplanned(session, upload_id)
            session.commit()
        if is_gone:
            files.remove(upload_id)
    # In this order: a file sent meanwhile is not yet among the files.
    found = files.owner_ids()
    with Session(db.engine) as session:
        found -= set(session.scalars(select(Upload.id).where(Upload.id.in_(found))))
    for upload_id in found:
        files.remove(upload_id)


def _stop(app: Flask, consumer: Consumer, name: str) -> None:
    """Take up no more jobs, and give the running ones back."""
    consumer.stop()
    end = time.monotonic() + PATIENCE
    while stop_all() and time.monotonic() < end:
        time.sleep(0.1)
    with app.app_context():
        try:
            with writing(), Session(db.engine) as session:
                job_store.worker_left(session, worker_id=name)
                session.commit()
        except DBAPIError as error:
            say(log, error)
