"""The merge form: for each field, the values of both records and the choice of the survivor's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from admin_app.db.attributes import stored_columns
from admin_app.db.compared import compared_field
from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.domain.records.shared_columns import problems_with_shared
from admin_app.errors import InvalidRecord
from admin_app.extensions import Values
from admin_app.formatting import plain_lines
from admin_app.panel.access.access import Access
from admin_app.panel.forms.conflict_view_models import SHORTEST_DIFF
from admin_app.panel.forms.form_access import narrow
from admin_app.panel.record_cells import cell_of
from admin_app.panel.view_models import Cell
from admin_app.relations import ToOne

# The address's arguments for the two records: the one that stays, and the one that goes. A choice sends the letter of the record whose value it takes.
KEPT, GONE = "a", "b"
TAKE = "take."


@dataclass(frozen=True)
class Option:
    """One record's value of a field; `whole` is the full text, if that is too long for the button."""

    value: str
    whose: str
    cell: Cell
    whole: Cell | None
    is_chosen: bool


@dataclass(frozen=True)
class FieldChoice:
    """A field in which the records differ."""

    name: str
    label: str
    options: tuple[Option, ...]
    problem: str = ""


@dataclass(frozen=True)
class MergeForm:
    """The fields of two records that a person may see and write."""

    access: Access
    kept: Record
    gone: Record

    @cached_property
    def names(self) -> list[str]:
        """Return the fields that differ and may be given either value."""
        both = [set(self._writable(one)) for one in (self.kept, self.gone)]
        return [
            name
            for name in self.access.resource.form_columns
            if all(name in names for names in both)
            and not self.access.resource.is_links(name)
            and _plain(self.kept, name) != _plain(self.gone, name)
        ]

    def chosen(self, sent: Mapping[str, str]) -> dict[str, str]:
        """Read the choice for each field; raise `InvalidRecord` if one is missing."""
        found = {name: sent.get(TAKE + name, "") for name in self.names}
        missing = [name for name, whose in found.items() if whose not in {KEPT, GONE}]
        if missing:
            raise InvalidRecord({name: f"Choose which {self.access.resource.label(name)} to keep." for name in missing})
        self._require_together(found)
        return found

    def _require_together(self, chosen: Mapping[str, str]) -> None:
        """Raise `InvalidRecord` if one record's relation does not fit the other's shared columns."""
        resource = self.access.resource
        held = {name: getattr(self.gone if whose == GONE else self.kept, name) for name, whose in chosen.items()}
        pointed_at = {name: one for name, one in held.items() if isinstance(resource.relation(name), ToOne)}
        given = {name: one for name, one in held.items() if name not in pointed_at}
        if problems := problems_with_shared(self.kept, resource.model, pointed_at, given):
            raise InvalidRecord(problems)

    def values(self, chosen: Mapping[str, str]) -> Values:
        """Return the new values of the survivor's columns."""
        taken: Values = {}
        for name in (name for name, whose in chosen.items() if whose == GONE):
            taken |= self._taken(name)
        return {**taken, **self._links()}

    def _taken(self, name: str) -> Values:
        """Return the column values of a field that is taken from the record that goes."""
        relation = self.access.resource.relation(name)
        if isinstance(relation, ToOne) and not relation.is_plain:
            # If that relation is empty, columns that other relations need keep their values.
            return relation.values_for(getattr(self.gone, name))
        return {column: getattr(self.gone, column) for column in self._columns(name)}

    def _links(self) -> Values:
        """Return the survivor's new links, among those that the person may write: the links of both."""
        writable = set(self._writable(self.kept)) & set(self._writable(self.gone))
        names = [name for name in self.access.resource.form_columns if self.access.resource.is_links(name)]
        both = {name: {*getattr(self.kept, name), *getattr(self.gone, name)} for name in names if name in writable}
        return {name: sorted(found - {self.kept, self.gone}, key=lambda one: one.id) for name, found in both.items()}

    def drawn(self, problems: Mapping[str, str], answers: Mapping[str, str]) -> tuple[FieldChoice, ...]:
        """Return the choices for the differing fields. The default is the survivor's value unless it is empty."""
        return tuple(
            FieldChoice(
                name=TAKE + name,
                label=self.access.resource.label(name),
                options=tuple(
                    self._option(name, whose, answers.get(TAKE + name) or self._usual(name)) for whose in (KEPT, GONE)
                ),
                problem=problems.get(name, ""),
            )
            for name in self.names
        )

    def _writable(self, record: Record) -> list[str]:
        """Return the writable fields of a record's form, without secrets."""
        resource = self.access.resource
        form = resource.forms.edit(None, obj=record)
        resource.shape_form(form, is_new=False)
        names = [field.name for field in narrow(self.access, form, Action.EDIT, record)]
        return [name for name in names if hasattr(resource.model, name) and not self._is_secret(name)]

    def _is_secret(self, name: str) -> bool:
        columns = stored_columns(self.access.resource.model)
        return any(columns[one].info.get("secret") for one in self._columns(name) if one in columns)

    def _columns(self, name: str) -> Sequence[str]:
        relation = self.access.resource.relation(name)
        return [name] if relation is None else relation.own_names

    def _usual(self, name: str) -> str:
        return GONE if getattr(self.kept, name) in (None, "") else KEPT

    def _option(self, name: str, whose: str, chosen: str) -> Option:
        record = self.kept if whose == KEPT else self.gone
        short, whole = (cell_of(self.access, record, name, counts={}, is_whole=is_whole) for is_whole in (False, True))
        is_long = len(whole.text) > SHORTEST_DIFF
        return Option(
            value=whose,
            whose=f"{self.access.title_of(record)}, ID {record.id}",
            cell=short,
            whole=whole if is_long else None,
            is_chosen=whose == chosen,
        )


def _plain(record: Record, name: str) -> object:
    """Return a value for a comparison: text without differences in line ends."""
    value = getattr(record, name)
    return compared_field(type(record), name, plain_lines(value) if isinstance(value, str) else value)
