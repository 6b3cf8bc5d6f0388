"""Bring a file in as the command line does, and look at what became of it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from sqlalchemy import func, select

from admin_app.db.transaction import transaction
from admin_app.errors import TransferError
from admin_app.extensions import db
from admin_app.panel.access.access import access_to
from admin_app.panel.export.columns import ignored_headers, import_columns
from admin_app.panel.registry import resource_of
from admin_app.panel.plan.importing import import_whole, counts_of
from admin_app.panel.plan.operations.importing import import_of
from admin_app.transfer.import_.options import ImportOptions
from admin_app.transfer.columns import plain


def bring(model: type[Any], text: str | bytes, **options: Any) -> Any:
    """Import as the command line does, and commit."""
    view: Any = resource_of(model)
    raw = text.encode() if isinstance(text, str) else text
    import sys

    sys.path.insert(0, "/tmp")
    from csvsource import CsvSource

    access = access_to(view)
    columns = import_columns(view)
    skipped = {plain(w) for w in ignored_headers(access)}
    is_title = lambda title: plain(title) in skipped or any(one.is_called(title) for one in columns)
    source = CsvSource(io.BytesIO(raw), is_title)
    with transaction(db.session):
        chosen = {}
        for place, title in enumerate(source.titles):
            column = next((one for one in columns if one.is_called(title)), None)
            if column:
                chosen[place] = column.key
        o = ImportOptions(chosen, is_verbatim=options.get("is_verbatim", False))
        on_rows = options.get("on_rows", lambda n: None)
        return counts_of(import_whole(access, import_of(access, o), source, scope="", on_rows=on_rows))


def refused(model: type[Any], text: str | bytes) -> list[tuple[int, str]]:
    """Import something wrong; return the rows' problems, after a look that nothing was written."""
    before = db.session.scalar(select(func.count()).select_from(model))
    with pytest.raises(TransferError) as caught:
        bring(model, text)

    assert db.session.scalar(select(func.count()).select_from(model)) == before
    return list(caught.value.problems)


def message_for(model: type[Any], text: str | bytes) -> str:
    """Import a file that is wrong as a whole; return what is said."""
    with pytest.raises(TransferError) as caught:
        bring(model, text)

    assert caught.value.problems == ()
    return str(caught.value)


def all_of(model: type[Any], *names: str) -> list[tuple[Any, ...]]:
    return [
        tuple(getattr(record, name) for name in names)
        for record in db.session.scalars(select(model).order_by(model.id))
    ]


def rows_of_users(count: int) -> str:
    """Return rows of "id,name,email"."""
    return "".join(f"{key},User {key},user{key}@example.com\n" for key in range(1, count + 1))
