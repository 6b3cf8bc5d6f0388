"""Lists: of texts, whole numbers or members of an enumeration. Tags are a list without repetitions."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from sqlalchemy import ARRAY, Column, ColumnElement, Enum, Integer, String, case, cast, func, null, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import NullType, Text

from admin_app.db.json_exact import JsonNumber
from admin_app.db.json_spelling import spelled
from admin_app.db.list_of import ListOf, ListText
from admin_app.extensions import AnyColumn, ColumnType
from admin_app.kinds.base import Expression, Kind
from admin_app.kinds.choice import ChoiceKind
from admin_app.kinds.json import value_of
from admin_app.kinds.number import WholeNumberKind
from admin_app.kinds.text import TextKind

# The types of items; an enumeration is a text too, so it comes first.
_ITEMS: tuple[tuple[type[ColumnType], type[Kind[Any]]], ...] = (
    (Enum, ChoiceKind),
    (Integer, WholeNumberKind),
    (String, TextKind),
)

# A list of items of any kind.
Items = list[Any]


def item_type(of: Any) -> ColumnType:
    """Return the type of a list's items."""
    found: ColumnType = of.item if isinstance(of, ListOf) else of.item_type
    return found


class ArrayKind(Kind[Items]):
    """A list in its own order."""

    name = "array"
    types = (ARRAY, ListOf)
    values: ClassVar[tuple[type[object], ...]] = ()
    is_ordered = False

    def __init__(self, column: AnyColumn) -> None:
        """Find the kind of the items."""
        super().__init__(column)
        of = item_type(self.type)
        self.item = next(kind for type_, kind in _ITEMS if isinstance(of, type_))(Column("item", of, nullable=False))

    @classmethod
    def holds(cls, of: ColumnType) -> bool:
        """Accept flat lists of known items."""
        is_flat = isinstance(of, ListOf) or (of.dimensions in {None, 1} and not of.as_tuple)  # type: ignore[attr-defined]
        return is_flat and isinstance(item_type(of), (Enum, Integer, String))

    def problem_with(self, label: str, value: Items) -> str | None:
        """Return the problem with the first item that breaks a rule."""
        each = (self.item.problem_with(f"Each of {label}", one) for one in value if one is not None)
        return next(filter(None, each), None)

    def to_url(self, value: Items) -> str:
        """Write JSON."""
        return self.history_of(value)

    def from_url(self, text: str) -> Items:
        """Read JSON."""
        return self.value_in_history(text)

    def words(self, value: Items) -> list[str]:
        """Write each item as a person types it."""
        return ["" if one is None else str(self.item.to_csv(one)) for one in value]

    def items_of(self, texts: list[str]) -> Items:
        """Read items that a person typed; raise `ValueError` that says what each must be."""
        return [self.item.from_cell(one) for one in texts]

    def from_cell(self, cell: str) -> Items:
        """Read a JSON list, as exports write it, or texts separated by commas."""
        typed = cell.strip()
        if not typed.startswith("["):
            return self.items_of([word for one in typed.split(",") if (word := one.strip())])
        message = 'must be a list, like ["a", "b"], or a, b.'
        try:
            found = value_of(typed)
        except ValueError as error:
            raise ValueError(message) from error
        if any(isinstance(one, list | dict | bool) for one in found):
            raise ValueError(message)
        return [None if one is None else self.item.from_cell(_typed(one)) for one in found]

    def value_of_empty_cell(self) -> Items | None:
        """Return an empty list if the column requires a value."""
        return None if self.stored.nullable else []

    def comparable(self, column: Expression) -> Expression:
        """Compare the JSON text."""
        return ListText(column)

    def history_of(self, value: Items) -> str:
        """Write JSON of the stored items."""
        return spelled([self.item.to_history(one) for one in value])

    def value_in_history(self, value: object) -> Items:
        """Read JSON."""
        return [self.item.from_history(one) for one in json.loads(str(value))]

    def may_return(self, held: object) -> bool:
        """Whether each item that is a choice is one of today's."""
        if held is None or not isinstance(self.item, ChoiceKind):
            return True
        return all(map(self.item.is_present, json.loads(str(held))))

    def may_return_sql(self, value: Expression) -> ColumnElement[bool] | None:
        """Accept a list of choices if nothing but JSON signs is left after all present choices were removed from it."""
        if not isinstance(self.item, ChoiceKind):
            return None
        rest: Expression = ListText(value)
        for choice in self.item.type.enums:
            rest = func.replace(rest, spelled(choice), "", type_=Text())
        return or_(value.is_(None), ~rest.contains('"'))

    def history_on_sqlite(self, column: Expression) -> Expression:
        """Write JSON."""
        return ListText(column)

    def history_on_postgres(self, column: Expression) -> Expression:
        """Write JSON."""
        return ListText(column)

    def from_history_on_sqlite(self, found: Expression) -> Expression:
        """Keep the JSON text."""
        is_list = func.json_valid(found, type_=Integer()) == 1
        return case((is_list, func.json(found, type_=NullType())), else_=found)

    def from_history_on_postgres(self, text: Expression) -> Expression:
        """Build an array of the items."""
        of = item_type(self.type)
        items = (
            func.jsonb_array_elements_text(cast(text, JSONB))
            .table_valued("value", with_ordinality="place")
            .render_derived()
        )
        ordered = select(cast(items.c.value, of)).order_by(items.c.place).scalar_subquery()
        return case((text.is_(None), null()), else_=func.array(ordered, type_=ARRAY(of)))


def _typed(item: object) -> str:
    return item.digits if isinstance(item, JsonNumber) else str(item)


class TagsKind(ArrayKind):
    """Words without repetitions."""

    name = "tags"
    is_named = True

    def items_of(self, texts: list[str]) -> Items:
        """Remove repetitions."""
        return list(dict.fromkeys(super().items_of(texts)))

    def from_cell(self, cell: str) -> Items:
        """Remove repetitions."""
        return list(dict.fromkeys(super().from_cell(cell)))
