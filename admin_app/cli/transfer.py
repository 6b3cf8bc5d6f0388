"""`manage.py export`: write a resource's records to a file, in any format."""

from __future__ import annotations

from contextlib import closing
from datetime import tzinfo
from urllib.parse import parse_qsl

import click
from flask.cli import with_appcontext
from tqdm import tqdm

from admin_app.cli.filters import filter_of
from admin_app.cli.resource_names import transferable
from admin_app.cli.streams import write_to
from admin_app.context import time_zone
from admin_app.panel.access.access import access_to
from admin_app.panel.export.export import export_file, order
from admin_app.timezones import UTC_NAME, offered, zone_of
from admin_app.transfer.formats import FORMATS, FileOptions
from admin_app.transfer.formats.csv import DELIMITERS


def _zone(_context: click.Context, _option: click.Parameter, name: str) -> tzinfo:
    if name not in offered():
        message = f"the time zone “{name}” does not exist; choose UTC, Europe/Berlin or another"
        raise click.BadParameter(message)
    return zone_of(name)


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
    """Write RESOURCE to a file: every record, or those that match --query and --filter."""
    view = transferable(resource)
    # Only on a terminal, and on standard error: standard output may be the file.
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
    """Read the part after the “?” of an address."""
    place, mark, asked = query.partition("?")
    is_address = mark and "=" not in place
    return parse_qsl((asked if is_address else query).partition("#")[0], keep_blank_values=True)


def _warn(row: int, problem: str) -> None:
    click.echo(f"Row {row}: {problem}", err=True)
