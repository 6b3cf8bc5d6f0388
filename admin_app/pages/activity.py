"""Activity: who did what, when and how; and the way to undo it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from sqlalchemy import select

from admin_app.context import zone
from admin_app.db.json_values import recorded_models
from admin_app.db.limits import as_key, read_number
from admin_app.db.ordering import in_order
from admin_app.db.record import Record
from admin_app.db.transaction import transaction
from admin_app.db.types import utc_now
from admin_app.domain.audit.reader import Activity, ActivityFilter, activity, acts, changes_of, is_shown
from admin_app.domain.audit.undo import UndoResult, keeps_former, subject_of, undo, undone_by
from admin_app.domain.audit.undo_offers import is_for_good, last_undoable
from admin_app.domain.audit.undo_words import as_noun, opposite, words_to_undo
from admin_app.domain.permissions.policy import Action, rights_of
from admin_app.domain.records.refusals import refusals_of
from admin_app.domain.work import ticks
from admin_app.errors import InvalidRecord, PrivilegeError, UndoError
from admin_app.extensions import db, table_of
from admin_app.formatting import counted, inside_quotes
from admin_app.models.change_set import CHANGING, Change, ChangeSet, Did, Kind
from admin_app.models.staff import Staff
from admin_app.panel.access.access import Access, access_at, access_of, access_to, accesses_of_table
from admin_app.panel.access.audit import (
    purpose_of,
    require_fields,
    require_rows_after,
    require_rows_before,
    require_undo,
    summary_of,
    visible,
)
from admin_app.panel.access.notes import NOTES, require_own_notes
from admin_app.panel.base_view import ProtectedView
from admin_app.panel.history.activity_file import MOST_ACTS, activity_file
from admin_app.panel.history.activity_row import NOBODY, activity_row
from admin_app.panel.history.activity_table import by_day, rows_of
from admin_app.panel.history.blocking_record import UNTOLD, blocking_record, may_know
from admin_app.panel.history.entries import entries_of
from admin_app.panel.history.view_models import LeftAlone
from admin_app.panel.kinds import value_cell
from admin_app.panel.links import link, list_links
from admin_app.panel.list.selections import plain_selection, ticked_list
from admin_app.panel.registry import resources
from admin_app.panel.sign_outs import sign_out_message
from admin_app.panel.view_models import Link
from admin_app.web.auth import login, reauthentication
from admin_app.web.flash import announce
from admin_app.web.urls import here, local_path

# Colleagues in the select; others are found by name.
MOST_PEOPLE = 200
LONGEST_SEARCH = 200
# Nobody goes through a list of more records.
MOST_LISTED = 100_000
# What the filters are called in the record of an export.
_ASKED = {"q": "search", "person": "person ID", "resource": "list", "kind": "kind", "from": "from", "to": "to"}
# In place of a kind: all kinds that change records.
CHANGES = "changes"


class ActivityPage(ProtectedView):
    """All activity on what the person may see."""

    lagging = frozenset({"index", "file"})
    files = frozenset({"file"})
    retried = frozenset({"undo_view", "list_view"})

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Show the newest change sets, or those that match the filters."""
        problems: list[str] = []
        wanted = _wanted(request.args, problems)
        before, after = (as_key(ChangeSet, request.args.get(name, "")) or 0 for name in ("before", "after"))
        found = activity(db.session, wanted, before=before, after=after)
        return self.render(
            "pages/activity.html",
            days=by_day(rows_of(found.sets, wanted)),
            presets=_presets(),
            result=f"{found.count} {'entry' if found.count.number == 1 and found.count.is_exact else 'entries'}",
            problems=problems,
            choices=_choices(),
            chosen={**_filters(), "person": request.args.get("person", "")},
            is_narrowed=bool(_filters()),
            file_url=f"{url_for('activity.file')}?{urlencode(_filters())}".rstrip("?") if _may_take() else "",
            **_pages(found),
        )

    @expose("/activity.csv")
    def file(self) -> ResponseReturnValue:
        """Send the matching change sets as a file, only to people with all rights: it contains everybody's."""
        if not _may_take():
            abort(403)
        problems: list[str] = []
        wanted = _wanted(request.args, problems)
        if problems:
            page: ResponseReturnValue = self.index()
            return page
        sets = acts(db.session, wanted, most=MOST_ACTS)
        if reauthentication.are_many(len(sets)) and not reauthentication.is_fresh():
            return redirect(url_for("account.confirm", next=here(), back=url_for("activity.index")))
        return activity_file(sets, asked=", ".join(f"{_ASKED[name]} “{value}”" for name, value in _filters().items()))

    def back_from_file(self, _name: str) -> str:
        """Lead to the page that the file was exported from."""
        return url_for("activity.index")

    @expose("/set/")
    def set_view(self) -> ResponseReturnValue:
        """Show one change set with all its records."""
        done = _requested(request.args)
        after = as_key(Change, request.args.get("after", "")) or 0
        seen = visible()
        changes, following = changes_of(db.session, done.id, seen.hidden, rows=seen.rows, after=after)
        undone = undone_by(db.session, done)
        row = activity_row(done, is_for_good=is_for_good(db.session, done))
        can_undo = row.can_undo and (done.count != len(changes) or any(keeps_former(one) for one in changes))
        return self.render(
            "pages/change_set.html",
            done=replace(row, at=value_cell(done.at, is_whole=True), can_undo=can_undo),
            request_id=done.request_id,
            entries=entries_of([(change, done) for change in changes]),
            following_url=url_for("activity.set_view", id=done.id, after=following) if following else "",
            first_url=url_for("activity.set_view", id=done.id) if after else "",
            undoes=Link("the change that it reversed", url_for("activity.set_view", id=done.undoes_id))
            if done.undoes_id
            else None,
            undone_by=activity_row(undone, is_for_good=is_for_good(db.session, undone)) if undone is not None else None,
            is_own_undo=undone is not None and undone.actor_id == login.signed_in_principal().id,
            lists=_lists(done),
        )

    @expose("/list/", methods=("POST",))
    def list_view(self) -> ResponseReturnValue:
        """Lead to the list of the records of a resource that a change set created or changed."""
        done, access = _requested(request.form), access_at(request.form.get("resource"))
        if access is None:
            abort(404)
        if not access.may(Action.LIST):
            abort(403)
        whole = plain_selection(access, [])
        with transaction(db.session):
            place = ticked_list(access, whole)
            set_id = ticks.tick_changes(db.session, place, done.id, table_of(access.resource.model).name)
        return login.lead_to(list_links(access.resource).to(whole.changed(ticks=set_id)))

    @expose("/undo/", methods=("POST",))
    def undo_view(self) -> ResponseReturnValue:
        """Undo a change set, or say what prevents it and ask record by record."""
        done = _requested(request.form, is_judged_later=True)
        touched = _touched(done)
        _require_reach(done, touched)
        reauthentication.note_purpose(
            f"{words_to_undo(done).act.lower()} “{inside_quotes(subject_of(purpose_of(done)))}”"
        )
        if _needs_proof(done) and (page := reauthentication.required()) is not None:
            return page
        summary, set_id, words = subject_of(summary_of(done)), done.id, words_to_undo(done)
        try:
            _undo(done, touched, _insisted(), words.done)
        except _AskFirst as asked:
            return self._undo_page(set_id, asked.left, asked.outcome, "")
        except (UndoError, PrivilegeError, InvalidRecord) as error:
            _require_sight(set_id)
            return self._undo_page(set_id, [], None, str(error))
        login.go_on()
        announce(
            f"{as_noun(summary)} {words.done}. {sign_out_message()}".strip(),
            undo=last_undoable(db.session),
            undo_words=opposite(words).act,
        )
        return login.lead_to(_onward(set_id, touched))

    def _undo_page(
        self, set_id: int, left: list[LeftAlone], outcome: UndoResult | None, problem: str
    ) -> ResponseReturnValue:
        done = db.session.get_one(ChangeSet, set_id)
        page = self.render(
            "pages/undo.html",
            done=activity_row(done),
            subject=inside_quotes(subject_of(summary_of(done))),
            left=left,
            clean=counted(outcome.given_back, "record", "records") if outcome is not None else "",
            has_clean=outcome is not None and bool(outcome.given_back),
            can_go_on=outcome is not None and bool(outcome.given_back or any(one.insist for one in left)),
            more=outcome.left - len(left) if outcome is not None else 0,
            problem=problem,
            return_url=local_path(request.form.get("url"), url_for("activity.set_view", id=set_id)),
        )
        return page, HTTPStatus.CONFLICT


def _require_reach(done: ChangeSet, touched: Sequence[Access]) -> None:
    """Answer 404 or 403 where something of a change set is not for this person to undo."""
    require_own_notes(done)
    require_undo(touched)
    require_rows_before(done, touched)
    require_fields(done, touched)


def _insisted() -> dict[int, int]:
    """Return the changes to undo although their records changed since, with the versions of these that the page showed."""
    sent = [text.partition(".") for text in request.form.getlist("insist")]
    read = [(as_key(Change, key), read_number(version)) for key, _, version in sent]
    return {key: version or 0 for key, version in read if key}


def _undo(done: ChangeSet, touched: Sequence[Access], insisted: Mapping[int, int], undone: str) -> None:
    """Take the change set back (committed), as far as the person may and agreed to."""
    with refusals_of(_model_of(done)), transaction(db.session):
        outcome = undo(db.session, done, by=login.current_principal(), insisted=insisted)
        require_rows_after(done.id, touched)
        _require_consent(outcome, undone)


class _AskFirst(Exception):
    """The undo would leave some records unchanged."""

    def __init__(self, outcome: UndoResult) -> None:
        super().__init__()
        # Read now: later the transaction is another one.
        self.outcome = outcome
        self.left = _left_alone(outcome)


def _require_consent(outcome: UndoResult, undone: str) -> None:
    """Raise `_AskFirst` before a record is left unchanged without consent, and `UndoError` if nothing can be undone."""
    if outcome.left and (outcome.has_unseen or not request.form.get("proceed")):
        raise _AskFirst(outcome)
    if not outcome.given_back:
        message = f"This can no longer be {undone}."
        raise UndoError(message)


def _requested(arguments: Mapping[str, str], *, is_judged_later: bool = False) -> ChangeSet:
    """Return the requested change set; answer 404 for one that the person may not see, as for a missing one.

    With `is_judged_later`, the rows are checked after the undo has restored them: deleted records can only be judged
    then.
    """
    key = as_key(ChangeSet, arguments.get("id", ""))
    done = db.session.get(ChangeSet, key) if key is not None else None
    seen = visible()
    is_hidden = done is None or done.resource in seen.hidden
    if done is None or is_hidden or not (is_judged_later or is_shown(db.session, done, seen)):
        abort(404)
    return done


def _require_sight(set_id: int) -> None:
    """Answer 404 if an undo failed before its rows could be judged, and the person neither made the change set nor may see it."""
    done = db.session.get_one(ChangeSet, set_id)
    if done.actor_id != login.signed_in_principal().id and not is_shown(db.session, done, visible()):
        abort(404)


def _model_of(done: ChangeSet) -> type[Record]:
    return recorded_models().get(done.resource, Staff)


def _needs_proof(done: ChangeSet) -> bool:
    """Whether the undo needs re-authentication: the change set is someone else's, changes very many records, or restores protected ones."""
    is_anothers = done.actor_id != login.signed_in_principal().id
    return (
        is_anothers
        or reauthentication.are_many(done.count)
        or any("restore_view" in one.resource.proof_for for one in _touched(done))
    )


def _touched(done: ChangeSet) -> list[Access]:
    """Return the rights by which the person sees the tables of a change set; answer 403 if one of them has no resource."""
    tables = db.session.scalars(select(Change.model).where(Change.change_set_id == done.id).distinct()).all()
    known = recorded_models().keys() - {NOTES}
    found = [accesses_of_table(table) for table in tables if table in known]
    return [one for each in found for one in each or abort(403)]


def _lists(done: ChangeSet) -> list[tuple[str, str]]:
    """Return the resources whose records the change set created or changed and the person may list, by their names."""
    if not 1 < done.count <= MOST_LISTED:
        return []
    found = select(Change.model).where(Change.change_set_id == done.id, Change.act != Did.DELETE).distinct()
    models = [recorded_models()[table] for table in db.session.scalars(found) if table in recorded_models()]
    open_ = [one for model in models if (one := access_of(model)) is not None and one.may(Action.LIST)]
    return [(one.resource.endpoint, one.resource.nouns) for one in open_]


def _left_alone(outcome: UndoResult) -> list[LeftAlone]:
    found = []
    for one in outcome.conflicts:
        (entry,) = entries_of([(one.change, db.session.get_one(ChangeSet, one.change.change_set_id))])
        is_told = may_know(one.tells)
        words, other = (one.words, one.other) if is_told else (UNTOLD, None)
        link = blocking_record(one.change, entry.title, other)
        insist = f"{entry.id}.{one.version}" if one.can_insist else ""
        found.append(LeftAlone(entry.id, entry.noun, entry.title, entry.history_url, words, insist, link))
    return found


def _onward(set_id: int, touched: Sequence[Access]) -> str:
    """Lead back to the page with the button, unless that was the change set's own page, or that of a record that is gone."""
    url = local_path(request.form.get("url"), "")
    path, _, query = url.partition("?")
    is_record = path.endswith(("/edit/", "/details/", "/delete/", "/undo/", "/restore/"))
    is_there = any(
        path in {link(one.resource, "edit_view"), link(one.resource, "details_view")}
        and one.find(dict(parse_qsl(query)).get("id", "")) is not None
        for one in touched
    )
    return url if url and (is_there or not is_record) else url_for("activity.set_view", id=set_id)


def _may_take() -> bool:
    return rights_of(login.signed_in_principal()).has_everything


def _filters() -> dict[str, str]:
    return {name: value for name in _ASKED if (value := request.args.get(name, "").strip())}


def _wanted(arguments: Mapping[str, str], problems: list[str]) -> ActivityFilter:
    """Read the filters; note those that are not valid and leave them out."""
    given = _filters()
    access = access_at(given.get("resource"))
    if given.get("resource") and (access is None or not access.may(Action.HISTORY)):
        problems.append("This list does not exist. The filter was left out.")
        access = None
    kind = given.get("kind", "")
    if kind and kind not in {CHANGES, *Kind}:
        problems.append("This kind does not exist. The filter was left out.")
        kind = ""
    until = _day("to", given, problems, later=1)
    return replace(
        visible(),
        person=as_key(Staff, given.get("person", "")),
        is_nobody=given.get("person") == NOBODY,
        resource=table_of(access.resource.model).name if access is not None else "",
        kinds=CHANGING if kind == CHANGES else [kind] if kind else (),
        since=_day("from", given, problems),
        until=until,
        search=arguments.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH],
    )


def _day(name: str, given: Mapping[str, str], problems: list[str], *, later: int = 0) -> datetime | None:
    """Return when a day begins for the viewer, or a number of days later."""
    try:
        day = date.fromisoformat(given[name]) if name in given else None
    except ValueError:
        problems.append("Enter a date like 2026-11-22. The filter was left out.")
        return None
    # The first and the last possible days have no neighbours.
    is_near = day is not None and date.min.year < day.year < date.max.year
    if day is None or not is_near:
        return None
    return datetime.combine(day + timedelta(days=later), time(), zone()).astimezone(UTC)


def _choices() -> dict[str, list[tuple[str, str]]]:
    people = db.session.execute(
        select(Staff.id, Staff.name).order_by(in_order(Staff.name), Staff.id).limit(MOST_PEOPLE)
    )
    return {
        "person": [*((str(key), name) for key, name in people), (NOBODY, "Not signed in")],
        "resource": [(one.endpoint, one.plural) for one in resources() if access_to(one).may(Action.HISTORY)],
        "kind": [*_changes_only(), *((kind.value, kind.value.capitalize()) for kind in Kind)],
    }


def _changes_only() -> list[tuple[str, str]]:
    """Offer in the form what its tab chose; otherwise leave it to the tab."""
    return [(CHANGES, "Changes only")] if _filters().get("kind") == CHANGES else []


def _presets() -> list[Link]:
    """Return links to the most frequent filters."""
    yesterday = (utc_now().astimezone(zone()).date() - timedelta(days=1)).isoformat()
    wanted: tuple[tuple[str, dict[str, str]], ...] = (
        ("All", {}),
        ("Changes only", {"kind": CHANGES}),
        ("Mine", {"person": str(login.signed_in_principal().id)}),
        ("Yesterday", {"from": yesterday, "to": yesterday}),
    )
    place = url_for("activity.index")
    return [
        Link(words, f"{place}?{urlencode(filters)}" if filters else place, _filters() == filters)
        for words, filters in wanted
    ]


def _pages(found: Activity) -> dict[str, str]:
    """Return the addresses of the previous and next pages."""

    def to(**place: int) -> str:
        return f"{url_for('activity.index')}?{urlencode({**_filters(), **place})}"

    return {
        "newer_url": to(after=found.newer) if found.newer else "",
        "older_url": to(before=found.older) if found.older else "",
    }
