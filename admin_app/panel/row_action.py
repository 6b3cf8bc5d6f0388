"""`RowAction`: something that a resource's own people do with its records, declared once for the list, the row and the record's page."""

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
    """An action on records: what it asks, which records it is for, and how it changes one.

    It always goes through a plan: what `change` returns is shown before, written only if the record has not changed
    since, kept in the history and undone by it.
    """

    # On buttons: "Publish". `verb` precedes "312 posts" and is the label by default; `done` describes what was done.
    label: ClassVar[str]
    verb: ClassVar[str] = ""
    done: ClassVar[str] = "changed"
    # What it asks first: a WTForms form. The plain one asks nothing.
    form: ClassVar[type[Form]] = Form
    # The right that it needs.
    needs: ClassVar[Action] = Action.EDIT
    # The attributes of the columns that `change` may give other values. A person has to be free to write each of them.
    writes: tuple[str, ...]
    # Said of the records that `allowed` leaves out.
    refusal: ClassVar[str] = "This action is not for this record."
    # Said where it is asked for, where its name does not tell enough.
    about: ClassVar[str] = ""
    # What `effect` does, in a sentence: "The user gets an email."
    effect_words: ClassVar[str] = ""

    @property
    def name(self) -> str:
        """Name it in addresses and plans: "lower-case-email" for `LowerCaseEmail`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", type(self).__name__).lower()

    @property
    def asks(self) -> bool:
        """Whether its form has anything to fill in."""
        return any(True for _ in self.form())

    @property
    def has_effect(self) -> bool:
        """Whether it does something in the world outside, too."""
        return type(self).effect is not RowAction.effect

    def allowed(self, principal: AnyPrincipal | None) -> ColumnElement[bool] | None:
        """Return the condition on the records that it is for, as this person may do it; None: all. The command line is nobody."""
        return None

    def fits(self, record: Record) -> bool | None:
        """Return whether it is for a record, if the record itself shows that; None: `allowed` is asked in the database."""
        return None

    def change(self, record: Record, form: Form) -> Mapping[str, object]:
        """Return new values by the attributes that `writes` names. Nothing is written here, and nothing asked of anybody.

        Raise `InvalidRecord` where it cannot be done with this record.
        """
        raise NotImplementedError

    def effect(self, record: Record, form: Form) -> None:
        """Do what no undo takes back, a mail perhaps; raise an `AdminError` that says why it could not be done.

        It is called by a job, once for each record whose change is committed. When the worker is killed in the middle of
        one, that one comes again: let it be harmless twice.
        """
