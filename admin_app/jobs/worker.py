"""The worker: Huey's consumer, and the housekeeping beside it: say that it is alive, take up lost jobs, remove old files."""

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
# Rounds between two looks for files that nobody needs any more.
TIDYING = 30
# Seconds between two looks at what has its hour.
HOURLY = 60.0
# Rounds between two looks at how many jobs there are, where metrics are wanted.
MEASURING = 5
# Seconds of a round that expired plans take, and between two portions of their lines: others write meanwhile.
CLEARING, BREATH = 1.0, 0.05
# Seconds that jobs are given to be given back when the worker stops.
PATIENCE = 5.0


def work(app: Flask, *, threads: int, parent: int | None = None, at_hours: Callable[[], None] = lambda: None) -> None:
    """Work on jobs until SIGTERM or Ctrl-C, or until `parent`, the process that began this one, is gone.

    `at_hours` does what has its hour of the day, and knows itself when that is.
    """
    queue: Queue = app.extensions["jobs"]
    # It looks for work every second, and writes a traceback each time that it cannot.
    for handler in ("huey", "huey.consumer", "huey.consumer.Worker", "huey.consumer.Scheduler"):
        logging.getLogger(handler).addFilter(OneLine())
    consumer = queue.huey.create_consumer(workers=threads, periodic=False, max_delay=1.0, scheduler_interval=60)
    stopping = threading.Event()
    consumer.start()
    # It may wait for a slow server, and nobody may take this worker for dead meanwhile.
    threading.Thread(target=_keep_hours, args=(app, at_hours, stopping), daemon=True).start()
    threading.Thread(target=backfills.keep_filling, args=(app, stopping), daemon=True).start()
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
        # What waits while the queue is empty fell out of it: with a worker that was killed, or before it was asked for.
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
    """Look every minute, from the first one on; what goes wrong is told, and tried the next time."""
    while not stopping.wait(HOURLY):
        try:
            with app.app_context():
                at_hours()
        except DBAPIError as error:
            say(log, error)
        except Exception:
            log.exception("what has its hour could not be done")


def _measure() -> None:
    """Tell how many jobs wait: the worker asks for all processes, so that no page and no probe does."""
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
    # In this order: a job that is begun meanwhile is not yet among the files.
    found = queue.files.owner_ids()
    with Session(db.engine) as session:
        found -= set(session.scalars(select(Job.id).where(Job.id.in_(found))))
    for job_id in found:
        queue.files.remove(job_id)


def _remove_expired_plans() -> None:
    """Remove what is kept no longer, a portion a transaction; what is left waits for the next time."""
    end, is_more = time.monotonic() + CLEARING, True
    while is_more and time.monotonic() < end:
        with writing(), Session(db.engine) as session:
            is_more = plans.remove_expired(session)
            session.commit()
        time.sleep(BREATH if is_more else 0)


def _remove_expired_uploads() -> None:
    """Remove uploads that are kept no longer, and files whose upload went with their person."""
    files = files_of(UPLOADS)
    with Session(db.engine) as session:
        old = uploads.expired(session)
    for upload_id in old:
        with writing(), Session(db.engine) as session:
            is_gone = uploads.remove_unplanned(session, upload_id)
            session.commit()
        if is_gone:
            files.remove(upload_id)
    # In this order: one that is sent meanwhile is not yet among the files.
    found = files.owner_ids()
    with Session(db.engine) as session:
        found -= set(session.scalars(select(Upload.id).where(Upload.id.in_(found))))
    for upload_id in found:
        files.remove(upload_id)


def _stop(app: Flask, consumer: Consumer, name: str) -> None:
    """Take nothing up any more, and give back what is under way."""
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
