"""A job asked for as a person does it, on the export page."""

from __future__ import annotations

from typing import Any

from admin_app.extensions import db
from admin_app.models.job import Job


def ask(client: Any, **changes: Any) -> int:
    """Ask for an export that a job makes, and return the job's id."""
    form = {"format": "xlsx", "column": ["id", "content"], "delimiter": "comma", "long_text": "cut", **changes}
    response = client.post_form("/admin/post/export/?sort=id", form)
    assert (response.status_code, response.location) == (303, "/admin/jobs/")
    with client.application.app_context():
        return int(db.session.scalars(db.select(db.func.max(Job.id))).one())
