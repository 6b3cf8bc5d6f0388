"""Possible duplicates: groups of similar records with links to merge them, from one part of the table or from a job over all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import abort, request
from flask.typing import ResponseReturnValue

from admin_app.db.keys import print_key
from admin_app.db.limits import as_key
from admin_app.db.ordering import Likeness, is_short_text
from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.domain.records.duplicates import MOST_GROUPS, Group, Start, duplicates, groups_of
from admin_app.domain.records.duplicates import Page as FoundHere
from admin_app.domain.work import found_groups
from admin_app.errors import ConfigurationError, NotFoundError
from admin_app.extensions import db
from admin_app.formatting import counted, in_sentence
from admin_app.jobs import store as job_store
from admin_app.models.job import Job, JobState
from admin_app.panel.links import record_url
from admin_app.panel.merge.duplicates_job import begin, is_about, last_job
from admin_app.panel.merge.merge_form import GONE, KEPT
from admin_app.panel.page import Page, lead_on
from admin_app.panel.resource import Resource
from admin_app.panel.view_models import Link
from admin_app.selection.selection import whole_number
from admin_app.selection.sorting import text_indexes
from admin_app.web.auth.login import signed_in_principal
from admin_app.web.urls import here

# Arguments: the key's field, and where the page begins, after a key or at it.
BY, AFTER, FROM = "by", "after", "from"
# Arguments: the job whose groups are shown, and the number of the group before the first one.
FOUND, BEHIND = "found", "behind"
# The longest key of an index: of a name 200 letters count, and an email may be longer.
LONGEST_KEY = 1000
_WORDS = {
    Likeness.NAME: "the same {label}, ignoring capitals and accents",
    Likeness.EMAIL: "the same {label}, ignoring capitals, dots and anything after a “+”",
}


@dataclass(frozen=True)
class Twin:
    """A record of a group; `merge_url` is the page that merges it into the group's first record, "" for that record itself."""

    link: Link
    detail: str
    merge_url: str


@dataclass(frozen=True)
class DuplicateGroup:
    """Similar records: how many, and the first of them."""

    title: str
    counted: str
    twins: tuple[Twin, ...]
    more: str


@dataclass(frozen=True)
class SearchJob:
    """The state of a job that searches, or searched, all records."""

    words: str
    is_under_way: bool = False


class DuplicatesPage(Page):
    """The page of one duplicate key, with links to the other keys."""

    def respond(self) -> ResponseReturnValue:
        """Show a page of groups, start a job over all records, or show the groups that a job found."""
        names = self.access.shown(self.resource.duplicate_keys)
        by = request.args.get(BY, names[0] if names else "")
        if by not in names:
            abort(HTTPStatus.NOT_FOUND)
        if request.method == "POST":
            job = begin(self.access, by, signed_in_principal().id)
            return lead_on(self.link("duplicates_view", **{BY: by, FOUND: job.id}))
        return self._found(names, by) if FOUND in request.args else self._here(names, by)

    def _here(self, names: Sequence[str], by: str) -> str:
        """Search a part of the records now, and show its groups."""
        column, start = getattr(self.resource.model, by), _start()
        rows = self.access.rows(Action.LIST)
        found = duplicates(db.session, column, self.resource.duplicate_keys[by], start=start, rows=rows)
        is_part = bool(start.key) or found.following is not None
        last = last_job(self.access, by, signed_in_principal().id) if is_part else None
        return self._page(
            names,
            by,
            groups=[self._group(one) for one in found.groups],
            looked_at=self._looked_at(found),
            next_url=self._next_url(by, found.following),
            first_url=self.link("duplicates_view", **{BY: by}) if start.key else "",
            look_url=self.link("duplicates_view", **{BY: by}) if is_part else "",
            found_url="" if last is None else self.link("duplicates_view", **{BY: by, FOUND: last.id}),
        )

    def _found(self, names: Sequence[str], by: str) -> str:
        """Show a page of the groups that this person's job found, with their present records."""
        job = self._requested(by)
        column, behind = getattr(self.resource.model, by), whole_number(request.args.get(BEHIND, ""))
        keys = found_groups.keys_behind(db.session, job_id=job.id, number=behind, limit=MOST_GROUPS)
        number, here_ = found_groups.number_of(db.session, job_id=job.id), {BY: by, FOUND: job.id}
        rows = self.access.rows(Action.LIST)
        groups = groups_of(db.session, column, self.resource.duplicate_keys[by], keys, rows)
        is_more, end = number > behind + len(keys), behind + len(keys)
        return self._page(
            names,
            by,
            job=self._told(job, number),
            groups=[self._group(one) for one in groups],
            next_url=self.link("duplicates_view", **here_, **{BEHIND: end}) if is_more else "",
            first_url=self.link("duplicates_view", **here_) if behind else "",
            look_url="" if job.state in job_store.OPEN else self.link("duplicates_view", **{BY: by}),
        )

    def _page(self, names: Sequence[str], by: str, **values: object) -> str:
        return self.render(
            "resource/duplicates.html",
            keys=[Link(self._label(name), self.link("duplicates_view", **{BY: name}), name == by) for name in names],
            meaning=_WORDS[self.resource.duplicate_keys[by]].format(label=self._label(by)),
            return_url=self.link("index_view"),
            here=here(),
            **values,
        )

    def _requested(self, by: str) -> Job:
        """Return the job that the address names; answer 404 for another person's, or one about something else."""
        key = as_key(Job, request.args[FOUND])
        try:
            job = job_store.requested(db.session, job_id=key or 0, staff_id=signed_in_principal().id)
        except NotFoundError:
            abort(HTTPStatus.NOT_FOUND)
        if not is_about(self.access, by, job):
            abort(HTTPStatus.NOT_FOUND)
        return job

    def _told(self, job: Job, number: int) -> SearchJob:
        """Return a job's progress or result in words."""
        groups, nouns = counted(number, "group", "groups"), self.resource.nouns
        if job_store.is_lost(job) or job.state in {JobState.FAILED, JobState.CANCELLED}:
            return SearchJob(f"The search stopped after {groups}. {job.error}".strip())
        if job.state is JobState.DONE:
            return SearchJob(f"The search found {groups} among all {nouns}.")
        if job.state is JobState.WAITING:
            return SearchJob("The search has not begun yet.", is_under_way=True)
        total = "" if job.total is None else f" of {job.total:,}"
        return SearchJob(f"The search has found {groups} so far, among {job.done:,}{total} {nouns}.", is_under_way=True)

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
        pair = {KEPT: print_key(first.id), GONE: print_key(record.id)}
        return Twin(
            link=Link(f"{self.access.title_of(record)}, ID {record.id}", record_url(self.access, record, url=here())),
            detail=self.access.detail_of(record),
            merge_url=self.link("merge_view", **pair, url=here()) if may and record is not first else "",
        )

    def _looked_at(self, found: FoundHere) -> str:
        """Say how many records were searched without more groups; "" if those were all."""
        return "" if found.following is None else counted(found.looked_at, self.resource.noun, self.resource.nouns)

    def _next_url(self, by: str, following: Start | None) -> str:
        if following is None:
            return ""
        return self.link("duplicates_view", **{BY: by, AFTER if following.is_behind else FROM: following.key})

    def _label(self, name: str) -> str:
        return in_sentence(self.resource.label(name))


def declare_likenesses(resource: Resource) -> None:
    """Declare an index for every duplicate key; raise `ConfigurationError` for one that is not short text."""
    for name, likeness in resource.duplicate_keys.items():
        column = getattr(resource.model, name).property.columns[0]
        if not is_short_text(column) or column.info.get("secret"):
            message = (
                f"{resource.model.__name__}'s duplicate key “{name}” needs a column of short text that is no secret."
            )
            raise ConfigurationError(message)
        text_indexes.declare(column, likeness=likeness)


def _start() -> Start:
    """Read where the page begins; without a valid key it is the first key."""
    behind, at = (request.args.get(name, "").replace("\0", "")[:LONGEST_KEY] for name in (AFTER, FROM))
    return Start(at, is_behind=False) if at else Start(behind)
