"""A list's filters: conditions, and groups in which all or any must be true."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import ColumnElement, and_, or_

from admin_app.errors import SelectionError
from admin_app.relations.base import KeySet
from admin_app.selection.list_schema import WHOLE, Filter, ListSchema
from admin_app.selection.search.search import MOST_WORDS, Lookup, Term, occurs
from admin_app.unicode_text import forms

# SQLite refuses expressions nested 1,000 deep, and nobody can read more conditions than this.
MOST_CONDITIONS = 50
DEEPEST_GROUP = 5
# The operators that leave a single value of the field.
_SAME = ("equals", "is")
TOO_DEEP = f"Filter groups can be nested {DEEPEST_GROUP} deep; this address goes deeper."


@dataclass(frozen=True)
class Condition:
    """A filter with its typed text, and the value of the text or the problem with it."""

    key: str
    text: str
    filter: Filter
    value: object = None
    problem: str = ""

    def conditions(self) -> Iterator[Condition]:
        """Yield this condition, so that callers need not tell conditions from groups."""
        yield self

    @property
    def depth(self) -> int:
        """The depth of nested groups: 0 for a condition."""
        return 0

    @property
    def lookup(self) -> Lookup | None:
        """The search terms of a filter on text; None for any other filter."""
        searched = None if self.problem else self.filter.searched
        if searched is None:
            return None
        values = [str(one) for one in self.value] if isinstance(self.value, list) else [str(self.value)]
        # The index holds composed letters, so a decomposed text is looked up in its composed form.
        texts = [forms(one)[-1] for one in values] if searched.frame == WHOLE else values
        found = Lookup(tuple(Term(one, (searched,)) for one in texts))
        # An equality filter may have its own index, which also finds short texts.
        is_better = searched.frame != WHOLE or (found.is_indexed and len(values) <= MOST_WORDS)
        return found if is_better else None

    @cached_property
    def key_sets(self) -> Sequence[KeySet]:
        """The key sets of the matching rows, if the filter has any."""
        return () if self.problem else self.filter.key_sets(self.value)

    def criterion(self, walked: Collection[KeySet] = ()) -> ColumnElement[bool]:
        """Return the condition on the listed model. Index lookups and the `walked` key sets are tested row by row."""
        if self.key_sets:
            return and_(*(one.condition(walked) for one in self.key_sets))
        return self.filter.criterion(self.value) if self.lookup is None else occurs(self.lookup)

    def sentence(self) -> str:
        """Return the condition in words."""
        return self.filter.sentence(self.text)


@dataclass(frozen=True)
class Group:
    """Conditions and groups of which any or all must be true. `group_of` builds each in its simplest form."""

    is_any: bool
    members: tuple[Condition | Group, ...]

    def conditions(self) -> Iterator[Condition]:
        """Yield every condition in the group, at any depth."""
        for member in self.members:
            yield from member.conditions()

    @property
    def depth(self) -> int:
        """The depth of nested groups, this one included."""
        return 1 + max(member.depth for member in self.members)

    @property
    def lookup(self) -> Lookup | None:
        """Terms of which every matching row has one, if an index can find them: of all members for "any", of one member for "all"."""
        parts = [member.lookup for member in self.members]
        known = [one for one in parts if one is not None and one.is_indexed]
        if self.is_any:
            return Lookup(tuple(term for one in known for term in one.terms)) if len(known) == len(parts) else None
        return max(known, key=lambda one: one.letters, default=None)

    @property
    def problem(self) -> str:
        """The problems of the group's conditions."""
        return " ".join(condition.problem for condition in self.conditions() if condition.problem)

    def criterion(self, walked: Collection[KeySet] = ()) -> ColumnElement[bool]:
        """Return the condition on the listed model."""
        join = or_ if self.is_any else and_
        return join(*(member.criterion(walked) for member in self.members))

    def sentence(self) -> str:
        """Return the group in words, with nested groups in brackets."""
        parts = (f"({one.sentence()})" if isinstance(one, Group) else one.sentence() for one in self.members)
        return (" or " if self.is_any else " and ").join(parts)


Member = Condition | Group
ReadCondition = Callable[[str, str], Condition]


def group_of(members: Iterable[Member], *, is_any: bool) -> Member:
    """Combine members into one: a single member stands alone, and a nested group of the same kind is merged into the outer."""
    flat: list[Member] = []
    for member in members:
        flat += member.members if isinstance(member, Group) and member.is_any == is_any else (member,)
    return flat[0] if len(flat) == 1 else Group(is_any, tuple(flat))


def reader_of(schema: ListSchema) -> ReadCondition:
    """Return the function that reads the conditions of one address. It raises for an unknown filter, and for too many."""
    left = iter(range(MOST_CONDITIONS))

    def read(key: str, text: str) -> Condition:
        if next(left, None) is None:
            message = f"A list can have {MOST_CONDITIONS} filters at most; this address has more."
            raise SelectionError(message)
        return read_condition(schema, key, text)

    return read


def read_condition(schema: ListSchema, key: str, text: str) -> Condition:
    """Read a filter's text; an unusable text is kept with its problem. Raise `SelectionError` for an unknown key."""
    if key not in schema.filters:
        message = f"This list has no filter called “{key[:50]}”."
        raise SelectionError(message, sorted(schema.filters))
    return _understood(schema.filters[key], key, text)


def _understood(filter_: Filter, key: str, text: str) -> Condition:
    longest = filter_.longest
    if len(text) > longest:
        # One character too many is kept, so that the text is still too long when it is printed and read again.
        return Condition(key, text[: longest + 1], filter_, problem=f"Use {longest:,} characters or fewer.")
    if "\0" in text:
        return Condition(key, text, filter_, problem="Remove the NUL character.")
    try:
        return Condition(key, text, filter_, value=filter_.parse(text))
    except ValueError as error:
        return Condition(key, text, filter_, problem=str(error))


def field_of(key: str) -> str:
    """Return the field of which a filter leaves one value, "" for any other filter."""
    name, _, slug = key.rpartition("__")
    return name if slug in _SAME else ""


def first_field_of(key: str) -> str:
    """Return the listed record's own field that a filter begins with: "user" of "user.email__equals"."""
    return key.rpartition("__")[0].partition(".")[0]


def require_shallow(members: Iterable[Member]) -> None:
    """Raise `SelectionError` for groups nested too deeply."""
    if any(member.depth > DEEPEST_GROUP for member in members):
        raise SelectionError(TOO_DEEP)
