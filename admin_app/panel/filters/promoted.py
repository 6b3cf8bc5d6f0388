"""The one or two filters that a list's bar shows as buttons: by owner, and by time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from admin_app.formatting import sentence_case
from admin_app.panel.filters.filter_rows import FilterRows
from admin_app.panel.filters.view_models import Promoted
from admin_app.panel.kinds.date import FromDay, UntilDay, Within
from admin_app.panel.links import ListLinks, link
from admin_app.panel.operators.base import Operator
from admin_app.panel.operators.relation import RelationEmpty, RelationIs
from admin_app.panel.resource import Resource
from admin_app.panel.view_models import Link
from admin_app.selection.conditions import Condition, reader_of
from admin_app.selection.selection import Selection

# The periods that people use most; the whole form has the others.
PERIODS = ("today", "this-week", "last-7-days", "last-month", "this-year")

Operators = Mapping[str, Sequence[Operator]]


def promoted_filters(rows: FilterRows, selection: Selection, links: ListLinks) -> Iterator[Promoted]:
    """Yield the filter buttons for a person, who may see fewer fields than the resource declares."""
    for name in promoted_names(rows.resource, rows.operators):
        yield _button(rows, name, selection, links)


def promoted_names(resource: Resource, operators: Operators) -> list[str]:
    """Return the declared names, or the first relation and the first time column with filters."""
    if resource.promoted is not None:
        return [name for name in resource.promoted if name in operators]
    relations = [name for name, found in operators.items() if isinstance(found[0], RelationIs)]
    times = [name for name, found in operators.items() if _has(found, Within)]
    return [*relations[:1], *times[:1]]


def _button(rows: FilterRows, name: str, selection: Selection, links: ListLinks) -> Promoted:
    operators = rows.operators[name]
    others = tuple(one for one in selection.conditions if one.key.rpartition("__")[0] != name)
    rest = selection.unticked().changed(conditions=others)
    label, read = operators[0].name.removesuffix(" at"), reader_of(selection.schema)
    asked = [(RelationEmpty.slug, "yes")] if _has(operators, RelationEmpty) else []
    asked += [(Within.slug, text) for text in PERIODS] if _has(operators, Within) else []
    conditions = [read(f"{name}__{slug}", text) for slug, text in asked]
    on = {(one.key, one.text) for one in selection.conditions}
    return Promoted(
        name=name,
        label=label,
        ways=tuple(
            Link(_words(one, label), links.to(rest.with_filters([*rest.filters, one])), (one.key, one.text) in on)
            for one in conditions
        ),
        hidden=tuple(links.hidden(rest)),
        lookup_url=link(rows.resource, "lookup_view", name=name) if isinstance(operators[0], RelationIs) else "",
        has_days=_has(operators, FromDay) and _has(operators, UntilDay),
    )


def _words(condition: Condition, label: str) -> str:
    """Return a condition without the field's label: "Last month"."""
    return sentence_case(condition.sentence().removeprefix(label).strip())


def _has(operators: Sequence[Operator], kind: type[Operator]) -> bool:
    return any(isinstance(one, kind) for one in operators)
