"""What a person may do, and why: for people who may see that person, and what roles give."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus

from flask import abort, request
from flask.typing import ResponseReturnValue

from admin_app.db.record import Record
from admin_app.domain.permissions import roles
from admin_app.domain.permissions.rights import Action
from admin_app.extensions import db
from admin_app.formatting import in_words
from admin_app.models.staff import Staff
from admin_app.panel.access.access import Access, access_to
from admin_app.panel.links import record_url
from admin_app.panel.page import Page
from admin_app.panel.registry import resource_at, resources
from admin_app.resources.staff.explanation import ABOUT_NO_RECORD, Question, explain
from admin_app.resources.staff.matrix import actions
from admin_app.resources.staff.rights_sum import may_be_told, rights_sum
from admin_app.resources.staff.see_as_page import may_see_as


@dataclass
class Asked:
    """The question in the address, and the problems by control of the form."""

    resource: str
    action: str
    record: str
    problems: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_address(cls) -> Asked:
        """Read the form, which is sent by GET."""
        resource, action, record = (request.args.get(name, "").strip() for name in ("resource", "action", "record"))
        return cls(resource, action, record)

    def question(self, staff: Staff, people: Access) -> Question | None:
        """Return the question about this person; None if the form has problems."""
        resource = resource_at(self.resource)
        if resource is None:
            self.problems["resource"] = "Choose a list."
        if self.action not in list(Action):
            self.problems["action"] = "Choose an action."
        if resource is None or self.problems:
            return None
        asker, action = access_to(resource), Action(self.action)
        record = self._record(asker, action) if self.record else None
        return None if self.problems else Question(staff, people, action, asker, record)

    def _record(self, asker: Access, action: Action) -> Record | None:
        """Return the record in question if the asking person may see it. Of any other record nothing is told, not even that it exists."""
        if action in ABOUT_NO_RECORD:
            self.problems["record"] = f"Leave this empty: “{action.value.capitalize()}” is not about one record."
            return None
        found = asker.find(self.record.lstrip("#")) if asker.looks() else None
        if found is None:
            self.problems["record"] = f"You cannot see any {asker.resource.noun} with this ID."
        return found


class SumPage(Page):
    """Says what some roles give together: a person's form shows it as roles are ticked."""

    def respond(self) -> ResponseReturnValue:
        """Answer for the roles in the address."""
        if not may_be_told():
            abort(HTTPStatus.FORBIDDEN)
        held = [one for one in roles.all_of(db.session) if one.key in request.args.getlist("roles")]
        return self.render("staff/sum.html", roles=in_words([one.name for one in held]), told=rights_sum(held))


class PermissionsPage(Page):
    """Explains what a person may do, to the people who manage them."""

    def respond(self) -> ResponseReturnValue:
        """Show what the roles give, and answer the question."""
        staff = self.access.requested(Action.VIEW)
        if not may_be_told():
            abort(HTTPStatus.FORBIDDEN)
        asked = Asked.from_address()
        question = asked.question(staff, self.access) if "resource" in request.args else None
        page = self.render(
            "staff/permissions.html",
            record_title=self.access.title_of(staff),
            staff_id=staff.id,
            form_url=self.link("permissions_view"),
            asked=asked,
            resources=[(one.endpoint, one.plural) for one in resources()],
            actions=[(one.value, one.value.capitalize()) for one in actions()],
            answer=explain(question) if question is not None else None,
            sections=self.resource.record_sections(staff),
            see_as_url=self.link("see_as_view", staff) if may_see_as(self.access, staff) else "",
            return_url=record_url(self.access, staff),
        )
        return page, HTTPStatus.UNPROCESSABLE_ENTITY if asked.problems else HTTPStatus.OK
