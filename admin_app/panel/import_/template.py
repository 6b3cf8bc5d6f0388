"""A template file for imports: the titles of the columns, and one example row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from uuid import UUID

from flask import Response, abort

from admin_app.domain.permissions.policy import Action
from admin_app.extensions import TableColumn
from admin_app.kinds import kind_of
from admin_app.kinds.formatted import FormattedKind
from admin_app.panel.access.access import Access
from admin_app.panel.import_.offered import KEY, importable_columns, require_import
from admin_app.panel.import_.upload_page import TEMPLATES
from admin_app.transfer.formats import FORMATS
from admin_app.transfer.formats.base import PLAIN

# By kind of column; the others are text.
_EXAMPLES: Mapping[str, object] = {
    "whole_number": 1,
    "float": 1.5,
    "decimal": Decimal("1.5"),
    "boolean": True,
    "date": date(2026, 4, 3),
    "datetime": datetime(2026, 4, 3, 9, 30, tzinfo=UTC),
    "local_datetime": datetime.fromisoformat("2026-04-03T09:30"),
    "time": time(9, 30),
    "uuid": UUID(int=1),
}


def template_file(access: Access, format_key: str) -> Response:
    """Send the template."""
    require_import(access)
    if format_key not in TEMPLATES:
        abort(404)
    chosen = FORMATS[format_key]
    # A person who may not change records has no use for the key.
    offered = [one for one in importable_columns(access).values() if not one.names]
    columns = [one for one in offered if one.key != KEY or access.may(Action.EDIT)]
    example = [None if one.key == KEY or one.is_links else _example(one.column) for one in columns]
    name = f"{access.resource.endpoint}-import.{format_key}"
    rows: Iterator[bytes] = chosen.write(
        [one.written[-1] for one in columns], [example], PLAIN, lambda _row, _problem: None
    )
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(rows, content_type=chosen.content_type, headers=headers)


def _example(column: TableColumn) -> object:
    kind = kind_of(column)
    if isinstance(kind, FormattedKind):
        return kind.example
    if values := getattr(kind.type, "enums", None):
        return values[0]
    return _EXAMPLES.get(kind.name, "Text")
