"""What the columns of a model could declare and do not: a kind that the name suggests, limits of files, currencies of amounts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from admin_app.cli.finding import Finding
from admin_app.cli.named_kinds import AMOUNTS, kind_suggested, last_word
from admin_app.db.attributes import stored_columns
from admin_app.extensions import TableColumn
from admin_app.kinds import kind_of, name_of_kind
from admin_app.kinds.file import MEGABYTE, FileKind
from admin_app.kinds.money import CurrencyKind, MoneyKind
from admin_app.panel.resource import Resource


def named_texts(resource: Resource) -> Iterator[Finding]:
    """Find text columns whose names suggest a kind."""
    for name, column in stored_columns(resource.model).items():
        named = kind_suggested(name, column)
        is_plain = not (name_of_kind(column) or column.foreign_keys or column.info.get("secret"))
        if named and is_plain and kind_of(column).name == "text":
            yield Finding(
                f"{resource.model.__name__}.{name} is a text like any other.", _written(name, f'"kind": "{named}"')
            )


def limits_of_files(resource: Resource) -> Iterator[Finding]:
    """Find files and pictures whose columns declare no limits."""
    for name, column in stored_columns(resource.model).items():
        kind = kind_of(column)
        if isinstance(kind, FileKind) and (lacking := _limits(kind)):
            said = {**column.info, **lacking}
            info = ", ".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in said.items())
            of_any_type = " of any type" if "types" in lacking else ""
            yield Finding(
                f"{resource.model.__name__}.{name} takes files{of_any_type} of up to {kind.most_bytes // MEGABYTE} MB.",
                _written(name, info),
            )


def _limits(kind: FileKind) -> dict[str, object]:
    """Return the limits that the column could declare and does not. The types of a picture are fixed."""
    types = {} if kind.types_taken else {"types": ["application/pdf"]}
    megabytes = {} if "megabytes" in kind.stored.info else {"megabytes": kind.most_bytes // MEGABYTE}
    return {**types, **megabytes}


def currencies_of_amounts(resource: Resource) -> Iterator[Finding]:
    """Find amounts whose currency is unknown."""
    columns = stored_columns(resource.model)
    currency = _currency(columns)
    for name, column in columns.items():
        kind, place = kind_of(column), f"{resource.model.__name__}.{name}"
        if isinstance(kind, MoneyKind) and not (kind.currency or kind.beside):
            yield Finding(
                f"{place} is an amount without a currency.",
                _written(name, f'"kind": "money", "currency": "{currency or "EUR"}"'),
            )
        elif kind.name == "decimal" and currency and last_word(name) in AMOUNTS:
            yield Finding(
                f"{place} is shown without its currency, which {currency} holds.",
                _written(name, f'"kind": "money", "currency": "{currency}"'),
            )


def _currency(columns: Mapping[str, TableColumn]) -> str:
    """Return the column that holds a record's currency; "" if there is none, or several."""
    found = [
        name
        for name, one in columns.items()
        if isinstance(kind_of(one), CurrencyKind) or (last_word(name) == "currency" and kind_of(one).name == "text")
    ]
    return found[0] if len(found) == 1 else ""


def _written(name: str, info: str) -> str:
    return f"Write: {name} = mapped_column(…, info={{{info}}})"
