"""Lists: of texts, of whole numbers, of members of an enumeration; tags are a list in which nothing comes twice."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from sqlalchemy import ARRAY, Column, ColumnElement, Enum, Integer, String, case, cast, func, null, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import NullType, Text

from admin_app.db.json_spelling import spelled
from admin_app.db.list_of import ListOf, ListText
from admin_app.extensions import AnyColumn, ColumnType
from admin_app.kinds.base import Expression, Kind
from admin_app.kinds.choice import ChoiceKind
from admin_app.kinds.json import value_of
from admin_app.kinds.number import WholeNumberKind
from admin_app.kinds.text import TextKind

# What a list can be of: a choice is a text, and stands first.
_ITEMS: tuple[tuple[type[ColumnType], type[Kind[Any]]], ...] = (
    (Enum, ChoiceKind),
    (Integer, WholeNumberKind),
    (String, TextKind),
)

# The values of a list, of whichever kind it is.
Items = list[Any]


def item_type(of: Any) -> ColumnType:
    """Return the type of a list's items."""
    found: ColumnType = of.item if isinstance(of, ListOf) else of.item_type
    return found


class ArrayKind(Kind[Items]):
    """A list in its order."""

    name = "array"
    types = (ARRAY, ListOf)
    values: ClassVar[tuple[type[object], ...]] = ()
    is_ordered = False

    def __init__(self, column: AnyColumn) -> None:
        """Find the kind of its items."""
        super().__init__(column)
        of = item_type(self.type)
        self.item = next(kind for type_, kind in _ITEMS if isinstance(of, type_))(Column("item", of, nullable=False))

    @classmethod
    def holds(cls, of: ColumnType) -> bool:
        """Take flat lists of what is known."""
        is_flat = isinstance(of, ListOf) or (of.dimensions in {None, 1} and not of.as_tuple)  # type: ignore[attr-defined]
        return is_flat and isinstance(item_type(of), (Enum, Integer, String))

    def problem_with(self, label: str, value: Items) -> str | None:
        """Refuse what one of its items may not be."""
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
        """Read items that a person typed; raise `ValueError` that says what each has to be."""
        return [self.item.from_cell(one) for one in texts]

    def from_cell(self, cell: str) -> Items:
        """Read a JSON list, as a file of ours has it, or texts with commas between them."""
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
        return [None if one is None else self.item.from_cell(str(one)) for one in found]

    def value_of_empty_cell(self) -> Items | None:
        """Return an empty list where there has to be one."""
        return None if self.stored.nullable else []

    def comparable(self, column: Expression) -> Expression:
        """Compare how it is spelled."""
        return ListText(column)

    def history_of(self, value: Items) -> str:
        """Write JSON of what the table keeps."""
        return spelled([self.item.to_history(one) for one in value])

    def value_in_history(self, value: object) -> Items:
        """Read JSON."""
        return [self.item.from_history(one) for one in json.loads(str(value))]

    def may_return(self, held: object) -> bool:
        """Ask it of each item."""
        return held is None or all(self.item.may_return(one) for one in json.loads(str(held)))

    def may_return_sql(self, value: Expression) -> ColumnElement[bool] | None:
        """Know a list of choices of which nothing is left but brackets, when those that there are have been taken out."""
        if not isinstance(self.item, ChoiceKind):
            return None
        rest: Expression = ListText(value)
        for choice in self.item.type.enums:
            rest = func.replace(rest, spelled(choice), "", type_=Text())
        return or_(value.is_(None), ~rest.contains('"'))

    def history_on_sqlite(self, column: Expression) -> Expression:
        """Spell it."""
        return ListText(column)

    def history_on_postgres(self, column: Expression) -> Expression:
        """Spell it."""
        return ListText(column)

    def from_history_on_sqlite(self, found: Expression) -> Expression:
        """Take the text."""
        is_list = func.json_valid(found, type_=Integer()) == 1
        return case((is_list, func.json(found, type_=NullType())), else_=found)

    def from_history_on_postgres(self, text: Expression) -> Expression:
        """Make an array of its items."""
        of = item_type(self.type)
        items = (
            func.jsonb_array_elements_text(cast(text, JSONB))
            .table_valued("value", with_ordinality="place")
            .render_derived()
        )
        ordered = select(cast(items.c.value, of)).order_by(items.c.place).scalar_subquery()
        return case((text.is_(None), null()), else_=func.array(ordered, type_=ARRAY(of)))


class TagsKind(ArrayKind):
    """Words, each once."""

    name = "tags"
    is_named = True

    def items_of(self, texts: list[str]) -> Items:
        """Leave out what comes again."""
        return list(dict.fromkeys(super().items_of(texts)))

    def from_cell(self, cell: str) -> Items:
        """Leave out what comes again."""
        return list(dict.fromkeys(super().from_cell(cell)))
