"""The page that asks what to do with the selected rows, and makes a plan of the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import ClassVar

from flask import abort, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from admin_app.db.transaction import transaction
from admin_app.domain.permissions.policy import Action
from admin_app.errors import InvalidRecord
from admin_app.extensions import db
from admin_app.panel.access.access import Access
from admin_app.panel.drafts import answers, arguments, drop_sent_draft, shown_draft
from admin_app.panel.links import list_links
from admin_app.panel.list.counted import count_up_to
from admin_app.panel.list.selections import selection_of
from admin_app.panel.page import Page, lead_on
from admin_app.panel.plan import words
from admin_app.panel.plan.making import make_plan
from admin_app.panel.plan.operation import BulkOperation, may_do
from admin_app.selection.selection import COUNT_LIMIT, Selection
from admin_app.web.auth.login import signed_in_principal
from admin_app.web.urls import here

# How many rows the page showed.
LISTED = "listed"


class Question:
    """What the page asks about the selected rows before it makes a plan."""

    # The right that it needs in addition to `Action.BULK`, and the page's template.
    action: ClassVar[Action]
    template: ClassVar[str]
    # Arguments in the address that belong to this page and not to the list.
    own: ClassVar[frozenset[str]] = frozenset({"field"})

    def __init__(self, access: Access) -> None:
        """Keep the access and its resource."""
        self.access = access
        self.resource = access.resource

    def read(self, sent: MultiDict[str, str]) -> BulkOperation:
        """Read the operation; raise `InvalidRecord` with the problems by control."""
        raise NotImplementedError

    def values(self, sent: MultiDict[str, str], problems: Mapping[str, str]) -> dict[str, object]:
        """Return the template's variables beyond the common ones."""
        raise NotImplementedError

    def kept_names(self) -> set[str]:
        """Return the names of the controls that keep what was sent when the page is drawn again."""
        raise NotImplementedError

    def selection(self) -> Selection:
        """Return the selection in the address."""
        return selection_of(self.access, [pair for pair in arguments() if pair[0] not in self.own])


class AskingPage(Page):
    """The page of a question. The address has the list's own arguments, so the rows are those that the list showed."""

    def __init__(self, access: Access, question: Question, view: str = "") -> None:
        """Keep the question."""
        super().__init__(access, view)
        self.question = question

    def respond(self) -> ResponseReturnValue:
        """Ask, or make the plan and redirect to it."""
        if not may_do(self.access, self.question.action):
            abort(HTTPStatus.FORBIDDEN)
        return self.ask(self.question.selection())

    def ask(self, selection: Selection) -> ResponseReturnValue:
        """Ask about these rows, or make the plan and redirect to it."""
        if request.method != "POST":
            return self._page(selection, {}, HTTPStatus.OK)
        try:
            operation = self.question.read(request.form)
        except InvalidRecord as error:
            return self._page(selection, error.problems, HTTPStatus.UNPROCESSABLE_ENTITY)
        listed = request.form.get(LISTED, "")
        plan = make_plan(
            self.access,
            selection,
            operation,
            scope=words.scope_in_words(selection, self.resource, int(listed) if listed.isdecimal() else None),
            listed=int(listed) if listed.isdecimal() else None,
            staff_id=signed_in_principal().id,
        )
        onward = self.link("plan_view", id=plan.id)
        # Where there is no plan, what was typed is still kept.
        with transaction(db.session):
            drop_sent_draft()
        return lead_on(onward)

    def kept_names(self) -> set[str]:
        """Keep what was chosen and typed."""
        return self.question.kept_names()

    def again(self, words_: str) -> ResponseReturnValue:
        """Draw the page with what was chosen."""
        return self._page(self.question.selection(), {"": words_}, HTTPStatus.BAD_REQUEST)

    def _page(self, selection: Selection, problems: Mapping[str, str], status: HTTPStatus) -> ResponseReturnValue:
        draft = shown_draft()
        count = count_up_to(selection, COUNT_LIMIT)
        number = count.number if count.is_exact else None
        page = self.render(
            self.question.template,
            draft=draft,
            scope=words.scope_in_words(selection, self.resource, number),
            counted=str(count),
            listed="" if number is None else str(number),
            problems=problems,
            form_url=here(),
            # Back to the list without its ticks.
            return_url=list_links(self.resource).to(selection.changed(ticks=0)),
            **self.question.values(answers(draft), problems),
        )
        return page, status


def asking(question: type[Question]) -> Callable[[Access, str], AskingPage]:
    """Return the constructor of a question's page."""
    return lambda access, view: AskingPage(access, question(access), view)
