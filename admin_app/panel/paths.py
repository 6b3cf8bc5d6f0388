"""The attributes that dotted paths in declarations name: "email" is a column of the model, "user.email" a column of the related record."""

from __future__ import annotations

from admin_app.db.attributes import attribute_of, hybrids, is_secret, is_sql, stored_column
from admin_app.db.record import Record
from admin_app.errors import ConfigurationError
from admin_app.extensions import Attribute
from admin_app.kinds import kind_of
from admin_app.kinds.other import OtherKind
from admin_app.relations import ManyToMany, relations_of
from admin_app.selection.list_schema import SortKey

# An attribute, and the relation that leads to it if it is another model's.
Path = tuple[Attribute, Attribute | None]


def attribute_at(model: type[Record], path: str) -> Path:
    """Return the attribute that a path names."""
    first, _, rest = path.partition(".")
    relation = relations_of(model).get(first)
    if relation is None or not rest:
        return attribute_of(model, first), None
    return attribute_of(relation.target, rest), relation.attribute


def known_to_sql(model: type[Record], path: str, *, place: str, is_sort: bool) -> Path:
    """Return the attribute that a path names; raise `ConfigurationError` if SQL cannot use it. `place` is the declaration that names it."""
    first, _, rest = path.partition(".")
    relation, said = relations_of(model).get(first), f"{place} names {path}"
    owner, name = (model, first) if relation is None or not rest else (relation.target, rest)
    if isinstance(relation, ManyToMany) and relation.is_view and (rest or is_sort):
        message = f"{said}, which goes by a relation that is only looked at. Take it out."
        raise ConfigurationError(message)
    if isinstance(relation, ManyToMany) and rest and is_sort:
        message = f"{said}, which goes by many records. Take it out, or sort by {first}: by how many there are."
        raise ConfigurationError(message)
    if relation is None or rest:
        _require_sql(owner, name, said)
    return attribute_at(model, path)


def _require_sql(model: type[Record], name: str, said: str) -> None:
    if not (name in hybrids(model) or hasattr(model, name)):
        message = f"{said}, which {model.__name__} does not have."
        raise ConfigurationError(message)
    if not is_sql(model, name):
        message = f"{said}, which only Python computes. Remove it, or write it as a hybrid_property that the database can compute."
        raise ConfigurationError(message)
    if is_secret(getattr(model, name)):
        message = f"{said}, which is a secret: who narrows or sorts by it can find out what it holds. Take it out."
        raise ConfigurationError(message)


def require_order(sort: SortKey, path: str, *, place: str) -> None:
    """Raise `ConfigurationError` for a sort by a type whose order nobody knows."""
    if sort.is_count or not isinstance(kind_of(sort.column), OtherKind):
        return
    is_computed = stored_column(sort.column) is None
    computed = " or name its type, as in func.length(title, type_=Integer)" if is_computed else ""
    message = (
        f"{place} names {path}, whose type {type(sort.column.type).__name__} has no order "
        f"that the dashboard knows. Take it out{computed}."
    )
    raise ConfigurationError(message)
