"""`manage.py import` and `manage.py export`: a resource's records in and out as CSV."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import IO, Any
from urllib.parse import parse_qsl

import click
from flask.cli import with_appcontext
from tqdm import tqdm

from admin_app import text
from admin_app.current import writing
from admin_app.domain import records
from admin_app.errors import NotFoundError, SelectionError, TransferError
from admin_app.extensions import db
from admin_app.models.connection import refresh_statistics
from admin_app.panel.registry import resources
from admin_app.panel.resource import ResourceView
from admin_app.transfer.csv_file import csv_chunks
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
@click.option(
    "--query", default="", metavar="ARGUMENTS", help="A list's address after the “?”, to export what it shows."
)
@with_appcontext
def export(resource: str, output: str, query: str) -> None:
    """Write RESOURCE as CSV: every record, or the list that --query describes."""
    view = _resource(resource)
    selection = view.selection(parse_qsl(query, keep_blank_values=True))
    if selection.problems:
        raise SelectionError(" ".join(selection.problems))
    columns = view.export_columns(selection)
    chunks = csv_chunks([column.header for column in columns], view.export_rows(selection, columns))
    if output == "-":
        sys.stdout.buffer.writelines(chunks)
        return
    # Written beside and moved into place when it is whole: a file that broke off never stands under the name asked for.
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
