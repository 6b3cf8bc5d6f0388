"""The text of a resource's file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from admin_app.cli.new_resource.described import Described, kind_of_type
from admin_app.cli.new_resource.literals import docstring
from admin_app.db.keys import key_names
from admin_app.extensions import TableColumn
from admin_app.formatting import sentence_case

# Nobody reads a list with more columns; people can add others.
MOST_COLUMNS = 6
_FILTERED = frozenset({"text", "choice", "boolean", "date", "datetime", "local_datetime", "whole_number", "decimal"})


def resource_file(one: Described, *, model: str, module: str) -> str:
    """Write the resource's file for this model in this module."""
    names = _in_order(one)
    listed, further = names[:MOST_COLUMNS], names[MOST_COLUMNS:]
    related = {*(each.name for each in one.belongings), *(each.name for each in one.linked if each.is_field)}
    filters = [name for name in names if name in related or one.computed.get(name) or _is_filter(one, name)]
    words = sentence_case(one.table.name.replace("_", " "))
    declarations = [
        _tuple("column_list", list(dict.fromkeys([*listed, *_keys(one)]))),
        *([_tuple("column_further_list", further)] if further else []),
        _tuple("column_searchable_list", one.searched[:2]),
        _tuple("column_filters", filters),
        *([f'    column_default_sort = "{one.position}"'] if one.position else []),
        *([] if one.is_view else [_tuple("form_columns", [name for name in names if name not in one.unwritten])]),
    ]
    head = [docstring(f"{words}."), "", "from __future__ import annotations", "", f"from {module} import {model}"]
    return "\n".join(
        [
            *head,
            "from admin_app.panel.resource import Resource",
            "",
            "",
            f"class {model}Resource(Resource):",
            f"    {docstring(f'{words}.')}",
            "",
            f"    model = {model}",
            *([] if one.noun == model.lower() else [f'    noun = "{one.noun}"']),
            "",
            *declarations,
            "",
        ]
    )


def _in_order(one: Described) -> list[str]:
    """Order columns for people: first those that name the record, relations in place of their keys, a generated key last."""
    related: dict[str, list[str]] = {}
    # Relations with a column of their own first; others may share one, such as a tenant's.
    for each in sorted(one.belongings, key=lambda each: len(each.columns)):
        for column in each.columns:
            related.setdefault(column, []).append(each.name)
    columns = [one.attribute(column) for column in one.columns if column is not one.counted]
    names = [name for column in columns for name in related.get(column, [column])]
    names += [*one.computed, *(each.name for each in one.linked if each.is_field or each.is_view)]
    return sorted(dict.fromkeys(names), key=lambda name: name != one.title)


def _keys(one: Described) -> list[str]:
    """Return the key's columns that no relation replaces."""
    if one.mapper is not None:
        return key_names(one.mapper.class_)
    related = {column for each in one.belongings for column in each.columns}
    return [name for key in one.keys if (name := one.attribute(key)) not in related]


def _is_filter(one: Described, name: str) -> bool:
    return any(
        one.attribute(column) == name and kind_of_type(column.type) in _FILTERED for column in _plain(one.columns)
    )


def _plain(columns: Iterable[TableColumn]) -> list[TableColumn]:
    return [column for column in columns if not column.foreign_keys]


def _tuple(name: str, values: Sequence[str]) -> str:
    inside = ", ".join(f'"{value}"' for value in values)
    return f"    {name} = ({inside}{',' if len(values) == 1 else ''})"
