"""The dependents of a record to be deleted: their numbers, the possible fates, and the chosen one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import false

from admin_app import formatting
from admin_app.db.keys import print_key
from admin_app.domain.naming import names_of
from admin_app.domain.permissions.policy import Action
from admin_app.domain.records.deletion import Decision, Dependence, Fate, Loss, decided
from admin_app.domain.records.deletion_scope import DeletionScope
from admin_app.errors import InvalidRecord, NotFoundError
from admin_app.panel.access.access import Access, access_of
from admin_app.panel.access.lookup import find_offered, typing_hint
from admin_app.panel.links import link, record_url
from admin_app.panel.view_models import Choice, Dependents, Link
from admin_app.relations import Dependency, ManyToMany, Relation

FATE, HEIR, SEEN = "fate.", "heir.", "seen."


@dataclass(frozen=True)
class DependentsForm:
    """The part of the delete page about one relation: it reads the choice that was sent, and is drawn."""

    access: Access
    one: Dependence

    def decision(self, form: Mapping[str, str]) -> Decision:
        """Read the choice; raise `InvalidRecord` at the control if it is missing."""
        one = self.one
        chosen = form.get(FATE + one.name, "")
        if not self._fates:
            raise InvalidRecord({FATE + one.name: _blocked(one)})
        if (known := decided(one.relation)) is not None:
            return known
        if chosen not in self._fates:
            raise InvalidRecord({FATE + one.name: f"Choose what happens to the {one.words}."})
        if news := _news(one, form.get(SEEN + one.name, "")):
            raise InvalidRecord({FATE + one.name: news})
        if Fate(chosen) is not Fate.GIVE:
            return Decision(Fate(chosen))
        try:
            return Decision(Fate.GIVE, self._heir(form.get(HEIR + one.name, "").strip()))
        except NotFoundError as error:
            raise InvalidRecord({HEIR + one.name: str(error)}) from error

    def drawn(self, problems: Mapping[str, str], answers: Mapping[str, str]) -> Dependents:
        """Return the words and choices for the template. There is no default choice: any would surprise somebody."""
        one, noun_of_parent = self.one, self.access.resource.noun
        child = access_of(one.relation.target)
        noun, nouns = names_of(one.relation.target)
        words = nouns if one.count.number != 1 or not one.count.is_exact else noun
        counted = f"{one.count} {words}" if one.count.number else f"{nouns} that you cannot see"
        chosen, heir = answers.get(FATE + one.name, ""), answers.get(HEIR + one.name, "")
        known = decided(one.relation) if self._fates else None
        return Dependents(
            name=FATE + one.name,
            seen_name=SEEN + one.name,
            seen=_as_seen(one),
            counted=counted,
            samples=tuple(
                Link(child.title_of(sample), record_url(child, sample)) if child else Link(str(sample), "")
                for sample in one.samples
            ),
            more=_more(one),
            problem=problems.get(FATE + one.name, ""),
            blocked="" if self._fates else _blocked(one),
            choices=tuple(self._choice(fate, words, counted, chosen) for fate in self._fates if known is None),
            keeps=one.relation.on_delete() is Dependency.REFUSED and not self._fates,
            told="" if known is None else self._told(known.fate, counted),
            said=f"and delete {counted}" if known is not None and known.fate is Fate.DELETE else "",
            heir_name=HEIR + one.name,
            owners=f"this {self.access.resource.noun}'s"
            if one.owner is not None
            else f"these {self.access.resource.nouns}'",
            heir_noun=noun_of_parent,
            heir_value=heir,
            heir_hint=typing_hint(self.access.resource.model),
            heir_label=self._name_of(heir),
            heir_problem=problems.get(HEIR + one.name, ""),
            heir_lookup_url=link(child.resource, "lookup_view", name=one.relation.back)
            if child and one.relation.back
            else "",
        )

    def _heir(self, text: str) -> Any:
        noun = self.access.resource.noun
        if not text:
            message = f"Choose the {noun} who gets the {self.one.words}."
            raise NotFoundError(message)
        heir = find_offered(self.access.resource.model, text)
        if heir.id == self.one.owner:
            message = f"Choose another {noun}: this one is being deleted."
            raise NotFoundError(message)
        return heir

    @property
    def _fates(self) -> list[Fate]:
        """The fates to choose from; giving the dependents to an heir needs the relation back to it."""
        return [one for one in self.one.fates if one is not Fate.GIVE or self.one.relation.back]

    def _told(self, fate: Fate, counted: str) -> str:
        """Say what happens to the dependents if the model dictates their fate."""
        one, noun = self.one, self.access.resource.noun
        is_one = one.count.number == 1 and one.count.is_exact
        if fate is Fate.KEEP:
            whose = f"this {noun}" if one.owner is not None else f"their {noun}"
            return f"{counted} {'stays' if is_one else 'stay'}, without {whose}."
        whole = "it" if is_one else "them"
        return f"{counted} {'is' if is_one else 'are'} deleted too, with everything that belongs only to {whole}."

    def _name_of(self, text: str) -> str:
        """Return the name of the record in the heir's input, for the picker to show again."""
        heir = self.access.find(text)
        return self.access.title_of(heir) if heir is not None else text

    def _choice(self, fate: Fate, words: str, counted: str, chosen: str) -> Choice:
        noun = self.access.resource.noun
        is_one = self.one.count.number == 1 and self.one.count.is_exact
        whole = f"Everything that belongs only to {'this' if is_one else 'these'} {words} is deleted too."
        label, hint, said = {
            Fate.KEEP: (
                f"Keep the {words}",
                f"{'It stays' if is_one else 'They stay'}, without {formatting.with_article(noun)}.",
                f"and keep {counted}",
            ),
            Fate.GIVE: (f"Give the {words} to another {noun}", "", f"and give {counted} to another {noun}"),
            Fate.DELETE: (f"Delete the {words} too", whole, f"and delete {counted}"),
        }[fate]
        return Choice(fate.value, label, hint, is_chosen=chosen == fate.value, said=said)


def bound_of(relation: Relation) -> DeletionScope:
    """Return which dependents of a relation the person may see, move and delete."""
    if isinstance(relation, ManyToMany):
        return _bound_of_links(relation)
    child, parent = access_of(relation.target), access_of(relation.model)
    if child is None:
        return DeletionScope()
    is_shown = parent is None or parent.shows(relation.key)
    may_move = all(child.may_write(name, Action.EDIT) for name in relation.other_names)
    return DeletionScope(
        child.seen() if is_shown else false(),
        child.rows(Action.EDIT) if may_move else false(),
        child.rows(Action.DELETE),
    )


def _bound_of_links(relation: ManyToMany) -> DeletionScope:
    """Return which of the linking records the person may see and change."""
    keeping = access_of(relation.model)
    if keeping is None:
        return DeletionScope()
    may_change = keeping.may_write(relation.key, Action.EDIT)
    return DeletionScope(
        keeping.seen() if keeping.shows(relation.key) else false(), keeping.rows(Action.EDIT) if may_change else false()
    )


def told_losses(access: Access, found: Sequence[Loss]) -> tuple[str, ...]:
    """Say which records lose a link, and where the person may not remove it."""
    return tuple(_told_loss(access, one) for one in found)


def _told_loss(access: Access, one: Loss) -> str:
    noun, nouns = names_of(one.relation.model)
    if not one.is_allowed:
        return f"You cannot change some of the {nouns} that are linked with this {access.resource.noun}, so you cannot delete it. Ask an owner."
    is_one = one.count.number == 1 and one.count.is_exact
    return (
        f"{one.count} {noun if is_one else nouns} {'stays' if is_one else 'stay'}, without this {access.resource.noun}."
    )


def rows_to_go(found: Sequence[Dependence], decisions: Mapping[str, Decision]) -> int:
    """Return how many dependents a deletion also deletes, as far as they are counted."""
    return 1 + sum(one.count.number for one in found if decisions[one.name].fate is Fate.DELETE)


def _blocked(one: Dependence) -> str:
    """Say why nothing can be chosen, and what to do."""
    _, nouns = names_of(one.relation.target)
    if one.relation.on_delete() is Dependency.REFUSED:
        noun, parents = names_of(one.relation.model)
        which = f"This {noun} has" if one.owner is not None else f"These {parents} have"
        it = "it" if one.owner is not None else "them"
        return f"{which} {nouns}, so you cannot delete {it}. Delete the {nouns} first, or give them to another {noun}."
    whose, them = ("its", "it") if one.owner is not None else ("their", "them")
    what = "see" if one.is_partly_unseen else "change"
    return f"You cannot {what} some of {whose} {nouns}, so you cannot delete {them}. Ask an owner."


def _more(one: Dependence) -> str:
    rest = one.count.number - len(one.samples)
    known = f"and {'more' if not one.count.is_exact else f'{rest:,} more'}" if rest else ""
    return f"{known} and some that you cannot see".strip() if one.is_partly_unseen and one.samples else known


def _as_seen(one: Dependence) -> str:
    """Return the dependents as the person sees them, for a form's field: how many there are, and the newest."""
    return f"{one.count.number}~{print_key(one.samples[0].id) if one.samples else 0}"


def _news(one: Dependence, seen: str) -> str:
    """Say what changed since the page was drawn; "" if nothing did, or if the form sent no earlier state."""
    if not seen or seen == _as_seen(one):
        return ""
    before = seen.partition("~")[0]
    is_number = before.isascii() and before.isdigit() and len(before) < len(str(10**9))
    more = one.count.number - int(before) if is_number else 0
    noun, nouns = names_of(one.relation.target)
    if more == 0:
        parent, _ = names_of(one.relation.model)
        return f"This {parent}'s {nouns} have changed since you opened this page. Check them and choose again."
    words = f"{abs(more):,} {'more' if more > 0 else 'fewer'} {noun if abs(more) == 1 else nouns}"
    return f"There {'is' if abs(more) == 1 else 'are'} {words} than when you opened this page. Check them and choose again."
