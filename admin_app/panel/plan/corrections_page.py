"""Correct the wrong rows of an import: one cell, all cells with the same text, or leave rows out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import abort, request
from flask.typing import ResponseReturnValue

from admin_app import formatting
from admin_app.db.limits import as_key
from admin_app.db.transaction import transaction
from admin_app.domain.plan import corrections
from admin_app.domain.plan import plan as plans
from admin_app.errors import AdminError
from admin_app.extensions import db
from admin_app.models.plan import Plan, PlanLine, PlanState
from admin_app.models.upload import Upload
from admin_app.panel.page import Page, lead_on
from admin_app.panel.plan.importing import make_import_plan
from admin_app.panel.plan.operation import Pair
from admin_app.panel.plan.operations.importing import LEAVE, UPLOAD
from admin_app.panel.plan.own_plan import is_import, requested_plan
from admin_app.transfer.import_.options import options_of
from admin_app.transfer.import_.rows import CELL, MEANS
from admin_app.web.auth.login import signed_in_principal

LINES = 50
# Different values that the page offers to correct. Someone with more corrects the file itself.
MOST_VALUES = 50
# The reason whose rows the page shows.
REASON = "reason"


@dataclass(frozen=True)
class ProblemGroup:
    """Rows that are wrong for the same reason."""

    words: str
    number: str
    url: str
    is_open: bool


@dataclass(frozen=True)
class CorrectionInput:
    """A wrong cell, or a wrong value of several cells: the problem, and the control for the correction."""

    name: str
    label: str
    cell: str
    problem: str
    value: str
    # How many cells have the value, "" for a single cell.
    number: str = ""


@dataclass(frozen=True)
class WrongRow:
    """A row with wrong cells, or with a problem of the whole row."""

    number: str
    inputs: Sequence[CorrectionInput]
    problem: str = ""


class CorrectionsPage(Page):
    """The wrong rows of an import, filtered by one reason at a time."""

    def respond(self) -> ResponseReturnValue:
        """Show the wrong rows, or make the plan again with the corrections."""
        plan = requested_plan(self.access)
        if not is_import(plan):
            abort(HTTPStatus.NOT_FOUND)
        if plan.state != PlanState.PLANNED:
            return lead_on(self.link("plan_view", id=plan.id))
        return self._plan_again(plan) if request.method == "POST" else self._page(plan)

    def kept_names(self) -> set[str]:
        """Keep what was typed."""
        return {name for name in request.form if name.startswith((CELL, MEANS))}

    def again(self, words: str) -> ResponseReturnValue:
        """Draw the page with what was typed."""
        return self._page(requested_plan(self.access), words, HTTPStatus.BAD_REQUEST)

    def _plan_again(self, plan: Plan) -> ResponseReturnValue:
        """Make a new plan of the same file with all corrections so far."""
        pairs: list[Pair] = [(name, value) for name, value in plan.arguments["fields"]]
        given = dict(self._given(plan))
        further = [pair for pair in pairs if pair[0].startswith((CELL, MEANS, LEAVE)) and pair[0] not in given]
        upload = db.session.get(Upload, int(dict(pairs)[UPLOAD]))
        if upload is None:
            abort(HTTPStatus.NOT_FOUND)
        corrected = [*further, *given.items(), *((LEAVE, one) for one in request.form.getlist(LEAVE))]
        try:
            made = make_import_plan(
                self.access, upload, options_of(pairs), corrected, staff_id=signed_in_principal().id
            ).id
        except AdminError as error:
            db.session.rollback()
            return self._page(requested_plan(self.access), str(error), HTTPStatus.CONFLICT)
        with transaction(db.session):
            plans.give_up(db.session, requested_plan(self.access))
        return lead_on(self.link("plan_view", id=made))

    def _given(self, plan: Plan) -> Iterator[Pair]:
        """Yield the corrections, without texts that were not changed."""
        for name, text in request.form.items():
            if name.startswith(MEANS) and text.strip():
                yield name, text
            elif name.startswith(CELL):
                row, _, key = name.removeprefix(CELL).partition(".")
                line = db.session.get(PlanLine, (plan.id, as_key(PlanLine, row) or 0))
                cells: Mapping[str, Sequence[str]] = (line.cells if line is not None else None) or {}
                if key in cells and text != cells[key][1]:
                    yield name, text

    # ---- the page

    def _page(self, plan: Plan, problem: str = "", status: HTTPStatus = HTTPStatus.OK) -> ResponseReturnValue:
        reason = request.args.get(REASON, "")
        after = as_key(PlanLine, request.args.get("after", "")) or 0
        found = corrections.wrong_lines(db.session, plan.id, reason, after=after, limit=LINES + 1)
        shown = found[:LINES]
        kept = {REASON: reason} if reason else {}
        further = (
            self.link("import_corrections_view", id=plan.id, after=shown[-1].number, **kept)
            if len(found) > LINES
            else ""
        )
        page = self.render(
            "resource/import_corrections.html",
            groups=self._groups(plan, reason),
            reason=reason,
            values=list(self._values(plan, reason)) if reason else [],
            rows=[self._row(one) for one in shown],
            problem=problem,
            form_url=self.link("import_corrections_view", id=plan.id, **kept),
            plan_url=self.link("plan_view", id=plan.id),
            wrong_file_url=self.link("import_wrong", id=plan.id),
            older_url=further,
            first_url=self.link("import_corrections_view", id=plan.id, **kept) if after else "",
        )
        return page, status

    def _groups(self, plan: Plan, open_: str) -> Sequence[ProblemGroup]:
        return [
            ProblemGroup(
                why,
                formatting.number(number),
                self.link("import_corrections_view", id=plan.id, **{REASON: why}),
                is_open=why == open_,
            )
            for why, number in corrections.wrong_reasons(db.session, plan.id, MOST_VALUES)
        ]

    def _values(self, plan: Plan, reason: str) -> Iterator[CorrectionInput]:
        """Yield the values that are wrong for this reason, the most frequent first."""
        for key, said, cell, number in corrections.wrong_values(db.session, plan.id, reason, MOST_VALUES):
            name = f"{MEANS}{key}.{cell}"
            typed = request.form.get(name, "")
            problem = formatting.sentence_case(said)
            yield CorrectionInput(name, self.resource.label(key), cell, problem, typed, formatting.number(number))

    def _row(self, line: PlanLine) -> WrongRow:
        cells = line.cells or {}
        inputs = [
            CorrectionInput(
                name, self.resource.label(key), cell, formatting.sentence_case(said), request.form.get(name, cell)
            )
            for key, (said, cell) in cells.items()
            if key and (name := f"{CELL}{line.number}.{key}")
        ]
        return WrongRow(formatting.number(line.number), inputs, "" if inputs else line.problem)
