"""Lists of values of one kind. Tags are a list of texts without repetitions."""

from __future__ import annotations

import json
from typing import Any, ClassVar
from typing import cast as cast_type

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Dialect,
    Enum,
    Float,
    Integer,
    Numeric,
    String,
    Time,
    Uuid,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy import column as named
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.types import NullType, Text

from admin_app.db.driver_text import text_of
from admin_app.db.driver_text import value_of as written_value
from admin_app.db.json_exact import JsonNumber
from admin_app.db.json_spelling import spelled
from admin_app.db.list_of import ListOf, ListText
from admin_app.db.unreadable import Unreadable
from admin_app.extensions import AnyColumn, ColumnType, db
from admin_app.kinds.base import AnyKind, Convert, Expression, Kind
from admin_app.kinds.choice import ChoiceKind
from admin_app.kinds.date import DateKind
from admin_app.kinds.datetime import DateTimeKind, LocalDateTimeKind
from admin_app.kinds.json import value_of
from admin_app.kinds.number import DecimalKind, FloatKind, WholeNumberKind
from admin_app.kinds.text import TextKind
from admin_app.kinds.time import TimeKind
from admin_app.kinds.uuid import UuidKind

# The types of items that both databases write alike; an enumeration is a text too, so it comes first.
_PLAIN: tuple[tuple[type[ColumnType], AnyKind], ...] = (
    (Enum, ChoiceKind),
    (Integer, WholeNumberKind),
    (String, TextKind),
)
# Those that stand as texts in SQLite's JSON.
_IN_JSON: tuple[tuple[type[ColumnType], AnyKind], ...] = (
    *_PLAIN,
    (Date, DateKind),
    (Time, TimeKind),
    (Uuid, UuidKind),
)
_IN_ARRAY: tuple[tuple[type[ColumnType], AnyKind], ...] = (
    *_IN_JSON,
    (DateTime, LocalDateTimeKind),
    (Float, FloatKind),
    (Numeric, DecimalKind),
)

# A list of items of any kind.
Items = list[Any]


def item_type(of: Any) -> ColumnType:
    """Return the type of a list's items."""
    found: ColumnType = of.item if isinstance(of, ListOf) else of.item_type
    return found


def kind_of_items(of: ColumnType) -> AnyKind | None:
    """Return the kind of a list's items; None for a type of items that lists are not made of."""
    item, known = item_type(of), _IN_JSON if isinstance(of, ListOf) else _IN_ARRAY
    kind = next((kind for type_, kind in known if isinstance(item, type_)), None)
    # PostgreSQL alone has arrays, and gives back aware times.
    return DateTimeKind if kind is LocalDateTimeKind and not kind.holds(item) else kind


class ArrayKind(Kind[Items]):
    """A list in its own order."""

    name = "array"
    types = (ARRAY, ListOf)
    values: ClassVar[tuple[type[object], ...]] = ()
    is_ordered = False

    def __init__(self, column: AnyColumn) -> None:
        """Find the kind of the items."""
        super().__init__(column)
        kind = kind_of_items(self.type) or TextKind
        self.item = kind(Column("item", item_type(self.type), nullable=False))

    @classmethod
    def holds(cls, of: ColumnType) -> bool:
        """Accept flat lists of known items."""
        is_flat = isinstance(of, ListOf) or (of.dimensions in {None, 1} and not of.as_tuple)  # type: ignore[attr-defined]
        return is_flat and kind_of_items(of) is not None

    def problem_with(self, label: str, value: Items) -> str | None:
        """Return the problem with the first item that breaks a rule."""
        read = (one for one in value if one is not None and not isinstance(one, (Unreadable, list)))
        return next(filter(None, (self.item.problem_with(f"Each of {label}", one) for one in read)), None)

    def to_url(self, value: Items) -> str:
        """Write JSON."""
        return self.history_of(value)

    def from_url(self, text: str) -> Items:
        """Read JSON."""
        return self.value_in_history(text)

    def words(self, value: Items) -> list[str]:
        """Write each item as a person types it."""
        return ["" if one is None else self._word(one) for one in value]

    def _word(self, item: object) -> str:
        if isinstance(item, list):
            return spelled(item)
        return str(item if isinstance(item, Unreadable) else self.item.to_csv(item))

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

    def row_reader(self, dialect: Dialect) -> Convert | None:
        """Return the function that converts the driver's values, unless the items need SQLAlchemy's."""
        return None if isinstance(self.item, FloatKind | DecimalKind) else super().row_reader(dialect)

    def comparable(self, column: Expression) -> Expression:
        """Compare the JSON text."""
        return ListText(column)

    def history_of(self, value: Items) -> str:
        """Write JSON of the stored items. PostgreSQL lets any array have lists as items: those it writes as it does itself."""
        if not any(isinstance(one, list) for one in value):
            return spelled([self.item.to_history(one) for one in value])
        return str(text_of(value, self.type, db.engine.dialect))

    def value_in_history(self, value: object) -> Items:
        """Read what that wrote."""
        if str(value).startswith("{"):
            return cast_type("Items", written_value(str(value), self.type, db.engine.dialect))
        return [one if isinstance(one, list) else self.item.from_history(one) for one in json.loads(str(value))]

    def may_return(self, held: object) -> bool:
        """Whether each item that is a choice is one of today's."""
        if held is None or not isinstance(self.item, ChoiceKind):
            return True
        found = self.from_history(held)
        return isinstance(found, list) and all(self.item.is_present(self.item.to_history(one)) for one in _flat(found))

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
        """Write JSON of the items, each as its kind writes it."""
        is_plain = isinstance(self.item, tuple(kind for _, kind in _PLAIN))
        written = ListText(column) if is_plain else self._written(column)
        return case((column.is_(None), null()), (func.array_ndims(column) > 1, cast(column, Text)), else_=written)

    def _written(self, column: Expression) -> Expression:
        of = named("value", self.item.type)
        items = func.unnest(column).table_valued(of, with_ordinality="place").render_derived()
        each = func.to_jsonb(self.item.history_on_postgres(items.c.value))
        whole = func.coalesce(
            func.jsonb_agg(aggregate_order_by(each, items.c.place)), cast(literal("[]", Text()), JSONB)
        )
        return cast(select(whole).scalar_subquery(), Text)

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
        read = self.item.from_history_on_postgres(items.c.value)
        ordered = select(read).order_by(items.c.place).scalar_subquery()
        built = func.array(ordered, type_=ARRAY(of))
        return case((text.is_(None), null()), (text.startswith("{"), cast(text, ARRAY(of))), else_=built)


def _flat(items: Items) -> Items:
    """Return the items of all lists in a list: PostgreSQL's have any number of dimensions."""
    return [inner for one in items for inner in (_flat(one) if isinstance(one, list) else [one])]


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
