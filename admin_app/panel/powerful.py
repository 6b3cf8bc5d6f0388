"""Records that say what people may do: who holds less than one of them gives looks at it, and does not touch it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar

from flask import request
from wtforms import Form

from admin_app.domain import powers, renewal, roles
from admin_app.domain.permissions import Act
from admin_app.extensions import db
from admin_app.models.role import Role
from admin_app.panel.resource import ResourceView
from admin_app.panel.standing import standing
from admin_app.text import counted
from admin_app.web.login import go_on

TOUCHING = frozenset({Act.EDIT, Act.DELETE, Act.UNDO})


class Powerful(ResourceView):
    """A resource of people with roles, or of roles."""

    # Who may sign in, and as what, is the way to everything else.
    proof_for: ClassVar[frozenset[str]] = frozenset({"create_view", "edit_view", "delete_view", "restore_view"})

    def roles_of(self, record: Any) -> Sequence[Role]:
        """Return the roles whose rights a record stands for."""
        raise NotImplementedError

    def roles_by_key(self) -> Mapping[str, Role]:
        """Return every role, read once a page: they are few, and asked for row by row."""
        return standing().once("roles", lambda: {one.key: one for one in roles.all_of(db.session)})

    def reached(self, records: Sequence[Any], act: Act) -> Collection[int]:
        """Leave out what holds more than the person at the screen."""
        found = super().reached(records, act)
        if act not in TOUCHING or standing().rights.has_everything:
            return found
        return [one.id for one in records if one.id in found and self._is_held(one)]

    def update_model(self, form: Form, model: Any) -> bool:
        """Save; who changed their own rights or password goes on in a new session, as every other one of theirs has ended."""
        is_saved: bool = super().update_model(form, model)
        if is_saved:
            go_on()
        return is_saved

    def told(self, words: str) -> str:
        """Say who has to sign in again."""
        return f"{words} {said}" if (said := said_of_signed_out()) else words

    def url_of(self, record: Any, **arguments: Any) -> str:
        """Lead to the form only where the person may save it."""
        view = "edit_view" if self.reaches(record, Act.EDIT) else "details_view"
        return self.link(view, record, **arguments)

    def _is_held(self, record: Any) -> bool:
        given = self.roles_of(record)
        known = ("held", *sorted(one.key for one in given))
        return standing().once(known, lambda: powers.holds(standing().rights, given))

    def may_open(self, name: str) -> bool:
        """Refuse the address itself, not only the button that leads to it."""
        act = self.acts[name]
        if not super().may_open(name) or act not in TOUCHING or "id" not in request.args:
            return super().may_open(name)
        record = self.get_one(request.args["id"])
        return record is None or self.reaches(record, act)


def said_of_signed_out() -> str:
    """Say how many other people have to sign in again by the last act; "" for none."""
    number = renewal.signed_out(db.session)
    people = counted(number, "person has", "people have")
    return f"{people} to sign in again. Their unsaved text is kept." if number else ""
