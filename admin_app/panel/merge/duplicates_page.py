"""Possible duplicates: groups of records that are alike, each with the way to merge them."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from flask import abort, request
from flask.typing import ResponseReturnValue

from admin_app.db.ordering import Likeness, is_short_text
from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.domain.records.duplicates import Group, Start, duplicates
from admin_app.domain.records.duplicates import Page as Found
from admin_app.errors import ConfigurationError
from admin_app.extensions import db
from admin_app.formatting import counted
from admin_app.panel.links import record_url
from admin_app.panel.merge.merge_form import GONE, KEPT
from admin_app.panel.page import Page
from admin_app.panel.resource import Resource
from admin_app.panel.view_models import Link
from admin_app.selection.sorting import text_indexes
from admin_app.web.urls import here

# In the address: by which field, and where the page begins: behind a key, or at it.
BY, AFTER, FROM = "by", "after", "from"
# A key of an index is no longer: that of a name, of which 200 letters count, or an email's.
LONGEST_KEY = 1000
_WORDS = {
    Likeness.NAME: "the same {label}, but for capitals and accents",
    Likeness.EMAIL: "the same {label}, but for capitals, dots and what follows a “+”",
}


@dataclass(frozen=True)
class Twin:
    """A record of a group; `merge_url` leads to the page that merges it into the first one, "" for that itself."""

    link: Link
    detail: str
    merge_url: str


@dataclass(frozen=True)
class DuplicateGroup:
    """Records that are alike: how many, and the first of them."""

    title: str
    counted: str
    twins: tuple[Twin, ...]
    more: str


class DuplicatesPage(Page):
    """The page of one key; links lead to the others."""

    def respond(self) -> ResponseReturnValue:
        """Show a page of groups."""
        names = self.access.shown(self.resource.duplicate_keys)
        by = request.args.get(BY, names[0] if names else "")
        if by not in names:
            abort(HTTPStatus.NOT_FOUND)
        column, likeness = getattr(self.resource.model, by), self.resource.duplicate_keys[by]
        start = _start()
        found = duplicates(db.session, column, likeness, start=start, rows=self.access.rows(Action.LIST))
        return self.render(
            "resource/duplicates.html",
            groups=[self._group(one) for one in found.groups],
            keys=[Link(self._label(name), self.link("duplicates_view", **{BY: name}), name == by) for name in names],
            meaning=_WORDS[likeness].format(label=self._label(by)),
            looked_at=self._looked_at(found),
            next_url=self._next_url(by, found.following),
            first_url=self.link("duplicates_view", **{BY: by}) if start.key else "",
            return_url=self.link("index_view"),
        )

    def _group(self, group: Group) -> DuplicateGroup:
        first, number = group.records[0], counted(group.count, self.resource.noun, self.resource.nouns)
        return DuplicateGroup(
            title=self.access.title_of(first),
            counted=f"{number} or more" if group.is_cut else number,
            twins=tuple(self._twin(one, first) for one in group.records),
            more=f"and {group.count - len(group.records):,} more" if group.count > len(group.records) else "",
        )

    def _twin(self, record: Record, first: Record) -> Twin:
        may = self.resource.is_open_to_bulk and self.access.may(Action.EDIT) and self.access.may(Action.DELETE)
        pair = {KEPT: first.id, GONE: record.id}
        return Twin(
            link=Link(f"{self.access.title_of(record)}, ID {record.id}", record_url(self.access, record, url=here())),
            detail=self.access.detail_of(record),
            merge_url=self.link("merge_view", **pair, url=here()) if may and record is not first else "",
        )

    def _looked_at(self, found: Found) -> str:
        """Say how many records there were no more groups among; "" where that was all."""
        return "" if found.following is None else counted(found.looked_at, self.resource.noun, self.resource.nouns)

    def _next_url(self, by: str, following: Start | None) -> str:
        if following is None:
            return ""
        return self.link("duplicates_view", **{BY: by, AFTER if following.is_behind else FROM: following.key})

    def _label(self, name: str) -> str:
        return self.resource.label(name).lower()


def declare_likenesses(resource: Resource) -> None:
    """Declare an index for every key by which records may be the same; raise `ConfigurationError` for one that is no short text."""
    for name, likeness in resource.duplicate_keys.items():
        column = getattr(resource.model, name).property.columns[0]
        if not is_short_text(column) or column.info.get("secret"):
            message = (
                f"{resource.model.__name__}'s duplicate key “{name}” needs a column of short text that is no secret."
            )
            raise ConfigurationError(message)
        text_indexes.declare(column, likeness=likeness)


def _start() -> Start:
    """Read where the page begins; what is no key begins at the first one."""
    behind, at = (request.args.get(name, "").replace("\0", "")[:LONGEST_KEY] for name in (AFTER, FROM))
    return Start(at, is_behind=False) if at else Start(behind)
