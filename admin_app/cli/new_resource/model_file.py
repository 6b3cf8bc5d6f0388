"""The text of a model's file."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sqlalchemy.types import NullType

from admin_app.cli.new_resource.described import Described, generic
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
    return "\n".join([f'"""The table {one.table.name}."""', "", *_imports(one), "", "", *lines, ""])


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
    if any(text.startswith("postgresql.") for text in types):
        yield "from sqlalchemy.dialects import postgresql"
    orm = ["Mapped", "mapped_column", *(["backref", "relationship"] if one.belongings else [])]
    yield f"from sqlalchemy.orm import {', '.join(sorted(orm, key=lambda name: (name.islower(), name)))}"
    yield ""
    yield "from admin_app.db.record import Record"
    if "UtcDateTime" in types:
        yield "from admin_app.db.types import UtcDateTime"
    for module, model in sorted({(each.module, each.model) for each in one.belongings if each.model != one.model}):
        yield f"from {module} import {model}"


def _class(one: Described) -> Iterator[str]:
    yield f"class {one.model}(Record):"
    yield f'    """A row of {one.table.name}."""'
    yield ""
    yield f'    __tablename__ = "{one.table.name}"'


def _columns(one: Described) -> Iterator[str]:
    for column in one.columns:
        if files := one.files_named(column):
            yield f'    # With info={{"kind": "{files}"}} people send files with the form, once it holds references to files: see docs/kinds.md.'
        said = _annotation(column.type)
        hint = f"{said} | None" if column.nullable and said != "Any" else said
        yield f"    {one.attribute(column)}: Mapped[{hint}] = mapped_column({', '.join(_arguments(one, column))})"


def _arguments(one: Described, column: TableColumn) -> Iterator[str]:
    if one.attribute(column) != column.name:
        yield f'"{column.name}"'
    yield _type(column.type)
    for key in column.foreign_keys:
        rule = f', ondelete="{key.ondelete}"' if key.ondelete else ""
        yield f'sa.ForeignKey("{key.target_fullname}"{rule})'
    if _annotation(column.type) == "Any" and column.nullable:
        yield "nullable=True"
    if column.name in one.unique:
        yield "unique=True"
    elif column.foreign_keys:
        yield "index=True"
    if kind := one.kind_named(column):
        yield f'info={{"kind": "{kind}"}}'
    default = getattr(column.server_default, "arg", None)
    if default is not None:
        yield f"server_default=sa.text({json.dumps(str(default))})"


def _relations(one: Described) -> Iterator[str]:
    for each in one.belongings:
        is_only = [other.model for other in one.belongings].count(each.model) == 1
        many = f"{one.module}s" if is_only else f"{one.module}s_by_{each.name}"
        itself = f', remote_side="{one.model}.id"' if each.model == one.model else ""
        yield ""
        yield f"    {each.name}: Mapped[{each.model}{' | None' if each.is_optional else ''}] = relationship("
        yield f'        foreign_keys=[{each.column}]{itself}, backref=backref("{many}", passive_deletes="all")'
        yield "    )"


def _type(of: ColumnType) -> str:
    found = generic(of)
    if isinstance(found, UtcDateTime):
        return "UtcDateTime"
    if isinstance(found, NullType):
        return "sa.types.NullType"
    home = "postgresql" if type(found).__module__.startswith("sqlalchemy.dialects.postgresql") else "sa"
    return f"{home}.{found!r}".removesuffix("()")


def _annotation(of: ColumnType) -> str:
    try:
        name = generic(of).python_type.__name__
    except NotImplementedError:
        return "Any"
    return name if name in _FROM or name in {"str", "int", "float", "bool", "bytes"} else "Any"
