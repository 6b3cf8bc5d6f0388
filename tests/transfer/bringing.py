"""Bring a file in as the command line does, and look at what became of it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from admin_app.db.transaction import transaction
from admin_app.errors import TransferError
from admin_app.extensions import db
from admin_app.panel.access.access import access_to
from admin_app.panel.export.columns import ignored_headers
from admin_app.panel.import_.offered import columns_titled
from admin_app.panel.plan.importing import ImportCounts, counts_of, import_whole
from admin_app.panel.plan.operations.importing import import_of
from admin_app.panel.registry import resource_of
from admin_app.transfer.import_.headers import columns_named, is_title
from admin_app.transfer.import_.opening import open_source
from admin_app.transfer.import_.options import ImportOptions


def bring(
    model: type[Any],
    text: str | bytes,
    *,
    is_verbatim: bool = False,
    on_rows: Callable[[int], object] = lambda _count: None,
    **chosen: Any,
) -> ImportCounts:
    """Import as the command line does, and commit; `chosen` are options of an import."""
    view: Any = resource_of(model)
    access = access_to(view)
    columns, ignored = columns_titled(access, chosen.get("by", ())), ignored_headers(access)
    file = io.BytesIO(text.encode() if isinstance(text, str) else text)
    source = open_source(file, lambda title: is_title(title, columns, ignored), guesses=False)
    options = ImportOptions(columns_named(source.titles, columns, ignored), is_verbatim=is_verbatim, **chosen)
    with transaction(db.session):
        return counts_of(import_whole(access, import_of(access, options), source, scope="", on_rows=on_rows))


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
