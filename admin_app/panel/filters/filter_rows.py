"""The rows of the filter form: each condition with its field's operators, the control for its value, and the value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from admin_app.panel.access.access import Access
from admin_app.panel.filters.declared import filters_shown
from admin_app.panel.filters.filter_form import FormGroup, FormRow
from admin_app.panel.filters.view_models import FilterGroup, FilterRow
from admin_app.panel.links import link
from admin_app.panel.operators.base import Operator
from admin_app.panel.operators.equality import InList
from admin_app.panel.operators.period import period_in_words
from admin_app.panel.operators.relation import RelationIs
from admin_app.panel.view_models import Hidden, OperatorChoice
from admin_app.selection.conditions import DEEPEST_GROUP

# These controls serve the whole field; an operator that takes typed text gets an input beside them.
_FIXED = ("select", "relation")


class FilterRows:
    """Draws the filter form of one list. `identity` makes the controls' ids unique."""

    def __init__(self, access: Access, identity: str) -> None:
        """Keep the access, and the filters that the person may use."""
        self.resource = access.resource
        self.identity = identity
        self.operators = filters_shown(access)
        found = (one.suggestions for operators in self.operators.values() for one in operators)
        self.suggestions: tuple[Hidden, ...] = next((some for some in found if some), ())

    def group(self, form: FormGroup, path: str = "", fill: Sequence[str] = ()) -> FilterGroup:
        """Draw a group; the fields in `fill` get an empty row if they have none."""
        shown = [*form.rows, *(FormRow(name) for name in fill if name not in {row.name for row in form.rows})]
        if fill:
            shown.sort(key=lambda row: fill.index(row.name))
        numbers: Counter[str] = Counter()
        rows = []
        for row in shown:
            rows.append(self.row(row, path, str(numbers[row.name])))
            numbers[row.name] += 1
        inner = (path_of(path, place) for place in range(1, len(form.groups) + 1))
        return FilterGroup(
            path=path,
            is_any=form.is_any,
            rows=tuple(rows),
            groups=tuple(self.group(one, at) for one, at in zip(form.groups, inner, strict=True)),
            may_nest=len(path.split("_")) < DEEPEST_GROUP,
        )

    def row(self, row: FormRow, path: str, number: str) -> FilterRow:
        """Draw one condition."""
        operators: Sequence[Operator] = self.operators[row.name]
        first = operators[0]
        choices = tuple(choice for operator in operators for choice in operator.operators())
        chosen = _chosen(row, operators, choices)
        is_fixed = first.input_type in _FIXED
        is_filled = bool(row.text) or "=" in row.operator or (chosen is not None and "=" in chosen.value)
        is_relation = isinstance(first, RelationIs)
        is_period = chosen is not None and chosen.control == "period"
        return FilterRow(
            id=f"{self.identity}-add{path}-{row.name}{'' if number == '0' else f'-{number}'}",
            field=row.name,
            name=f"add{path}.{row.name}",
            label=first.name,
            operators=choices,
            control=first.input_type,
            operator=chosen.value if chosen else "",
            value="" if chosen is not None and "=" in chosen.value else row.text,
            value_label=first.label_of(row.text) if is_relation and row.operator == first.slug else "",
            options=first.choices(),
            suggestions=f"{self.identity}-periods" if any(one.suggestions for one in operators) else "",
            problem=row.problem,
            lookup_url=link(self.resource, "lookup_view", name=row.name) if is_relation else "",
            hint=(chosen or choices[0]).hint,
            has_hints=any(choice.hint for choice in choices),
            # An <input> drops pasted line ends, or turns them into blanks.
            takes_lines=any(isinstance(operator, InList) for operator in operators),
            is_plain=is_fixed and chosen is not None and chosen.control == "text",
            periods=_periods(operators, row.text if is_period else ""),
            is_period=is_period,
            # The first row of a field stays in place, to be filled again.
            remove=f"remove:{path}:{row.name}:{number}" if path or number != "0" or is_filled else "",
        )


def _periods(operators: Sequence[Operator], chosen: str) -> tuple[Hidden, ...]:
    """Return the periods that a field offers, and the one in the address if it is another."""
    offered = next((one.suggestions for one in operators if one.suggestions), ())
    is_further = chosen and chosen not in dict(offered)
    return (*offered, (chosen, period_in_words(chosen))) if is_further else offered


def path_of(path: str, place: int) -> str:
    """Return the path of an inner group."""
    return f"{path}_{place}" if path else str(place)


def _chosen(row: FormRow, operators: Sequence[Operator], choices: Sequence[OperatorChoice]) -> OperatorChoice | None:
    """Return the choice that the operator's select shows. Operators with answers, such as yes and no, are one choice per answer."""
    for choice in choices:
        slug, _, answer = choice.value.partition("=")
        if choice.value == row.operator or (slug == row.operator and not answer):
            return choice
        if slug == row.operator and not row.problem:
            operator = next(one for one in operators if one.slug == slug)
            if operator.parse(answer) == operator.parse(row.text):
                return choice
    return None
