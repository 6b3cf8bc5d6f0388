"""The row scope of a person: a resource declares row rules as filters of its list; they hold for every action and every id."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from admin_app.db.keys import Key
from admin_app.domain.permissions.policy import Action
from admin_app.errors import ConfigurationError
from admin_app.extensions import db
from admin_app.models.staff import Staff
from admin_app.panel.access.authority import Authority
from admin_app.panel.resource import Resource
from admin_app.selection.conditions import Condition, first_field_of
from admin_app.selection.list_schema import ListSchema
from admin_app.selection.selection import WHERE, Selection

# A person with whom the rules are tried when the dashboard starts.
_ANYBODY = {"name": "Anybody", "email": "anybody@example.org"}


class RowScope:
    """The row rules of a person's roles on a resource, as one condition that every selection and every id must meet."""

    def __init__(self, resource: Resource, who: Authority, may: Callable[[Action], bool]) -> None:
        """Keep the resource, the person, and the function that answers for actions."""
        self._resource = resource
        self._authority = who
        self._may = may

    @property
    def sight(self) -> Action | None:
        """The action whose rows the person sees; None for a person who may neither view records nor list them."""
        return next((action for action in (Action.VIEW, Action.LIST) if self._may(action)), None)

    def condition(self, action: Action) -> ColumnElement[bool] | None:
        """Return the condition on the rows with which the person may do this; None means every row."""
        rules = sorted(self.rules(action), key=sorted)
        each = [or_(false(), *map(self._rule, sorted(names))) for names in rules]
        return and_(*each) if each else None

    def seen(self) -> ColumnElement[bool] | None:
        """Return the condition on the rows that the person may see; None means every row."""
        if self._authority.is_unbound:
            return None
        sight = self.sight
        return false() if sight is None else self.condition(sight)

    def is_everywhere(self, action: Action) -> bool:
        """Whether the person may do this with every record that they see."""
        if self._authority.is_unbound:
            return True
        sight = self.sight
        is_as_seen = sight is not None and self.rules(action) == self.rules(sight)
        return self._may(action) and (is_as_seen or not self.rules(action))

    def rules(self, action: Action) -> frozenset[frozenset[str]]:
        """Return the sets of rules for an action and for seeing. All sets must hold; a set holds where one of its rules does."""
        one, asked = self._resource, {action, self.sight or action}
        # A file contains no row that the list does not show.
        asked |= {Action.LIST} if action is Action.EXPORT and self._may(Action.LIST) else set()
        found = (self._authority.rights.row_rules(each, one.endpoint, guarded=one.is_guarded) for each in asked)
        return frozenset(names for names in found if names is not None)

    def asked_of_all(self, action: Action) -> list[Condition] | None:
        """Return the conditions that every row of an action meets; None if a rule that is no longer declared leaves no row."""
        names = sorted({name for names in self.rules(action) if len(names) == 1 for name in names})
        found = [self._selection(name) for name in names]
        return None if None in found else [one for each in found if each is not None for one in each.conditions]

    def decided_by(self, action: Action) -> list[str]:
        """Return the record's own fields that the rules of an action test; for a field of a related record, the relation."""
        found = (self._selection(name) for names in self.rules(action) for name in names)
        asked = (one for each in found if each is not None for part in each.filters for one in part.conditions())
        return sorted({first_field_of(one.key) for one in asked})

    def among(self, keys: Iterable[Key], rows: ColumnElement[bool] | None) -> set[Key]:
        """Return the keys whose rows exist and meet a condition."""
        model = self._resource.model
        wanted = select(model.id).where(model.id.in_(keys))
        return set(db.session.scalars(wanted if rows is None else wanted.where(rows)))

    def _rule(self, name: str) -> ColumnElement[bool]:
        """Return the condition of one rule. A rule that is no longer declared matches nothing, since it was meant to limit."""
        selection = self._selection(name)
        return false() if selection is None else and_(true(), *(selection.criteria or [false()]))

    def _selection(self, name: str) -> Selection | None:
        rule, person = self._resource.row_rules.get(name), self._authority.principal
        if rule is None or person is None:
            return None
        schema = ListSchema(self._resource.model, filters=self._resource.filters)
        return Selection.parse(schema, rule.filters(person).items())


def require_rules(resource: Resource) -> None:
    """Raise `ConfigurationError` for a row rule that names no filter of its resource, or leaves every row."""
    for name, rule in resource.row_rules.items():
        asked = rule.filters(Staff(**_ANYBODY))
        unknown = [key for key in asked if key not in resource.filters and key != WHERE]
        if unknown or not asked:
            message = f"{resource.model.__name__}'s row rule “{name}” needs filters that the resource declares."
            raise ConfigurationError(message)
