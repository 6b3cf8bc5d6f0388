"""`manage.py import` and `manage.py export`: a resource's records in from CSV, and out in every format."""

from __future__ import annotations

import io
from contextlib import closing
from datetime import tzinfo
from typing import IO, NoReturn
from urllib.parse import parse_qsl

import click
from flask.cli import with_appcontext
from tqdm import tqdm

from admin_app.cli.filters import filter_of
from admin_app.cli.resource_names import resource_named
from admin_app.cli.streams import opened, to_standard_output, write_to
from admin_app.context import time_zone, writing
from admin_app.db.connection import refresh_statistics
from admin_app.db.transaction import transaction
from admin_app.domain.records.refusals import refusals_of
from admin_app.errors import EncodingError, TransferError
from admin_app.extensions import db
from admin_app.panel.access.access import access_to
from admin_app.panel.export.columns import ignored_headers, import_columns
from admin_app.panel.export.export import export_file, order
from admin_app.panel.registry import resources
from admin_app.panel.resource import Resource
from admin_app.timezones import UTC_NAME, offered, zone_of
from admin_app.transfer.formats import FORMATS, FileOptions
from admin_app.transfer.formats.csv import DELIMITERS
from admin_app.transfer.import_.csv_reader import decoded
from admin_app.transfer.import_.importer import Report, import_csv


def _encoding(_context: click.Context, _option: click.Parameter, name: str) -> str:
    try:
        io.TextIOWrapper(io.BytesIO(), name or None)
    except LookupError as error:
        message = f"the encoding “{name}” does not exist; choose utf-8, utf-16, windows-1252 or another"
        raise click.BadParameter(message) from error
    return name


def _zone(_context: click.Context, _option: click.Parameter, name: str) -> tzinfo:
    if name not in offered():
        message = f"the time zone “{name}” does not exist; choose UTC, Europe/Berlin or another"
        raise click.BadParameter(message)
    return zone_of(name)


@click.command("import")
@click.argument("resource")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--progress", is_flag=True, help="Show a progress bar.")
@click.option("--verbatim", is_flag=True, help="Keep the apostrophe before =, +, - and @ that spreadsheets hide.")
@click.option(
    "--encoding", default="", callback=_encoding, help="The encoding of a file that is not UTF-8, like windows-1252."
)
@with_appcontext
def import_(resource: str, file: str, *, progress: bool, verbatim: bool, encoding: str) -> None:
    """Read FILE.csv into RESOURCE, all of it or nothing; - is standard input.

    The first row names the columns. A row whose id exists changes that record; any other row makes one. A wrong row is
    named by its number, the header being row 1, and then nothing is imported.
    """
    view = _resource(resource)
    try:
        with (
            opened(file) as (raw, size),
            tqdm(total=size, unit="B", unit_scale=True, disable=not progress) as bar,
        ):
            report = _import(view, raw, bar, is_verbatim=verbatim, encoding=encoding)
    except EncodingError as error:
        raise TransferError(_with_option(error)) from error
    except TransferError as error:
        for number, problem in error.problems:
            click.echo(f"Row {number}, {problem}", err=True)
        raise
    with to_standard_output():
        click.echo(_summary(report, view.noun, view.nouns))


def _with_option(error: EncodingError) -> str:
    """Say which option reads the file."""
    if not error.encodings:
        return str(error)
    return f"{error.fact}: import it with --encoding {' or '.join(error.encodings)}. {error.otherwise}".rstrip()


def _summary(report: Report, noun: str, nouns: str) -> str:
    """Say what an import did, and nothing of what it did not do: "50 users changed."."""
    counts = {"created": report.created, "changed": report.changed, "unchanged": report.unchanged}
    parts = [f"{number:,} {noun if number == 1 else nouns} {did}" for did, number in counts.items() if number]
    return f"{', '.join(parts)}." if parts else "The file has no rows."


def _import(view: Resource, raw: IO[bytes], bar: tqdm[NoReturn], *, is_verbatim: bool, encoding: str) -> Report:
    with decoded(raw, encoding) as file, writing():
        with refusals_of(view.model), transaction(db.session):
            report = import_csv(
                db.session,
                view.model,
                file,
                import_columns(view),
                ignored=ignored_headers(access_to(view)),
                is_verbatim=is_verbatim,
                on_rows=lambda _count: bar.update(raw.tell() - bar.n),
            )
        refresh_statistics(db.session)
    return report


@click.command()
@click.argument("resource")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, writable=True, allow_dash=True),
    default="-",
    help="The file; - for standard output.",
)
@click.option("--format", "format_key", type=click.Choice(list(FORMATS)), default="csv", show_default=True)
@click.option(
    "--query",
    default="",
    metavar="ARGUMENTS",
    help="What follows the “?” in a list's address, to export what it shows.",
)
@click.option("--filter", "filters", multiple=True, metavar="KEY=VALUE", help="One filter, as in a list's address.")
@click.option("--columns", default="", metavar="KEYS", help="Columns and their order, separated by commas.")
@click.option(
    "--delimiter", type=click.Choice(list(DELIMITERS)), default="comma", show_default=True, help="The separator of CSV."
)
@click.option(
    "--time-zone",
    "zone",
    default=UTC_NAME,
    show_default=True,
    callback=_zone,
    help="The time zone of the days in filters, like Europe/Berlin.",
)
@click.option("--excel", is_flag=True, help="Add a BOM to CSV, so that Excel shows accents correctly.")
@with_appcontext
def export(  # noqa: PLR0917 -- click hands them over by name
    resource: str,
    output: str,
    format_key: str,
    query: str,
    filters: tuple[str, ...],
    columns: str,
    delimiter: str,
    zone: tzinfo,
    *,
    excel: bool,
) -> None:
    """Write RESOURCE to a file: every record, or those that --query and --filter leave."""
    view = _resource(resource)
    # On a terminal only, and on standard error: standard output may be the file.
    with time_zone(zone), tqdm(unit=" rows", disable=None) as bar:
        wanted = order(
            access_to(view),
            _arguments(query) + [filter_of(text) for text in filters],
            columns=[key for key in columns.split(",") if key],
            format_key=format_key,
            options=FileOptions(DELIMITERS[delimiter], is_for_excel=excel),
        )
        with closing(export_file(wanted, on_total=bar.reset, on_rows=bar.update, on_problem=_warn)) as chunks:
            write_to(output, chunks)


def _arguments(query: str) -> list[tuple[str, str]]:
    """Read what stands after the “?” of an address, or in the whole of it."""
    place, mark, asked = query.partition("?")
    is_address = mark and "=" not in place
    return parse_qsl((asked if is_address else query).partition("#")[0], keep_blank_values=True)


def _warn(row: int, problem: str) -> None:
    click.echo(f"Row {row}: {problem}", err=True)


def _resource(name: str) -> Resource:
    return resource_named(name, (one for one in resources() if one.can_transfer))
