"""Import a CSV file: streamed, in one transaction, and all of it or nothing.

A row whose id exists changes that record where it differs; any other row makes a record. So a file that was exported
and not touched changes nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Any

from sqlalchemy import func, select, text

from admin_app.domain.recording import describe
from admin_app.domain.rows import add_rows
from admin_app.domain.rules import is_kept_as
from admin_app.errors import TransferError
from admin_app.extensions import AnySession
from admin_app.models.change_set import Kind
from admin_app.selection.search_indexes import loading
from admin_app.transfer.checking import check_batch
from admin_app.transfer.columns import ImportColumn, plain
from admin_app.transfer.values import parse_value

BATCH = 1000
# After this many the rest is likely wrong for the same reason, and nobody reads on.
MOST_PROBLEMS = 100
# Longer than any text the dashboard takes; Python's default of 128 kB refuses real posts.
LONGEST_FIELD = 16 * 1024 * 1024

Row = tuple[int, dict[str, Any]]


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


@dataclass
class Report:
    """What an import did."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)
    seen: SeenIds = field(default_factory=SeenIds, compare=False, repr=False)


def import_csv(
    session: AnySession,
    model: type[Any],
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
    csv.field_size_limit(LONGEST_FIELD)
    # Strict: a quote that is never closed would swallow the rest of the file as one cell.
    reader = csv.reader(file, strict=True)
    report = Report()
    describe(session, kind=Kind.IMPORT)
    try:
        header = _header(next(reader, []), columns, ignored)
        # Into an empty table: what is there already is searched by its index, which rows that did not change leave alone.
        with loading(session.connection(), model.__table__.name, rows=0):
            for batch in _batches(_rows(reader, header, report, is_verbatim=is_verbatim)):
                _write_batch(session, model, batch, report)
                on_rows(len(batch))
                if len(report.problems) >= MOST_PROBLEMS:
                    break
    except csv.Error as error:
        message = f"This is not CSV from line {reader.line_num} on: {error}."
        raise TransferError(message) from error
    except UnicodeDecodeError as error:
        message = "The file is not UTF-8. Save it as “CSV UTF-8” and import it again."
        raise TransferError(message) from error
    if report.problems:
        message = "Nothing was imported."
        raise TransferError(message, sorted(report.problems)[:MOST_PROBLEMS])
    return report


def _header(
    titles: Sequence[str], columns: Sequence[ImportColumn], ignored: Collection[str]
) -> list[ImportColumn | None]:
    """Find each title's column; None is one that is written for people and passed over."""
    skipped = {plain(word) for word in ignored}
    found: list[ImportColumn | None] = []
    for title in titles:
        column = next((one for one in columns if one.is_called(title)), None)
        if column is None and plain(title) not in skipped:
            offered = ", ".join(one.key for one in columns)
            message = f"The header “{' '.join(title.split())[:80]}” is no column of this list. There is: {offered}."
            raise TransferError(message)
        if column is not None and column in found:
            message = f"The header “{title}” stands there twice."
            raise TransferError(message)
        found.append(column)
    if not any(found):
        message = f"The first row must name the columns: {', '.join(one.key for one in columns)}."
        raise TransferError(message)
    return found


def _rows(
    reader: Iterable[list[str]], header: Sequence[ImportColumn | None], report: Report, *, is_verbatim: bool
) -> Iterator[Row]:
    """Yield the rows as typed values; what cannot be read goes into the report and its row is left out."""
    for number, cells in enumerate(reader, start=2):
        if not cells:
            continue
        if len(cells) != len(header):
            report.problems.append((number, f"It has {len(cells)} cells; the header has {len(header)}."))
            continue
        values, problems = _values(header, cells, is_verbatim=is_verbatim)
        if problems:
            report.problems += [(number, problem) for problem in problems]
        else:
            yield number, values


def _values(
    header: Sequence[ImportColumn | None], cells: Sequence[str], *, is_verbatim: bool
) -> tuple[dict[str, Any], list[str]]:
    values, problems = {}, []
    for column, cell in zip(header, cells, strict=True):
        if column is None:
            continue
        try:
            value = parse_value(column, cell, is_verbatim=is_verbatim)
        except ValueError as error:
            problems.append(f"{column.label} {error}")
        else:
            # An empty cell where the column makes its own value, a key or a time, leaves it to that.
            if value is not None or not column.is_made:
                values[column.key] = value
    return values, problems


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _write_batch(session: AnySession, model: type[Any], batch: Sequence[Row], report: Report) -> None:
    """Check a batch and, while nothing was wrong so far, write it."""
    numbers = {values["id"]: number for number, values in reversed(batch) if "id" in values}
    keys = list(numbers)
    repeated = [key for key in keys if not report.seen.add(key)]
    report.problems += [(numbers[key], f"ID {key} is the same as in an earlier row.") for key in repeated]
    present = {record.id: record for record in session.scalars(select(model).where(model.id.in_(keys)))}
    report.problems += check_batch(session, model, batch, present)
    if report.problems:
        session.expunge_all()
        return
    for _, values in batch:
        if (record := present.get(values.get("id"))) is not None:
            _change(record, values, report)
    session.flush()
    _insert(session, model, [values for _, values in batch if values.get("id") not in present], report)
    session.expunge_all()


def _change(record: Any, values: dict[str, Any], report: Report) -> None:
    columns = type(record).__table__.columns
    differing = {
        key: value for key, value in values.items() if not is_kept_as(columns[key], getattr(record, key), value)
    }
    for key, value in differing.items():
        setattr(record, key, value)
    report.changed += bool(differing)
    report.unchanged += not differing


def _insert(session: AnySession, model: type[Any], new: Sequence[dict[str, Any]], report: Report) -> None:
    """Insert many at once: first those that bring their key, so that those that get one get one that is free."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
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


def _follow_sequence(session: AnySession, model: type[Any]) -> None:
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
