"""Plans of imports: make lines of a file's rows, judge them as a whole, and import all of them or those that are right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from flask import current_app

from admin_app.context import reading
from admin_app.domain.permissions.policy import Action
from admin_app.domain.plan import plan as plans
from admin_app.domain.plan.checks import Judgement, judge, outside_scope
from admin_app.domain.plan.import_checks import left_out, mark, new_outside_scope, wrong_cells
from admin_app.domain.plan.lines import insert_lines
from admin_app.domain.plan.row_matcher import batches, match_rows
from admin_app.errors import TransferError
from admin_app.extensions import db
from admin_app.formatting import label
from admin_app.jobs import uploads
from admin_app.models.change_set import Did
from admin_app.models.plan import Plan, PlanLine, Verdict
from admin_app.models.upload import Upload
from admin_app.panel.access.access import Access
from admin_app.panel.import_.opening import holding_no_lock, opened
from admin_app.panel.plan.making import queue_plan
from admin_app.panel.plan.operation import BulkOperation, Incoming, Pair, execution_of
from admin_app.panel.plan.operations.importing import UPLOAD, import_of
from admin_app.selection.search.indexes import loading
from admin_app.transfer.import_.options import ImportOptions
from admin_app.transfer.import_.source import Source
from admin_app.transfer.import_.wording import sentence

# Verdicts of lines that should have been carried out and were not.
_NOT_DONE = (Verdict.FAILED, Verdict.OUTDATED, Verdict.GONE)
# After so many wrong rows the others are probably wrong for the same reason, and nobody reads on.
MOST_PROBLEMS = 100


def make_import_plan(
    access: Access, upload: Upload, options: ImportOptions, corrections: Iterable[Pair] = (), *, staff_id: int
) -> Plan:
    """Plan the import of a file (committed): at once for few rows, else in a job. `corrections` are those made so far."""
    operation = import_of(access, options, [(UPLOAD, str(upload.id)), *corrections])
    with holding_no_lock(), opened(access, upload) as source:
        is_small = _has_few_rows(source)
    plan = begin_import(access, operation, scope=scope_in_words(upload), staff_id=staff_id)
    uploads.tie(db.session, upload_id=upload.id, plan_id=plan.id)
    if not is_small:
        queue_plan(plan, staff_id, f"Plan: import {access.resource.nouns}")
        return plan
    with opened(access, upload) as source:
        write_incoming(access, plan, operation.rows, source)
    plans.await_agreement(db.session, plan, plans.counted_lines(db.session, plan))
    db.session.commit()
    return plan


def _has_few_rows(source: Source) -> bool:
    most = current_app.config["PLAN_ROWS"]
    return len(list(islice(source.rows(), most + 1))) <= int(most)


def scope_in_words(upload: Upload) -> str:
    """Name the file."""
    return f"Rows of “{upload.file_name}”" if upload.file_name else "Rows of the pasted text"


def upload_of(incoming: Incoming) -> Upload:
    """Return the file of an import; raise `TransferError` if it is gone."""
    found = db.session.get(Upload, incoming.upload_id)
    if found is None:
        raise TransferError(uploads.GONE)
    return found


def begin_import(access: Access, operation: BulkOperation, *, scope: str, staff_id: int | None) -> Plan:
    """Create the plan of an import, without lines (not yet committed)."""
    return plans.begin(
        db.session,
        staff_id=staff_id,
        resource=access.resource.endpoint,
        model=access.resource.model,
        operation=operation.key,
        arguments={"selection": [], "changed": "changed", **operation.arguments},
        fields=operation.fields,
        scope=scope,
    )


def write_incoming(access: Access, plan: Plan, incoming: Incoming, source: Source) -> None:
    """Write and judge the lines of a file that is small enough for one transaction (not yet committed)."""
    with reading():
        match_rows(
            db.engine,
            plan.id,
            incoming.matcher,
            incoming.reader.rows(source),
            lambda lines: insert_lines(db.session, lines),
        )
    judge_incoming(access, plan, incoming)


def judge_incoming(access: Access, plan: Plan, incoming: Incoming) -> None:
    """Judge the lines as a whole (not yet committed)."""
    # A line that turned out wrong keeps its unique values, so the other lines are checked again until no more are found.
    while found := list(wrong_cells(db.session, plan.id, incoming.matcher)):
        mark(db.session, plan.id, found)
    for one in judgements_of_rows(access, incoming):
        judge(db.session, plan.id, one)


def judgements_of_rows(access: Access, incoming: Incoming) -> Sequence[Judgement]:
    """Return the lines to refuse because their records would leave the row scope, and the lines that the person left out."""
    session, model = db.session, incoming.matcher.model
    changed, made = access.rows(Action.EDIT), access.rows(Action.CREATE)
    return [
        *([outside_scope(session, model, changed)] if changed is not None else []),
        *([new_outside_scope(session, model, made)] if made is not None else []),
        *map(left_out, incoming.left_out),
    ]


def import_whole(
    access: Access,
    operation: BulkOperation,
    source: Source,
    *,
    scope: str,
    reason: str = "",
    on_rows: Callable[[int], object],
) -> Plan:
    """Import a file in one transaction, all of it or nothing (not yet committed).

    Raises `TransferError` with the numbers of the wrong rows; the caller rolls back.
    """
    incoming = operation.rows
    plan = begin_import(access, operation, scope=scope, staff_id=None)
    with reading():
        _write_until_wrong(plan, incoming, source, on_rows)
    mark(db.session, plan.id, list(islice(wrong_cells(db.session, plan.id, incoming.matcher), MOST_PROBLEMS)))
    _require_nothing_wrong(plan)
    plans.await_agreement(db.session, plan, plans.counted_lines(db.session, plan))
    plans.agree(db.session, plan, reason=reason)
    execution = execution_of(access, plan, operation)
    # If there are more new records than old ones, the search index is built once at the end.
    with loading(db.session.connection(), plan.model, rows=plan.counts.get(Verdict.NEW, 0)):
        while execution.carry_out_next(sum(plan.counts.values())):
            pass
    plans.finish(db.session, plan, plans.counted_lines(db.session, plan))
    _require_all_done(plan)
    return plan


def _write_until_wrong(plan: Plan, incoming: Incoming, source: Source, on_rows: Callable[[int], object]) -> None:
    """Write lines until too many rows are wrong, probably for the same reason."""
    wrong = 0
    for rows in batches(incoming.reader.rows(source)):
        lines = incoming.matcher.lines(db.session, plan.id, rows)
        insert_lines(db.session, lines)
        on_rows(len(rows))
        wrong += sum(one["verdict"] == Verdict.WRONG for one in lines)
        if wrong >= MOST_PROBLEMS:
            return


def _require_nothing_wrong(plan: Plan) -> None:
    wrong = plans.lines(db.session, plan, verdicts=[Verdict.WRONG], limit=MOST_PROBLEMS)
    if wrong:
        problems = [(one.number, words) for one in wrong for words in problems_of(one)]
        message = "Nothing was imported."
        raise TransferError(message, problems[:MOST_PROBLEMS])


def _require_all_done(plan: Plan) -> None:
    """Raise `TransferError` if the database refused a row, or another person changed a record first."""
    failed = plans.lines(db.session, plan, verdicts=_NOT_DONE, limit=MOST_PROBLEMS)
    if failed:
        message = "Nothing was imported."
        raise TransferError(message, [(one.number, one.problem) for one in failed])


@dataclass(frozen=True)
class ImportCounts:
    """How many records an import created, changed, and found unchanged."""

    created: int
    changed: int
    unchanged: int


def counts_of(plan: Plan) -> ImportCounts:
    """Count the records of an import by what happened to them."""
    # The tally also counts related records that the import created.
    tally = {what: number for what, table, number in plan.tally if table == plan.model}
    return ImportCounts(tally.get(Did.CREATE, 0), tally.get(Did.UPDATE, 0), plan.counts.get(Verdict.SAME, 0))


def problems_of(line: PlanLine) -> Iterator[str]:
    """Yield the problems of a line's cells as sentences."""
    for name, (said, cell) in (line.cells or {}).items():
        yield sentence(label(name), said, cell)
