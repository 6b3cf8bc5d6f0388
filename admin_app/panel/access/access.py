"""`Access`: what one person may do with one resource. Every page, file and link asks here about rows and fields."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from typing import Any, TypeVar

from flask import abort, request
from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy import inspect as inspect_mapper

from admin_app.db.attributes import classes_of_table, stored_columns
from admin_app.db.joined import of_root
from admin_app.db.json_values import recorded_models
from admin_app.db.keys import Key, read_key
from admin_app.db.record import Record, given_title, title_of
from admin_app.domain.permissions.policy import Action
from admin_app.domain.permissions.rights import FieldRight
from admin_app.domain.records.archive import is_archived
from admin_app.extensions import db
from admin_app.formatting import excerpt, sentence_case
from admin_app.models.change_set import Change
from admin_app.panel.access.authority import Authority, authority
from admin_app.panel.access.field_access import FieldAccess
from admin_app.panel.access.row_scope import RowScope
from admin_app.panel.registry import resource_at, resource_of
from admin_app.panel.resource import Resource
from admin_app.relations import ManyToMany, links_of
from admin_app.selection.conditions import Condition

T = TypeVar("T")
# Most characters of a record's name in the history.
LONGEST_NAME = 60


class Access:
    """The rights of one person on one resource. Answers are kept for the rest of the request."""

    def __init__(self, resource: Resource, who: Authority) -> None:
        """Keep the resource and the person; ask nothing yet."""
        self.resource = resource
        self.authority = who
        # Every column and every row's links ask the same questions.
        self._known: dict[Hashable, Any] = {}
        self._scope = RowScope(resource, who, self.may)
        self._fields = FieldAccess(self)

    def once(self, key: Hashable, find_out: Callable[[], T]) -> T:
        """Return the answer kept under a key; compute it the first time."""
        if key not in self._known:
            self._known[key] = find_out()
        found: T = self._known[key]
        return found

    def to(self, model: type[Record]) -> Access | None:
        """Return the same person's access to another model's resource; None if it has none."""
        other = resource_of(model)
        return None if other is None else access_for(other, self.authority)

    def beyond(self, name: str) -> Access | None:
        """Return the same person's access to the other side of a relation; None if that has no resource."""
        return self.once(("beyond", name), lambda: self._beyond(name))

    def _beyond(self, name: str) -> Access | None:
        relation = self.resource.relation(name)
        return None if relation is None else self.to(relation.target)

    # ---- actions

    def may(self, action: Action) -> bool:
        """Whether the person may do this with at least some records."""
        one = self.resource
        return self.once(
            ("may", action),
            lambda: (
                action not in one.closed_actions
                and self.authority.rights.may(action, one.endpoint, guarded=one.is_guarded)
            ),
        )

    def looks(self) -> bool:
        """Whether the person may see records here, or lists of them."""
        return self.may(Action.VIEW) or self.may(Action.LIST)

    @property
    def needs_reason(self) -> bool:
        """Whether the person has to give a reason before they change many records at once, because the resource or one of their roles demands it."""
        return self.resource.needs_reason or self.authority.rights.needs_reason

    # ---- rows

    def rows(self, action: Action) -> ColumnElement[bool] | None:
        """Return the condition on the rows that the person sees and may do this with; None means every row."""
        return None if self.authority.is_unbound else self.once(("rows", action), lambda: self._scope.condition(action))

    def seen(self) -> ColumnElement[bool] | None:
        """Return the condition on the rows that the person may see, as records or in lists; None means every row."""
        return self.once("seen", self._scope.seen)

    def archived(self) -> ColumnElement[bool] | None:
        """Return the condition on the archived rows, which a list leaves out; None if the model has no archive, or the person may not see its column.

        On the command line it is None too: a command means every row.
        """
        model = self.resource.model
        is_told = self.authority.principal is not None and self.shows(model.__archived_at__)
        return is_archived(model) if is_told else None

    def seen_beyond(self, name: str) -> ColumnElement[bool] | None:
        """Return the condition on the rows on a relation's other side that the person may see; None means every row."""
        other = self.beyond(name)
        return None if other is None else other.seen()

    def is_everywhere(self, action: Action) -> bool:
        """Whether the person may do this with every record that they see."""
        return self.once(("everywhere", action), lambda: self._scope.is_everywhere(action))

    def reaches(self, record: Record, action: Action) -> bool:
        """Whether the person may do this with this record, which they see."""
        return record.id in self.reached([record], action)

    def reached(self, records: Sequence[Record], action: Action) -> Collection[Key]:
        """Return the keys of the records that the person may do this with; they see all of the given ones."""
        if not records or not self.may(action):
            return ()
        keys = [record.id for record in records]
        found: Collection[Key] = keys if self.is_everywhere(action) else self._scope.among(keys, self.rows(action))
        withheld = self.resource.withheld(records, action)
        return [key for key in found if key not in withheld] if withheld else found

    def is_within(self, key: Key, action: Action) -> bool:
        """Whether the person may see the record with this key and do this with it."""
        return key in self._scope.among([key], self.rows(action))

    def sees(self, record: Record) -> bool:
        """Whether the person may see a record, wherever it was found."""
        return self.seen() is None or self.look([record])[record.id]

    def look(self, records: Iterable[Record]) -> dict[Key, bool]:
        """Find out by one statement which of these records the person may see, and keep the answers."""
        known: dict[Key, bool] = self.once("look", dict)
        if (seen := self.seen()) is not None and (keys := {record.id for record in records} - known.keys()):
            found = self._scope.among(keys, seen)
            known.update((key, key in found) for key in keys)
        return known

    def look_beyond(self, names: Iterable[str], records: Sequence[Record]) -> None:
        """Find out which of the records that these refer to the person may see, by at most one statement per relation."""
        for name in names:
            relation, other = self.resource.relation(name), self.beyond(name)
            if relation is None or other is None or other.seen() is None or self.resource.is_to_many(name):
                continue
            found = [getattr(record, name) for record in records]
            many = (
                (one for each in found for one in each)
                if relation.is_many
                else (one for one in found if one is not None)
            )
            other.look(many)

    def rule_names(self, action: Action) -> list[list[str]]:
        """Return the names of the person's row rules for an action, as lists: a row must match one rule of each list."""
        return [] if self.authority.is_unbound else sorted(sorted(names) for names in self._scope.rules(action))

    def asked_of_all(self, action: Action) -> list[Condition] | None:
        """Return the row rules' conditions that every row of an action meets; None if no row can meet them."""
        # For roles without a person every rule counts as met: whether it is depends on the person.
        is_nobodys = self.authority.is_unbound or self.authority.principal is None
        return [] if is_nobodys else self._scope.asked_of_all(action)

    def decided_by(self, action: Action) -> list[str]:
        """Return the fields that the person's row rules for an action test."""
        return [] if self.authority.is_unbound else self._scope.decided_by(action)

    def rule_words(self, action: Action) -> str:
        """Say which rows the person is limited to; "" if they are not limited."""
        rules = self.resource.row_rules
        names = sorted({name for rule in self.rule_names(action) for name in rule})
        return " or ".join(rules[name].yours or f"“{rules[name].label}”" for name in names if name in rules)

    def rules_told(self, action: Action) -> str:
        """Say which rows the person is limited to, with the detail that the rule compares, such as their email. It explains an empty list."""
        rules, person = self.resource.row_rules, self.authority.principal
        known = [rules[name] for rule in self.rule_names(action) for name in rule if name in rules]
        told = [one.told_by(person) for one in dict.fromkeys(known) if one.told_by is not None and person is not None]
        return ", ".join([self.rule_words(action), *told])

    # ---- records

    def find(self, text: str) -> Record | None:
        """Return the record with the id in an address; None if the text is no id, or the person may not see the record."""
        return self.find_key(read_key(self.resource.model, text))

    def find_key(self, key: Key | None) -> Record | None:
        """Return the record with this key; None if it is gone, or the person may not see it."""
        seen = self._found()
        wanted = self.resource.by_key if seen is None else self.resource.by_key.where(seen)
        return None if key is None else db.session.scalar(wanted, {"key": key})

    def found_among(self, keys: Collection[Key]) -> set[Key]:
        """Return the keys whose records `find_key` would find."""
        return self._scope.among(keys, self._found())

    def _found(self) -> ColumnElement[bool] | None:
        # A person who may edit but not view is limited to the rows of that action when it begins.
        return self.seen() if self._scope.sight is not None else None

    def requested(self, action: Action) -> Record:
        """Return the record that the URL names; answer 404 if the person does not see it, and 403 if they may not do this."""
        record = self.find(request.args.get("id", ""))
        if record is None:
            abort(404)
        self.require_reach(record, action)
        return record

    def require_reach(self, record: Record, action: Action) -> None:
        """Answer 403 if the person sees the record but may not do this with it."""
        if not self.reaches(record, action):
            abort(403)

    def title_of(self, record: Record) -> str:
        """Return the record's name in a few words, or its number if the person may not see the name."""
        is_empty = bool(title_of(type(record))) and type(record).__str__ is Record.__str__ and not given_title(record)
        return self.number_of(record.id) if is_empty or not self.shows_title() else str(record)

    def former_title(self, change: Change) -> str:
        """Return the record's name at the time of a change."""
        title = excerpt(change.title, LONGEST_NAME) if self.shows_title() else ""
        return title or self.number_of(change.record_id)

    def number_of(self, key: Key) -> str:
        """Name a record by its number, "Post 12"."""
        return f"{sentence_case(self.resource.noun)} {key}"

    def detail_of(self, record: Record) -> str:
        """Return a second line that distinguishes records of the same name: a unique column, or the id."""
        unique = self.once("unique", self._unique)
        given = getattr(record, unique[0]) if unique else None
        return f"ID {record.id}" if given is None else str(given)

    def _unique(self) -> list[str]:
        columns = stored_columns(self.resource.model).items()
        return self.shown(name for name, one in columns if one.unique and not one.info.get("secret"))

    # ---- fields

    def shows(self, name: str) -> bool:
        """Whether the person may see a field, or a related record's field ("user.email"), for which they must see all related records."""
        return self.authority.is_unbound or self.once(("shows", name), lambda: self._fields.shows(name))

    def shown(self, names: Iterable[str]) -> list[str]:
        """Return those of these fields that the person may see."""
        return [name for name in names if self.shows(name)]

    def may_write(self, name: str, action: Action) -> bool:
        """Whether the person may change a field by this action. Nobody may write what they do not see.

        An undo may also write read-only fields: it restores former values.
        """
        return self.once(
            ("writes", name, action),
            lambda: (
                self.shows(name)
                and (action is Action.CREATE or name not in self.resource.fixed_fields)
                and (action is Action.UNDO or not self.resource.is_read_only(name))
                and self._fields.right_to(name, [action]) is FieldRight.FREE
            ),
        )

    def leads_out_of_sight(self, name: str, record: object) -> bool:
        """Whether a relation leads to a record that the person does not see, so that they may not change it."""
        other = self.beyond(name)
        if other is None or other.seen() is None:
            return False
        value = getattr(record, name)
        if self.resource.is_links(name):
            return not all(other.look(value)[one.id] for one in value)
        return value is not None and not other.sees(value)

    def leads_into_sight(self, name: str) -> ColumnElement[bool] | None:
        """Return the condition on the rows whose relation leads to no hidden record; None means every row."""
        relation, seen = self.resource.relation(name), self.seen_beyond(name)
        if relation is None or seen is None:
            return None
        shown = select(relation.other).select_from(relation.target).where(seen).correlate(None)
        if isinstance(relation, ManyToMany):
            return relation.own.not_in(select(relation.own_link).where(relation.other_link.not_in(shown)))
        return or_(relation.own.is_(None), relation.own.in_(shown))

    def may_export(self, name: str) -> bool:
        """Whether a field that the person sees may also be exported."""
        first = name.partition(".")[0]
        return self.shows(name) and self._fields.right_to(first, [Action.EXPORT]) is not FieldRight.HIDDEN

    def shows_relation(self, name: str) -> bool:
        """Whether the person may know which record another belongs to. If not, the parent's page and its numbers must not reveal it either."""
        return not name or self._fields.is_shown(name)

    def shows_title(self) -> bool:
        """Whether the person may see every field that makes a record's name; if the model does not say which, roles may hide no column at all."""
        is_said = self.resource.model.named_by is not None
        sees = self.shows if is_said else self.shows_relation
        return self.once("title", lambda: all(sees(name) for name in self._fields.named_by()))


def access_for(resource: Resource, who: Authority) -> Access:
    """Return what a person may do with a resource."""
    return who.once((resource.endpoint, "access"), lambda: Access(resource, who))


def access_to(resource: Resource) -> Access:
    """Return the current person's access to a resource."""
    return access_for(resource, authority())


def access_of(model: type[Record]) -> Access | None:
    """Return the current person's access to a model's resource; None if it has none."""
    resource = resource_of(model)
    return None if resource is None else access_to(resource)


def access_at(endpoint: str | None) -> Access | None:
    """Return the current person's access to the resource with this endpoint; None if there is none."""
    resource = resource_at(endpoint)
    return None if resource is None else access_to(resource)


def accesses_to(model: type[Record], key: str) -> list[Access]:
    """Return the current person's accesses to a model's records, including subclasses in its table that have a field.

    A person without rights to the base class sees the records of the subclasses alone.
    """
    found = [one for one in _accesses(model) if one.resource.model is model or _has_field(one.resource.model, key)]
    return found if (first := access_of(model)) is not None and _sees_some(first) else _of_seen(found)


def _has_field(model: type[object], key: str) -> bool:
    return key in stored_columns(model) or (issubclass(model, Record) and key in links_of(model))


def access_of_table(table: str) -> Access | None:
    """Return the current person's access to the records of a table; None if they have no resource or no history.

    A person without rights to the base class, but with some to a subclass, gets the access to that subclass.
    """
    found = accesses_of_table(table)
    return found[0] if len(found) == 1 else access_of_first_class(table)


def accesses_of_table(table: str) -> list[Access]:
    """Return the accesses by which the current person sees records of a table: that to the base class, or to each subclass that they see.

    People who see the base class and may undo changes to derived classes only have the derived accesses before it. So do people
    who may only read the history of the base class: its access then counts for records that no other access covers.
    """
    first = access_of_first_class(table)
    if first is None:
        return []
    _, *further = _accesses(first.resource.model)
    if first.looks():
        return [*(one for one in further if one.may(Action.UNDO) and not first.may(Action.UNDO)), first]
    return list(filter(_sees_some, [*further, first])) or [first]


def access_of_first_class(table: str) -> Access | None:
    """Return the current person's access to the records of a table's base class; None if they have no resource or no history."""
    model = recorded_models().get(table)
    return None if model is None else access_of(model)


def _accesses(model: type[Record]) -> list[Access]:
    classes = (one for one in classes_of_table(model) if issubclass(one, Record))
    return [access for one in classes if (access := access_of(one)) is not None]


def _of_seen(found: Sequence[Access]) -> list[Access]:
    return list(filter(_sees_some, found)) or list(found)


def _sees_some(access: Access) -> bool:
    return access.looks() or access.may(Action.HISTORY)


def rows_by_base_class(found: Sequence[Access], action: Action) -> dict[type[Record], ColumnElement[bool]]:
    """Return the conditions on rows with which the person may do this, by base class; one without a condition is left out.

    The history files records under the base class. A right to a derived class covers the records of that class alone.
    """
    return _by_base_class([(one, one.rows(action)) for one in found])


def seen_by_base_class(found: Sequence[Access]) -> dict[type[Record], ColumnElement[bool]]:
    """Return the rows that the person sees, by base class; a model without a condition is left out."""
    return _by_base_class([(one, one.seen()) for one in found])


def _by_base_class(
    rows: Sequence[tuple[Access, ColumnElement[bool] | None]],
) -> dict[type[Record], ColumnElement[bool]]:
    known: dict[type[Record], list[ColumnElement[bool]]] = {}
    for access, which in rows:
        mine = of_root(access.resource.model, true() if which is None else which)
        known.setdefault(base_class(access), []).append(mine)
    free = {access.resource.model for access, which in rows if which is None}
    return {first: or_(*each) for first, each in known.items() if first not in free}


def base_class(access: Access) -> type[Record]:
    """Return the base class of the records that these rights concern."""
    first: type[Record] = inspect_mapper(access.resource.model).base_mapper.class_
    return first
