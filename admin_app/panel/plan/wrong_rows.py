"""The rows of a file that were not imported, as a file in the same format, each with the reason."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from http import HTTPStatus
from typing import IO

from flask import Response, abort
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from admin_app.extensions import db
from admin_app.jobs import uploads
from admin_app.models.plan import OPEN, Plan, PlanLine, PlanState, Verdict
from admin_app.models.upload import Upload
from admin_app.panel.access.access import Access
from admin_app.panel.plan.importing import problems_of
from admin_app.panel.plan.operations.importing import UPLOAD
from admin_app.panel.plan.own_plan import is_import, requested_plan
from admin_app.panel.plan.report import begun
from admin_app.panel.plan.words import verdict_in_words
from admin_app.transfer.formats import FORMATS
from admin_app.transfer.import_.source import Reading
from admin_app.transfer.import_.wrong_rows import write_wrong
from admin_app.web.download import download

# Lines read at a time.
BATCH = 1000
# Verdicts of rows that need no second look; before the agreement, those of open lines too.
_WELL = (Verdict.DONE, Verdict.SAME)


def wrong_rows_file(access: Access) -> Response:
    """Send the file."""
    plan = requested_plan(access)
    upload = db.session.get(Upload, int(dict(plan.arguments["fields"]).get(UPLOAD, 0)))
    if not is_import(plan) or upload is None:
        abort(HTTPStatus.NOT_FOUND)
    reading = Reading(**upload.reading)
    given = _given(uploads.open_file(upload), reading, wrong_rows(db.engine, plan.id))
    name = f"{access.resource.endpoint}-not-imported.{reading.format}"
    return download(given, content_type=FORMATS[reading.format].content_type, name=name)


def _given(file: IO[bytes], reading: Reading, wrong: Iterator[tuple[int, str]]) -> Generator[bytes, None, None]:
    """Yield the file, and close the upload at the end. The page's own transaction has ended by then."""
    with file:
        yield from write_wrong(file, reading, begun(wrong))


def wrong_rows(engine: Engine, plan_id: int) -> Iterator[tuple[int, str]]:
    """Yield the numbers and reasons of the rows that were not imported, one transaction per batch."""
    # Rows of a file are counted from 1.
    after = 0
    while True:
        with Session(engine) as session:
            plan = session.get_one(Plan, plan_id)
            well = (*_WELL, *OPEN) if plan.state == PlanState.PLANNED else _WELL
            mine = (PlanLine.plan_id == plan_id, PlanLine.number > after, PlanLine.verdict.not_in(well))
            lines = session.scalars(select(PlanLine).where(*mine).order_by(PlanLine.number).limit(BATCH)).all()
            some = [(one.number, _reason(plan, one)) for one in lines]
        if not some:
            return
        yield from some
        after = some[-1][0]


def _reason(plan: Plan, line: PlanLine) -> str:
    return " ".join(problems_of(line)) or line.problem or verdict_in_words(plan, Verdict(line.verdict))
