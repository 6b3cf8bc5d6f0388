"""Import a CSV file: streamed, in one transaction, and all of it or nothing.

A row whose id exists changes that record where it differs; any other row makes a record. So a file that was exported
and not touched changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice
from typing import IO, Any, Final

from sqlalchemy import func, select, text

from admin_app.db.record import Record
from admin_app.domain.audit.bulk import add_rows
from admin_app.domain.audit.recorder import describe
from admin_app.domain.records.rules import is_stored_as
from admin_app.errors import TransferError
from admin_app.extensions import AnySession, TableColumn, Values
from admin_app.formatting import plain_lines
from admin_app.models.change_set import Kind
from admin_app.selection.search.indexes import loading
from admin_app.transfer.columns import ImportColumn, plain
from admin_app.transfer.import_.checks import check_batch
from admin_app.transfer.import_.csv_reader import CsvTable, read_table
from admin_app.transfer.import_.titles import is_seen
from admin_app.transfer.import_.unique_values import NumberedRow, Problem, ValueSwaps
from admin_app.transfer.import_.wording import about, quoted
from admin_app.transfer.values import parse_value

BATCH = 1000
# After this many the rest is likely wrong for the same reason, and nobody reads on.
MOST_PROBLEMS = 100


class Nameless(Enum):
    """What stands above a column without a title."""

    NAMELESS = 0


NAMELESS: Final = Nameless.NAMELESS
# None is one that is written for people, and passed over.
Title = ImportColumn | Nameless | None


class SeenIds:
    """The ids that a file brought or that its rows got: one bit each, so that millions fit into little memory."""

    def __init__(self) -> None:
        """Begin with none."""
        self._pages: dict[int, int] = {}

    def add(self, id_: int) -> bool:
        """Remember the id; return whether it was new."""
        page, bit = id_ >> 12, 1 << (id_ & 0xFFF)
        before = self._pages.get(page, 0)
        self._pages[page] = before | bit
        return not before & bit

    def __contains__(self, id_: int) -> bool:
        """Whether the id was added."""
        return bool(self._pages.get(id_ >> 12, 0) & 1 << (id_ & 0xFFF))


@dataclass
class Report:
    """What an import did."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)
    seen: SeenIds = field(default_factory=SeenIds, compare=False, repr=False)
    # The ids of rows that are wrong: nobody knows what their records would hold.
    wrong: set[int | None] = field(default_factory=set, compare=False, repr=False)


def import_csv(
    session: AnySession,
    model: type[Record],
    file: IO[str],
    columns: Sequence[ImportColumn],
    *,
    ignored: Collection[str] = (),
    is_verbatim: bool = False,
    on_rows: Callable[[int], object] = lambda _count: None,
) -> Report:
    """Read the file into the session (not committed); `on_rows` hears how many rows were read each time.

    Raises `TransferError` with the numbers of the wrong rows, row 1 being the header; the caller rolls back.
    """
    skipped = {plain(word) for word in ignored}
    table = read_table(file, lambda title: plain(title) in skipped or any(one.is_called(title) for one in columns))
    header = _header(table.titles, columns, skipped)
    report = Report()
    describe(session, kind=Kind.IMPORT)
    writing = _Writing(session, model, report, header)
    # Into an empty table: what is there already is searched by its index, which rows that did not change leave alone.
    with loading(session.connection(), model.__table__.name, rows=0):
        for batch in _batches(_rows(table, header, report, is_verbatim=is_verbatim)):
            writing.write(batch)
            on_rows(len(batch))
            if len(report.problems) >= MOST_PROBLEMS:
                break
        writing.finish()
    if report.problems:
        message = "Nothing was imported."
        raise TransferError(message, sorted(report.problems)[:MOST_PROBLEMS])
    return report


def _header(titles: Sequence[str], columns: Sequence[ImportColumn], skipped: Collection[str]) -> list[Title]:
    """Find each title's column."""
    found: list[Title] = []
    for title in titles:
        column = next((one for one in columns if one.is_called(title)), None)
        if column is None and is_seen(title) and plain(title) not in skipped:
            offered = ", ".join(one.key for one in columns)
            message = (
                f"The header “{' '.join(title.split())[:80]}” is not a column of this list. Choose from: {offered}."
            )
            raise TransferError(message)
        if column is not None and column in found:
            message = f"The header “{title}” is there twice."
            raise TransferError(message)
        found.append(column or (None if is_seen(title) else NAMELESS))
    if not any(isinstance(one, ImportColumn) for one in found):
        message = f"The first row must name the columns: {', '.join(one.key for one in columns)}."
        raise TransferError(message)
    return found


def _rows(table: CsvTable, header: Sequence[Title], report: Report, *, is_verbatim: bool) -> Iterator[NumberedRow]:
    """Yield the rows as typed values; what cannot be read goes into the report and its row is left out."""
    for number, cells in table.rows:
        if problem := _misshapen(header, cells):
            report.problems.append((number, f"{quoted(','.join(cells))}: {problem}"))
            continue
        values, problems = _values(header, cells, is_verbatim=is_verbatim)
        if problems:
            report.problems += [(number, problem) for problem in problems]
            report.wrong.add(values.get("id"))
        else:
            yield number, values


def _misshapen(header: Sequence[Title], cells: Sequence[str]) -> str | None:
    """Say what is wrong with a row that does not stand below the header; cells without anything in them may be too many."""
    if len(cells) < len(header) or any(map(is_seen, cells[len(header) :])):
        return f"it has {len(cells)} cells; the header has {len(header)}."
    nameless = (cell for title, cell in zip(header, cells, strict=False) if title is NAMELESS and is_seen(cell))
    stray = next(nameless, None)
    return None if stray is None else f"the first row has no name above {quoted(stray)}."


def _values(header: Sequence[Title], cells: Sequence[str], *, is_verbatim: bool) -> tuple[Values, list[str]]:
    values, problems = {}, []
    for column, cell in zip(header, cells, strict=False):
        if not isinstance(column, ImportColumn):
            continue
        try:
            value = parse_value(column, cell, is_verbatim=is_verbatim)
        except ValueError as error:
            problems.append(about(column.label, cell, str(error)))
        else:
            # An empty cell where the column makes its own value, a key or a time, leaves it to that.
            if value is not None or not column.is_made:
                values[column.key] = value
    return values, problems


def _batches(rows: Iterator[NumberedRow]) -> Iterator[list[NumberedRow]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


class _Writing:
    """Checks batches and writes what fits, also after something that does not: what the rest is judged by."""

    def __init__(self, session: AnySession, model: type[Record], report: Report, header: Sequence[Title]) -> None:
        self.session, self.model, self.report = session, model, report
        named = {one.key: one.column for one in header if isinstance(one, ImportColumn)}
        unique = [column for column in named.values() if column.unique and not column.primary_key]
        self.parkings = [ValueSwaps(session, model, column, brings_ids="id" in named) for column in unique]

    def write(self, batch: Sequence[NumberedRow]) -> None:
        problems = list(self._problems_of_uniqueness(batch))
        keys = [values["id"] for _, values in batch if "id" in values]
        found = self.session.scalars(select(self.model).where(self.model.id.in_(keys)))
        present = {record.id: record for record in found}
        for swaps in self.parkings:
            swaps.give_back(present, batch)
        problems += check_batch(self.session, self.model, batch, present)
        wrong = {number for number, _ in problems}
        self.report.problems += problems
        self.report.wrong.update(values.get("id") for number, values in batch if number in wrong)
        self._write([values for number, values in batch if number not in wrong], present)
        self.session.expunge_all()

    def finish(self) -> None:
        """Find the values that others have after all."""
        for swaps in self.parkings:
            self.report.problems += swaps.left(MOST_PROBLEMS, but=self.report.wrong)

    def _problems_of_uniqueness(self, batch: Sequence[NumberedRow]) -> Iterator[Problem]:
        """Find what an earlier row has, and let others make way; then the batch's rows are earlier ones."""
        seen, wrong = self.report.seen, self.report.wrong
        for swaps in self.parkings:
            yield from swaps.make_way(batch, lambda key: key in seen and key not in wrong)
        first = {values["id"]: number for number, values in reversed(batch) if "id" in values}
        for key, number in first.items():
            if not seen.add(key):
                yield number, about("ID", key, "the same as in an earlier row.")

    def _write(self, rows: Sequence[Values], present: Mapping[int, Record]) -> None:
        for values in rows:
            if (record := present.get(values.get("id", 0))) is not None:
                _change(record, values, self.report)
        self.session.flush()
        _insert(self.session, self.model, [one for one in rows if one.get("id") not in present], self.report)


def _change(record: Record, values: Values, report: Report) -> None:
    columns = type(record).__table__.columns
    differing = {key: value for key, value in values.items() if not _is_same(columns[key], getattr(record, key), value)}
    for key, value in differing.items():
        setattr(record, key, value)
    report.changed += bool(differing)
    report.unchanged += not differing


def _is_same(column: TableColumn, stored: object, brought: Any) -> bool:
    """Whether a cell says what the record holds: as far as a cell can say it, and spreadsheets leave it alone."""
    if isinstance(stored, str):
        return is_stored_as(column, plain_lines(stored), plain_lines(brought or ""))
    return bool(stored == brought)


def _insert(session: AnySession, model: type[Record], new: Sequence[dict[str, object]], report: Report) -> None:
    """Insert many at once: first those that bring their key, so that those that get one get one that is free."""
    groups: dict[tuple[str, ...], list[dict[str, object]]] = {}
    for values in new:
        groups.setdefault(tuple(values), []).append(values)
    for names, group in sorted(groups.items(), key=lambda pair: "id" not in pair[0]):
        keys = add_rows(session, model, group)
        if "id" in names:
            _follow_sequence(session, model)
        else:
            for key in keys:
                report.seen.add(key)
    report.created += len(new)


def _follow_sequence(session: AnySession, model: type[Record]) -> None:
    """Let PostgreSQL's sequence go on after the ids that the file brought; SQLite does so by itself."""
    if session.get_bind().dialect.name != "postgresql":
        return
    name = session.get_bind().dialect.identifier_preparer.format_table(model.__table__)
    highest = session.scalar(select(func.max(model.id)))
    statement = text(
        "SELECT setval(pg_get_serial_sequence(:name, 'id'), "
        "greatest(:highest, nextval(pg_get_serial_sequence(:name, 'id')) - 1))"
    )
    session.execute(statement, {"name": name, "highest": highest})
