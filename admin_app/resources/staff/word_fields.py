"""Fields that hold a set of words, each a tick or a choice of its own: the roles of a person, the permissions of a role."""

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
    """Several controls of one name, each of which sends its word or nothing."""

    # Its position, if it is drawn together with other fields.
    form: Form | None = None

    @property
    def kind(self) -> str:
        """Return the kind by which templates draw it."""
        raise NotImplementedError

    def offered(self) -> Sequence[str]:
        """Return the words that the controls can send."""
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
        """Return the words that the signed-in person cannot send."""
        return ()

    def _unseen(self) -> set[str]:
        """Return the record's words about resources and actions that do not exist at present."""
        return set(self.object_data or ()) - set(self.offered())


def leave_out_closed(form: Form) -> None:
    """Take what the signed-in person cannot give out of a copy's form: it would look ticked and not be sent."""
    for field in form:
        if isinstance(field, WordsField):
            field.data = StringSet({*field.data} - {*field.closed()})


class RolesField(WordsField):
    """The roles of a person. Roles with rights that the signed-in person lacks are shown and cannot be given."""

    @property
    def kind(self) -> str:
        """Return the kind by which templates draw it."""
        return "roles"

    def offered(self) -> Sequence[str]:
        """Return the keys of all roles."""
        return [one.value for one in self.ticks()]

    def ticks(self) -> Sequence[Tick]:
        """Return a box for every role."""
        mine = authority().rights
        return [
            Tick(one.key, one.name, is_ticked=one.key in self.data, is_open=privileges.holds(mine, [one]))
            for one in roles.all_of(db.session)
        ]

    def closed(self) -> Sequence[str]:
        """Return the roles that cannot be given."""
        return [one.value for one in self.ticks() if not one.is_open]

    def told(self) -> RightsSum | None:
        """Say what the ticked roles give together, if the person may know."""
        held = [one for one in roles.all_of(db.session) if one.key in self.data]
        return rights_sum(held) if may_be_told() else None

    @property
    def sum_url(self) -> str:
        """Return the address that says the same about other ticks; "" if the person may not know."""
        access = access_of(Staff)
        return link(access.resource, "sum_view") if access is not None and access.may(Action.VIEW) else ""


class PermissionsField(WordsField):
    """The permissions of a role: a level for each resource, or single permissions. `rows` and `rights` are drawn with it if the form has them."""

    @property
    def kind(self) -> str:
        """Return the kind by which templates draw it."""
        return "permissions"

    @property
    def rows(self) -> Field | None:
        """Return the field of the row rules, if the form still has it."""
        return _of_form(self.form, "rows")

    @property
    def rights(self) -> Field | None:
        """Return the field of the field rights, if the form still has it."""
        return _of_form(self.form, "fields")

    def process_formdata(self, valuelist: list[str]) -> None:
        """Replace levels that were changed by their permissions."""
        super().process_formdata(applied(valuelist, matrix.levels_by_resource()) if valuelist else [])

    def offered(self) -> Sequence[str]:
        """Return the permissions that can be ticked."""
        return [tick.value for block in self.blocks() for tick in block.ticks]

    @property
    def hint(self) -> str:
        """Explain the first block."""
        return matrix.left_out()

    def blocks(self) -> Sequence[Block]:
        """Return a block for each resource."""
        return matrix.blocks(self.data)

    def closed(self) -> Sequence[str]:
        """Return the permissions that cannot be given."""
        return [tick.value for block in self.blocks() for tick in block.ticks if not tick.is_open]


class ChoicesField(WordsField):
    """One choice for each of several things; the first answer stores nothing."""

    @property
    def kind(self) -> str:
        """Return the kind by which templates draw it: none if the permissions are drawn with it."""
        return "choices" if _of_form(self.form, "permissions") is None else "drawn_elsewhere"

    def choices(self) -> Mapping[str, Sequence[Choice]]:
        """Return the choices, by the resource's name."""
        raise NotImplementedError

    def groups(self) -> Sequence[tuple[str, Sequence[Choice]]]:
        """Return the choices, by the resource's label."""
        return [(one.plural, self.choices()[one.endpoint]) for one in resources() if one.endpoint in self.choices()]

    def offered(self) -> Sequence[str]:
        """Return the possible answers."""
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
    """The row rule of a role for each resource that declares rules."""

    def choices(self) -> Mapping[str, Sequence[Choice]]:
        """Return one choice for each resource with rules."""
        return matrix.row_choices(self.data)


class FieldRightsField(ChoicesField):
    """What a role may do with each field."""

    def choices(self) -> Mapping[str, Sequence[Choice]]:
        """Return one choice for each field."""
        return matrix.field_choices(self.data)


def _of_form(form: Form | None, name: str) -> Field | None:
    return next((one for one in form or () if one.name == name), None)
