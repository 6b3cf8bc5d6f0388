"""Amounts whose currency is in another column: the currency limits an amount's decimal places, so both are checked together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from admin_app.db.attributes import stored_columns
from admin_app.db.record import Record
from admin_app.formatting import label
from admin_app.kinds import kind_of
from admin_app.kinds.money import MoneyKind, problem_with_amount


def amounts_of(model: type[Record]) -> Mapping[str, str]:
    """Return the column of the currency for each amount column that has one."""
    # Called for every record that a plan changes.
    if model not in _AMOUNTS:
        kinds = {name: kind_of(column) for name, column in stored_columns(model).items()}
        _AMOUNTS[model] = {name: one.beside for name, one in kinds.items() if isinstance(one, MoneyKind) and one.beside}
    return _AMOUNTS[model]


_AMOUNTS: dict[type[Record], dict[str, str]] = {}


def judged_together(model: type[Record], names: Collection[str]) -> list[str]:
    """Return both columns of every amount and currency pair that these columns belong to."""
    pairs = [pair for pair in amounts_of(model).items() if set(pair) & set(names)]
    return list(dict.fromkeys(name for pair in pairs for name in pair))


def problems_with_amounts(
    model: type[Record], changed: Collection[str], value_of: Callable[[str], object]
) -> dict[str, str]:
    """Return the problems with changed pairs, by column: the amount's if it changed, else the currency's."""
    problems: dict[str, str] = {}
    for amount, currency in amounts_of(model).items():
        if {amount, currency} & set(changed):
            problem = problem_with_amount(label(amount), value_of(amount), value_of(currency))
            if problem:
                problems[amount if amount in changed else currency] = problem
    return problems
