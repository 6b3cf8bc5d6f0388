"""Plans made and agreed to as a person does it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from admin_app.extensions import db
from admin_app.jobs.queue import the_queue
from admin_app.jobs.runner import run_job
from admin_app.models.job import Job
from admin_app.models.plan import Plan, PlanLine
from admin_app.models.post import Post
from tests.page import Page

GIVE = "/admin/post/give/"


def given(client: Any, user: Any, address: str = GIVE, **fields: str) -> str:
    """Ask for posts to be given to a user; return the plan's address."""
    response = client.post_form(address, {"value.user": str(user.id), **fields})
    assert response.status_code == 303, Page(response).texts("p", class_="error")
    return str(response.location)


def agreed(client: Any, address: str, **fields: str) -> Page:
    """Press the plan's button, and look at what came of it."""
    response = client.post_form(address, fields)
    assert (response.status_code, response.location) == (303, address)
    return Page(client.get(address))


def owners(client: Any) -> dict[int, int | None]:
    """Return whose each post is."""
    with client.application.app_context():
        return {one.id: one.user_id for one in db.session.scalars(select(Post))}


def verdicts(client: Any) -> dict[int, str]:
    """Return what became of each line of the last plan."""
    with client.application.app_context():
        last = db.session.scalar(select(Plan.id).order_by(Plan.id.desc()).limit(1))
        lines = db.session.scalars(select(PlanLine).where(PlanLine.plan_id == last))
        return {one.record_id: one.verdict for one in lines}


def work(client: Any) -> str:
    """Do the last job; return its state, and what it says of an error."""
    with client.application.app_context():
        job_id = db.session.scalar(select(Job.id).order_by(Job.id.desc()).limit(1)) or 0
        run_job(job_id, the_queue().files, the_queue().work)
        db.session.rollback()
        job = db.session.get_one(Job, job_id, populate_existing=True)
        return f"{job.state.value} {job.error}".strip()
