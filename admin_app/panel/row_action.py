"""`RowAction`: an action of a resource's own on its records, declared once for the list, the row and the record's page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from sqlalchemy import ColumnElement
from wtforms import Form

from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.domain.permissions.principal import AnyPrincipal


class RowAction:
    """An action on records: its form, the records that it fits, and the change that it makes.

    It always goes through a plan: the values that `change` returns are shown first, written only if the record has not
    changed since, and recorded in the history, so that they can be undone.
    """

    # On buttons: "Publish". `verb` precedes "312 posts" and is the label by default; `done` describes what was done.
    label: ClassVar[str]
    verb: ClassVar[str] = ""
    done: ClassVar[str] = "changed"
    # The WTForms form that it asks for; the default has no fields.
    form: ClassVar[type[Form]] = Form
    # The required right.
    needs: ClassVar[Action] = Action.EDIT
    # The attributes of the columns that `change` may write. A person needs the right to write each of them.
    writes: tuple[str, ...]
    # The reason shown for records that `allowed` leaves out.
    refusal: ClassVar[str] = "This action is not for this record."
    # An explanation on its page, if its name does not say enough.
    about: ClassVar[str] = ""
    # What `effect` does, in a sentence: "The user gets an email."
    effect_words: ClassVar[str] = ""

    @property
    def name(self) -> str:
        """The name in addresses and plans: "lower-case-email" for `LowerCaseEmail`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", type(self).__name__).lower()

    @property
    def asks(self) -> bool:
        """Whether its form has anything to fill in."""
        return any(True for _ in self.form())

    @property
    def has_effect(self) -> bool:
        """Whether it has an effect outside the database."""
        return type(self).effect is not RowAction.effect

    def allowed(self, principal: AnyPrincipal | None) -> ColumnElement[bool] | None:
        """Return the condition on the records that this person may do it with; None means all. On the command line there is no person."""
        return None

    def fits(self, record: Record) -> bool | None:
        """Whether it fits a record, if the record itself shows that; None if the database has to test `allowed`."""
        return None

    def change(self, record: Record, form: Form) -> Mapping[str, object]:
        """Return new values for the attributes in `writes`. It must not write or send anything itself.

        Raise `InvalidRecord` if it cannot be done with this record.
        """
        raise NotImplementedError

    def effect(self, record: Record, form: Form) -> None:
        """Do something that no undo can reverse, such as sending an email; raise an `AdminError` that says why it failed.

        A job calls it once for each record whose change is committed. If the worker is killed during a call, that call is
        repeated, so it must be harmless twice.
        """
