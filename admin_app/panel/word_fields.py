"""Fields that hold a set of words, each a tick or a choice of its own: the roles of a person, the rights of a role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wtforms import Field

from admin_app.domain import powers, roles
from admin_app.domain.permissions import rights_of
from admin_app.extensions import db
from admin_app.models.words import Words
from admin_app.web.login import current_staff


@dataclass(frozen=True)
class Tick:
    """A box: its value, what it says, whether it is ticked, and whether the person at the screen may change it."""

    value: str
    label: str
    is_ticked: bool
    is_open: bool = True


class WordsField(Field):
    """Controls of one name, each of which sends its word or nothing."""

    def process_data(self, value: Any) -> None:
        """Take the record's words."""
        self.data = Words(value or ())

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take what was ticked and chosen; the empty choice is none."""
        self.data = Words(str(one) for one in valuelist if one)


class RolesField(WordsField):
    """The roles of a person. Those that hold more than the person at the screen does are shown, and cannot be given."""

    def ticks(self) -> Sequence[Tick]:
        """Return every role that there is."""
        mine = rights_of(current_staff())
        return [
            Tick(one.key, one.name, one.key in self.data, is_open=powers.holds(mine, [one]))
            for one in roles.all_of(db.session)
        ]
