"""Actions of the demo's resources, as docs/resources.md shows them: what a maintainer would write beside the resource."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, func, select
from typing_extensions import override
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from admin_app.domain.permissions.principal import AnyPrincipal
from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.panel.fields import RelationField, TextForm
from admin_app.panel.row_action import RowAction

LOWER, TRIM, NOTE = (
    "/admin/user/act/lower-case-email/",
    "/admin/post/act/trim-blank-lines/",
    "/admin/post/act/add-note/",
)
# A page with a token that everybody who sees the list may open.
ANY = "/admin/user/views/new/"


class LowerCaseEmail(RowAction):
    """Write a user's email in lower case."""

    label = "Lower-case email"
    verb = "Lower-case the email of"
    writes = ("email",)
    refusal = "Its email has no capitals."

    @override
    def allowed(self, principal: AnyPrincipal | None) -> ColumnElement[bool] | None:
        """Leave alone who has no capitals."""
        return User.email != func.lower(User.email)

    @override
    def change(self, record: Any, form: Any) -> Mapping[str, object]:
        """Lower it."""
        return {"email": record.email.lower()}


class TrimBlankLines(RowAction):
    """Take the blank lines out of a post."""

    label = "Trim blank lines"
    verb = "Trim the blank lines of"
    done = "trimmed"
    writes = ("content",)

    @override
    def change(self, record: Any, form: Any) -> Mapping[str, object]:
        """Leave one line end for several."""
        return {"content": re.sub(r"(\r?\n\s*)+", "\n", record.content).strip()}


class NoteForm(TextForm):
    """What is written below the posts, and who gets them."""

    note = TextAreaField(
        "Note", [InputRequired("Enter the note."), Length(max=20, message="Use 20 characters or fewer.")]
    )
    user = RelationField("New user", target=User, lookup=lambda: "/admin/post/lookup/?name=user")


class AddNote(RowAction):
    """Write a note below a post, give it to somebody, and tell its user."""

    label = "Add note"
    verb = "Add a note to"
    done = "given a note"
    form = NoteForm
    writes = ("content", "user_id")
    refusal = "It has no user to be told."
    effect_words = "Its user is told."
    # In place of a mail server.
    told: ClassVar[list[tuple[int, str]]] = []
    fails_for: ClassVar[dict[int, Exception]] = {}

    @override
    def allowed(self, principal: AnyPrincipal | None) -> ColumnElement[bool] | None:
        """Leave out posts that nobody has."""
        return Post.user_id.is_not(None)

    @override
    def change(self, record: Any, form: Any) -> Mapping[str, object]:
        """Write it below."""
        user = {"user_id": form.user.data.id} if form.user.data is not None else {}
        return {"content": f"{record.content}\n{form.note.data}"} | user

    @override
    def effect(self, record: Any, form: Any) -> None:
        """Tell the user."""
        if (error := self.fails_for.get(record.id)) is not None:
            raise error
        self.told.append((record.id, form.note.data))


def emails(client: Any) -> dict[int, str]:
    """Return every user's email, by their keys."""
    with client.application.app_context():
        return dict(map(tuple, db.session.execute(select(User.id, User.email))))


def contents(client: Any) -> dict[int, str]:
    """Return what every post says, by their keys."""
    with client.application.app_context():
        return dict(map(tuple, db.session.execute(select(Post.id, Post.content))))
