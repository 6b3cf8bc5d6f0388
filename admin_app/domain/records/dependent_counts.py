"""Summaries of a record's dependents, one word per relation: a plan's line stores them, to find out what was added or removed since.

The counts are exact as far as a page counts. Beyond that a summary only says that there are more.
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

# Separators between the words of relations, and between the numbers of one word.
_NEXT, _BETWEEN = " ", "~"


@dataclass(frozen=True)
class _Dependents:
    """A record's dependents over one relation: how many, the newest key if keys are numbers, and the sum of the keys' digests."""

    number: int
    newest: int
    digest: int

    @property
    def has_more(self) -> bool:
        """Whether there are more dependents than are counted."""
        return self.number > COUNT_LIMIT


def dependent_counts(model: type[Record]) -> Expression | None:
    """Return the SQL for the summary of each row of a model's root table; None for a model without counted relations."""
    words = [_counted(model, relation) for relation in _counted_relations(model)]
    if not words:
        return None
    whole = words[0]
    for word in words[1:]:
        whole = whole.concat(_NEXT).concat(word)
    return whole


def counts_of(session: AnySession, record: Record) -> Sequence[str]:
    """Return the present words of one record, one for each of `dependent_relations`."""
    table, words = table_of(type(record)), [_counted(type(record), one) for one in dependent_relations(type(record))]
    if not words:
        return ()
    key = stored_key(literal(record.id, key_in(table).type))
    # A deleted record has no row, and so no words.
    return session.execute(select(*words).select_from(table).where(is_record(table, key))).one_or_none() or ()


def difference(model: type[Record], before: str, now: str, scopes: DeletionScopes, *, is_act: bool = False) -> str:
    """Say how a record's dependents changed between two summaries; "" if they did not.

    With `is_act`, dependents may be fewer: the act itself may have deleted them together with other records.
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
    """Return the relations over which a deletion affects other records: dependents, and records that lose a link."""
    return [*relations_to_dependents(model), *links_into(model)]


def noun_and_plural(relation: Relation) -> tuple[str, str]:
    """Return the singular and the plural for the dependents of a relation."""
    return names_of(relation.model if isinstance(relation, ManyToMany) else relation.target)


def _counted_relations(model: type[Record]) -> list[Relation]:
    """Return the relations that a plan counts: those with an index, without which each record would cost a scan of the table."""
    return [one for one in dependent_relations(model) if lead_an_index(_pointing(one))]


def _pointing(relation: Relation) -> Sequence[TableColumn]:
    return (relation.other_link,) if isinstance(relation, ManyToMany) else relation.other_columns


def _counted(model: type[Record], relation: Relation) -> Expression:
    """Return the SQL for the word of one relation. It counts along the foreign key's index, up to the limit of a page."""
    some = _some(model, relation).limit(COUNT_LIMIT + 1).subquery()
    number, (key,) = func.count(), some.c
    newest = func.coalesce(func.max(key), 0) if is_number(key) else literal(0)
    digest = func.coalesce(func.sum(key_digest(key)), 0)
    # Above the limit, which rows are counted is up to the database, so key and digest would differ by chance.
    parts = (number, *(case((number > COUNT_LIMIT, 0), else_=one) for one in (newest, digest)))
    first, *rest = (cast(one, String) for one in parts)
    word: Expression = first
    for one in rest:
        word = word.concat(_BETWEEN).concat(one)
    return select(word).select_from(some).scalar_subquery()


def _some(model: type[Record], relation: Relation) -> Statement:
    """Select the keys of the dependents of the enclosing statement's row."""
    root = table_of(model)
    if isinstance(relation, ManyToMany):
        links = relation.table.alias()
        linked = links.c[relation.other_link.name] == column_in(root, relation.other)
        return select(links.c[relation.own_link.name]).where(linked).correlate(root)
    child, own = aliased(relation.target, flat=True), one_of([column_in(root, one) for one in relation.own_columns])
    key: AnyColumn = child.id
    return select(key).where(in_alias(child, relation.other_names) == own).correlate(root)


def _read(text: str) -> list[_Dependents]:
    """Read a stored summary; return nothing for one that a browser has tampered with."""
    found = [one.split(_BETWEEN) for one in text.split(_NEXT)]
    are_numbers = all(len(one) == len(_Dependents.__annotations__) for one in found)
    try:
        return [_Dependents(*map(int, one)) for one in found] if are_numbers else []
    except ValueError:
        return []


def _reached(model: type[Record]) -> Counter[object]:
    """Count, by table, over how many relations a deletion of the model's records reaches it."""
    reached, waiting, known = Counter[object]([table_of(model)]), [model], {model}
    while waiting:
        for relation in relations_to_dependents(waiting.pop()):
            reached[table_of(relation.target)] += 1
            if relation.target not in known:
                known.add(relation.target)
                waiting.append(relation.target)
    return reached


def _is_entangled(relation: Relation, reached: Counter[object]) -> bool:
    """Whether the deletion of another record may also delete or change the dependents of this relation."""
    if isinstance(relation, ManyToMany):
        return reached[table_of(relation.model)] > 0
    return reached[table_of(relation.target)] > 1


def _is_other(then: _Dependents, now: _Dependents, *, is_entangled: bool) -> bool:
    if then.has_more or now.has_more:
        return then.has_more != now.has_more and not (is_entangled and then.has_more)
    return (now.number > then.number or now.newest > then.newest) if is_entangled else now != then


def _told(relation: Relation, then: _Dependents, now: _Dependents, scopes: DeletionScopes) -> str:
    """Say that the dependents changed, with numbers if the person may see all of them."""
    noun, nouns = noun_and_plural(relation)
    if scopes(relation).seen is not None or now.number == then.number:
        return f"Its {nouns} have changed."
    is_linked = "is linked with" if isinstance(relation, ManyToMany) else "has"
    return f"It {is_linked} {_number(now, noun, nouns)} now, not {f'more than {COUNT_LIMIT:,}' if then.has_more else f'{then.number:,}'}."


def _number(found: _Dependents, noun: str, nouns: str) -> str:
    return f"more than {COUNT_LIMIT:,} {nouns}" if found.has_more else counted(found.number, noun, nouns)
