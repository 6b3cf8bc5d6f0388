"""The text of a model's file."""

from __future__ import annotations

import re
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import NullType

from admin_app.cli.new_resource.described import Belonging, Described, generic
from admin_app.cli.new_resource.literals import docstring, literal, sql_literal
from admin_app.db.keys import foreign_keys_of
from admin_app.db.types import UtcDateTime
from admin_app.extensions import ColumnType, TableColumn

# Modules of the types of values; a type that is missing here needs no import.
_FROM = {
    "datetime": "datetime",
    "date": "datetime",
    "time": "datetime",
    "timedelta": "datetime",
    "Decimal": "decimal",
    "UUID": "uuid",
    "Any": "typing",
}


def model_file(one: Described) -> str:
    """Write the model's file."""
    title = [f'    title = "{one.title}"'] if one.title else []
    declared = [f'    __archived_at__ = "{one.archived_at}"'] if one.archived_at else []
    declared += [f'    __position__ = "{one.position}"'] if one.position else []
    lines = [*_class(one), *title, *declared, "", *_columns(one), *_relations(one)]
    return "\n".join([docstring(f"The table {one.table.name}."), "", *_imports(one), "", "", *lines, ""])


def _imports(one: Described) -> Iterator[str]:
    used = {_annotation(column.type) for column in one.columns}
    yield "from __future__ import annotations"
    yield ""
    standard = sorted({(_FROM[name], name) for name in used if name in _FROM})
    for module in sorted({module for module, _ in standard}):
        yield f"from {module} import {', '.join(name for each, name in standard if each == module)}"
    if standard:
        yield ""
    yield "import sqlalchemy as sa"
    types = [_type(column.type) for column in one.columns]
    if any("postgresql." in text for text in types):
        yield "from sqlalchemy.dialects import postgresql"
    orm = ["Mapped", "mapped_column", *(["backref", "relationship"] if one.belongings else [])]
    yield f"from sqlalchemy.orm import {', '.join(sorted(orm, key=lambda name: (name.islower(), name)))}"
    yield ""
    yield f"from admin_app.db.record import {_base(one)}"
    if "UtcDateTime" in types:
        yield "from admin_app.db.types import UtcDateTime"
    for module, model in sorted({(each.module, each.model) for each in one.belongings if each.model != one.model}):
        yield f"from {module} import {model}"


def _class(one: Described) -> Iterator[str]:
    yield f"class {one.model}({_base(one)}):"
    yield f"    {docstring(f'A row of {one.table.name}.')}"
    yield ""
    yield f"    __tablename__ = {literal(one.table.name)}"
    if one.is_view:
        yield "    __read_only__ = True"
    if several := [key for key in foreign_keys_of(one.table) if len(key.columns) > 1]:
        yield f"    __table_args__ = ({', '.join(_constraint(key) for key in several)},)"


def _base(one: Described) -> str:
    return "Legacy" if one.is_legacy else "Record"


def _constraint(key: sa.ForeignKeyConstraint) -> str:
    """Write a foreign key of several columns."""
    targets = [one.target_fullname for one in key.elements]
    own, other = (f"[{', '.join(map(literal, names))}]" for names in (key.column_keys, targets))
    return f"sa.ForeignKeyConstraint({own}, {other}{_rules(key)})"


def _rules(key: sa.ForeignKey | sa.ForeignKeyConstraint) -> str:
    rules = {"ondelete": key.ondelete, "onupdate": key.onupdate}
    return "".join(f', {name}="{rule}"' for name, rule in rules.items() if rule)


def _columns(one: Described) -> Iterator[str]:
    for column in one.columns:
        if files := one.files_named(column):
            yield f'    # With info={{"kind": "{files}"}} people send files with the form, once it holds references to files: see docs/kinds.md.'
        said = _annotation(column.type)
        is_key = column in one.keys
        if is_key and one.is_view:
            yield "    # The key: a column, or several, that no two rows have alike."
        hint = f"{said} | None" if column.nullable and said != "Any" and not is_key else said
        # SQLAlchemy asks of a mapped column which type it has.
        is_unknown = isinstance(generic(column.type), NullType)
        mapped = "= sa.Column" if is_unknown else f": Mapped[{hint}] = mapped_column"
        yield f"    {one.attribute(column)}{' ' if is_unknown else ''}{mapped}({', '.join(_arguments(one, column))})"


def _arguments(one: Described, column: TableColumn) -> Iterator[str]:
    if one.attribute(column) != column.name:
        yield literal(str(column.name))
    yield _type(column.type)
    keys = [key for key in column.foreign_keys if key.constraint is None or len(key.constraint.columns) == 1]
    for key in keys:
        yield f"sa.ForeignKey({literal(key.target_fullname)}{_rules(key)})"
    if column in one.keys:
        yield "primary_key=True"
        return
    if _annotation(column.type) == "Any" and column.nullable:
        yield "nullable=True"
    if column.name in one.unique:
        yield "unique=True"
    elif column.foreign_keys and not one.is_legacy:
        yield "index=True"
    if kind := one.kind_named(column):
        yield f'info={{"kind": "{kind}"}}'
    if column.computed is not None:
        yield f"sa.Computed({sql_literal(_balanced(str(column.computed.sqltext)))}, persisted={bool(column.computed.persisted)})"
        return
    default = getattr(column.server_default, "arg", None)
    if default is not None:
        yield f"server_default=sa.text({sql_literal(str(default))})"


def _balanced(sql: str) -> str:
    """Cut an expression where its last bracket closes: of a table that SQLite has in one line SQLAlchemy reads on."""
    depth = 0
    for place, letter in enumerate(sql):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth < 0:
            return sql[:place]
    return sql


def computed_by(statement: str, column: str) -> str:
    """Return the expression by which a table's statement computes a column; "" if it cannot be found."""
    quoted = rf"""["'`\[]?{re.escape(column)}["'`\]]?"""
    found = re.search(rf"(?:^|[\s,(]){quoted}\s(?:\([^)]*\)|[^,(])*?\bAS\s*\(", statement, re.IGNORECASE)
    return _balanced(statement[found.end() :]) if found else ""


def _relations(one: Described) -> Iterator[str]:
    for place, each in enumerate(one.belongings):
        sharing = [other for other in one.belongings[:place] if not {*each.columns}.isdisjoint(other.columns)]
        names = ",".join(name for other in sharing for name in (other.name, _many(one, other)))
        overlaps = f', overlaps="{names}"' if names else ""
        itself = f', remote_side="{one.model}.{_own_key(one)}"' if each.model == one.model else ""
        yield ""
        yield f"    {each.name}: Mapped[{each.model}{' | None' if each.is_optional else ''}] = relationship("
        many = f'backref("{_many(one, each)}", passive_deletes="all"{overlaps})'
        yield f"        foreign_keys=[{', '.join(each.columns)}]{itself}{overlaps}, backref={many}"
        yield "    )"


def _many(one: Described, each: Belonging) -> str:
    """Name the relation back."""
    is_only = [other.model for other in one.belongings].count(each.model) == 1
    return f"{one.module}s" if is_only else f"{one.module}s_by_{each.name}"


def _own_key(one: Described) -> str:
    return "id" if one.is_by_id else one.attribute(one.keys[0])


def _type(of: ColumnType) -> str:
    if (special := _special(of)) is not None:
        return special
    found = generic(of)
    if isinstance(found, UtcDateTime):
        return "UtcDateTime"
    if isinstance(found, NullType):
        return "sa.types.NullType"
    home = "postgresql" if type(found).__module__.startswith("sqlalchemy.dialects.postgresql") else "sa"
    return f"{home}.{found!r}".removesuffix("()")


def _special(of: ColumnType) -> str | None:
    """Write a type that has another one, or a name in the database; None for any other type."""
    if isinstance(of, sa.ARRAY):
        dimensions = f", dimensions={of.dimensions}" if of.dimensions else ""
        return f"sa.ARRAY({_type(of.item_type)}{dimensions})"
    if isinstance(of, postgresql.DOMAIN):
        return f"postgresql.DOMAIN({literal(str(of.name))}, {_type(of.data_type)}, create_type=False)"
    if isinstance(of, postgresql.JSONB):
        return "postgresql.JSONB"
    if isinstance(of, sa.Enum) and of.name:
        return f"sa.Enum({', '.join(map(literal, (*of.enums,)))}, name={literal(of.name)})"
    return None


def _annotation(of: ColumnType) -> str:
    try:
        name = generic(of).python_type.__name__
    except NotImplementedError:
        return "Any"
    return name if name in _FROM or name in {"str", "int", "float", "bool", "bytes"} else "Any"
