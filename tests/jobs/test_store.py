from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from admin_app.db.types import utc_now
from admin_app.errors import NotFoundError
from admin_app.extensions import db
from admin_app.jobs import store as job_store
from admin_app.models.job import Job, JobState, Worker
from admin_app.models.staff import Staff

pytestmark = pytest.mark.usefixtures("context")
LONG_AGO = timedelta(minutes=1)


@pytest.fixture
def job(owner: Staff, context: Flask) -> Callable[..., int]:
    """Store a job in some state, and return its id."""
    assert context

    def store(**values: Any) -> int:
        made = Job(**{"kind": "export", "staff_id": owner.id, "title": "Posts", "arguments": {}, **values})
        db.session.add(made)
        db.session.commit()
        return int(made.id)

    return store


def state_of(job_id: int) -> JobState:
    found = db.session.get(Job, job_id)
    assert found
    db.session.refresh(found)
    return found.state


def test_of_two_workers_one_takes_a_job_up(job: Any) -> None:
    job_id = job()

    first, second = job_store.claim(db.session, job_id=job_id), job_store.claim(db.session, job_id=job_id)

    assert (first is not None, second) == (True, None)
    assert (state_of(job_id), first and first.attempt) == (JobState.RUNNING, 1)


@pytest.mark.parametrize(
    ("state", "is_cancelled", "is_retried"),
    [
        (JobState.WAITING, True, False),
        (JobState.RUNNING, True, False),
        (JobState.DONE, False, False),
        (JobState.FAILED, False, True),
        (JobState.CANCELLED, False, True),
    ],
)
def test_what_can_be_cancelled_and_retried_depends_on_where_a_job_is(
    job: Any, state: JobState, *, is_cancelled: bool, is_retried: bool
) -> None:
    one, other = job(state=state, heartbeat_at=utc_now()), job(state=state, heartbeat_at=utc_now())

    assert job_store.cancel(db.session, job_id=one) is is_cancelled
    assert job_store.retry(db.session, job_id=other) is is_retried
    assert state_of(one) is (JobState.CANCELLED if is_cancelled else state)
    assert state_of(other) is (JobState.WAITING if is_retried else state)


def test_a_cancelled_job_is_nobodys_to_go_on_with(job: Any) -> None:
    job_id = job(state=JobState.RUNNING, attempt=1)
    job_store.cancel(db.session, job_id=job_id)
    mine = {"job_id": job_id, "attempt": 1}

    assert not job_store.beat(db.session, **mine, done=5, total=9)
    assert not job_store.finish(db.session, **mine, expires_at=utc_now(), done=9)
    assert not job_store.fail(db.session, **mine, error="x")
    assert not job_store.release(db.session, **mine)
    assert state_of(job_id) is JobState.CANCELLED


def test_a_worker_that_was_thought_lost_ends_nothing(job: Any) -> None:
    job_id = job(state=JobState.RUNNING, attempt=2)

    assert not job_store.finish(db.session, job_id=job_id, attempt=1, expires_at=utc_now())
    assert state_of(job_id) is JobState.RUNNING


def test_a_job_that_is_given_back_waits_as_if_it_had_not_begun(job: Any) -> None:
    job_id = job(state=JobState.RUNNING, attempt=1, done=5, total=9, heartbeat_at=utc_now())

    assert job_store.release(db.session, job_id=job_id, attempt=1)

    given = db.session.get(Job, job_id)
    assert given
    assert (given.state, given.attempt, given.done, given.total) == (JobState.WAITING, 0, 0, None)


def test_a_job_whose_worker_is_gone_begins_anew_once_and_fails_then(job: Any) -> None:
    gone = {"state": JobState.RUNNING, "heartbeat_at": utc_now() - LONG_AGO}
    first, second = job(**gone, attempt=1), job(**gone, attempt=2)
    alive = job(state=JobState.RUNNING, attempt=1, heartbeat_at=utc_now())

    waiting = job_store.recover(db.session)

    assert waiting == [first]
    assert [state_of(one) for one in (first, second, alive)] == [JobState.WAITING, JobState.FAILED, JobState.RUNNING]
    failed = db.session.get(Job, second)
    assert failed
    assert failed.error == "The worker stopped before the job was done."


def test_a_job_whose_worker_is_gone_can_be_retried_although_nobody_took_it_away(job: Any) -> None:
    job_id = job(state=JobState.RUNNING, heartbeat_at=utc_now() - LONG_AGO)

    assert job_store.retry(db.session, job_id=job_id)


def test_news_are_what_is_under_way_and_what_ended_since(job: Any, make_staff: Any) -> None:
    now = utc_now()
    old = job(state=JobState.DONE, finished_at=now - LONG_AGO)
    new = job(state=JobState.FAILED, finished_at=now)
    running, others = job(state=JobState.RUNNING), job(staff_id=make_staff("Other").id)
    staff_id = db.session.get_one(Job, old).staff_id

    news = job_store.news(db.session, staff_id=staff_id, since=now - timedelta(seconds=5))

    assert [(one.id, one.state) for one in news] == [(new, JobState.FAILED), (running, JobState.RUNNING)]
    assert others


def test_a_job_of_somebody_else_looks_like_none(job: Any, make_staff: Any) -> None:
    job_id = job()

    with pytest.raises(NotFoundError):
        job_store.requested(db.session, job_id=job_id, staff_id=make_staff("Other").id)
    assert job_store.requested(db.session, job_id=job_id, staff_id=None).id == job_id


def test_jobs_expire(job: Any) -> None:
    old, new = job(expires_at=utc_now() - LONG_AGO), job(expires_at=utc_now() + LONG_AGO)

    assert [one.id for one in job_store.expired(db.session)] == [old]
    assert new


def test_somebody_works_while_a_worker_says_so(job: Any) -> None:
    assert job()
    states = [job_store.is_anybody_working(db.session)]
    job_store.worker_seen(db.session, worker_id="a")
    states.append(job_store.is_anybody_working(db.session))
    job_store.worker_left(db.session, worker_id="a")
    states.append(job_store.is_anybody_working(db.session))
    db.session.add(Worker(id="b", seen_at=utc_now() - LONG_AGO))
    states.append(job_store.is_anybody_working(db.session))

    assert states == [False, True, False, False]


def test_a_person_who_is_deleted_takes_their_jobs_along(job: Any, owner: Staff) -> None:
    job_id = job()
    db.session.delete(db.session.get_one(Staff, owner.id))
    db.session.commit()
    db.session.expire_all()

    assert db.session.get(Job, job_id) is None
