"""The create and edit pages: draw the form, save it, redirect."""

from __future__ import annotations

from http import HTTPStatus

from flask import abort, request
from flask.typing import ResponseReturnValue
from wtforms import Form, HiddenField

from admin_app import metrics
from admin_app.db.keys import Key, key_names, key_values, read_key
from admin_app.db.record import Record
from admin_app.domain.audit.undo_offers import last_undoable
from admin_app.domain.permissions.policy import Action
from admin_app.domain.work.idempotency import new_key
from admin_app.extensions import db
from admin_app.formatting import sentence_case
from admin_app.metrics import Event
from admin_app.panel.access.new_record import new_record, why_none
from admin_app.panel.drafts import DRAFT, is_discarded, newest_draft
from admin_app.panel.files.addresses import lead_to_files
from admin_app.panel.files.form_uploads import store_sent_files
from admin_app.panel.forms.conflict_view_models import Meanwhile
from admin_app.panel.forms.conflicts import Conflicts, refill
from admin_app.panel.forms.filled_in import fill_in, keep_copied, kept_arguments
from admin_app.panel.forms.form_access import fixed_facts, given_facts, read_only_words
from admin_app.panel.forms.gone import gone_page, told_deletion
from admin_app.panel.forms.presence import leave_form, others_at
from admin_app.panel.forms.saving import Saving, claimed
from admin_app.panel.forms.source import ONCE, SEEN, VERSION, Source, kept_names, source_of
from admin_app.panel.kinds import value_cell
from admin_app.panel.links import copy_url, link_for, record_url
from admin_app.panel.list.child_lists import child_lists
from admin_app.panel.list.row_actions import links_of_record
from admin_app.panel.list.rows import mark_of
from admin_app.panel.page import Page, lead_on
from admin_app.panel.record.facts import facts_of
from admin_app.panel.record.head import head_of
from admin_app.panel.record.last_changes import last_changes_of
from admin_app.panel.record.merged import way_to_survivor
from admin_app.panel.record.noted import noted_of
from admin_app.panel.record.opened import opened
from admin_app.panel.record.preview import previews_of
from admin_app.panel.view_models import Hidden
from admin_app.relations import ToOne
from admin_app.web.flash import announce, warn
from admin_app.web.urls import here

# Our own fields, which a form sends back unchanged.
_OWN_FIELDS = (VERSION, ONCE, DRAFT)
LONGEST_WAY_BACK = 1000
# The button “save and go to the next record”; its value is that record's id.
NEXT = "_next"


class FormPage(Page):
    """The forms of a record. What a form may change is `form_columns`, whatever a request sends."""

    def create(self) -> ResponseReturnValue:
        """Show an empty form, filled in where the address says so (`?user=5`, `?copy=7`), or make the record."""
        if is_discarded():
            return lead_on(self.link("create_view", url=self.return_url()))
        if self._is_back():
            return self.edit()
        if request.method == "POST":
            store_sent_files(self.access, Action.CREATE)
        source = source_of(self.access)
        if request.method != "POST":
            return self._new_page(source)
        if (made := claimed(self.resource)) is not None:
            record_id, is_same = made
            return self._made_before(record_id) if is_same else self._made_of_other(record_id)
        keep_copied(self.access, source)
        record = Saving(self.access, source.form, Action.CREATE).save_new()
        if record is not None:
            return self._saved(record, f"{self._noun_first(record)} was created.")
        return self._page(source, None)

    def edit(self) -> ResponseReturnValue:
        """Show the record's form, or save it; raise `RecordGone` when another transaction writes the record at the same moment."""
        record = self.access.find(request.args.get("id", ""))
        if record is None:
            return way_to_survivor(self.access, "edit_view") or self._gone()
        self.access.require_reach(record, Action.EDIT)
        if is_discarded():
            return lead_on(self.link("edit_view", record, url=self.return_url()))
        if request.method != "POST":
            opened(self.resource, record)
            return self._page(source_of(self.access, record), record)
        store_sent_files(self.access, Action.EDIT)
        return self._edited(record)

    def kept_names(self) -> set[str]:
        """Keep what was typed, but for secrets."""
        return kept_names(self.resource)

    def again(self, words: str) -> ResponseReturnValue | None:
        """Draw the form filled with what was sent."""
        is_new = self.view == "create_view"
        record = None if is_new else self.access.find(request.args.get("id", ""))
        may_be = record is not None and self.access.reaches(record, Action.EDIT)
        if not (self.access.may(Action.CREATE) if is_new else may_be):
            return None
        return self._page(self._with_words(record, words), record, HTTPStatus.BAD_REQUEST)

    def _edited(self, record: Record) -> ResponseReturnValue:
        source, conflicts = source_of(self.access, record), Conflicts(self.access, record)
        merge = conflicts.merge(source)
        if merge.is_settled and Saving(self.access, source.form, Action.EDIT).save(record):
            if "_continue_editing" not in request.form:
                leave_form(self.resource, record)
            return self._saved(record, f"{self._noun_first(record)} was saved.", told=merge.told())
        if not merge.is_stale:
            return self._page(source, record)
        if not merge.is_settled:
            metrics.count(Event.CONFLICT)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if merge.is_settled else HTTPStatus.CONFLICT
        return self._page(source, record, status, meanwhile=conflicts.meanwhile(merge, source))

    def _new_page(self, source: Source) -> ResponseReturnValue:
        """Draw the form of a new record, or say on the list why there can be none."""
        if new_record(self.access).problem:
            warn(why_none(self.access))
            return lead_on(self.return_url())
        return self._page(source, None, copied=fill_in(self.access, source))

    def _is_back(self) -> bool:
        """Whether the record was deleted while its form was open, and was restored before the form was sent."""
        is_back = request.method == "POST" and "id" in request.args and self.access.find(request.args["id"]) is not None
        if is_back and not self.access.may(Action.EDIT):
            abort(HTTPStatus.FORBIDDEN)
        return is_back

    def _gone(self) -> ResponseReturnValue:
        """Offer to create the record again from what was typed, if it was deleted while its form was open; else answer 404."""
        key, noun = read_key(self.resource.model, request.args.get("id", "")), self.resource.noun
        source = source_of(self.access)
        # Do not reveal whether a record exists that this person may not see.
        if key is None or VERSION not in source.own or self.access.seen() is not None:
            abort(HTTPStatus.NOT_FOUND)
        who = told_deletion(self.access, key) or f"This {noun} was deleted"
        words = f"{who}, while you had it open. Nothing was saved."
        if not self.access.may(Action.CREATE):
            return gone_page(self.access, words)
        keep_copied(self.access, source)
        self._fill_in_key(source, key)
        source.form.form_errors.append(f"{words} Save to create it again with what you typed.")
        own = {name: value for name, value in source.own.items() if name in {DRAFT, VERSION}}
        # Keep its id: should the deletion be undone before this is sent, it becomes that record's form again.
        form_url = self.link("create_view", id=key, url=self.return_url())
        return self._page(Source(source.form, own, source.draft), None, HTTPStatus.CONFLICT, form_url=form_url)

    def _fill_in_key(self, source: Source, key: Key) -> None:
        """Fill in the key that the form of an existing record did not ask for."""
        values = dict(zip(key_names(self.resource.model), key_values(key), strict=False))
        for name in self.resource.key_fields & {one.name for one in source.form}:
            relation = self.resource.relation(name)
            if relation is None:
                refill(source.form[name], values[name])
            elif isinstance(relation, ToOne):
                refill(source.form[name], relation.referenced_record(db.session, values))

    def _made_before(self, record_id: Key) -> ResponseReturnValue:
        """Answer a form that was sent twice like the first time."""
        record = self.access.find_key(record_id)
        if record is not None:
            return self._saved(record, f"{self._noun_first(record)} was created.")
        warn(
            f"This form already created {self.resource.noun} {record_id}, which has been deleted. Nothing was created."
        )
        return lead_on(self.return_url())

    def _made_of_other(self, record_id: Key) -> ResponseReturnValue:
        """Answer a form that created a record, was changed and sent again: show that record's form with what was typed, and save nothing."""
        record, noun = self.access.find_key(record_id), self.resource.noun
        if record is None:
            words = (
                f"This form already created {noun} {record_id}, which has been deleted. Nothing was saved. "
                f"Save to create another {noun} with what you typed."
            )
            return self._page(Source(self._with_words(None, words).form, {}), None, HTTPStatus.CONFLICT)
        made = f"This form already created {noun} “{self.access.title_of(record)}”. Nothing was saved."
        if not self.access.reaches(record, Action.EDIT):
            return self._page(self._with_words(None, made), None, HTTPStatus.CONFLICT)
        words = f"{made} Save to change that {noun} to what you typed, or open a new form."
        source = Source(self._with_words(record, words).form, {VERSION: str(record.version)})
        form_url = self.link("edit_view", record, url=self.return_url())
        return self._page(source, record, HTTPStatus.CONFLICT, form_url=form_url)

    def _with_words(self, record: Record | None, words: str) -> Source:
        source = source_of(self.access, record)
        source.form.form_errors.append(words)
        return source

    def _saved(self, record: Record, words: str, *, told: str = "") -> ResponseReturnValue:
        """Redirect after saving: to the resource's next step, the same form, an empty form, the next record, or the list with the row marked.

        The message also says what others changed meanwhile, with a link to it.
        """
        said = " ".join(filter(None, (words, told, self.resource.after_save())))
        if (following := self.resource.next_step(record)) is not None:
            announce(f"{words} {following[0]}")
            return lead_on(following[1])
        back = self.return_url()
        # The notice travels in the session's cookie, which browsers drop when it is long.
        url = self.link("edit_view", record, url=back if len(back) <= LONGEST_WAY_BACK else None)
        seen = link_for(self.access, Action.HISTORY, "history_view", record) if told else ""
        links = [*([("See the changes", seen)] if seen and len(back) <= LONGEST_WAY_BACK else []), ("View", url)]
        announce(said, links=links, mark=mark_of(self.resource, record), undo=last_undoable(db.session))
        if "_continue_editing" in request.form:
            return lead_on(url)
        if "_add_another" in request.form:
            return lead_on(self.link("create_view", url=back, **kept_arguments(self.resource)))
        return lead_on(self._next_url(back) or back)

    def _next_url(self, back: str) -> str:
        """Return the URL of the record that followed this one in the list when the form was drawn, even if this one has moved since."""
        following = self.access.find(request.form[NEXT]) if NEXT in request.form else None
        return "" if following is None else record_url(self.access, following, url=back)

    def _page(
        self,
        source: Source,
        record: Record | None,
        status: int = 0,
        *,
        meanwhile: Meanwhile | None = None,
        form_url: str = "",
        copied: Record | None = None,
    ) -> ResponseReturnValue:
        """Draw the form."""
        form, is_new = source.form, record is None
        lead_to_files(self.access, form, record)
        waiting = newest_draft() if request.method == "GET" and source.draft is None else None
        shown = source.draft or waiting
        page = self.render(
            "resource/create.html" if is_new else "resource/edit.html",
            form=form,
            fields=[field for field in form if not isinstance(field, HiddenField)],
            own=_own_fields(source, record, meanwhile),
            meanwhile=meanwhile,
            draft=source.draft,
            waiting_url=here(draft=waiting.key) if waiting else "",
            typed_at=value_cell(shown.created_at if shown else None, is_whole=True),
            is_new=is_new,
            copied=self.access.title_of(copied) if copied is not None else "",
            form_url=form_url or here(),
            return_url=self.return_url(),
            **(self._about_new(form) if record is None else self._about(form, record)),
        )
        return page, status or (HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK)

    def _about_new(self, form: Form) -> dict[str, object]:
        """Return what the page of a new record shows around the form: the values it gets by itself and why, and fields that nobody can fill in."""
        given = new_record(self.access).given
        kept_to = self.access.rules_told(Action.CREATE) if given else ""
        unfilled = read_only_words(self.access, form)
        return {"fixed": given_facts(self.access), "kept_to": kept_to, "unfilled": unfilled}

    def _about(self, form: Form, record: Record) -> dict[str, object]:
        """Return what the page of an existing record shows around the form, from the database and not from what was typed."""
        access, resource = self.access, self.resource
        shown = {*(field.name for field in form), *resource.form_columns}
        changes = last_changes_of(access, record)
        return {
            "presence": others_at(resource, record) if request.method == "GET" else "",
            "saving_note": resource.saving_note(record),
            "presence_url": self.link("presence_view", record),
            "head": head_of(access, record, "edit_view", changed_by=changes[0].who if changes else ""),
            "changes": changes,
            "previews": previews_of(access, record, [field.name for field in form]),
            "here_url": here(),
            "links": [*resource.record_links(record), *links_of_record(self.access, record, self.return_url())],
            "fixed": fixed_facts(access, form, record),
            "facts": facts_of(access, record, leave_out=shown),
            "children": child_lists(access, record),
            "copy_url": copy_url(access, record),
            "noted": noted_of(access, record),
            "delete_url": link_for(access, Action.DELETE, "delete_view", record),
        }

    def _noun_first(self, record: Record) -> str:
        return f"{sentence_case(self.resource.noun)} “{self.access.title_of(record)}”"


def _own_fields(source: Source, record: Record | None, meanwhile: Meanwhile | None) -> list[Hidden]:
    """Return the hidden fields that say what the form was drawn from; a form that is drawn again keeps the values that it sent."""
    drawn = {ONCE: new_key()} if record is None else {VERSION: str(record.version)}
    draft = {DRAFT: source.draft.key} if source.draft is not None else {}
    seen = [(SEEN, meanwhile.version)] if meanwhile is not None else []
    own = {**drawn, **source.own, **draft}
    return [*((name, value) for name, value in own.items() if name in _OWN_FIELDS), *seen]
