"""Which rows a person reaches: row rules, declared by a resource as filters of its own list, held for every act and every id."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import abort, request
from sqlalchemy import ColumnElement, and_, false, or_, select, true

from admin_app.domain.people import Holder
from admin_app.domain.permissions import Act
from admin_app.errors import ConfigurationError
from admin_app.extensions import db
from admin_app.models.limits import as_key
from admin_app.models.staff import Staff
from admin_app.panel.filtering import Filtering
from admin_app.panel.standing import standing
from admin_app.selection.offer import Offer
from admin_app.selection.selection import WHERE, Selection

# A person to try the rules with when the dashboard starts.
_ANYBODY = {"name": "Anybody", "email": "anybody@example.org"}


@dataclass(frozen=True)
class RowRule:
    """Some rows of a resource, for a role to be kept to: those that these filters, as an address has them, leave for a person."""

    label: str
    filters: Callable[[Holder], Mapping[str, str]]
    # What is left, said to the person who is kept to it: "your own posts". Without it the label is quoted.
    yours: str = ""


class Reach(Filtering):
    """Rows by rights: what the roles say of a resource, as one condition that every selection and every id is held to."""

    # By the names that roles keep.
    row_rules: ClassVar[dict[str, RowRule]] = {}

    def rows(self, act: Act) -> ColumnElement[bool] | None:
        """Return the condition on the rows with which the person may do this: those they see, and that the act is for; None: all."""
        person = standing()
        return None if person.is_unbound else person.once((self.endpoint, "rows", act), lambda: self._rows_for(act))

    def seen(self) -> ColumnElement[bool] | None:
        """Return the condition on the rows that the person may see, as records or in lists."""
        person = standing()
        if person.implies((self.endpoint, "sees all"), lambda: self._seen() is None):
            return None
        return person.once((self.endpoint, "seen"), self._seen)

    def get_one(self, id: Any) -> Any:  # noqa: A002 -- Flask-Admin's name
        """Return the record of this id if the person may see it: one that they may not is as if it were not there."""
        seen = self.seen()
        if seen is None or self._sight() is None:
            # Who may only edit, say, and look at nothing, is held to the rows of that act where it begins.
            return super().get_one(id)
        key = as_key(self.model, str(id))
        found = select(self.model).where(self.model.id == key, seen).options(*self._with_related)
        return None if key is None else db.session.scalar(found)

    def requested(self) -> Any:
        """Return the record that the URL names: 404 where the person does not see it, 403 where this is not for them to do."""
        record = super().requested()
        self.require_reach(record, self.act_asked())
        return record

    def act_asked(self) -> Act:
        """Return the act that the address of this request is for."""
        return self.acts[(request.endpoint or "").rpartition(".")[2]]

    def require_reach(self, record: Any, act: Act) -> None:
        """Answer 403 where a record that the person sees is none that they may do this with."""
        if not self.reaches(record, act):
            abort(403)

    def reaches(self, record: Any, act: Act) -> bool:
        """Whether the person may do this with this record, which they see."""
        return record.id in self.reached([record], act)

    def reached(self, records: Sequence[Any], act: Act) -> Collection[int]:
        """Return the keys of those of these records, which the person sees, that they may do this with."""
        if not self.may(act):
            return ()
        keys = [record.id for record in records]
        return keys if not keys or self.is_everywhere(act) else self._among(keys, self.rows(act))

    def is_everywhere(self, act: Act) -> bool:
        """Whether the person may do this with every record that they see."""
        return standing().implies((self.endpoint, "everywhere", act), lambda: self._is_everywhere(act))

    def sees(self, record: Any) -> bool:
        """Whether the person may see a record, wherever it was found."""
        return self.seen() is None or self.look([record])[record.id]

    def look(self, records: Iterable[Any]) -> dict[int, bool]:
        """Find out at once which of these records the person may see; what was found out is known for the rest of the page."""
        known: dict[int, bool] = standing().once((self.endpoint, "look"), dict)
        if (seen := self.seen()) is not None and (keys := {record.id for record in records} - known.keys()):
            found = self._among(keys, seen)
            known.update((key, key in found) for key in keys)
        return known

    def is_within(self, key: int, act: Act) -> bool:
        """Whether the record of this key is one that the person may see and do this with."""
        return key in self._among([key], self.rows(act))

    def url_of(self, record: Any, **arguments: Any) -> str:
        """Return the address of the record's page, "" for none: the form only where every record that the person sees has one."""
        if self.is_everywhere(Act.EDIT):
            return self.link("edit_view", record, **arguments)
        return self.link("details_view", record, **arguments) if self.may(Act.VIEW) else ""

    def rule_names(self, act: Act) -> list[list[str]]:
        """Name the rules that the person is kept to: of each list any has to hold."""
        return [] if standing().is_unbound else sorted(sorted(names) for names in self._rules(act))

    def rule_words(self, act: Act) -> str:
        """Say which rows the person is kept to, "" for every one."""
        names = sorted({name for rule in self.rule_names(act) for name in rule})
        rules = [self.row_rules[name] for name in names if name in self.row_rules]
        return " or ".join(rule.yours or f"“{rule.label}”" for rule in rules)

    def require_rules(self) -> None:
        """Raise `ConfigurationError` for a row rule that names no filter of this resource, or leaves every row."""
        for name, rule in self.row_rules.items():
            asked = rule.filters(Staff(**_ANYBODY))
            unknown = [key for key in asked if key not in self.declared_filters and key != WHERE]
            if unknown or not asked:
                message = f"{self.record.__name__}'s row rule “{name}” needs filters that the resource declares."
                raise ConfigurationError(message)

    def _seen(self) -> ColumnElement[bool] | None:
        sight = self._sight()
        return false() if sight is None else self.rows(sight)

    def _is_everywhere(self, act: Act) -> bool:
        sight = self._sight()
        as_seen = sight is not None and self._rules(act) == self._rules(sight)
        return self.may(act) and (as_seen or self.rows(act) is None)

    def _sight(self) -> Act | None:
        """Return the act whose rows are what the person sees; None for who may neither look at records nor at lists."""
        return next((act for act in (Act.VIEW, Act.LIST) if self.may(act)), None)

    def _rules(self, act: Act) -> frozenset[frozenset[str]]:
        """Return the sets of rules that have to hold, each by any of its own: the act's, and those of seeing."""
        rights, asked = standing().rights, {act, self._sight() or act}
        # A file holds no row that the list does not show.
        asked |= {Act.LIST} if act is Act.EXPORT and self.may(Act.LIST) else set()
        found = (rights.row_rules(one, self.endpoint, guarded=self.is_guarded) for one in asked)
        return frozenset(names for names in found if names is not None)

    def _rows_for(self, act: Act) -> ColumnElement[bool] | None:
        rules = sorted(self._rules(act), key=sorted)
        each = [or_(false(), *map(self._rule, sorted(names))) for names in rules]
        return and_(*each) if each else None

    def _rule(self, name: str) -> ColumnElement[bool]:
        """Return what one rule leaves. A rule that is declared no more leaves nothing: it was to be less than everything."""
        rule, person = self.row_rules.get(name), standing().person
        if rule is None or person is None:
            return false()
        offer = Offer(self.model, filters=self.declared_filters)
        return and_(true(), *(Selection.parse(offer, rule.filters(person).items()).criteria or [false()]))

    def _among(self, keys: Iterable[int], rows: ColumnElement[bool] | None) -> set[int]:
        wanted = select(self.model.id).where(self.model.id.in_(keys))
        return set(db.session.scalars(wanted if rows is None else wanted.where(rows)))
