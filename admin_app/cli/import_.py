"""`manage.py import`: import a file's rows into a resource: all of them or nothing, or only the valid ones."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import IO

import click
from flask.cli import with_appcontext
from tqdm import tqdm

from admin_app.cli.plan import Agreement, agreed, show_plan
from admin_app.cli.resource_names import transferable
from admin_app.cli.streams import opened, to_standard_output, write_to
from admin_app.context import writing
from admin_app.db.connection import refresh_statistics
from admin_app.db.transaction import transaction
from admin_app.domain.records.refusals import refusals_of
from admin_app.errors import EncodingError, PlanError, TransferError
from admin_app.extensions import db
from admin_app.jobs.runner import Progress
from admin_app.models.plan import Plan
from admin_app.panel.access.access import Access, access_to
from admin_app.panel.export.columns import ignored_headers
from admin_app.panel.import_.offered import columns_titled
from admin_app.panel.plan.importing import ImportCounts, begin_import, counts_of, import_whole
from admin_app.panel.plan.jobs import PlanWork
from admin_app.panel.plan.operation import BulkOperation
from admin_app.panel.plan.operations.importing import import_of
from admin_app.panel.plan.wrong_rows import wrong_rows
from admin_app.panel.resource import Resource
from admin_app.transfer.formats.csv import DELIMITERS
from admin_app.transfer.import_.headers import columns_named, is_title, titles_mapped
from admin_app.transfer.import_.opening import open_source
from admin_app.transfer.import_.options import DateOrder, Empty, ImportOptions, Mode
from admin_app.transfer.import_.source import Reading, Source
from admin_app.transfer.import_.wrong_rows import write_wrong

# Used if no option names the column that finds a record.
KEY = "id"
SEPARATORS = {**DELIMITERS, "pipe": "|"}


def _encoding(_context: click.Context, _option: click.Parameter, name: str) -> str:
    try:
        io.TextIOWrapper(io.BytesIO(), name or None)
    except LookupError as error:
        message = f"the encoding “{name}” does not exist; choose utf-8, utf-16, windows-1252 or another"
        raise click.BadParameter(message) from error
    return name


def _pairs(_context: click.Context, option: click.Parameter, given: Sequence[str]) -> Mapping[str, str]:
    """Read options of the form NAME=VALUE. The last "=" separates them, because a header may contain others."""
    wrong = next((text for text in given if "=" not in text), None)
    if wrong is not None:
        message = f"this looks like {option.metavar}, not “{wrong}”"
        raise click.BadParameter(message)
    return {name: value for name, _, value in (text.rpartition("=") for text in given)}


@dataclass(frozen=True)
class Choices:
    """What the command line says about the file and the import, except for its columns, which the file names."""

    reading: Reading
    headers: Mapping[str, str]
    options: ImportOptions

    def source(self, access: Access, raw: IO[bytes], name: str) -> Source:
        """Open a file as the options say; its encoding is not guessed."""
        columns, ignored = columns_titled(access, self.options.by), ignored_headers(access)

        def is_known(title: str) -> bool:
            return title in self.headers or is_title(title, columns, ignored)

        return open_source(raw, is_known, self.reading, name=name, guesses=False)

    def operation(self, access: Access, source: Source) -> BulkOperation:
        """Return the import of a file."""
        columns = columns_titled(access, self.options.by)
        titles = titles_mapped(source.titles, self.headers, columns)
        found = columns_named(titles, columns, ignored_headers(access))
        return import_of(access, replace(self.options, columns=found))


@click.command("import")
@click.argument("resource")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option(
    "--map",
    "headers",
    multiple=True,
    metavar="HEADER=FIELD",
    callback=_pairs,
    help="What a header means; an empty FIELD leaves its column out.",
)
@click.option(
    "--match", default=KEY, metavar="FIELD", show_default=True, help="The unique field by which a row finds its record."
)
@click.option(
    "--mode",
    type=click.Choice([one.value for one in Mode]),
    default=Mode.BOTH.value,
    show_default=True,
    help="Add records, update existing ones, or both.",
)
@click.option(
    "--empty",
    type=click.Choice([one.value for one in Empty]),
    default=Empty.CLEAR.value,
    show_default=True,
    help="What an empty cell does to an existing record.",
)
@click.option(
    "--by",
    multiple=True,
    metavar="FIELD=FIELD",
    callback=_pairs,
    help="By which unique field the file names related records: user_id=email.",
)
@click.option(
    "--make",
    "makes",
    multiple=True,
    metavar="FIELD",
    help="Create related records that are missing, named as in the file: user_id.",
)
@click.option(
    "--keep",
    "keeps",
    multiple=True,
    metavar="FIELD",
    help="Keep the links of a record, and add those of the file: tags.",
)
@click.option(
    "--dates",
    type=click.Choice(["ymd", "dmy", "mdy"]),
    default="ymd",
    show_default=True,
    help="What comes first in a date.",
)
@click.option(
    "--decimal", type=click.Choice([".", ","]), default=".", show_default=True, help="The sign before a fraction."
)
@click.option(
    "--delimiter", type=click.Choice(list(SEPARATORS)), default=None, help="The separator of CSV; detected if left out."
)
@click.option("--sheet", default="", help="The sheet of a workbook; the first one is read.")
@click.option(
    "--encoding", default="", callback=_encoding, help="The encoding of a file that is not UTF-8, like windows-1252."
)
@click.option("--verbatim", is_flag=True, help="Keep the apostrophe before =, +, - and @ that spreadsheets hide.")
@click.option(
    "--errors",
    type=click.Path(dir_okay=False, writable=True),
    default=None,
    help="Import the rows that are right, and write the others to this file.",
)
@click.option("--plan", "is_plan", is_flag=True, help="Print what would happen, and change nothing.")
@click.option("--yes", "is_yes", is_flag=True, help="Carry it out without asking.")
@click.option("--reason", default="", help="Why, for the history.")
@click.option("--progress", is_flag=True, help="Show a progress bar.")
@with_appcontext
def import_(  # noqa: PLR0917 -- click hands them over by name
    resource: str,
    file: str,
    headers: Mapping[str, str],
    match: str,
    mode: str,
    empty: str,
    by: Mapping[str, str],
    makes: tuple[str, ...],
    keeps: tuple[str, ...],
    dates: str,
    decimal: str,
    delimiter: str | None,
    sheet: str,
    encoding: str,
    errors: str | None,
    reason: str,
    *,
    verbatim: bool,
    is_plan: bool,
    is_yes: bool,
    progress: bool,
) -> None:
    """Import FILE into RESOURCE, all of it or nothing: CSV, XLSX, JSON or JSON Lines; - is standard input.

    The first row names the columns. A row whose id exists changes that record; any other row creates one. If a
    row is wrong, it is named by its number (the header is row 1) and nothing is imported, unless --errors says where
    wrong rows go.
    """
    access, agreement = access_to(transferable(resource)), Agreement(is_plan, is_yes, reason)
    choices = Choices(
        Reading(encoding=encoding, delimiter=SEPARATORS.get(delimiter or "", ""), sheet=sheet),
        headers,
        ImportOptions(
            columns={},
            mode=Mode(mode),
            match=match,
            empty=Empty(empty),
            by=by,
            makes=frozenset(makes),
            dates=DateOrder("" if dates == "ymd" else dates),
            decimal=decimal,
            is_verbatim=verbatim,
            keeps=frozenset(keeps),
        ),
    )
    _import(access, choices, file, agreement, errors=errors, progress=progress)


def _import(
    access: Access, choices: Choices, file: str, agreement: Agreement, *, errors: str | None, progress: bool
) -> None:
    """Import a file as the options say."""
    name = "" if file == "-" else file
    with opened(file) as (raw, size), _problems_said():
        source = choices.source(access, raw, name)
        operation = choices.operation(access, source)
        if not agreement.is_plan and errors is None:
            whole = Whole(access, operation, source, _scope(name), agreement.reason)
            with tqdm(total=size, unit="B", unit_scale=True, disable=not progress) as bar:
                counts = whole.run(lambda _count: bar.update(raw.tell() - bar.n))
            _say(counts, access.resource)
            return
        plan = _planned(access, operation, source, name)
        show_plan(plan)
        if errors is not None and agreed(plan, access, agreement):
            PlanWork(plan.id, None, Progress()).carry_out()
            show_plan(plan)
            _write_wrong(plan, raw, source, errors)


@contextmanager
def _problems_said() -> Iterator[None]:
    """Report the wrong rows, and the option that reads a file in another encoding."""
    try:
        yield
    except EncodingError as error:
        if not error.encodings:
            raise
        how = f"import it with --encoding {' or '.join(error.encodings)}"
        message = f"{error.fact}: {how}. {error.otherwise}".rstrip()
        raise TransferError(message) from error
    except TransferError as error:
        for number, problem in error.problems:
            click.echo(f"Row {number}, {problem}", err=True)
        raise


@dataclass(frozen=True)
class Whole:
    """An import of the whole file or nothing."""

    access: Access
    operation: BulkOperation
    source: Source
    scope: str
    reason: str

    def run(self, on_rows: Callable[[int], object]) -> ImportCounts:
        """Import it (committed). `on_rows` is called with the number of rows read. Raises `TransferError` for wrong rows."""
        if self.access.needs_reason and not self.reason:
            message = "Nothing was imported: enter the reason for this change with --reason."
            raise PlanError(message)
        with writing():
            with refusals_of(self.access.resource.model), transaction(db.session):
                plan = import_whole(
                    self.access, self.operation, self.source, scope=self.scope, reason=self.reason, on_rows=on_rows
                )
                counts = counts_of(plan)
            refresh_statistics(db.session)
        return counts


def _planned(access: Access, operation: BulkOperation, source: Source, name: str) -> Plan:
    """Plan an import (committed)."""
    with writing(), transaction(db.session):
        plan = begin_import(access, operation, scope=_scope(name), staff_id=None)
        plan_id = plan.id
    PlanWork(plan_id, None, Progress()).plan_import(access, operation.rows, source)
    return db.session.get_one(Plan, plan_id, populate_existing=True)


def _write_wrong(plan: Plan, raw: IO[bytes], source: Source, path: str) -> None:
    """Write the rows that were not imported, if any."""
    wrong = list(_first(plan))
    if wrong:
        write_to(path, write_wrong(raw, source.reading, wrong_rows(db.engine, plan.id)))
        click.echo(f"The other rows are in {path}.", err=True)


def _first(plan: Plan) -> Iterator[tuple[int, str]]:
    for one in wrong_rows(db.engine, plan.id):
        yield one
        return


def _say(counts: ImportCounts, resource: Resource) -> None:
    """Return what an import did, without zeros: "50 users changed."."""
    found = {"created": counts.created, "changed": counts.changed, "unchanged": counts.unchanged}
    parts = [
        f"{number:,} {resource.noun if number == 1 else resource.nouns} {did}"
        for did, number in found.items()
        if number
    ]
    with to_standard_output():
        click.echo(f"{', '.join(parts)}." if parts else "The file has no rows.")


def _scope(name: str) -> str:
    return f"Rows of “{name}”" if name else "Rows of standard input"
