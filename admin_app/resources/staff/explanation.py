"""Why a person may or may not do something: the role, the row rule and the field rights that decide it, as `Access` sees it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from admin_app.db.record import Record
from admin_app.domain.permissions.policy import grant_of
from admin_app.domain.permissions.rights import Action
from admin_app.formatting import in_words, sentence_case
from admin_app.models.role import Role
from admin_app.models.staff import Staff
from admin_app.panel.access.access import Access, access_to
from admin_app.panel.access.authority import acting_for
from admin_app.panel.access.new_record import new_record
from admin_app.panel.registry import resources
from admin_app.panel.resource import Resource
from admin_app.resources.staff.rights_sum import VERBS, field_words, rows_words
from admin_app.selection.selection import WHERE

# Actions that concern no existing record.
ABOUT_NO_RECORD = frozenset({Action.CREATE, Action.IMPORT, Action.SHARE})
# Actions whose field rights an action needs; deleting and sharing need none.
_FIELDS_BY = {
    **{action: (action,) for action in Action},
    Action.IMPORT: (Action.CREATE, Action.EDIT),
    Action.BULK: (Action.EDIT,),
}
_WITHOUT_FIELDS = frozenset({Action.DELETE, Action.SHARE})
# What row rules read of an account.
_IN_RULES = ("name", "email")
# The actions whose limits also count: nobody acts on what they cannot see.
_SEEING = (Action.VIEW, Action.LIST)
# Rights that do nothing by themselves.
_BESIDES = {
    Action.BULK: "Changing many records also needs the right to the change itself, such as “Edit” or “Delete”.",
    Action.IMPORT: "An import also needs “Create” to add records, and “Edit” to change them.",
}


@dataclass(frozen=True)
class Question:
    """Whether a person may do this with a resource's records, or with one of them.

    `people` and `asker` are what the asking person may see of staff and of the resource.
    """

    staff: Staff
    people: Access
    action: Action
    asker: Access
    record: Record | None = None

    @property
    def resource(self) -> Resource:
        """The resource in question."""
        return self.asker.resource

    @property
    def head(self) -> str:
        """The name of the action."""
        return f"“{self.action.value.capitalize()}”"

    @property
    def who(self) -> str:
        """The person's name, as far as the asking person may see it."""
        return self.people.title_of(self.staff)

    @property
    def is_told(self) -> bool:
        """Whether the asking person may learn which rules a record meets: they see all fields that the rules read, and the email that rules use."""
        if not all(map(self.people.shows, _IN_RULES)):
            return False
        known = self.resource.row_rules
        names = {self.rule_of(role) for role in self.staff.held_roles} & known.keys()
        keys = {key for name in names for key in known[name].filters(self.staff)}
        return self.asker.authority.is_unbound or all(
            key != WHERE and self.asker.shows(key.rpartition("__")[0]) for key in keys
        )

    def rule_of(self, role: Role) -> str:
        """Return the row rule of a role here, "" for none."""
        return grant_of(role).rows.get(self.resource.endpoint, "")

    def giving(self, *actions: Action) -> list[Role]:
        """Return the person's roles that give one of these actions here."""
        place = self.resource
        return [
            role
            for role in self.staff.held_roles
            if any(grant_of(role).allows(one, place.endpoint, guarded=place.is_guarded) for one in actions)
        ]


@dataclass(frozen=True)
class Explanation:
    """The answer, and a sentence for each thing that decides it."""

    verdict: str
    reasons: tuple[str, ...]


def explain(question: Question) -> Explanation:
    """Answer by asking `Access` for the person, as their own pages do."""
    with acting_for(question.staff):
        access = access_to(question.resource)
        verdict = _verdict(question, access)
        reasons = tuple(_reasons(question, access))
    return Explanation(verdict, reasons)


def obstacles(staff: Staff, people: Access) -> Iterator[str]:
    """Say which records a person may create and yet cannot, as far as the asking person may learn it."""
    for resource in resources():
        question = Question(staff, people, Action.CREATE, access_to(resource))
        if question.is_told:
            with acting_for(staff):
                problem = _obstacle(question, access_to(resource))
            if problem:
                yield f"{resource.plural}: they cannot create any now, because {problem}."


def _obstacle(question: Question, access: Access) -> str:
    """Return what keeps the person from creating what they have the right to create, "" for nothing that is to be told."""
    is_asked = question.action is Action.CREATE and access.may(Action.CREATE) and question.is_told
    return new_record(access).problem if is_asked else ""


def _verdict(question: Question, access: Access) -> str:
    who, action, record = question.who, question.action, question.record
    may = action in access.resource.offered_actions and access.may(action)
    if record is None:
        rows = rows_words(access, action) if may else access.resource.nouns
        can = "can" if may and not _obstacle(question, access) else "cannot"
        return f"{who} {can} {VERBS[action]} {rows}."
    words = f"{VERBS[action]} {_named(question, record)}"
    if may and access.rule_names(action) and not question.is_told:
        return f"You do not have the permissions to see whether {who} can {words}."
    return f"{who} {'can' if may and _reaches(access, record, action) else 'cannot'} {words}."


def _reaches(access: Access, record: Record, action: Action) -> bool:
    return access.is_within(record.id, action) and access.reaches(record, action)


def _reasons(question: Question, access: Access) -> Iterator[str]:
    staff, action, place = question.staff, question.action, access.resource
    if not staff.is_active:
        yield f"{question.who} is not active, so no role counts."
        return
    if action not in place.offered_actions:
        yield f"{place.plural} have no {question.head}, whatever a role says."
        return
    giving = question.giving(action)
    if not giving:
        yield f"None of their roles gives {question.head} on {place.plural}. They have: {staff.role_names}."
        return
    yield f"{_roles(giving)} {'gives' if len(giving) == 1 else 'give'} {question.head} on {place.plural}."
    yield from _row_reasons(question, access)
    if problem := _obstacle(question, access):
        yield f"{sentence_case(problem)}."
    if action not in _WITHOUT_FIELDS:
        yield _field_reason(question, access)
    if action in _BESIDES:
        yield _BESIDES[action]


def _row_reasons(question: Question, access: Access) -> Iterator[str]:
    """Say which row rules apply, by which roles, and whether the record is among the rows."""
    action, record, place = question.action, question.record, access.resource
    if access.rule_names(action):
        by = [role for role in question.giving(action, *_SEEING) if question.rule_of(role)]
        yield f"{_roles(by)} {'limits' if len(by) == 1 else 'limit'} it to {rows_words(access, action)}."
    else:
        yield f"No role limits it to some {place.nouns}."
    if record is None or not access.rule_names(action):
        is_within = True
    elif not question.is_told:
        yield "You cannot see whether the record is one of them, because you do not see the fields that decide it."
        return
    else:
        is_within = access.is_within(record.id, action)
        yield f"The record is {'' if is_within else 'not '}one of them."
    if record is not None and is_within and not access.reaches(record, action):
        yield (
            f"This {place.noun} has permissions that {question.who} does not have, "
            "or is the role Owner, which stays as it is."
        )


def _field_reason(question: Question, access: Access) -> str:
    parts = field_words(access, _FIELDS_BY[question.action])
    place = f"{access.resource.endpoint}."
    giving = question.giving(question.action, *_SEEING)
    by = [role for role in giving if any(path.startswith(place) for path in role.fields)]
    if not parts:
        return "No role limits the fields."
    words = f"{'; '.join(parts)}."
    limits = f" {_roles(by)} {'limits' if len(by) == 1 else 'limit'} fields." if by else ""
    return f"{sentence_case(words)}{limits}"


def _named(question: Question, record: Record) -> str:
    return f"{question.resource.noun} {record.id} “{question.asker.title_of(record)}”"


def _roles(roles: list[Role]) -> str:
    return f"The role{'' if len(roles) == 1 else 's'} {in_words([role.name for role in roles])}"
