"""The page of a plan: its lines, the button to agree, the progress, and the result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus

from flask import abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from admin_app import formatting
from admin_app.db.keys import Key, print_key
from admin_app.db.limits import read_number
from admin_app.db.record import Record
from admin_app.db.transaction import transaction
from admin_app.domain.audit.reader import titles_of
from admin_app.domain.audit.undo import undone_by
from admin_app.domain.audit.undo_offers import is_for_good
from admin_app.domain.permissions.policy import Action
from admin_app.domain.plan import plan as plans
from admin_app.domain.work import ticks
from admin_app.errors import InvalidRecord, PlanError
from admin_app.extensions import db, table_of
from admin_app.jobs import store as job_store
from admin_app.models.change_set import LONGEST_REASON, Change, ChangeSet, Did
from admin_app.models.job import Job
from admin_app.models.plan import OPEN, Plan, PlanLine, PlanState, Verdict, open_lines
from admin_app.panel.access.access import LONGEST_NAME
from admin_app.panel.history.activity_row import activity_row
from admin_app.panel.history.entries import fields_of
from admin_app.panel.links import list_links, record_url
from admin_app.panel.list.selections import plain_selection, ticked_list
from admin_app.panel.page import Page, lead_on
from admin_app.panel.plan import words
from admin_app.panel.plan.importing import problems_of
from admin_app.panel.plan.making import begin_carrying_out, deselect_deleted
from admin_app.panel.plan.operation import BulkOperation, may_do
from admin_app.panel.plan.operations import operation_of
from admin_app.panel.plan.own_plan import is_import, requested_plan
from admin_app.panel.plan.report import report_of, report_scope_of
from admin_app.panel.plan.view_models import FileHead, PlanHead, PlanRow, VerdictTab
from admin_app.panel.plan.words import NO_REASON, REASON
from admin_app.panel.view_models import Hidden, Link
from admin_app.selection.selection import TICKS
from admin_app.transfer.formats import CSV
from admin_app.web.auth import reauthentication
from admin_app.web.auth.login import signed_in_principal
from admin_app.web.download import download
from admin_app.web.flash import warn
from admin_app.web.urls import here

LINES = 50
# Which lines the list should show: those that were done, or those that were left.
LIST = "list"
_LISTED = {
    "done": (Verdict.DONE,),
    "left": (*OPEN, Verdict.WRONG, Verdict.REFUSED, Verdict.OUTDATED, Verdict.FAILED),
}
# A longer list is of no use to a person.
MOST_LISTED = 100_000
# Whether a file's rows are imported all together or not at all.
WHOLE = "whole"
# Records that have a related record already and get another one.
FILLED = "filled"


class PlanPage(Page):
    """A person's own plan; another person's answers 404."""

    def respond(self) -> ResponseReturnValue:
        """Show the plan, or do what the pressed button says."""
        plan = requested_plan(self.access)
        if request.method != "POST":
            return self._page(plan)
        if "stop" in request.form:
            return self._stop(plan)
        if request.form.get(LIST) in _LISTED:
            return self._as_list(plan, _LISTED[request.form[LIST]])
        try:
            operation = self._operation(plan)
            return self._go_on(plan, operation) if "go_on" in request.form else self._agree(plan, operation)
        except PlanError as error:
            db.session.rollback()
            return self._page(requested_plan(self.access), str(error), HTTPStatus.CONFLICT)

    def lines(self) -> ResponseReturnValue:
        """Send every line as CSV, like an export."""
        plan = requested_plan(self.access)
        if reauthentication.are_many(sum(plan.counts.values())) and not reauthentication.is_fresh():
            return redirect(url_for("account.confirm", next=here(), back=self._here(plan)))
        name = f"{self.resource.endpoint}-plan-{plan.id}.csv"
        written = report_of(db.engine, plan.id, report_scope_of(self.access))
        return download(written, content_type=CSV.content_type, name=name)

    def kept_names(self) -> set[str]:
        """Keep the reason."""
        return {REASON}

    def again(self, words_: str) -> ResponseReturnValue:
        """Draw the page with the reason that was typed."""
        return self._page(requested_plan(self.access), words_, HTTPStatus.BAD_REQUEST)

    def _operation(self, plan: Plan) -> BulkOperation:
        """Read the plan's operation; raise `PlanError` if the person can no longer do this."""
        try:
            operation = operation_of(self.access, plan)
        except (InvalidRecord, PlanError) as error:
            message = f"{error} Nothing was changed."
            raise PlanError(message) from error
        if not may_do(self.access, operation.action):
            abort(HTTPStatus.FORBIDDEN)
        return operation

    def _agree(self, plan: Plan, operation: BulkOperation) -> ResponseReturnValue:
        number, reason = open_lines(plan.counts), request.form.get(REASON, "").strip()[:LONGEST_REASON]
        is_whole = request.form.get(WHOLE) == "1"
        if (refused := self._refused(plan, reason, is_whole=is_whole)) is not None:
            return refused
        if (page := reauthentication.required_for_rows(number + operation.along)) is not None:
            return page
        if plans.agree(db.session, plan, reason=reason):
            begin_carrying_out(self.access, plan, operation, staff_id=signed_in_principal().id, is_whole=is_whole)
        else:
            db.session.rollback()
            warn("You agreed to this plan before. It is carried out once.")
        return lead_on(self._here(plan))

    def _refused(self, plan: Plan, reason: str, *, is_whole: bool) -> ResponseReturnValue | None:
        """Return the page that says why the plan can't be agreed to like this; None if it can."""
        if plan.state == PlanState.PLANNED and plans.is_over(plan):
            return self._page(plan, "This plan is too old. Make it again.", HTTPStatus.CONFLICT)
        if self.access.needs_reason and not reason:
            return self._page(plan, reason_problem=NO_REASON, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        if is_whole and (left := number_left(plan)):
            words_ = f"{words.counted(left, self.resource)} can't be imported. Correct them, leave them out, or import only the others."
            return self._page(plan, words_, HTTPStatus.UNPROCESSABLE_ENTITY)
        return None

    def _as_list(self, plan: Plan, verdicts: Sequence[Verdict]) -> ResponseReturnValue:
        """Select the records of these lines in their list, and lead there."""
        whole = plain_selection(self.access, [])
        with transaction(db.session):
            place = ticked_list(self.access, whole)
            set_id = ticks.tick_lines(db.session, place, plan.id, [one.value for one in verdicts])
        return lead_on(list_links(self.resource).to(whole.changed(ticks=set_id)))

    def _stop(self, plan: Plan) -> ResponseReturnValue:
        """Stop the plan; its job notices at its next chunk."""
        if plan.job_id is not None:
            job_store.cancel(db.session, job_id=plan.job_id)
        plans.stop(db.session, plan, plans.counted_lines(db.session, plan))
        deselect_deleted(plan)
        db.session.commit()
        return lead_on(self._here(plan))

    def _go_on(self, plan: Plan, operation: BulkOperation) -> ResponseReturnValue:
        """Resume the plan."""
        if self._is_interrupted(plan) or plans.go_on(db.session, plan):
            begin_carrying_out(self.access, plan, operation, staff_id=signed_in_principal().id)
        return lead_on(self._here(plan))

    def _here(self, plan: Plan) -> str:
        return self.link("plan_view", id=plan.id)

    # ---- the page

    def _page(
        self, plan: Plan, problem: str = "", status: HTTPStatus = HTTPStatus.OK, *, reason_problem: str = ""
    ) -> ResponseReturnValue:
        verdict = request.args.get("verdict", "")
        after = read_number(request.args.get("after", ""))
        is_filled = request.args.get(FILLED) == "1"
        found = plans.lines(
            db.session, plan, verdicts=[verdict] if verdict else [], is_filled=is_filled, after=after, limit=LINES + 1
        )
        shown = found[:LINES]
        further = {key: value for key in ("verdict", FILLED) if (value := request.args.get(key))}
        page = self.render(
            "resource/plan.html",
            plan=self._head(plan),
            tabs=self._tabs(plan, verdict),
            rows=self._lines_drawn(plan, shown),
            older_url=self.link("plan_view", id=plan.id, after=shown[-1].number, **further)
            if len(found) > LINES
            else "",
            first_url=self.link("plan_view", id=plan.id, **further) if after is not None else "",
            problem=problem,
            reason_problem=reason_problem,
            reason=request.form.get(REASON, plan.reason),
            longest_reason=LONGEST_REASON,
            form_url=self._here(plan),
            here=here(),
            return_url=self._list_url(plan),
        )
        return page, status

    def _head(self, plan: Plan) -> PlanHead:
        counts, is_over = plan.counts, plan.state in {PlanState.DONE, PlanState.STOPPED}
        is_interrupted = self._is_interrupted(plan)
        done = db.session.get(ChangeSet, plan.change_set_id) if is_over and plan.change_set_id is not None else None
        undone = undone_by(db.session, done) if done is not None else None
        return PlanHead(
            id=plan.id,
            state=plan.state,
            title=words.title_of(plan, self.resource),
            scope=plan.scope,
            what=words.what_of(plan),
            button=words.button_of(plan, self.resource),
            news=words.news_of(plan, self.resource),
            done=sum(number for verdict, number in counts.items() if verdict not in OPEN),
            total=sum(counts.values()),
            is_under_way=plan.state in {PlanState.PLANNING, PlanState.AGREED} and not is_interrupted,
            is_interrupted=is_interrupted,
            needs_reason=self.access.needs_reason,
            now=words.now_of(plan, self.resource),
            now_url=self.link("plan_view", id=plan.id, verdict=Verdict.CHANGE.value, filled=1),
            undone_by=undone.actor if undone is not None else "",
            undo=done.id if done is not None and undone is None and _is_undoable(done) else None,
            lists=self._lists(plan) if is_over else (),
            is_danger=plan.arguments["is_danger"],
            effect_words=words.effect_of(plan),
            for_good=words.for_good_of(plan, self.resource) if undone is None else "",
            go_on=words.go_on_of(plan, self.resource),
            file=self._file_head(plan) if is_import(plan) else None,
            set_url=url_for("activity.set_view", id=plan.change_set_id) if plan.change_set_id is not None else "",
            download_url=self.link("plan_lines", id=plan.id) if counts else "",
        )

    def _file_head(self, plan: Plan) -> FileHead:
        """Return what the page asks about a file's rows."""
        left, is_planned = number_left(plan), plan.state == PlanState.PLANNED
        wrong = plan.counts.get(Verdict.WRONG, 0) if is_planned else 0
        can = words.counted(open_lines(plan.counts), self.resource)
        only = f"only the {can} that can be imported" if left else f"{can} even if some fail"
        return FileHead(
            corrections_url=self.link("import_corrections_view", id=plan.id) if is_planned else "",
            corrections=f"Correct {formatting.counted(wrong, 'row', 'rows')}" if wrong else "",
            wrong_url=self.link("import_wrong", id=plan.id) if left or (not is_planned and _left(plan)) else "",
            only=formatting.sentence_case(only),
            is_whole_offered=is_planned and open_lines(plan.counts) <= current_app.config["PLAN_ROWS"],
            is_whole=request.form.get(WHOLE, "1") == "1",
        )

    def _lists(self, plan: Plan) -> Sequence[tuple[str, str]]:
        """Return the lists of records that the page offers, each with its button's label. Deleted records are in no list."""
        found = []
        for name, verdicts in _LISTED.items():
            number = sum(plan.counts.get(one, 0) for one in verdicts)
            # Left rows of a file are downloaded as a file instead: many of them have no record.
            if 0 < number <= MOST_LISTED and (plan.fields if name == "done" else not is_import(plan)):
                left = "left as it was" if number == 1 else "left as they were"
                said = plan.arguments["done"] if name == "done" else left
                found.append((name, f"Show the {formatting.number(number)} {said}"))
        return found

    def _is_interrupted(self, plan: Plan) -> bool:
        """Whether nobody works on the plan: its job failed, was cancelled, or lost its worker."""
        if plan.state not in {PlanState.PLANNING, PlanState.AGREED} or plan.job_id is None:
            return plan.state == PlanState.AGREED and plan.job_id is None
        job = db.session.get(Job, plan.job_id)
        return job is None or job.state not in job_store.OPEN or job_store.is_lost(job)

    def _tabs(self, plan: Plan, open_: str) -> list[VerdictTab]:
        total = sum(plan.counts.values())
        all_ = VerdictTab("All", formatting.number(total), self._here(plan), is_current=not open_)
        return [all_, *(self._tab(plan, one, open_) for one in Verdict if plan.counts.get(one))]

    def _tab(self, plan: Plan, verdict: Verdict, open_: str) -> VerdictTab:
        reasons = [(why, formatting.number(number)) for of, why, number in plan.reasons if of == verdict]
        said = words.verdict_in_words(plan, verdict)
        return VerdictTab(
            label=formatting.sentence_case(said),
            count=formatting.number(plan.counts[verdict]),
            url=self.link("plan_view", id=plan.id, verdict=verdict.value),
            is_current=open_ == verdict,
            reasons=reasons,
        )

    def _lines_drawn(self, plan: Plan, lines: Sequence[PlanLine]) -> Iterable[PlanRow]:
        """Draw lines: one statement for the records, one per model for related records."""
        keys = [one.record_id for one in lines if one.record_id is not None]
        records = self._records(keys)
        former = self._former([one for one in keys if one not in records])
        drawn = fields_of([_as_change(plan, one) for one in lines])
        return [
            PlanRow(
                record=self._named(one, records, former),
                verdict=one.verdict,
                words=words.verdict_in_words(plan, Verdict(one.verdict)),
                problem=" ".join(problems_of(one)) or one.problem,
                fields=fields if self._is_told(one, records) else (),
                row=formatting.number(one.number) if is_import(plan) else "",
            )
            for one, fields in zip(lines, drawn, strict=True)
        ]

    def _records(self, keys: Sequence[Key]) -> Mapping[Key, Record]:
        model, seen = self.resource.model, self.access.seen()
        wanted = select(model).where(model.id.in_(keys))
        return {one.id: one for one in db.session.scalars(wanted if seen is None else wanted.where(seen))}

    def _former(self, keys: Sequence[Key]) -> Mapping[Key, str]:
        """Return the former names of deleted records. Without the right to see all rows, a person may know only their numbers."""
        if not keys or self.access.seen() is not None or not self.access.shows_title():
            return {}
        return titles_of(db.session, table_of(self.resource.model).name, keys)

    def _is_told(self, line: PlanLine, records: Mapping[Key, Record]) -> bool:
        """Whether the person may see what a line changes: their rights may have changed since the plan was made."""
        return line.record_id is None or line.record_id in records or self.access.seen() is None

    def _named(self, line: PlanLine, records: Mapping[Key, Record], former: Mapping[Key, str]) -> Link:
        """Link to a line's record, or to its history if it is gone. A record that was not created yet has no link."""
        if line.record_id is None:
            return Link("", "")
        record = records.get(line.record_id)
        if record is not None:
            return Link(self.access.title_of(record), record_url(self.access, record, url=here()))
        title = former.get(line.record_id)
        has_history = title is not None and self.access.may(Action.HISTORY)
        url = self.link("history_view", id=print_key(line.record_id)) if has_history else ""
        return Link(formatting.excerpt(title or "", LONGEST_NAME) or self.access.number_of(line.record_id), url)

    def _list_url(self, plan: Plan) -> str:
        """Return the address of the list without its ticks."""
        pairs = [pair for pair in _arguments(plan) if pair[0] != TICKS]
        return self.link("index_view", **dict(pairs)) if len(dict(pairs)) == len(pairs) else self.link("index_view")


def number_left(plan: Plan) -> int:
    """Count the lines that can't be carried out."""
    return sum(plan.counts.get(one, 0) for one in (Verdict.WRONG, Verdict.REFUSED))


def _is_undoable(done: ChangeSet) -> bool:
    return activity_row(done, is_for_good=is_for_good(db.session, done)).can_undo


def _arguments(plan: Plan) -> list[Hidden]:
    """Return the list's arguments in the address; an import has none."""
    return [(name, value) for name, value in plan.arguments.get("selection", [])]


def _left(plan: Plan) -> int:
    return sum(plan.counts.get(one, 0) for one in (*OPEN, Verdict.OUTDATED, Verdict.GONE, Verdict.FAILED))


def _as_change(plan: Plan, line: PlanLine) -> Change:
    """Return a line as a change of the history."""
    return Change(
        model=plan.model,
        record_id=line.record_id,
        act=Did.UPDATE,
        title="",
        version=line.version,
        before=line.before,
        after=line.after,
    )
