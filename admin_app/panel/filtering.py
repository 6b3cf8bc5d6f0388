"""The filters a resource declares in `column_filters`, scaffolded by Flask-Admin, under names that read in a URL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from admin_app.errors import ConfigurationError, SelectionError
from admin_app.panel.elements import Chip, FilterBar, FilterField, Hidden
from admin_app.panel.engine import Engine
from admin_app.panel.links import ListLinks
from admin_app.panel.operators import Operators
from admin_app.panel.operators.base import Operator
from admin_app.panel.operators.relation import RelationEmpty, RelationIs
from admin_app.selection.selection import Condition, Selection

# The form that adds filters sends `add.NAME.op` and `add.NAME`; the answer is a redirect to the plain address.
ADD = "add."


class Filtering(Engine):
    """Typed filters with named URLs: `?name__contains=ann&created_at__from=2026-01-01`."""

    filter_converter = Operators()

    def scaffold_filters(self, name: Any) -> list[Operator]:
        """Return the operators of a column, of a related column ("user.name"), or of a to-one relation ("user")."""
        first, _, rest = name.partition(".")
        relation = self.relation(first)
        if relation is not None and not rest:
            label, attribute = self.get_column_name(name), relation.class_attribute
            return [RelationIs(attribute, label), RelationEmpty(attribute, label)]
        model = relation.mapper.class_ if relation is not None else self.model
        attribute = getattr(model, rest or first)
        operators = self.filter_converter.convert(
            type(attribute.property.columns[0].type).__name__, attribute, self.get_column_name(name)
        )
        if not operators or not all(isinstance(operator, Operator) for operator in operators):
            message = f"{self.record.__name__}.{name} cannot be filtered: there are no operators for its type."
            raise ConfigurationError(message)
        for operator in operators:
            operator.relation = relation.class_attribute if relation is not None else None
        return list(operators)

    def get_filters(self) -> list[Operator]:
        """Scaffold every declared filter, each under its own key."""
        self.filters_by_name = {name: self.scaffold_filters(name) for name in self.column_filters or ()}
        self.filters_by_key = {
            f"{name}__{operator.slug}": operator
            for name, operators in self.filters_by_name.items()
            for operator in operators
        }
        return list(self.filters_by_key.values())

    def get_filter_arg(self, index: int, flt: Any) -> str:  # noqa: ARG002 -- Flask-Admin's signature
        """Name a filter by what it does, not by its place in a list."""
        return next(key for key, operator in self.filters_by_key.items() if operator is flt)

    def filter_bar(self, selection: Selection, links: ListLinks) -> FilterBar | None:
        """Build the chips of the active filters and the form that adds more."""
        if not self.filters_by_name:
            return None
        understood = tuple(condition for condition in selection.conditions if not condition.problem)
        return FilterBar(
            chips=tuple(_chip(condition, links.to(selection.without(condition))) for condition in selection.conditions),
            fields=tuple(self._field(name, selection.conditions) for name in self.filters_by_name),
            # What could not be read stands in its row, to be mended there; sent along as well it would stay broken.
            hidden=tuple(links.hidden(selection.changed(conditions=understood))),
            clear_url=links.to(selection.cleared()),
        )

    def _field(self, name: str, conditions: tuple[Condition, ...]) -> FilterField:
        """Build one row of the form, filled with what could not be read so that it can be mended there."""
        operators = self.filters_by_name[name]
        broken = next((one for one in conditions if one.problem and one.filter in operators), None)
        first = operators[0]
        return FilterField(
            name=name,
            label=first.name,
            operators=tuple(choice for operator in operators for choice in operator.operators()),
            input_type=first.input_type,
            options=first.choices(),
            operator=broken.key.rpartition("__")[2] if broken else "",
            value=broken.text if broken else "",
            problem=broken.problem if broken else "",
            lookup_url=self.link("lookup_view", name=name) if isinstance(first, RelationIs) else "",
            hint=first.hint,
        )

    def added_conditions(self, arguments: Mapping[str, str]) -> list[Hidden]:
        """Read what the form adds, as the arguments of a plain address; rows that were left empty add nothing."""
        added = []
        if unknown := {key.removeprefix(ADD).removesuffix(".op") for key in arguments if key.startswith(ADD)} - set(
            self.filters_by_name
        ):
            message = f"This list has no filter called “{unknown.pop()[:50]}”."
            raise SelectionError(message, sorted(self.filters_by_name))
        for name in self.filters_by_name:
            operator, _, fixed = arguments.get(f"{ADD}{name}.op", "").partition("=")
            value = fixed or arguments.get(f"{ADD}{name}", "").strip()
            if operator and value:
                added.append((f"{name}__{operator}", value))
        return added


def _chip(condition: Condition, remove_url: str) -> Chip:
    if condition.problem:
        operator: Any = condition.filter
        return Chip(f"{operator.name} {operator.words} “{condition.text}”", remove_url, condition.problem)
    return Chip(condition.filter.sentence(condition.text), remove_url)
