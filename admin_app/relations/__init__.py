"""Relations: one file per kind, and the lookup of a model's relations."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import cast

from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.orm.interfaces import RelationshipDirection

from admin_app.db.attributes import classes_of_table
from admin_app.db.joined import own_tables
from admin_app.db.keys import keys_in
from admin_app.db.record import Record
from admin_app.errors import ConfigurationError
from admin_app.extensions import AnyColumn, Relationship
from admin_app.relations.base import Dependency, Relation
from admin_app.relations.many_to_many import ManyToMany
from admin_app.relations.to_many import ToMany
from admin_app.relations.to_one import ToOne

_BY_DIRECTION: dict[RelationshipDirection, type[Relation]] = {
    RelationshipDirection.MANYTOONE: ToOne,
    RelationshipDirection.ONETOMANY: ToMany,
    RelationshipDirection.MANYTOMANY: ManyToMany,
}
# Cache of `relations_of`.
_BY_MODEL: dict[type[Record], dict[str, Relation]] = {}
# Cache of `links_into`.
_LINKING: dict[type[Record], Sequence[ManyToMany]] = {}


def relation_of(attribute: AnyColumn) -> Relation:
    """Return a model's relation, given its attribute or SQLAlchemy's property; raise `ConfigurationError` if it isn't supported."""
    return _relation(getattr(attribute, "property", attribute))


def to_one(attribute: AnyColumn) -> ToOne:
    """Return a relation that is known to be to-one."""
    relation = relation_of(attribute)
    assert isinstance(relation, ToOne)  # noqa: S101 -- for mypy
    return relation


def relations_of(model: type[Record]) -> dict[str, Relation]:
    """Return a model's relations by name."""
    if model not in _BY_MODEL:
        _BY_MODEL[model] = {str(key): relation_of(one) for key, one in inspect_mapper(model).relationships.items()}
    return _BY_MODEL[model]


def links_of(model: type[Record]) -> dict[str, ManyToMany]:
    """Return the many-to-many relations that a model's records have as fields, by name."""
    found = relations_of(model).items()
    return {name: one for name, one in found if isinstance(one, ManyToMany) and one.history()}


def row_links(model: type[Record]) -> dict[str, ManyToMany]:
    """Return the fields of links of a table's rows, with those of the model's subclasses."""
    found = links_of(model)
    for one in classes_of_table(model):
        found = links_of(cast("type[Record]", one)) | found
    return found


def links_into(model: type[Record]) -> Sequence[ManyToMany]:
    """Return the many-to-many relations in which records of any model own links to this model's records."""
    if model not in _LINKING:
        models = [one.class_ for one in inspect_mapper(model).registry.mappers if issubclass(one.class_, Record)]
        links = dict.fromkeys(link for one in models for link in links_of(one).values())
        # A record of a subclass is one of its parent class too.
        _LINKING[model] = [one for one in links if issubclass(model, one.target) or issubclass(one.target, model)]
    return _LINKING[model]


@cache
def _relation(relation: Relationship) -> Relation:
    if problem := _problem_with(relation):
        message = f"{relation.parent.class_.__name__}.{relation.key} {problem}."
        raise ConfigurationError(message)
    return _BY_DIRECTION[relation.direction](relation)


def _problem_with(relation: Relationship) -> str:
    """Say what is unsupported about a relation and what to do instead; "" for a supported one."""
    if relation.secondary is not None:
        return _problem_with_links(relation)
    if relation.viewonly and len(relation.local_remote_pairs or ()) == 1:
        return ""
    is_to_many = relation.direction is RelationshipDirection.ONETOMANY
    named = {pair[0 if is_to_many else 1] for pair in relation.local_remote_pairs or ()}
    tables = own_tables((relation.parent if is_to_many else relation.mapper).class_)
    if any(named == {*keys_in(one)} for one in tables) and (len(named) == 1 or relation.parent is not relation.mapper):
        return ""
    if len(named) == 1 and all(one.unique for one in named) and relation.parent is not relation.mapper:
        return ""
    return (
        "refers to columns that are neither the other record's key nor unique, or forms a tree by them, which the dashboard does not support: "
        "let the foreign key refer to the id"
    )


def _problem_with_links(relation: Relationship) -> str:
    """Say what is unsupported about a relation with an association table; "" for a supported one."""
    if relation.viewonly:
        return ""
    pairs = (relation.synchronize_pairs, relation.secondary_synchronize_pairs or ())
    if any(len(one) != 1 or not one[0][0].primary_key for one in pairs):
        return (
            "does not have one key for each side, which the dashboard does not support: "
            "let the table between have one foreign key to each side's id"
        )
    return ""


__all__ = [
    "Dependency",
    "ManyToMany",
    "Relation",
    "ToMany",
    "ToOne",
    "links_into",
    "links_of",
    "relation_of",
    "relations_of",
    "row_links",
    "to_one",
]
