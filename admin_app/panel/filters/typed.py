"""Filters that are typed into a search: `user:"Ann Lee" created:last-month no:user`. A part that names no filter of the list stays a word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from admin_app.formatting import folded
from admin_app.panel.operators.base import Operator
from admin_app.panel.operators.relation import RelationIs
from admin_app.selection.conditions import Condition, read_condition
from admin_app.selection.list_schema import ListSchema

# The most filters that are read: more than a person types. The rest counts as words.
MOST_TYPED = 10

# A quoted phrase is searched as it is, even if it contains a colon.
_PART = re.compile(r'(?P<phrase>"[^"]+")|(?P<field>[^\s:"]+):(?:"(?P<quoted>[^"]+)"|(?P<plain>[^\s"]\S*))|\S+')
_BLANKS = re.compile(r"[\s._-]+")
# Names that ask whether there is a value at all.
THERE = {"no": "yes", "has": "no"}
# Comparison by the sign before the value; longer signs first.
_SIGNS = {">=": ("at_least", "from"), "<=": ("at_most", "until"), ">": ("greater",), "<": ("smaller",)}
_RANGE = re.compile(r"(.+?)\.\.(.+)")
# The operators that a plain value may mean, the likeliest first.
_PLAIN = ("contains", "is", "has", "within", "on", "equals", "in")


@dataclass(frozen=True)
class Typed:
    """The filters in a search, and the words that are left."""

    conditions: tuple[Condition, ...]
    rest: str


def typed_filters(text: str, schema: ListSchema, fields: Mapping[str, Sequence[Operator]]) -> Typed:
    """Read the filters of a list from a search; `fields` has the operators by field name."""
    reader = _Reader(schema, fields)
    conditions: list[Condition] = []
    words: list[str] = []
    for part in _PART.finditer(text):
        found = reader.condition(part) if part["field"] and len(conditions) < MOST_TYPED else None
        if found is None:
            words.append(part[0])
        else:
            conditions.append(found)
    return Typed(tuple(conditions), " ".join(words) if conditions else text)


@dataclass(frozen=True)
class _Reader:
    """Reads parts of a search as filters of one list."""

    schema: ListSchema
    fields: Mapping[str, Sequence[Operator]]

    def condition(self, part: re.Match[str]) -> Condition | None:
        """Return the condition that a field and a value mean: the first meaning that can be read, else the likeliest one with its problem."""
        first: Condition | None = None
        for one in self._tried(part["field"], part["quoted"] or part["plain"], is_quoted=part["quoted"] is not None):
            if not one.problem:
                return one
            first = first or one
        return first

    def _tried(self, said: str, value: str, *, is_quoted: bool) -> Iterator[Condition]:
        if (answer := THERE.get(folded(said))) is not None:
            for name in self._named(value):
                yield from self._read(name, "empty", answer)
            return
        for name in self._named(said):
            for slug, text in _meanings(value, is_quoted=is_quoted):
                yield from self._read(name, slug, text)
            # Otherwise the value is a part of the related record's name.
            for other in self.fields:
                if other.startswith(f"{name}."):
                    yield from self._read(other, "contains", value)

    def _named(self, said: str) -> list[str]:
        """Return the fields of this name, written as in an address or above a column: "created_at", "created-at", "created"."""
        return [name for name, operators in self.fields.items() if _plain(said) in _names(name, operators)]

    def _read(self, name: str, slug: str, text: str) -> Iterator[Condition]:
        key = f"{name}__{slug}"
        if key not in self.schema.filters:
            return
        found = read_condition(self.schema, key, text)
        if isinstance(found.filter, RelationIs) and not found.problem:
            # Keep the id of the record that the name means now: another one may have the name tomorrow.
            found = read_condition(self.schema, key, str(found.value))
        yield found


def name_to_type(name: str, operators: Sequence[Operator]) -> str:
    """Return the shortest unique name of a field: "created" for "created_at"."""
    return min(_names(name, operators), key=lambda one: (len(one), one))


def _names(name: str, operators: Sequence[Operator]) -> set[str]:
    both = {_plain(name), *(_plain(one.name) for one in operators[:1])}
    return both | {one.removesuffix("-at") for one in both}


def _plain(words: str) -> str:
    return _BLANKS.sub("-", folded(words))


def _meanings(value: str, *, is_quoted: bool) -> Iterator[tuple[str, str]]:
    """Yield the operators that a value may mean, each with the text that the operator gets."""
    if not is_quoted:
        for sign, slugs in _SIGNS.items():
            if value.startswith(sign):
                yield from ((slug, value.removeprefix(sign)) for slug in slugs)
        if range_ := _RANGE.fullmatch(value):
            yield "between", f"{range_[1]} to {range_[2]}"
        if "," in value:
            yield "in", value
    yield from ((slug, value) for slug in _PLAIN)
