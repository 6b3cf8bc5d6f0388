"""Mirror the models of the application around: for each, a class of ours with the same table and methods, so that theirs is left unchanged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import FunctionType

from sqlalchemy import String
from sqlalchemy.ext.hybrid import hybrid_method, hybrid_property
from sqlalchemy.orm import ColumnProperty, Mapper, configure_mappers, registry, relationship
from sqlalchemy.sql.util import _deep_deannotate

from admin_app.db.json_values import recorded_models
from admin_app.db.record import Legacy, Record
from admin_app.errors import ConfigurationError
from admin_app.extensions import Expression, Relationship, Values
from admin_app.relations import relation_of

# Columns that may name a record, the likeliest first.
NAMING = ("name", "title", "label", "subject", "email")
# The attributes besides columns and relations that our class copies.
_CARRIED = (FunctionType, property, staticmethod, classmethod, hybrid_property, hybrid_method)
_NOT_OURS = ("sqlalchemy", "flask_sqlalchemy", "builtins", "typing")
# Names with a meaning in the dashboard, and the attribute that a column of this name gets.
RENAMED = {"version": "own_version", "id": "own_id"}

_MIRRORS: dict[type[object], type[Record]] = {}


def mirror(registries: Iterable[registry], taken: Iterable[str]) -> None:
    """Create our classes for all models of these registries, once; `taken` are names that addresses use for something else."""
    configure_mappers()
    found = {mapper for one in registries for mapper in one.mappers}
    names = frozenset(taken)
    for mapper in sorted(found, key=lambda one: (len(list(one.iterate_to_root())), one.class_.__name__)):
        if mapper.class_ not in _MIRRORS and not issubclass(mapper.class_, Record):
            _MIRRORS[mapper.class_] = _make(mapper, names)
    # An earlier dashboard in this process may have known fewer models.
    recorded_models.cache_clear()


def mirror_of(model: type[object]) -> type[Record]:
    """Return our class for a model of the application."""
    return model if issubclass(model, Record) else _MIRRORS[model]


def is_of_application(table: str) -> bool:
    """Whether a table belongs to the metadata of the application's models."""
    return any(table in one.metadata.tables for one in _MIRRORS)  # type: ignore[attr-defined] # each is a declared model


def _make(mapper: Mapper[object], taken: frozenset[str]) -> type[Record]:
    name = mapper.class_.__name__
    base = Legacy if mapper.inherits is None else _MIRRORS[mapper.inherits.class_]
    is_own_table = mapper.inherits is None or mapper.local_table is not mapper.inherits.local_table
    parts: Values = {"__module__": mapper.class_.__module__, "__doc__": mapper.class_.__doc__, **dict(_methods(mapper))}
    parts |= {"__mapper_args__": _arguments(mapper)} | ({"__table__": mapper.local_table} if is_own_table else {})
    parts |= dict(_columns(mapper)) if is_own_table else {}
    parts |= _name(mapper, parts)
    parts |= {one.key: _relation(one) for one in mapper.relationships if one.parent is mapper and _is_known(one)}
    # A model with the name of one of our pages gets another address.
    return type(f"App{name}" if name.lower() in taken else name, (base,), parts)


def _methods(mapper: Mapper[object]) -> Iterator[tuple[str, object]]:
    """Yield the attributes of the class itself, and of its base classes that are no models."""
    before = mapper.inherits.class_.__mro__ if mapper.inherits is not None else ()
    for one in reversed(mapper.class_.__mro__):
        if one in before or one.__module__.startswith(_NOT_OURS):
            continue
        for name, value in vars(one).items():
            is_plain = not name.startswith("_") or name == "__str__"
            if is_plain and isinstance(value, _CARRIED) and name not in {"query", "metadata", "registry"}:
                yield name, value


def _name(mapper: Mapper[object], said: Values) -> Values:
    """Return the text column that names records, for a model without a `__str__` of its own."""
    texts = [one.key for one in mapper.column_attrs if isinstance(one.columns[0].type, String)]
    found = next((name for name in (*NAMING, *texts) if name.lower() in {text.lower() for text in texts}), "")
    found = next((text for text in texts if text.lower() == found.lower()), "")
    if not found or "__str__" in said or mapper.inherits is not None:
        return {}
    return {"__str__": lambda record: str(getattr(record, found) or ""), "named_by": (found,)}


def _arguments(mapper: Mapper[object]) -> Values:
    """Return the mapper's arguments: the class column, and the version counter."""
    found: Values = {}
    if mapper.inherits is None and mapper.polymorphic_on is not None:
        found["polymorphic_on"] = mapper.polymorphic_on
    if mapper.polymorphic_identity is not None:
        found["polymorphic_identity"] = mapper.polymorphic_identity
    if mapper.inherits is None and mapper.version_id_col is not None:
        found |= {"version_id_col": mapper.version_id_col, "version_id_generator": mapper.version_id_generator}
    return found


def _columns(mapper: Mapper[object]) -> Iterator[tuple[str, object]]:
    """Yield the columns whose attributes are named differently from the table's columns."""
    for one in mapper.column_attrs:
        column = one.columns[0]
        if not isinstance(one, ColumnProperty) or getattr(column, "table", None) is not mapper.local_table:
            continue
        is_key = one.key == "id" and column.primary_key
        name = one.key if is_key else RENAMED.get(one.key, one.key)
        if name != column.key:
            yield name, column


def _is_known(relation: Relationship) -> bool:
    """Whether the dashboard supports relations of this kind; others are left out."""
    try:
        relation_of(relation.class_attribute)
    except ConfigurationError:
        return False
    return True


def _relation(one: Relationship) -> Relationship:
    """Return the same relation between our classes."""
    target = one.mapper.class_
    further: Values = {"secondary": one.secondary} if one.secondary is not None else {}
    if one.secondaryjoin is not None:
        further["secondaryjoin"] = _plain(one.secondaryjoin)
    if one.order_by:
        further["order_by"] = list(one.order_by)
    pairs = [*(one.synchronize_pairs or ()), *(one.secondary_synchronize_pairs or ())]
    made: Relationship = relationship(
        lambda: _MIRRORS[target],
        primaryjoin=_plain(one.primaryjoin),
        foreign_keys=[key for _, key in pairs],
        remote_side=list(one.remote_side),
        back_populates=one.back_populates if _has_back(one) else None,
        uselist=one.uselist,
        viewonly=one.viewonly,
        passive_deletes=one.passive_deletes,
        cascade="merge" if one.viewonly else ", ".join(sorted(one.cascade)),
        single_parent=one.single_parent,
        # The application's classes write the same columns, but in their own sessions.
        overlaps=",".join({name for side in (one.parent, one.mapper) for name in side.relationships.keys()}),  # noqa: SIM118 -- no dict
        **further,
    )
    return made


def _has_back(one: Relationship) -> bool:
    """Whether the relation has a reverse side that is mirrored too."""
    other = one.mapper.relationships.get(one.back_populates or "")
    return other is not None and _is_known(other)


def _plain(condition: Expression) -> Expression:
    """Return a condition without SQLAlchemy's annotations, which refer to the application's classes."""
    return _deep_deannotate(condition)
