"""The filter form while it is filled in: rows and groups as typed, some of them empty, before they become a `Selection`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest

from werkzeug.datastructures import MultiDict

from admin_app.errors import SelectionError
from admin_app.formatting import plain_lines
from admin_app.selection.conditions import Condition, Group, Member, ReadCondition, group_of

# A row sends `add.NAME.op` and `add.NAME`; in the form's first group `add1.NAME`, in the second group of that `add1_2.NAME`.
_PATH = r"\d{1,3}(?:_\d{1,3}){0,5}"
_CONTROL = re.compile(rf"add(?P<path>{_PATH})?\.(?P<name>.+?)(?P<op>\.op)?", re.DOTALL | re.ASCII)
# The value of a button other than Apply: "row:PATH", "group:PATH" or "remove:PATH:NAME:NUMBER".
BUILD = "build"
# The select beside "add a condition", by the group's path: the field of the new row.
MORE = "more"
_MORE = re.compile(rf"{MORE}({_PATH})?", re.ASCII)


@dataclass
class FormRow:
    """A row of the form: a field, an operator, and the typed value."""

    name: str
    operator: str = ""
    text: str = ""
    problem: str = ""


@dataclass
class FormGroup:
    """Rows and inner groups. Inner groups alternate: in a group of which all must match they need any match, and vice versa."""

    is_any: bool = False
    rows: list[FormRow] = field(default_factory=list)
    groups: list[FormGroup] = field(default_factory=list)

    def members(self, read: ReadCondition) -> Iterator[Member]:
        """Yield the conditions and inner groups, without empty ones."""
        for row in self.rows:
            operator, _, fixed = row.operator.partition("=")
            if operator and (value := fixed or plain_lines(row.text).strip()):
                condition = read(f"{row.name}__{operator}", value)
                row.problem = condition.problem
                yield condition
        for group in self.groups:
            if members := list(group.members(read)):
                yield group_of(members, is_any=group.is_any)


def is_control(key: str) -> bool:
    """Whether an argument belongs to the filter form, not to the list's own address."""
    return key == BUILD or _MORE.fullmatch(key) is not None or _CONTROL.fullmatch(key) is not None


def form_of(members: Iterable[Member], *, is_any: bool = False) -> FormGroup:
    """Return the form filled with these filters."""
    form = FormGroup(is_any)
    for member in members:
        if isinstance(member, Group):
            form.groups.append(form_of(member.members, is_any=member.is_any))
        else:
            form.rows.append(row_of(member))
    return form


def row_of(condition: Condition) -> FormRow:
    """Return the row filled with one filter."""
    name, _, operator = condition.key.rpartition("__")
    return FormRow(name, operator, condition.text, condition.problem)


def sent_form(arguments: MultiDict[str, str], names: Iterable[str]) -> FormGroup:
    """Read the sent form, and carry out a button other than Apply; `names` are the fields in their order."""
    order = {name: place for place, name in enumerate(names)}
    groups = {"": FormGroup()}
    for path, name in dict.fromkeys(_rows_in(arguments)):
        if name not in order:
            message = f"This list has no filter called “{name[:50]}”."
            raise SelectionError(message, sorted(order))
        key = f"add{path}.{name}"
        pairs = zip_longest(arguments.getlist(f"{key}.op"), arguments.getlist(key), fillvalue="")
        _group_at(groups, path).rows += [FormRow(name, operator, text) for operator, text in pairs]
    for group in groups.values():
        group.rows.sort(key=lambda row: order[row.name])
    _build(groups, arguments, order)
    return groups[""]


def _rows_in(arguments: Iterable[str]) -> Iterator[tuple[str, str]]:
    for key in arguments:
        if match := _CONTROL.fullmatch(key):
            yield match["path"] or "", match["name"]


def _group_at(groups: dict[str, FormGroup], path: str) -> FormGroup:
    """Return the group at a path; create it and the groups around it if they do not exist."""
    if path not in groups:
        around = _group_at(groups, path.rpartition("_")[0])
        groups[path] = FormGroup(not around.is_any)
        around.groups.append(groups[path])
    return groups[path]


def _build(groups: dict[str, FormGroup], arguments: MultiDict[str, str], order: Mapping[str, int]) -> None:
    """Add a row or a group, or remove a row, as the pressed button says."""
    action, _, target = arguments.get(BUILD, "").partition(":")
    path, _, row = target.partition(":")
    if path and not re.fullmatch(_PATH, path, re.ASCII):
        return
    group = _group_at(groups, path)
    if action == "row" and (name := arguments.get(f"{MORE}{path}", "")) in order:
        group.rows.append(FormRow(name))
    elif action == "group":
        group.groups.append(FormGroup(not group.is_any, [FormRow(name) for name in order]))
    elif action == "remove":
        name, _, number = row.rpartition(":")
        same = [one for one in group.rows if one.name == name]
        if number.isascii() and number.isdigit() and int(number[:4]) < len(same):
            group.rows.remove(same[int(number[:4])])
