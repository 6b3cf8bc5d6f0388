"""The checks before every view: a person is signed in, has the right, and has re-authenticated where the view requires it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import ClassVar

from flask import abort, request
from flask.typing import ResponseReturnValue
from flask_admin import BaseView
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import Conflict

from admin_app.web.attempts import attempted
from admin_app.web.auth import reauthentication
from admin_app.web.auth.login import ask_to_sign_in, current_principal, is_gone
from admin_app.web.replica import read_from_replica
from admin_app.web.see_as import refuse_to_show


class ProtectedView(BaseView):
    """A view for signed-in people; a resource's views require a right as well."""

    # Views that require a recent re-authentication.
    proof_for: frozenset[str] = frozenset()
    # The purposes of these views, as the page of re-authentication says them: "To delete a post, enter your password".
    purposes: ClassVar[Mapping[str, str]] = MappingProxyType({})

    # Views that only read. A replica may answer them, a moment late.
    lagging: ClassVar[frozenset[str]] = frozenset()

    # Views that change something. If their transaction conflicts with another, they are tried again.
    retried: frozenset[str] = frozenset()

    # Views that answer a link with a file; each has its `back_from_file`.
    files: ClassVar[frozenset[str]] = frozenset()

    def render(self, template: str, **values: object) -> str:
        """Draw a template."""
        return str(super().render(template, **values))

    def is_accessible(self) -> bool:
        """Whether the menu shows it."""
        return current_principal() is not None

    def may_open(self, _name: str) -> bool:
        """Whether the signed-in person has the right that a view requires."""
        return True

    def purpose_of(self, name: str) -> str:
        """Say what a view does; "" if nothing is declared."""
        return self.purposes.get(name, "")

    def is_withheld(self, name: str) -> bool:
        """Whether a view is closed while a person sees the dashboard as someone else: it sends a file, or concerns the account itself."""
        return name in self.files

    def answer_to_stranger(self, name: str) -> ResponseReturnValue:
        """Answer a person who is not signed in."""
        return ask_to_sign_in(to=self.back_from_file(name) if name in self.files else "")

    def _handle_view(self, name: str, **_arguments: object) -> ResponseReturnValue | None:
        """Require a signed-in person, then the right. This checks the address itself, not only the button that leads to it."""
        if current_principal() is None:
            return self.answer_to_stranger(name)
        if self.is_withheld(name) and (refused := refuse_to_show()) is not None:
            return refused
        if not self.may_open(name):
            abort(403)
        reauthentication.note_purpose(self.purpose_of(name))
        if reauthentication.is_given() or (request.method == "POST" and name in self.proof_for):
            page: ResponseReturnValue | None = reauthentication.required(back=self.back_from_file(name))
            return page
        return None

    def back_from_file(self, _name: str) -> str:
        """Return where a page leads if its form is answered by a file; other forms redirect."""
        return ""

    def _run_view(self, fn: Callable[..., ResponseReturnValue], *args: object, **kwargs: object) -> ResponseReturnValue:
        """Call the view once. Flask-Admin calls it again after any TypeError, and hides the first one.

        If a person's account is deleted while they write something of their own (a form key, a selection, a view, a
        job), they count as signed out.
        """
        name, make = fn.__name__, partial(fn, self, *args, **kwargs)
        try:
            return read_from_replica(make) if name in self.lagging else self.answered(name, make)
        except (IntegrityError, Conflict):
            if not is_gone():
                raise
            return self.answer_to_stranger(name)

    def answered(self, name: str, make: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
        """Make the answer of a view; a retry judges everything again."""
        is_retried = request.method == "POST" and name in self.retried
        return attempted(make, partial(self._handle_view, name)) if is_retried else make()
