"""Amounts whose currency is in another column: each currency has its own figure, and currencies are never added up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from admin_app.extensions import AnySession, Attribute
from admin_app.panel.grouping.groupings import Grouping, LabelledGroup
from admin_app.selection.selection import Selection
from admin_app.selection.summary import Figure, Measure, by_members

# The most currencies with a column each: more would be hard to read, and each costs a statement.
MOST_CURRENCIES = 6
BY_CURRENCY = "Each currency has a column of its own: amounts in different currencies are never added up."
# The label for amounts without a currency.
UNKNOWN = "no currency"


def currencies_of(session: AnySession, selection: Selection, measure: Measure, currency: Attribute) -> list[str | None]:
    """Return the currencies of the rows' amounts, the most frequent first; None stands for amounts without a currency."""
    found = by_members(session, selection, currency, replace(measure, figure=Figure.MIN))
    paid = [one for one in found if one.measured is not None]
    return [one.key for one in sorted(paid, key=lambda one: (one.key is None, -one.number, one.key))]


def groups_by_currency(
    session: AnySession,
    selection: Selection,
    grouping: Grouping,
    *,
    measure: Measure,
    currency: Attribute,
    codes: Sequence[str | None],
) -> list[LabelledGroup]:
    """Group the rows once for each currency; the measure of a group is one figure per currency."""
    each = [grouping.groups(session, selection, replace(measure, only=currency == code)) for code in codes]
    found = [{one.filters: one.group.measured for one in groups} for groups in each]
    first = each[0] if each else grouping.groups(session, selection, None)
    return [
        replace(one, group=replace(one.group, measured=tuple(figures.get(one.filters) for figures in found)))
        for one in first
    ]


def note_of(codes: Sequence[str | None], nouns: str) -> str:
    """Say how amounts are shown, and whether there are more currencies than columns."""
    if len(codes) <= MOST_CURRENCIES:
        return BY_CURRENCY
    return (
        f"{BY_CURRENCY} The table has the {MOST_CURRENCIES} currencies of most {nouns}. Narrow the list to see others."
    )
