"""The base of column kinds: how values are written in URLs, files and the history, and which values are valid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, ClassVar, Generic, TypeVar
from typing import cast as cast_type

from sqlalchemy import ColumnElement, Dialect, case, cast, func
from sqlalchemy.types import Text

from admin_app.db.attributes import stored_column
from admin_app.db.driver_text import stored_text, unreadable_of
from admin_app.db.unreadable import NOT_READ, Unreadable
from admin_app.extensions import ColumnType, TableColumn
from admin_app.kinds.spreadsheet import restored

# The type of a kind's values.
V = TypeVar("V")
# Values that can have a time zone.
Clock = TypeVar("Clock", datetime, time)
# A column or an expression of any type; a conversion of a value.
Expression = ColumnElement[Any]
Convert = Callable[[Any], Any]


def as_it_is(value: V) -> V:
    """Return a value that needs no conversion."""
    return value


@dataclass(frozen=True)
class CsvStyle:
    """How the database writes a cell: the delimiter, whether formulas are neutralised, and which database it is."""

    delimiter: str
    neutralises: bool
    store: str


class Kind(Generic[V]):
    """A kind of column, bound to one column. The defaults are those of text."""

    # The name in templates and style sheets.
    name: ClassVar[str]
    # The column types of this kind, and the Python types of its values.
    types: ClassVar[tuple[type[ColumnType], ...]]
    values: ClassVar[tuple[type[object], ...]]

    # The types in words, if their names don't say enough.
    types_in_words: ClassVar[str] = ""
    # Whether only columns that name it have this kind: `info={"kind": "url"}`.
    is_named: ClassVar[bool] = False
    # Whether an empty input is an answer: an unticked box means no.
    is_always_answered: ClassVar[bool] = False
    # The verb that asks for a value: "Enter the name."
    asked: ClassVar[str] = "Enter"
    # Whether a person uploads a file as the value.
    is_file: ClassVar[bool] = False
    # Whether a form only shows it.
    is_read_only: ClassVar[bool] = False
    # Whether an import can set it.
    is_imported: ClassVar[bool] = True
    # Whether its values have an order and are short enough for an index: PostgreSQL refuses index entries longer than 2,700
    # bytes.
    is_ordered: ClassVar[bool] = True
    # Whether it holds free text, so that the search indexes cover it.
    is_text: ClassVar[bool] = False
    # Whether a short text of this kind may name a record.
    names_records: ClassVar[bool] = False
    # The longest text in characters, if there is a limit.
    longest: int | None = None
    # Whether a spreadsheet never runs what it writes into a file.
    is_inert: ClassVar[bool] = False

    def __init__(self, column: Any) -> None:
        """Keep the column: of a table, a model or an alias, or an expression."""
        self.column = column
        self.type: Any = column.type

    @classmethod
    def holds(cls, _of: ColumnType) -> bool:
        """Whether the kind accepts this type, which is one of its `types` or derives from one."""
        return True

    @property
    def stored(self) -> TableColumn:
        """The table's column; an expression without one stands for itself."""
        stored: TableColumn | None = stored_column(self.column)
        return self.column if stored is None else stored

    # ---- input

    @property
    def normaliser(self) -> Callable[[str], str] | None:
        """The function that normalises a typed text; None for columns without free text."""
        return None

    def problem_with(self, _label: str, _value: V) -> str | None:
        """Return the problem with a value and how to correct it; None for a valid one."""
        return None

    def fits_sql(self, _value: Expression, _dialect: str) -> ColumnElement[bool] | None:
        """Return an SQL condition that only valid, normalised values meet; None if the kind has none.

        It may fail for valid values: those are checked in Python.
        """
        return None

    def placeholder_sql(self, _key: Expression) -> Expression | None:
        """Return the SQL of a placeholder that no other record has, made from the record's key; None if the kind has none."""
        return None

    # ---- addresses

    def to_url(self, value: V) -> str:
        """Write a value for an address."""
        return str(value)

    def from_url(self, text: str) -> V:
        """Read what `to_url` wrote; raise `ValueError`, `ArithmeticError` or `KeyError` for anything else."""
        raise NotImplementedError

    # ---- files. The writers need only the value, because a file also has columns that belong to no table

    @staticmethod
    def to_csv(value: V) -> object:
        """Return the value for a CSV file: a number or text."""
        return str(value)

    @staticmethod
    def to_json(value: V) -> object:
        """Return the value for a JSON file."""
        return str(value)

    @staticmethod
    def to_sheet(value: V) -> object:
        """Return the value for a spreadsheet: text, a number, a boolean, a date or a time."""
        return str(value)

    def csv_sql(self, _column: Expression, _style: CsvStyle) -> ColumnElement[str] | None:
        """Return SQL that writes the same bytes as `to_csv` and the CSV writer; None if only Python can."""
        return None

    def from_cell(self, cell: str) -> V | None:
        """Read a cell that isn't empty; raise `ValueError` with a text that can follow the column's label in a sentence."""
        raise NotImplementedError

    def from_neutralised_cell(self, cell: str) -> V | None:
        """Read a cell that may have the apostrophe that keeps a spreadsheet from running it."""
        return self.from_cell(cell if self.is_inert else restored(cell))

    def value_of_empty_cell(self) -> V | None:
        """Return the value of an empty cell."""
        return None

    def row_reader(self, dialect: Dialect) -> Convert | None:
        """Return the function that converts the driver's values; None if they need no conversion."""
        reader: Convert | None = self.type.dialect_impl(dialect).result_processor(dialect, None)
        return reader

    def comparable(self, column: Expression) -> Expression:
        """Return an expression that is equal exactly for equal values."""
        return column

    # ---- the history's JSON. Python and both databases write the same JSON for the same value

    def to_history(self, value: V | None) -> str | int | None:
        """Return a value in the JSON form of the history."""
        if isinstance(value, Unreadable):
            return stored_text(value.raw)
        return None if value is None else self.history_of(value)

    def from_history(self, value: object) -> V | None:
        """Return the value that the history's JSON stands for; what is none of the kind was unreadable then, too."""
        if value is None:
            return None
        try:
            return self.value_in_history(value)
        except NOT_READ:
            # It is of no kind's values, and handled where any of them may come.
            return cast_type("V", unreadable_of(value if isinstance(value, int) else str(value)))

    def history_of(self, value: V) -> str | int:
        """Write a value that isn't None as text or a whole number."""
        return str(value)

    def value_in_history(self, value: object) -> V:
        """Read what `history_of` wrote."""
        raise NotImplementedError

    def may_return(self, _held: object) -> bool:
        """Whether the column can hold this value of the history again."""
        return True

    def may_return_sql(self, _value: Expression) -> ColumnElement[bool] | None:
        """Return `may_return` as SQL; None if every value can be held again."""
        return None

    def history_on_sqlite(self, column: Expression) -> Expression:
        """Return SQLite's expression of `history_of`, before it is quoted as JSON, which takes no bytes."""
        is_odd = func.typeof(column).in_(("blob", "real"))
        return case((is_odd, func.stored_text(column)), else_=column)

    def history_on_postgres(self, column: Expression) -> Expression:
        """Return PostgreSQL's expression of `history_of`."""
        return cast(column, Text)

    def from_history_on_sqlite(self, found: Expression) -> Expression:
        """Return SQLite's expression of the column's value; `found` is the value in the history's JSON."""
        return found

    def from_history_on_postgres(self, text: Expression) -> Expression:
        """Return PostgreSQL's expression of the column's value; `text` is the value in the history's JSON, as text."""
        return cast(text, self.type)


# Any kind, as a class.
AnyKind = type[Kind[Any]]


def read_as(read: Callable[[str], V], cell: str, wanted: str) -> V:
    """Read a cell with a type's constructor; raise `ValueError` that says what is wanted."""
    try:
        return read(cell)
    except (ValueError, OverflowError) as error:
        message = f"must be {wanted}."
        raise ValueError(message) from error


def without_zone(value: Clock) -> Clock:
    """Refuse a time with a time zone, which the column would lose."""
    if value.tzinfo is not None:
        message = "a zone would be forgotten"
        raise ValueError(message)
    return value


def written_within(column: Expression, ends: tuple[object, object], written: Expression) -> Expression:
    """Return PostgreSQL's SQL that writes a value between the ends, and any other, such as `infinity`, as PostgreSQL does."""
    return case((column.between(*ends), written), else_=cast(column, Text))


def with_zone(value: datetime) -> datetime:
    """Refuse a time without a time zone, which is ambiguous."""
    if value.tzinfo is None:
        message = "a time needs a zone"
        raise ValueError(message)
    return value
