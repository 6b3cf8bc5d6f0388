"""Fields that hold a set of words, each a tick or a choice of its own: the roles of a person, the rights of a role."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from wtforms import Field, Form
from wtforms.validators import ValidationError

from admin_app.db.string_set import StringSet
from admin_app.domain.permissions import privileges, roles
from admin_app.domain.permissions.policy import Action
from admin_app.extensions import db
from admin_app.models.staff import Staff
from admin_app.panel.access.access import access_of
from admin_app.panel.access.authority import authority
from admin_app.panel.links import link
from admin_app.panel.registry import resources
from admin_app.resources.staff import matrix
from admin_app.resources.staff.levels import applied
from admin_app.resources.staff.matrix import Block, Choice, Tick
from admin_app.resources.staff.rights_sum import RightsSum, may_be_told, rights_sum


class WordsField(Field):
    """Controls of one name, each of which sends its word or nothing."""

    # Where it stands, for what is drawn together with other fields of it.
    form: Form | None = None

    @property
    def kind(self) -> str:
        """Say what templates call it."""
        raise NotImplementedError

    def offered(self) -> Sequence[str]:
        """Return the words that the controls send."""
        raise NotImplementedError

    def process_data(self, value: Iterable[str] | None) -> None:
        """Take the record's words."""
        self.data = StringSet(value or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was ticked and chosen; what the record holds and no control shows stays.

        The form always sends an empty word: who sends none at all says nothing about this field.
        """
        if not valuelist:
            return
        self.data = StringSet([*(str(one) for one in valuelist if one), *self._unseen()])

    def pre_validate(self, _form: object) -> None:
        """Refuse words that no control sends."""
        if unknown := set(self.data) - {*self.offered(), *self._unseen()}:
            message = f"“{min(unknown)[:60]}” cannot be chosen. Choose from what the form shows."
            raise ValidationError(message)

    def closed(self) -> Sequence[str]:
        """Return the words that the person at the screen cannot send."""
        return ()

    def _unseen(self) -> set[str]:
        """Return what the record holds of resources and actions that there are not at present."""
        return set(self.object_data or ()) - set(self.offered())


def leave_out_closed(form: Form) -> None:
    """Take out of a copy's form what the person at the screen cannot give: it would look ticked, and not be sent."""
    for field in form:
        if isinstance(field, WordsField):
            field.data = StringSet({*field.data} - {*field.closed()})


class RolesField(WordsField):
    """The roles of a person. Those that hold more than the person at the screen does are shown, and cannot be given."""

    @property
    def kind(self) -> str:
        """Say what templates call it."""
        return "roles"

    def offered(self) -> Sequence[str]:
        """Return the keys of all roles."""
        return [one.value for one in self.ticks()]

    def ticks(self) -> Sequence[Tick]:
        """Return a box for every role that there is."""
        mine = authority().rights
        return [
            Tick(one.key, one.name, is_ticked=one.key in self.data, is_open=privileges.holds(mine, [one]))
            for one in roles.all_of(db.session)
        ]

    def closed(self) -> Sequence[str]:
        """Return the roles that cannot be given."""
        return [one.value for one in self.ticks() if not one.is_open]

    def told(self) -> RightsSum | None:
        """Say what the ticked roles give together, to who may know."""
        held = [one for one in roles.all_of(db.session) if one.key in self.data]
        return rights_sum(held) if may_be_told() else None

    @property
    def sum_url(self) -> str:
        """Where the same is said of the roles that are ticked meanwhile, "" for who may not look there."""
        access = access_of(Staff)
        return link(access.resource, "sum_view") if access is not None and access.may(Action.VIEW) else ""


class PermissionsField(WordsField):
    """What a role may do: a level for each resource, or single permissions. `rows` and `rights` are drawn with it, where the form has them."""

    @property
    def kind(self) -> str:
        """Say what templates call it."""
        return "permissions"

    @property
    def rows(self) -> Field | None:
        """Return the field of the rows, if the form still has it."""
        return _of_form(self.form, "rows")

    @property
    def rights(self) -> Field | None:
        """Return the field of the fields."""
        return _of_form(self.form, "fields")

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the levels that were changed for what they stand for."""
        super().process_formdata(applied(valuelist, matrix.levels_by_resource()) if valuelist else [])

    def offered(self) -> Sequence[str]:
        """Return what can be ticked."""
        return [tick.value for block in self.blocks() for tick in block.ticks]

    @property
    def hint(self) -> str:
        """Say what the first block means."""
        return matrix.left_out()

    def blocks(self) -> Sequence[Block]:
        """Return a block a resource."""
        return matrix.blocks(self.data)

    def closed(self) -> Sequence[str]:
        """Return what cannot be given."""
        return [tick.value for block in self.blocks() for tick in block.ticks if not tick.is_open]


class ChoicesField(WordsField):
    """One choice each of several things; the first is nothing said."""

    @property
    def kind(self) -> str:
        """Say what templates call it: nothing of its own, where the permissions are there to be drawn with."""
        return "choices" if _of_form(self.form, "permissions") is None else "drawn_elsewhere"

    def choices(self) -> Mapping[str, Sequence[Choice]]:
        """Return the choices, by the resource's name."""
        raise NotImplementedError

    def groups(self) -> Sequence[tuple[str, Sequence[Choice]]]:
        """Return the choices by what the resources are called."""
        return [(one.plural, self.choices()[one.endpoint]) for one in resources() if one.endpoint in self.choices()]

    def offered(self) -> Sequence[str]:
        """Return what can be chosen."""
        found = (option for group in self.choices().values() for one in group for option in one.options)
        return [option.value for option in found if option.value]

    def pre_validate(self, form: object) -> None:
        """Refuse two answers to one question."""
        super().pre_validate(form)
        questions = [one.rpartition(":")[0] for one in self.data]
        if len(questions) != len(set(questions)):
            message = "Choose one of each."
            raise ValidationError(message)


class RowRulesField(ChoicesField):
    """Which rows of a resource a role keeps to, where the resource declares rules."""

    def choices(self) -> Mapping[str, Sequence[Choice]]:
        """Return one choice a resource with rules."""
        return matrix.row_choices(self.data)


class FieldRightsField(ChoicesField):
    """What a role may do with each field."""

    def choices(self) -> Mapping[str, Sequence[Choice]]:
        """Return one choice a field."""
        return matrix.field_choices(self.data)


def _of_form(form: Form | None, name: str) -> Field | None:
    return next((one for one in form or () if one.name == name), None)
