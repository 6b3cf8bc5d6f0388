"""The text of a model's file."""

from __future__ import annotations

import re
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import NullType

from admin_app.cli.new_resource.described import Belonging, Described, Linked, generic
from admin_app.cli.new_resource.links import Link, target_name
from admin_app.cli.new_resource.literals import docstring, literal, sql_literal
from admin_app.cli.new_resource.names import as_name, plural
from admin_app.db.keys import foreign_keys_of
from admin_app.db.types import UtcDateTime
from admin_app.extensions import ColumnType, TableColumn

# The modules of value types; a type that is missing here needs no import.
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
    between = [line for each in one.linked if each.link for line in (*table_between(each.link, _base(one)), "")]
    lines = [*between, *([""] if between else []), *_class(one), *title, *declared, "", *_columns(one)]
    lines += [*_relations(one), *(line for each in one.linked for line in ("", *relation_between(one, each)))]
    what = "view" if one.is_view else "table"
    return "\n".join(
        [docstring(f"The {what} {one.table.fullname}."), "", *_imports(one), "", *([] if between else [""]), *lines, ""]
    )


def _imports(one: Described) -> Iterator[str]:
    used = {_annotation(column.type) for column in one.columns}
    pairs = [(each.module, each.model) for each in one.belongings] + [(each.module, each.model) for each in one.linked]
    others = sorted({pair for pair in pairs if pair[1] != one.model})
    later = [pair for pair in others if pair[1] in one.later]
    yield "from __future__ import annotations"
    yield ""
    standard = sorted(
        {*((_FROM[name], name) for name in used if name in _FROM), *([("typing", "TYPE_CHECKING")] if later else [])}
    )
    for module in sorted({module for module, _ in standard}):
        yield f"from {module} import {', '.join(name for each, name in standard if each == module)}"
    if standard:
        yield ""
    yield "import sqlalchemy as sa"
    between = [column for each in one.linked if each.link for column in each.link.table.columns]
    types = [_type(column.type) for column in (*one.columns, *between)]
    if any("postgresql." in text for text in types):
        yield "from sqlalchemy.dialects import postgresql"
    orm = [
        "Mapped",
        "mapped_column",
        *(["backref"] if one.belongings else []),
        *(["relationship"] if one.belongings or one.linked else []),
    ]
    if not one.columns:
        orm.remove("mapped_column")
    yield f"from sqlalchemy.orm import {', '.join(sorted(orm, key=lambda name: (name.islower(), name)))}"
    yield ""
    yield f"from admin_app.db.record import {_base(one)}"
    if "UtcDateTime" in types:
        yield "from admin_app.db.types import UtcDateTime"
    yield from (f"from {module} import {model}" for module, model in others if model not in one.later)
    if later:
        yield ""
        yield "if TYPE_CHECKING:"
        yield from (f"    from {module} import {model}" for module, model in later)


def _class(one: Described) -> Iterator[str]:
    yield f"class {one.model}({_base(one)}):"
    yield f"    {docstring(f'A row of {one.table.fullname}.')}"
    yield ""
    yield f"    __tablename__ = {literal(one.table.name)}"
    if one.is_view:
        yield "    __read_only__ = True"
    several = [
        _constraint(key) for key in foreign_keys_of(one.table) if len(key.columns) > 1 and not one.is_beyond(key)
    ]
    schema = f'{{"schema": {literal(one.table.schema)}}}' if one.table.schema else ""
    if several:
        yield (
            f"    __table_args__ = ({', '.join([*several, schema])})"
            if schema
            else f"    __table_args__ = ({', '.join(several)},)"
        )
    elif schema:
        yield f"    __table_args__ = {schema}"


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
        for key in column.foreign_keys:
            if one.is_beyond(key.constraint):
                yield f"    # It refers to {key.target_fullname}, of which there is no model."
        said = _annotation(column.type)
        is_key = column in one.keys
        if is_key and not one.table.primary_key and column is one.keys[0]:
            yield "    # The key: a column, or several, that no two rows have alike."
        hint = f"{said} | None" if column.nullable and said != "Any" and not is_key else said
        # SQLAlchemy requires a type in the annotation of a mapped column.
        is_unknown = isinstance(generic(column.type), NullType)
        mapped = "= sa.Column" if is_unknown else f": Mapped[{hint}] = mapped_column"
        yield f"    {one.attribute(column)}{' ' if is_unknown else ''}{mapped}({', '.join(_arguments(one, column))})"


def _arguments(one: Described, column: TableColumn) -> Iterator[str]:
    if one.attribute(column) != column.name:
        yield literal(str(column.name))
    yield _type(column.type)
    yield from _foreign_keys(one, column)
    if column in one.keys:
        yield from _as_key(one, column)
        return
    if column.identity is not None:
        yield f"sa.Identity(always={bool(column.identity.always)})"
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


def _foreign_keys(one: Described, column: TableColumn) -> Iterator[str]:
    for key in column.foreign_keys:
        if (key.constraint is None or len(key.constraint.columns) == 1) and not one.is_beyond(key.constraint):
            yield f"sa.ForeignKey({literal(key.target_fullname)}{_rules(key)}{_in_circle(one, key)})"


def _in_circle(one: Described, key: sa.ForeignKey) -> str:
    """Write `use_alter` for a foreign key to a table that is created later, because the two refer to each other."""
    return ", use_alter=True" if one.models.get(target_name(key), ("",))[0] in one.later else ""


def _as_key(one: Described, column: TableColumn) -> Iterator[str]:
    """Yield the arguments of a column that is the key, or part of it, and whether the database numbers it."""
    if column.identity is not None:
        yield f"sa.Identity(always={bool(column.identity.always)})"
    yield "primary_key=True"
    is_number = isinstance(generic(column.type), sa.Integer) and not column.foreign_keys
    if one.counted is column and len(one.keys) > 1:
        yield "autoincrement=True"
    if one.counted is not column and is_number and len(one.keys) == 1:
        yield "autoincrement=False"


def _balanced(sql: str) -> str:
    """Cut an expression where its last bracket closes: SQLAlchemy reads too far if SQLite stores the table in one line."""
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
    """Write the reverse relation."""
    is_only = [other.model for other in one.belongings].count(each.model) == 1
    return plural(one.module) if is_only else f"{plural(one.module)}_by_{each.name}"


def table_between(link: Link, base: str) -> Iterator[str]:
    """Write an association table. The dashboard must not alter it."""
    yield f"{as_name(link.table.name)} = sa.Table("
    yield f"    {literal(link.table.name)},"
    yield f"    {base}.metadata,"
    for column in link.table.columns:
        keys = [f"sa.ForeignKey({literal(key.target_fullname)}{_rules(key)})" for key in column.foreign_keys]
        is_key = ["primary_key=True"] if column.primary_key else []
        yield f"    sa.Column({', '.join([literal(str(column.name)), _type(column.type), *keys, *is_key])}),"
    if link.table.schema:
        yield f"    schema={literal(link.table.schema)},"
    yield '    info={"is_legacy": True},'
    yield ")"


def relation_between(one: Described, each: Linked) -> Iterator[str]:
    """Write a many-to-many relation."""
    table = as_name(each.link.table.name) if each.link is not None else ""
    back = (
        plural(one.module)
        if [other.model for other in one.linked].count(each.model) == 1
        else f"{plural(one.module)}_by_{table}"
    )
    yield f'    {each.name}: Mapped[list[{each.model}]] = relationship(secondary={table}, backref="{back}")'


def _own_key(one: Described) -> str:
    return one.attribute(one.keys[0])


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
    """Write a type with an item type, or with its own name in the database; None for any other type."""
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
