"""The page of a resource's own action: for many records it asks like other bulk actions, for one it shows what changes."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from admin_app.db.keys import Key, print_key
from admin_app.db.record import Record
from admin_app.domain.plan import plan as plans
from admin_app.domain.plan.lines import Line, line_of
from admin_app.errors import InvalidRecord
from admin_app.extensions import db, table_of
from admin_app.formatting import sentence_case
from admin_app.models.change_set import LONGEST_REASON, Change, Did
from admin_app.models.plan import Plan, Verdict
from admin_app.panel.access.access import Access
from admin_app.panel.drafts import answers, drop_sent_draft, shown_draft
from admin_app.panel.forms.conflicts import Conflicts
from admin_app.panel.forms.gone import refused_as_gone
from admin_app.panel.forms.source import VERSION
from admin_app.panel.history.entries import fields_of
from admin_app.panel.list.row_actions import may_act
from admin_app.panel.list.rows import mark_of
from admin_app.panel.list.selections import plain_selection
from admin_app.panel.page import Page, lead_on
from admin_app.panel.plan import words
from admin_app.panel.plan.making import begin_carrying_out, begin_plan, make_lines
from admin_app.panel.plan.operation import BulkOperation, may_do, scope_of
from admin_app.panel.plan.operations import acting
from admin_app.panel.plan.questions.asking import AskingPage, Question
from admin_app.panel.plan.view_models import OneRecord
from admin_app.panel.plan.words import NO_REASON, REASON
from admin_app.panel.row_action import RowAction
from admin_app.selection.selection import Selection
from admin_app.web.auth.login import signed_in_principal
from admin_app.web.flash import announce
from admin_app.web.urls import here


class ActQuestion(Question):
    """Asks for the input of the action that the address names."""

    template = "resource/act.html"
    own = frozenset({"url"})

    @property
    def named(self) -> RowAction | None:
        """The action that the address names, without a check of rights."""
        return self.resource.row_action(str((request.view_args or {}).get("action", "")))

    @property
    def row_action(self) -> RowAction:
        """The action that the address names; 404 if it doesn't exist, 403 if the person may not do it."""
        action = self.named
        if action is None:
            abort(HTTPStatus.NOT_FOUND)
        if not may_act(self.access, action):
            abort(HTTPStatus.FORBIDDEN)
        return action

    def read(self, sent: MultiDict[str, str]) -> BulkOperation:
        """Read the form of the action in the address, whichever action the form names."""
        pairs = [pair for pair in sent.items(multi=True) if pair[0] != acting.NAME]
        return acting.read_action(self.access, MultiDict([(acting.NAME, self.row_action.name), *pairs]))

    def values(self, sent: MultiDict[str, str], problems: Mapping[str, str]) -> dict[str, object]:
        """Return the action's form with what was sent."""
        action = self.row_action
        form = acting.form_of(action, sent)
        if problems:
            form.validate()
        return {
            "fields": list(form),
            "label": action.label,
            "verb": action.verb or action.label,
            "about": action.about,
            "effect_words": acting.effect_words(action),
            "one": None,
        }

    def kept_names(self) -> set[str]:
        """Keep what was typed."""
        action = self.named
        return set() if action is None else {REASON, *(field.name for field in acting.form_of(action))}


class ActPage(Page):
    """Asks about the selected records, or about the one in `id`. For one record nobody needs the right to change many."""

    def __init__(self, access: Access, view: str = "") -> None:
        """Create the question."""
        super().__init__(access, view)
        self.question = ActQuestion(access)

    def respond(self) -> ResponseReturnValue:
        """Ask, or carry out the action."""
        action = self.question.row_action
        if "id" in request.args:
            gone = refused_as_gone(self.access, request.args["id"])
            return gone or self._one(self.access.requested(action.needs))
        if not may_do(self.access, action.needs):
            abort(HTTPStatus.FORBIDDEN)
        return AskingPage(self.access, self.question).ask(self.question.selection())

    def kept_names(self) -> set[str]:
        """Keep what was typed."""
        return self.question.kept_names()

    def again(self, words_: str) -> ResponseReturnValue | None:
        """Draw the page with what was typed."""
        action = self.question.row_action
        if "id" in request.args:
            return self._one_page(self.access.requested(action.needs), {"": words_}, HTTPStatus.BAD_REQUEST)
        if not may_do(self.access, action.needs):
            return None
        return AskingPage(self.access, self.question).again(words_)

    # ---- a single record

    def _one(self, record: Record) -> ResponseReturnValue:
        """Show what would change, or make a plan of one line and carry it out."""
        if request.method != "POST":
            return self._one_page(record, {}, HTTPStatus.OK)
        if Conflicts(self.access, record).changed_since(request.form.get(VERSION)) is not None:
            return self._one_page(record, {}, HTTPStatus.CONFLICT)
        try:
            operation, reason = self.question.read(request.form), self._reason()
        except InvalidRecord as error:
            return self._one_page(record, error.problems, HTTPStatus.UNPROCESSABLE_ENTITY)
        title, key = self.access.title_of(record), record.id
        drop_sent_draft()
        plan = self._carried_out(self._only(key), operation, reason)
        if plan.counts not in ({Verdict.DONE: 1}, {Verdict.CHANGE: 1}):
            again = self.access.requested(operation.action)
            return self._one_page(again, {"": self._why_not(plan)}, HTTPStatus.CONFLICT)
        self._announce(plan, operation, title, mark_of(self.resource, record))
        return lead_on(self.return_url())

    def _carried_out(self, selection: Selection, operation: BulkOperation, reason: str) -> Plan:
        """Make a plan, and carry it out if it would change the record: in one transaction, so that a retry leaves no plan behind."""
        staff_id = signed_in_principal().id
        scope = words.scope_in_words(selection, self.resource, 1)
        plan = begin_plan(self.access, selection, operation, scope=scope, listed=1, staff_id=staff_id)
        make_lines(self.access, plan, selection, operation)
        if plan.counts == {Verdict.CHANGE: 1} and plans.agree(db.session, plan, reason=reason):
            begin_carrying_out(self.access, plan, operation, staff_id=staff_id)
        else:
            db.session.commit()
        return plan

    def _announce(self, plan: Plan, operation: BulkOperation, title: str, mark: str) -> None:
        named = f"{sentence_case(self.resource.noun)} “{title}”"
        if operation.effect is not None:
            announce(f"{named} is being {operation.done}.", links=[("Jobs", url_for("jobs.index"))])
        else:
            announce(f"{named} was {operation.done}.", mark=mark, undo=plan.change_set_id)

    def _one_page(self, record: Record, problems: Mapping[str, str], status: HTTPStatus) -> ResponseReturnValue:
        draft = shown_draft()
        sent = answers(draft)
        values = self.question.values(sent, problems) | {"one": self._drawn(record)}
        page = self.render(
            self.question.template,
            draft=draft,
            problems=problems,
            meanwhile=Conflicts(self.access, record).changed_since(request.form.get(VERSION)),
            form_url=here(),
            return_url=self.return_url(),
            reason=sent.get(REASON, ""),
            longest_reason=LONGEST_REASON,
            needs_reason=self.access.needs_reason,
            **values,
        )
        return page, status

    def _drawn(self, record: Record) -> OneRecord:
        """Show what the action would change, if it needs no input for that."""
        title, action = self.access.title_of(record), self.question.row_action
        operation = None if action.asks else self.question.read(MultiDict())
        if operation is None or operation.values is None:
            return OneRecord(title, record.version)
        line = line_of(db.session, scope_of(self.access, self._only(record.id), operation), record, operation.values)
        (fields,) = fields_of([self._as_change(record, line)])
        return OneRecord(title, record.version, fields, self._blocked(line["verdict"], line["problem"]))

    def _as_change(self, record: Record, line: Line) -> Change:
        return Change(
            model=table_of(self.resource.model).name,
            record_id=record.id,
            act=Did.UPDATE,
            title="",
            version=record.version,
            before=line["before"],
            after=line["after"],
        )

    def _blocked(self, verdict: Verdict, problem: str) -> str:
        """Return why the action can't be done with a record of this verdict."""
        if verdict == Verdict.SAME:
            return f"Nothing would change: this {self.resource.noun} is already as wanted."
        return "" if verdict == Verdict.CHANGE else problem

    def _why_not(self, plan: Plan) -> str:
        lines = plans.lines(db.session, plan, limit=1)
        changed = f"This {self.resource.noun} has changed since you opened this page."
        words_ = self._blocked(Verdict(lines[0].verdict), lines[0].problem) if lines else changed
        return f"{words_} Nothing was changed."

    def _reason(self) -> str:
        """Return the reason that was typed; raise `InvalidRecord` if one is required and missing."""
        reason = request.form.get(REASON, "").strip()[:LONGEST_REASON]
        if self.access.needs_reason and not reason:
            raise InvalidRecord({REASON: NO_REASON})
        return reason

    def _only(self, key: Key) -> Selection:
        return plain_selection(self.access, [("id__in", print_key(key))])
