"""Delete: a page that says what goes and asks what becomes of what hangs on it, then the act itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import request
from flask_admin import expose
from sqlalchemy import false
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.orm import RelationshipProperty

from admin_app.domain import records
from admin_app.domain.deletion import Bound, Decision, Dependence, Fate, delete_record, dependences
from admin_app.domain.nouns import names_of
from admin_app.domain.permissions import Act
from admin_app.domain.recording import last_set
from admin_app.errors import AdminError, InvalidRecord, NotFoundError, RecordGone
from admin_app.extensions import db
from admin_app.panel.editing import UNPROCESSABLE, Editing
from admin_app.panel.elements import Choice, Dependents, Link
from admin_app.panel.keeping import VERSION
from admin_app.panel.registry import find, resource_of, typing_hint
from admin_app.web import proof
from admin_app.web.notices import announce

FATE, HEIR, SEEN = "fate.", "heir.", "seen."


class Deleting(Editing):
    """The delete page. Nothing is deleted by one click, with JavaScript or without."""

    delete_template = "resource/delete.html"

    @expose("/delete/", methods=("GET", "POST"))
    def delete_view(self) -> Any:
        """Say what goes, or carry it out."""
        record = self.requested()
        hanging = dependences(db.session, record, bound_of)
        if request.method != "POST":
            return self._delete_page(record, hanging, {}, HTTPStatus.OK)
        if self.changed_since(record, request.form.get(VERSION)) is not None:
            return self._delete_page(record, hanging, {}, HTTPStatus.CONFLICT)
        title = self.title_of(record)
        try:
            decisions = {one.name: self._decision(one, request.form) for one in hanging}
            if (page := proof.required_for_rows(_rows_to_go(hanging, decisions))) is not None:
                return page
            with records.commit(db.session, self.model):
                self.drop_sent_draft()
                self.on_model_delete(record)
                delete_record(db.session, record, decisions, bound_of)
        except RecordGone:
            return self._delete_page_again({}, HTTPStatus.CONFLICT)
        except AdminError as error:
            return self._delete_page_again(_problems(error), UNPROCESSABLE)
        announce(f"{self.noun.capitalize()} “{title}” was deleted.", undo=last_set(db.session))
        return self.redirect(self._after(record.id))

    def kept_names(self, view: str) -> set[str]:
        """Keep what was chosen for what hangs on the record."""
        if view != "delete_view":
            return super().kept_names(view)
        return {prefix + one.key for prefix in (FATE, HEIR) for one in inspect_mapper(self.model).relationships}

    def page_again(self, view: str, words: str) -> Any:
        """Draw the page with what was chosen."""
        if view != "delete_view":
            return super().page_again(view, words)
        record = self.get_one(request.args.get("id", ""))
        if record is None or not self.reaches(record, Act.DELETE):
            return None
        return self._delete_page(record, dependences(db.session, record, bound_of), {"": words}, HTTPStatus.BAD_REQUEST)

    def _delete_page_again(self, problems: Mapping[str, str], status: int) -> Any:
        record = self.requested()
        return self._delete_page(record, dependences(db.session, record, bound_of), problems, status)

    def _decision(self, one: Dependence, form: Mapping[str, str]) -> Decision:
        """Read what was chosen for a relation; raise `InvalidRecord`, naming the control, for a choice that is missing."""
        chosen = form.get(FATE + one.name, "")
        if not one.fates:
            raise InvalidRecord({FATE + one.name: _blocked(one)})
        if chosen not in one.fates:
            raise InvalidRecord({FATE + one.name: f"Choose what happens to the {one.name}."})
        if news := _news(one, form.get(SEEN + one.name, "")):
            raise InvalidRecord({FATE + one.name: news})
        if Fate(chosen) is not Fate.GIVE:
            return Decision(Fate(chosen))
        try:
            return Decision(Fate.GIVE, self._heir(one, form.get(HEIR + one.name, "").strip()))
        except NotFoundError as error:
            raise InvalidRecord({HEIR + one.name: str(error)}) from error

    def _heir(self, one: Dependence, text: str) -> Any:
        if not text:
            message = f"Choose the {self.noun} who gets the {one.name}."
            raise NotFoundError(message)
        heir = find(self.model, text)
        if heir.id == one.record.id:
            message = f"Choose another {self.noun}: this one is being deleted."
            raise NotFoundError(message)
        return heir

    def _delete_page(self, record: Any, hanging: Sequence[Dependence], problems: Mapping[str, str], status: int) -> Any:
        draft = self.shown_draft()
        chosen = self.answers(draft)
        page = self.render(
            self.delete_template,
            resource=self,
            draft=draft,
            record_title=self.title_of(record),
            facts=self.facts(record),
            dependents=tuple(self._dependents(one, problems, chosen) for one in hanging),
            problem=problems.get("", ""),
            version=record.version,
            meanwhile=self.changed_since(record, request.form.get(VERSION)),
            form_url=self.here(),
            return_url=self.return_url(),
        )
        return page, status

    def _dependents(self, one: Dependence, problems: Mapping[str, str], answers: Mapping[str, str]) -> Dependents:
        """Turn a relation into words and choices. Nothing is chosen beforehand: each of them would surprise somebody."""
        child = resource_of(one.relation.mapper.class_)
        noun, nouns = names_of(one.relation.mapper.class_)
        words = nouns if one.count.number != 1 or not one.count.is_exact else noun
        chosen = answers.get(FATE + one.name, "")
        heir = answers.get(HEIR + one.name, "")
        return Dependents(
            name=FATE + one.name,
            seen_name=SEEN + one.name,
            seen=_sight_of(one),
            counted=f"{one.count} {words}" if one.count.number else f"{nouns} that you cannot see",
            samples=tuple(
                Link(child.title_of(sample), child.url_of(sample)) if child else Link(str(sample), "")
                for sample in one.samples
            ),
            more=_more(one),
            problem=problems.get(FATE + one.name, ""),
            blocked="" if one.fates else _blocked(one),
            choices=tuple(self._choice(fate, words, chosen) for fate in one.fates),
            heir_name=HEIR + one.name,
            heir_noun=self.noun,
            heir_value=heir,
            heir_hint=typing_hint(self.model),
            heir_label=self._name_of(heir),
            heir_problem=problems.get(HEIR + one.name, ""),
            heir_lookup_url=child.link("lookup_view", name=one.relation.back_populates) if child else "",
        )

    def _name_of(self, text: str) -> str:
        """Name the record that the heir's input holds, for the picker to show again."""
        heir = self.get_one(text)
        return self.title_of(heir) if heir is not None else text

    def _choice(self, fate: Fate, words: str, chosen: str) -> Choice:
        label, hint = {
            Fate.KEEP: (f"Keep the {words}", f"They stay, without a {self.noun}."),
            Fate.GIVE: (f"Give the {words} to another {self.noun}", ""),
            Fate.DELETE: (f"Delete the {words} too", f"This also deletes everything that belongs only to the {words}."),
        }[fate]
        return Choice(fate.value, label, hint, is_chosen=chosen == fate.value)

    def _after(self, record_id: Any) -> str:
        """Lead back to where the person came from, unless that was a page of the record that is gone."""
        url = urlsplit(self.return_url())
        own = {self.link(view) for view in ("edit_view", "details_view", "delete_view")}
        is_gone = url.path in own and dict(parse_qsl(url.query)).get("id") == str(record_id)
        return self.link("index_view") if is_gone else self.return_url()


def bound_of(relation: RelationshipProperty[Any]) -> Bound:
    """Say with which of the records that hang on another one the person may do what."""
    child, parent = resource_of(relation.mapper.class_), resource_of(relation.parent.class_)
    if child is None:
        return Bound()
    is_shown = parent is None or parent.shows(relation.key)
    may_move = child.may_write(str(relation.local_remote_pairs[0][1].key), Act.EDIT)
    return Bound(
        child.seen() if is_shown else false(), child.rows(Act.EDIT) if may_move else false(), child.rows(Act.DELETE)
    )


def _blocked(one: Dependence) -> str:
    """Say why nothing can be chosen, and what to do."""
    _, nouns = names_of(one.relation.mapper.class_)
    some = f"You cannot see some of its {nouns}" if one.is_partly_unseen else f"You cannot change some of its {nouns}"
    return f"{some}, so you cannot delete it. Ask an owner."


def _more(one: Dependence) -> str:
    rest = one.count.number - len(one.samples)
    known = f"and {'more' if not one.count.is_exact else f'{rest:,} more'}" if rest else ""
    return f"{known} and some that you cannot see".strip() if one.is_partly_unseen and one.samples else known


def _rows_to_go(hanging: Sequence[Dependence], decisions: Mapping[str, Decision]) -> int:
    """Return how many rows a deletion takes along, as far as they are counted."""
    return 1 + sum(one.count.number for one in hanging if decisions[one.name].fate is Fate.DELETE)


def _sight_of(one: Dependence) -> str:
    """Return what a person sees of a relation, as the form carries it: how many there are, and the newest."""
    return f"{one.count.number}~{one.samples[0].id if one.samples else 0}"


def _news(one: Dependence, seen: str) -> str:
    """Say what changed since the page was drawn; "" for nothing, or when the form does not say what it showed."""
    if not seen or seen == _sight_of(one):
        return ""
    before = seen.partition("~")[0]
    is_number = before.isascii() and before.isdigit() and len(before) < len(str(10**9))
    more = one.count.number - int(before) if is_number else 0
    noun, nouns = names_of(one.relation.mapper.class_)
    if more == 0:
        parent, _ = names_of(type(one.record))
        return f"This {parent}'s {nouns} have changed since you opened this page. Check them and choose again."
    words = f"{abs(more):,} {'more' if more > 0 else 'fewer'} {noun if abs(more) == 1 else nouns}"
    return f"There {'is' if abs(more) == 1 else 'are'} {words} than when you opened this page. Check them and choose again."


def _problems(error: AdminError) -> Mapping[str, str]:
    """Return an error's messages by control; what concerns none stands under ""."""
    return error.problems if isinstance(error, InvalidRecord) else {"": str(error)}
