"""The base of column kinds: how values are written in URLs, files and the history, and which values are valid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, ClassVar, Generic, TypeVar
from typing import cast as cast_type

from sqlalchemy import ColumnElement, Dialect, case, cast
from sqlalchemy.types import Text

from admin_app.db.attributes import stored_column
from admin_app.db.driver_text import stored_text, unreadable_of
from admin_app.db.unreadable import NOT_READ, Unreadable
from admin_app.extensions import ColumnType, TableColumn
from admin_app.kinds.spreadsheet import restored

# What a kind's values are.
V = TypeVar("V")
# What may have a zone.
Clock = TypeVar("Clock", datetime, time)
# A column or an expression of any type; a function that makes something of a value, or a value of something.
Expression = ColumnElement[Any]
Convert = Callable[[Any], Any]


def as_it_is(value: V) -> V:
    """Return a value that needs no conversion."""
    return value


@dataclass(frozen=True)
class CsvStyle:
    """How the database writes a cell: between which delimiters, whether formulas are neutralised, on which store."""

    delimiter: str
    neutralises: bool
    store: str


class Kind(Generic[V]):
    """A kind of column, bound to one column. The defaults are those of text."""

    # What templates and style sheets call it.
    name: ClassVar[str]
    # The column types that are of this kind, and the Python types of their values.
    types: ClassVar[tuple[type[ColumnType], ...]]
    values: ClassVar[tuple[type[object], ...]]

    # The same in words, where a type says more than its name.
    types_in_words: ClassVar[str] = ""
    # Whether only columns are of it that name it: `info={"kind": "url"}`.
    is_named: ClassVar[bool] = False
    # Whether an empty input is an answer: an unticked box means no.
    is_always_answered: ClassVar[bool] = False
    # What a sentence asks of a person for a value: "Enter the name."
    asked: ClassVar[str] = "Enter"
    # Whether a person sends a file for a value.
    is_file: ClassVar[bool] = False
    # Whether a form shows it and does not change it.
    is_read_only: ClassVar[bool] = False
    # Whether a file may bring it.
    is_imported: ClassVar[bool] = True
    # Whether its values have an order, and are short enough for an index: PostgreSQL refuses a row whose key is longer than 2,700
    # bytes.
    is_ordered: ClassVar[bool] = True
    # Whether it holds any text that a person types, so that the stores keep indexes of what occurs in it.
    is_text: ClassVar[bool] = False
    # Whether a short text of it may name a record.
    names_records: ClassVar[bool] = False
    # How many characters a value may have, where that is limited.
    longest: int | None = None
    # Whether nothing it writes into a file can be run by a spreadsheet.
    is_inert: ClassVar[bool] = False

    def __init__(self, column: Any) -> None:
        """Keep the column: of a table, of a model, of an alias, or an expression."""
        self.column = column
        self.type: Any = column.type

    @classmethod
    def holds(cls, _of: ColumnType) -> bool:
        """Whether the kind handles this type, which is one of its `types` or derives from one."""
        return True

    @property
    def stored(self) -> TableColumn:
        """The table's column; what is computed stands for itself."""
        stored: TableColumn | None = stored_column(self.column)
        return self.column if stored is None else stored

    # ---- what a person may give

    @property
    def way_of_keeping(self) -> Callable[[str], str] | None:
        """The function that normalises a typed text; None for a column that holds no free text."""
        return None

    def problem_with(self, _label: str, _value: V) -> str | None:
        """Say what is wrong with a value that is there, and how to mend it."""
        return None

    def fits_sql(self, _value: Expression, _dialect: str) -> ColumnElement[bool] | None:
        """Return an SQL condition that only valid, normalised values meet; None where the kind has none.

        It may miss valid values: Python checks those that do not meet it.
        """
        return None

    def stand_in_sql(self, _key: Expression) -> Expression | None:
        """Return the SQL of a placeholder that no other record has, made of this record's key; None where the kind has none."""
        return None

    # ---- an address

    def to_url(self, value: V) -> str:
        """Write a value into an address."""
        return str(value)

    def from_url(self, text: str) -> V:
        """Read what `to_url` wrote; raise `ValueError`, `ArithmeticError` or `KeyError` for anything else."""
        raise NotImplementedError

    # ---- a file. What Python writes it knows by the value alone: a file has columns that are no table's

    @staticmethod
    def to_csv(value: V) -> object:
        """Return what a CSV file says: a number, or text."""
        return str(value)

    @staticmethod
    def to_json(value: V) -> object:
        """Return what a JSON file says."""
        return str(value)

    @staticmethod
    def to_sheet(value: V) -> object:
        """Return what a spreadsheet has cells for: text, a number, yes or no, a day, a time."""
        return str(value)

    def csv_sql(self, _column: Expression, _style: CsvStyle) -> ColumnElement[str] | None:
        """Return the SQL that writes what `to_csv` and the CSV writer do, byte by byte; None where that is Python's to do."""
        return None

    def from_cell(self, cell: str) -> V | None:
        """Read a cell that is not empty; raise `ValueError` whose text follows the column's label in a sentence."""
        raise NotImplementedError

    def from_neutralised_cell(self, cell: str) -> V | None:
        """Read a cell that may carry the mark that keeps a spreadsheet from running it."""
        return self.from_cell(cell if self.is_inert else restored(cell))

    def value_of_empty_cell(self) -> V | None:
        """Return what an empty cell means."""
        return None

    def row_reader(self, dialect: Dialect) -> Convert | None:
        """Return the function that converts the driver's values; None where they need no conversion."""
        reader: Convert | None = self.type.dialect_impl(dialect).result_processor(dialect, None)
        return reader

    def comparable(self, column: Expression) -> Expression:
        """Return an expression that is equal exactly where two values are the same."""
        return column

    # ---- the history's JSON. Python and both stores write the same for the same value

    def to_history(self, value: V | None) -> str | int | None:
        """Return a value as the history's JSON holds it."""
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
        """Write a value that is there, as text or as a whole number."""
        return str(value)

    def value_in_history(self, value: object) -> V:
        """Read what `history_of` wrote."""
        raise NotImplementedError

    def may_return(self, _held: object) -> bool:
        """Whether the column can hold again what the history's JSON says that it held."""
        return True

    def may_return_sql(self, _value: Expression) -> ColumnElement[bool] | None:
        """Return the SQL that knows the same of a value; None where each of them can."""
        return None

    def history_on_sqlite(self, column: Expression) -> Expression:
        """Return SQLite's expression of what `history_of` writes, before it is quoted as JSON."""
        return column

    def history_on_postgres(self, column: Expression) -> Expression:
        """Return PostgreSQL's."""
        return cast(column, Text)

    def from_history_on_sqlite(self, found: Expression) -> Expression:
        """Return SQLite's expression of the column's value, where `found` is what the history's JSON holds."""
        return found

    def from_history_on_postgres(self, text: Expression) -> Expression:
        """Return PostgreSQL's, where `text` is what the history's JSON holds, as text."""
        return cast(text, self.type)


# Any kind there is, as a class.
AnyKind = type[Kind[Any]]


def read_as(read: Callable[[str], V], cell: str, wanted: str) -> V:
    """Parse a cell by a type's constructor; raise ValueError that says what is wanted."""
    try:
        return read(cell)
    except (ValueError, OverflowError) as error:
        message = f"must be {wanted}."
        raise ValueError(message) from error


def without_zone(value: Clock) -> Clock:
    """Refuse a time with a zone, which a column that keeps none would forget."""
    if value.tzinfo is not None:
        message = "a zone would be forgotten"
        raise ValueError(message)
    return value


def written_within(column: Expression, ends: tuple[object, object], written: Expression) -> Expression:
    """Return PostgreSQL's SQL that writes a value between the ends, and any other, such as `infinity`, as PostgreSQL does."""
    return case((column.between(*ends), written), else_=cast(column, Text))


def with_zone(value: datetime) -> datetime:
    """Refuse a time without a zone: it may mean several."""
    if value.tzinfo is None:
        message = "a time needs a zone"
        raise ValueError(message)
    return value
