"""Trees of records of one model: find what is below a record, and records that are below themselves."""

from __future__ import annotations

from sqlalchemy import ColumnElement, literal, select

from admin_app.db.attributes import classes_of_table
from admin_app.db.record import Record
from admin_app.extensions import Statement
from admin_app.relations import relations_of
from admin_app.relations.base import KeySet
from admin_app.relations.to_one import ToOne


def trees_of(model: type[Record]) -> list[ToOne]:
    """Return the relations by which a model's records form trees, with those of its subclasses."""
    classes = (one for one in classes_of_table(model) if issubclass(one, Record))
    found = dict.fromkeys(relation for one in classes for relation in relations_of(one).values())
    return [one for one in found if isinstance(one, ToOne) and one.is_tree]


def keys_below(tree: ToOne, key: object) -> Statement:
    """Return the keys of all records below this one, at any depth."""
    table = tree.own.table
    child = table.alias("child")
    below = select(tree.other.label("key")).where(tree.own == key).cte(recursive=True)
    deeper = select(child.c[tree.other.name]).join_from(below, child, child.c[tree.own.name] == below.c.key)
    # UNION, not UNION ALL: without repetitions a circle comes to an end.
    return select(below.union(deeper).c.key)


def below(tree: ToOne, key: object) -> KeySet:
    """Return the rows below the record with this key, at any depth; as a test, each row follows its parents to the top."""
    parent = tree.own.table.alias("parent")
    start = select(tree.own.label("key")).correlate(tree.own.table).cte("above", recursive=True, nesting=True)
    higher = select(parent.c[tree.own.name]).join_from(start, parent, parent.c[tree.other.name] == start.c.key)
    above = start.union(higher)
    asked = select(literal(1)).select_from(above).where(above.c.key == key).correlate(tree.own.table).exists()
    keys = keys_below(tree, key)
    return KeySet(keys, tree.other.in_(keys), asked)


def below_themselves(tree: ToOne, which: ColumnElement[bool]) -> Statement:
    """Return the keys of those of these records that are below themselves."""
    table = tree.own.table
    parent = table.alias("parent")
    start = select(tree.other.label("start"), tree.own.label("at")).where(which, tree.own.is_not(None))
    above = start.cte(recursive=True)
    higher = select(above.c.start, parent.c[tree.own.name]).join_from(
        above, parent, parent.c[tree.other.name] == above.c.at
    )
    whole = above.union(higher.where(parent.c[tree.own.name].is_not(None)))
    return select(whole.c.start).where(whole.c.start == whole.c.at)
