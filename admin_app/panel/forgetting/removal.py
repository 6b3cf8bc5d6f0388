"""Erase a person's data with all files: the part that the page and the command share."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from admin_app.db.attributes import stored_columns
from admin_app.db.keys import Key
from admin_app.db.transaction import transaction
from admin_app.domain.forgetting.accounts import IN_USE
from admin_app.domain.forgetting.forget import Extent, Removed, extent_of, forget
from admin_app.domain.forgetting.held import held_about
from admin_app.domain.forgetting.subject import Subject, stand_in, subject_of
from admin_app.domain.forgetting.texts import Occurrences
from admin_app.errors import ConfigurationError, NotFoundError
from admin_app.extensions import db, table_of
from admin_app.formatting import counted, in_words
from admin_app.jobs import stored_files
from admin_app.jobs.files import JOBS, UPLOADS, files_of
from admin_app.kinds.file_reference import read_reference
from admin_app.panel.registry import resources
from admin_app.panel.resource import Resource
from admin_app.relations import relations_of

_HISTORY = frozenset({"change", "change_set"})
# The names of the dashboard's own tables, as people know them.
_CALLED = {
    "plan": "other plans",
    "plan_line": "other plans",
    "job": "jobs",
    "draft": "drafts of forms",
    "note": "notes",
}


def require_personal(resource: Resource) -> None:
    """Raise `ConfigurationError` if a personal field is not a column, or no replacement fits into it."""
    for name in resource.personal:
        column = stored_columns(resource.model).get(name)
        if column is None:
            message = f"{type(resource).__name__}: personal names {name}, which is no column."
            raise ConfigurationError(message)
        stand_in(column, 0)


def subject_at(resource: Resource, key: Key) -> Subject:
    """Return the subject with this key; raise `NotFoundError` if neither a record nor the history has any data."""
    subject = subject_of(db.session, resource.model, key, resource.personal)
    extent = extent_of(db.session, subject, files_about(resource))
    if not extent.is_there and not extent.changes:
        message = f"There is no {resource.noun} {key}, and none in the history."
        raise NotFoundError(message)
    return subject


def extent_at(resource: Resource, subject: Subject) -> Extent:
    """Count what would be erased."""
    return extent_of(db.session, subject, files_about(resource))


def everything_held(subject: Subject) -> str:
    """Return everything that is stored about a person, as JSON for them."""
    return json.dumps(held_about(db.session, subject), ensure_ascii=False, indent=2)


def remove(resource: Resource, subject: Subject, reason: str) -> Removed:
    """Erase the person's data (committed); raise `ForgettingError` if that is not possible now."""
    with transaction(db.session):
        removed = forget(db.session, subject, files_about(resource), reason=reason)
    for job in removed.jobs:
        files_of(JOBS).remove(job)
    for upload in removed.uploads:
        files_of(UPLOADS).remove(upload)
    stored_files.let_go({one.sha256 for one in map(read_reference, subject.files) if one is not None})
    return removed


def files_about(resource: Resource) -> frozenset[str]:
    """Return the resources whose files may contain data of this one's records: itself, and those that show its records."""
    showing = (
        one.endpoint
        for one in resources()
        if any(relation.target is resource.model for relation in relations_of(one.model).values())
    )
    return frozenset({resource.endpoint, *showing})


def lines_of(extent: Extent) -> Sequence[str]:
    """Return one line for each sort of data that would be erased."""
    return [words for number, words in _lines(extent) if number]


def elsewhere_in_words(places: Sequence[Occurrences]) -> str:
    """Say where the person's name still occurs, because it may be somebody else's; "" if it does not occur."""
    in_history = sum(one.count for one in places if one.table in _HISTORY)
    found = [_place_in_words(one) for one in places if one.table not in _HISTORY]
    if in_history:
        found.append(f"{counted(in_history, 'text', 'texts')} of the history of other records")
    return (
        f"The same words also stand in {in_words(found)}. They may mean somebody else, so they stay." if found else ""
    )


def _place_in_words(place: Occurrences) -> str:
    resource = next((one for one in resources() if table_of(one.model).name == place.table), None)
    if resource is None:
        called = _CALLED.get(place.table, f"the table “{place.table}”")
        return f"{counted(place.count, 'text', 'texts')} of {called}"
    return f"{counted(place.count, resource.noun, resource.nouns)} ({resource.label(place.column)})"


def _lines(extent: Extent) -> Iterator[tuple[int, str]]:
    texts = sum(one.count for one in extent.texts)
    yield int(extent.is_in_use), IN_USE
    yield int(extent.is_there), "The record stays. Its personal fields say “Forgotten”, or are empty."
    yield (
        extent.changes,
        f"This removes the personal values from {counted(extent.changes, 'entry', 'entries')} in the history.",
    )
    merged = counted(extent.former, "record that was", "records that were")
    yield extent.former, f"This does the same to the history of {merged} merged into it."
    named = f"This puts a number in place of the name beside {counted(extent.acts, 'act and note', 'acts and notes')} of the account"
    yield extent.acts, f"{named}."
    yield int(extent.is_account), "This removes the sessions, passkeys, second factor and drafts of the account."
    yield extent.notes, f"This deletes {counted(extent.notes, 'note', 'notes')} about the record."
    yield extent.drafts, f"This deletes {counted(extent.drafts, 'draft of a form', 'drafts of forms')}."
    yield extent.plans, f"This deletes {counted(extent.plans, 'plan', 'plans')}."
    yield (
        extent.jobs,
        f"This deletes {counted(extent.jobs, 'finished job and its file', 'finished jobs and their files')}.",
    )
    yield extent.uploads, f"This deletes {counted(extent.uploads, 'uploaded file', 'uploaded files')}."
    yield extent.files, f"This deletes {counted(extent.files, 'file', 'files')} that no other record holds."
    yield (
        texts,
        f"This removes what only this person has, like an email, from {counted(texts, 'other text', 'other texts')}.",
    )
