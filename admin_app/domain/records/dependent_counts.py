"""How much depends on a record, a word for each relation: a plan's line keeps it, and by it sees what came or went since.

It says as much as a page does. Of a record on which more depends than a page counts, it says no more than that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import String, case, cast, func, literal, select
from sqlalchemy.orm import aliased

from admin_app.db.joined import column_in
from admin_app.db.key_digest import key_digest
from admin_app.db.keys import is_number, is_record, key_in, stored_key
from admin_app.db.leading_index import lead_an_index
from admin_app.db.record import Record
from admin_app.domain.naming import names_of
from admin_app.domain.records.deletion_scope import DeletionScopes
from admin_app.extensions import AnyColumn, AnySession, Expression, Statement, TableColumn, table_of
from admin_app.formatting import counted
from admin_app.relations import ManyToMany, Relation, links_into
from admin_app.relations.base import in_alias, one_of
from admin_app.relations.undeclared import relations_to_dependents
from admin_app.selection.selection import COUNT_LIMIT

# Between what is said of one relation, and between the numbers of one.
_NEXT, _BETWEEN = " ", "~"


@dataclass(frozen=True)
class _Hanging:
    """What depends on a record over one relation: how many, the newest key where keys are numbers, and the sum of the keys' digests."""

    number: int
    newest: int
    digest: int

    @property
    def has_more(self) -> bool:
        """Whether there are more than are counted."""
        return self.number > COUNT_LIMIT


def dependent_counts(model: type[Record]) -> Expression | None:
    """Return what depends on each row of a model's root table; None for a model on whose records nothing counted can depend."""
    words = [_counted(model, relation) for relation in _counted_relations(model)]
    if not words:
        return None
    whole = words[0]
    for word in words[1:]:
        whole = whole.concat(_NEXT).concat(word)
    return whole


def counts_of(session: AnySession, record: Record) -> Sequence[str]:
    """Return what depends on one record now, a word for each of `dependent_relations`."""
    table, words = table_of(type(record)), [_counted(type(record), one) for one in dependent_relations(type(record))]
    if not words:
        return ()
    key = stored_key(literal(record.id, key_in(table).type))
    # A record that is gone by now has nothing.
    return session.execute(select(*words).select_from(table).where(is_record(table, key))).one_or_none() or ()


def difference(model: type[Record], before: str, now: str, scopes: DeletionScopes, *, is_act: bool = False) -> str:
    """Say in which way more, less or something else depends on a record than before; "" where it is the same.

    `is_act`: the act that asks may itself have taken something off this record, with others that it deleted.
    """
    relations, then, found = _counted_relations(model), _read(before), _read(now)
    if not len(relations) == len(then) == len(found):
        return "What depends on it may have changed."
    own = _reached(model) if is_act else Counter[object]()
    for relation, one, other in zip(relations, then, found, strict=True):
        if _is_other(one, other, is_entangled=_is_entangled(relation, own)):
            return _told(relation, one, other, scopes)
    return ""


def dependent_relations(model: type[Record]) -> list[Relation]:
    """Return the relations over which a deletion reaches other records: those that depend on it, and those that lose a link."""
    return [*relations_to_dependents(model), *links_into(model)]


def noun_and_plural(relation: Relation) -> tuple[str, str]:
    """Name what depends on a record there."""
    return names_of(relation.model if isinstance(relation, ManyToMany) else relation.target)


def _counted_relations(model: type[Record]) -> list[Relation]:
    """Return those that a plan counts: without an index each of its records would read the whole table."""
    return [one for one in dependent_relations(model) if lead_an_index(_pointing(one))]


def _pointing(relation: Relation) -> Sequence[TableColumn]:
    return (relation.other_link,) if isinstance(relation, ManyToMany) else relation.other_columns


def _counted(model: type[Record], relation: Relation) -> Expression:
    """Return the word of one relation; it is counted by the index of the foreign key, if it has one, and no further than a page counts."""
    some = _some(model, relation).limit(COUNT_LIMIT + 1).subquery()
    number, (key,) = func.count(), some.c
    newest = func.coalesce(func.max(key), 0) if is_number(key) else literal(0)
    digest = func.coalesce(func.sum(key_digest(key)), 0)
    # Which of them are looked at is then left to the database.
    parts = (number, *(case((number > COUNT_LIMIT, 0), else_=one) for one in (newest, digest)))
    first, *rest = (cast(one, String) for one in parts)
    word: Expression = first
    for one in rest:
        word = word.concat(_BETWEEN).concat(one)
    return select(word).select_from(some).scalar_subquery()


def _some(model: type[Record], relation: Relation) -> Statement:
    """Choose the keys of what depends on the row that the statement around this one looks at."""
    root = table_of(model)
    if isinstance(relation, ManyToMany):
        links = relation.table.alias()
        linked = links.c[relation.other_link.name] == column_in(root, relation.other)
        return select(links.c[relation.own_link.name]).where(linked).correlate(root)
    child, own = aliased(relation.target, flat=True), one_of([column_in(root, one) for one in relation.own_columns])
    key: AnyColumn = child.id
    return select(key).where(in_alias(child, relation.other_names) == own).correlate(root)


def _read(text: str) -> list[_Hanging]:
    """Read what was kept; what a person's browser made of it is nothing."""
    found = [one.split(_BETWEEN) for one in text.split(_NEXT)]
    are_numbers = all(len(one) == len(_Hanging.__annotations__) for one in found)
    try:
        return [_Hanging(*map(int, one)) for one in found] if are_numbers else []
    except ValueError:
        return []


def _reached(model: type[Record]) -> Counter[object]:
    """Count over how many ways a deletion comes to which tables."""
    reached, waiting, known = Counter[object]([table_of(model)]), [model], {model}
    while waiting:
        for relation in relations_to_dependents(waiting.pop()):
            reached[table_of(relation.target)] += 1
            if relation.target not in known:
                known.add(relation.target)
                waiting.append(relation.target)
    return reached


def _is_entangled(relation: Relation, reached: Counter[object]) -> bool:
    """Whether what depends on it there may go, or change, with another record that is deleted."""
    if isinstance(relation, ManyToMany):
        return reached[table_of(relation.model)] > 0
    return reached[table_of(relation.target)] > 1


def _is_other(then: _Hanging, now: _Hanging, *, is_entangled: bool) -> bool:
    if then.has_more or now.has_more:
        return then.has_more != now.has_more and not (is_entangled and then.has_more)
    return (now.number > then.number or now.newest > then.newest) if is_entangled else now != then


def _told(relation: Relation, then: _Hanging, now: _Hanging, scopes: DeletionScopes) -> str:
    """Say it, in numbers where the person sees all of them."""
    noun, nouns = noun_and_plural(relation)
    if scopes(relation).seen is not None or now.number == then.number:
        return f"Its {nouns} have changed."
    is_linked = "is linked with" if isinstance(relation, ManyToMany) else "has"
    return f"It {is_linked} {_number(now, noun, nouns)} now, not {f'more than {COUNT_LIMIT:,}' if then.has_more else f'{then.number:,}'}."


def _number(found: _Hanging, noun: str, nouns: str) -> str:
    return f"more than {COUNT_LIMIT:,} {nouns}" if found.has_more else counted(found.number, noun, nouns)
