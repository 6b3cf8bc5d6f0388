"""Searches of posts and of users, by the index and without it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.panel.access.access import access_to
from admin_app.panel.list.selections import schema_for
from admin_app.panel.registry import resource_of
from admin_app.selection.paging.pages import fetch
from admin_app.selection.search.folding import spellings
from admin_app.selection.search.search import Term
from admin_app.selection.selection import Selection


def rows_of(selection: Selection) -> list[Any]:
    """Read all rows of a selection."""
    return fetch(db.session, selection.segments(), limit=10_000)


def selection(search: str, of: type[Any] = Post, **filters: str) -> Selection:
    resource = resource_of(of)
    assert resource
    return Selection.parse(schema_for(access_to(resource)), [("q", search), *filters.items()])


def found(search: str, of: type[Any] = Post) -> list[int]:
    """Find by the index, then by walking; they have to agree."""
    walk = selection(search, of)
    by_walking = sorted(row.id for row in rows_of(walk))
    lookups = tuple(one for one in walk.lookups if all(map(_has_pieces, one.terms)))
    by_index = sorted(row.id for row in rows_of(walk.changed(by_index=lookups)))
    assert by_index == by_walking
    return by_index


def _has_pieces(term: Term) -> bool:
    return all(len(one) > 2 for one in spellings(term.text))


def write(*contents: str, **values: Any) -> list[int]:
    rows = [{"content": content, **values} for content in contents]
    return list(db.session.scalars(insert(Post).returning(Post.id, sort_by_parameter_order=True), rows))
