"""`manage.py import` and `manage.py export`: a resource's records in from CSV, and out in every format."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any
from urllib.parse import parse_qsl

import click
from flask.cli import with_appcontext
from tqdm import tqdm

from admin_app import text
from admin_app.current import writing
from admin_app.domain import records
from admin_app.errors import NotFoundError, TransferError
from admin_app.extensions import db
from admin_app.models.connection import refresh_statistics
from admin_app.panel.registry import resources
from admin_app.panel.resource import ResourceView
from admin_app.transfer.formats import FORMATS, FileOptions
from admin_app.transfer.formats.csv import DELIMITERS
from admin_app.transfer.importing import Report, import_csv


@click.command("import")
@click.argument("resource")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--progress", is_flag=True, help="Show a bar.")
@click.option("--verbatim", is_flag=True, help="Keep the apostrophe before =, +, - and @ that spreadsheets hide.")
@with_appcontext
def import_(resource: str, file: Path, *, progress: bool, verbatim: bool) -> None:
    """Read FILE.csv into RESOURCE, all of it or nothing.

    The first row names the columns. A row whose id exists changes that record; any other row makes one. A wrong row is
    named by its number, the header being row 1, and then nothing is imported.
    """
    view = _resource(resource)
    try:
        with (
            file.open("rb") as raw,
            tqdm(total=file.stat().st_size, unit="B", unit_scale=True, disable=not progress) as bar,
        ):
            report = _import(view, raw, bar, is_verbatim=verbatim)
    except TransferError as error:
        for number, problem in error.problems:
            click.echo(f"Row {number}: {problem}", err=True)
        raise
    made, changed = (
        text.counted(report.created, view.noun, view.nouns),
        text.counted(report.changed, view.noun, view.nouns),
    )
    click.echo(f"{made} made, {changed} changed, {text.number(report.unchanged)} the same as before.")


def _import(view: ResourceView, raw: IO[bytes], bar: Any, *, is_verbatim: bool) -> Report:
    text_of = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
    with text_of as file, writing():
        with records.commit(db.session, view.model):
            report = import_csv(
                db.session,
                view.model,
                file,
                view.import_columns(),
                ignored=view.ignored_headers(),
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
    help="The file; - is standard output.",
)
@click.option("--format", "format_key", type=click.Choice(list(FORMATS)), default="csv", show_default=True)
@click.option(
    "--query", default="", metavar="ARGUMENTS", help="A list's address after the “?”, to export what it shows."
)
@click.option("--filter", "filters", multiple=True, metavar="KEY=VALUE", help="One filter, as in a list's address.")
@click.option("--columns", default="", metavar="KEYS", help="Columns and their order, separated by commas.")
@click.option("--delimiter", type=click.Choice(list(DELIMITERS)), default="comma", show_default=True, help="Of CSV.")
@click.option("--excel", is_flag=True, help="Begin CSV with the mark by which Excel knows UTF-8.")
@with_appcontext
def export(  # noqa: PLR0917 -- click hands them over by name
    resource: str,
    output: str,
    format_key: str,
    query: str,
    filters: tuple[str, ...],
    columns: str,
    delimiter: str,
    *,
    excel: bool,
) -> None:
    """Write RESOURCE to a file: every record, or those that --query and --filter leave."""
    view = _resource(resource)
    order = view.order(
        parse_qsl(query, keep_blank_values=True) + [_filter(text) for text in filters],
        columns=[key for key in columns.split(",") if key],
        format_key=format_key,
        options=FileOptions(DELIMITERS[delimiter], is_for_excel=excel),
    )
    # On a terminal only, and on standard error: standard output may be the file.
    with tqdm(unit=" rows", disable=None) as bar:
        chunks = view.export_file(order, on_total=bar.reset, on_rows=bar.update, on_problem=_warn)
        if output == "-":
            sys.stdout.buffer.writelines(chunks)
        else:
            _write_file(output, chunks)


def _filter(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        message = f"a filter looks like name__contains=ann, not “{text}”"
        raise click.BadParameter(message, param_hint="--filter")
    return key, value


def _warn(row: int, problem: str) -> None:
    click.echo(f"Row {row}: {problem}", err=True)


def _write_file(output: str, chunks: Iterable[bytes]) -> None:
    """Write beside and move into place when it is whole: a file that broke off never stands under the name asked for."""
    unfinished = Path(f"{output}.part")
    try:
        with unfinished.open("wb") as file:
            file.writelines(chunks)
        unfinished.replace(output)
    except OSError as error:
        message = f"{output} cannot be written: {error.strerror}."
        raise TransferError(message) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _resource(name: str) -> ResourceView:
    """Find a resource by its model's name, in the singular or as it is called in the menu."""
    found = {resource.endpoint: resource for resource in resources() if resource.can_transfer}
    named = found.get(name) or next((resource for resource in found.values() if resource.nouns == name), None)
    if named is None:
        message = f"There is no “{name}”. There is: {', '.join(sorted(found))}."
        raise NotFoundError(message)
    return named
