"""Export: the list on screen, as a file, streamed while it is read."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import chain, islice

from admin_app import formatting
from admin_app.context import act_under_way
from admin_app.db.replica import current_replica, from_either
from admin_app.domain.permissions.policy import Action
from admin_app.errors import SelectionError
from admin_app.extensions import db, table_of
from admin_app.panel.access.access import Access
from admin_app.panel.export.columns import ExportColumns
from admin_app.panel.list.selections import selection_of
from admin_app.panel.operators.relation import RelationIs
from admin_app.panel.resource import Resource
from admin_app.selection.conditions import Group, Member
from admin_app.selection.selection import TOO, Selection
from admin_app.transfer.columns import ExportColumn
from admin_app.transfer.export.export_audit import ExportAudit, audited_rows
from admin_app.transfer.export.reader import exported_rows
from admin_app.transfer.formats import FORMATS, FileOptions, Format
from admin_app.transfer.formats.base import PLAIN

# Longest description of a list's filters in the history.
LONGEST_ASKED = 200


@dataclass(frozen=True)
class Order:
    """An ordered export: these rows, in these columns, in this format."""

    resource: Resource
    selection: Selection
    columns: Sequence[ExportColumn]
    format: Format
    options: FileOptions = field(default=FileOptions())
    # The person; None on the command line.
    staff_id: int | None = None


def order(
    access: Access,
    arguments: Sequence[tuple[str, str]],
    *,
    columns: Sequence[str] = (),
    format_key: str = "csv",
    options: FileOptions = PLAIN,
    staff_id: int | None = None,
) -> Order:
    """Read an order; raise `SelectionError` if it is not certain which rows are meant: a file of other rows would look right."""
    selection = selection_of(access, arguments, action=Action.EXPORT).changed()
    if selection.problems:
        message = f"One filter isn't valid, so nothing was exported. {' '.join(selection.problems)}"
        raise SelectionError(message)
    if format_key not in FORMATS:
        message = f"The format “{format_key[:20]}” does not exist."
        raise SelectionError(message, list(FORMATS))
    named = ExportColumns(access).named(selection, columns)
    return Order(access.resource, selection, named, FORMATS[format_key], options, staff_id)


def export_file(
    wanted: Order,
    *,
    set_interrupt: Callable[[Callable[[], None]], object] | None = None,
    on_total: Callable[[int], object] | None = None,
    on_rows: Callable[[int], object] = lambda _count: None,
    on_problem: Callable[[int, str], object] = lambda _row, _problem: None,
    is_made_again: Callable[[], bool] = lambda: False,
) -> Generator[bytes, None, None]:
    """Write the file. `on_rows` is called with the number of rows read so far; `exported_rows` explains the two callbacks before it.

    `is_made_again` says whether the caller will write the file again if the database fails.
    """
    names = [column.key if wanted.format.has_keys else column.header for column in wanted.columns]
    write_line = wanted.format.line
    read = partial(
        exported_rows,
        selection=wanted.selection,
        columns=wanted.columns,
        set_interrupt=set_interrupt,
        on_total=on_total,
        line=None if write_line is None else lambda columns, store: write_line(columns, wanted.options, store),
    )
    replica = current_replica()
    rows = read(db.engine) if replica is None else from_either(lambda: read(replica), lambda: read(db.engine))
    rows = audited_rows(db.engine, rows, _audit_of(wanted), is_made_again=is_made_again)

    def written() -> Generator[bytes, None, None]:
        # A person who interrupts the download has received what was sent so far.
        with closing(rows):
            # The first row is read, and the export recorded, before anything is sent.
            passing, told = _Counted(chain([*islice(rows, 1)], rows)), 0
            for chunk in wanted.format.write(names, passing, wanted.options, on_problem):
                yield chunk
                on_rows(passing.number - told)
                told = passing.number

    return written()


def file_name(wanted: Order) -> str:
    """Return the file's name, from its content and the time: "posts-filtered-2026-11-22-093000.csv". It is safe in every header."""
    words = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in wanted.resource.nouns)
    selection = wanted.selection
    narrowed = "selected-" if selection.ticks else "filtered-" if selection.is_narrowed else ""
    return f"{words}-{narrowed}{datetime.now(UTC):%Y-%m-%d-%H%M%S}.{wanted.format.key}"


def _audit_of(wanted: Order) -> ExportAudit:
    """Return who exports the rows. It is determined now, because a download is sent after the request has ended."""
    acting, resource = act_under_way(), wanted.resource
    return ExportAudit(
        actor=acting.who() if acting is not None else (None, ""),
        request_id=acting.request_id if acting is not None else "",
        resource=table_of(resource.model).name,
        words=lambda number: formatting.counted(number, resource.noun, resource.nouns),
        asked=", ".join(_asked(wanted.selection))[:LONGEST_ASKED],
    )


def _asked(selection: Selection) -> Iterator[str]:
    """Yield what narrows the rows, without the names of other records: readers of the history may not be allowed to see them."""
    if selection.search:
        yield f"search “{selection.search}”"
    for member in selection.filters:
        names_record = any(isinstance(one.filter, RelationIs) for one in member.conditions())
        yield _plain(member) if names_record else member.sentence()
    if selection.ticks:
        yield "selected"
    if selection.archived:
        yield "archived ones too" if selection.archived == TOO else "archived ones only"


def _plain(member: Member) -> str:
    """Return a filter as it was typed."""
    join = " or " if isinstance(member, Group) and member.is_any else " and "
    return join.join(
        f"{one.filter.name} is ID {one.text}" if isinstance(one.filter, RelationIs) else one.sentence()
        for one in member.conditions()
    )


class _Counted:
    """An iterator over rows that counts them."""

    def __init__(self, rows: Iterator[Sequence[object]]) -> None:
        self.rows, self.number = rows, 0

    def __iter__(self) -> Iterator[Sequence[object]]:
        for row in self.rows:
            self.number += 1
            yield row
