"""The filters a resource declares in `column_filters`, scaffolded by Flask-Admin, under names that read in a URL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import request
from sqlalchemy import String

from admin_app.panel.draft import BUILD, Draft, draft_of, sent_draft
from admin_app.panel.elements import Cell, CellKind
from admin_app.panel.filter_elements import Chip, FilterBar
from admin_app.panel.keeping import Keeping
from admin_app.panel.kinds import operators_of
from admin_app.panel.links import ListLinks
from admin_app.panel.operators.base import Operator
from admin_app.panel.operators.equality import Empty, InList
from admin_app.panel.operators.relation import RelationEmpty, RelationInList, RelationIs, RelationNotInList
from admin_app.panel.rows import FilterRows
from admin_app.selection.conditions import Condition, Member, reader_of
from admin_app.selection.selection import Selection

# The operators that mean one value, as a cell has it, or none.
NARROWING = ("equals", "is", "on", Empty.slug)
# For each column, the filters that find the rows with a cell's value, under their keys.
Narrowings = Mapping[str, Sequence[tuple[str, Operator]]]


class Filtering(Keeping):
    """Typed filters with named URLs: `?name__contains=ann&created_at__from=2026-01-01`."""

    def scaffold_filters(self, name: Any) -> list[Operator]:
        """Return the operators of a column, of a related column ("user.name"), or of a to-one relation ("user")."""
        first, _, rest = name.partition(".")
        relation = self.relation(first)
        if relation is not None and not rest:
            label, attribute = self.get_column_name(name), relation.class_attribute
            return [kind(attribute, label) for kind in (RelationIs, RelationInList, RelationNotInList, RelationEmpty)]
        model = relation.mapper.class_ if relation is not None else self.model
        attribute = getattr(model, rest or first)
        through = relation.class_attribute if relation is not None else None
        return operators_of(attribute, self.get_column_name(name), through)

    def get_filters(self) -> list[Operator]:
        """Scaffold every declared filter, each under its own key."""
        self._operators = {name: self.scaffold_filters(name) for name in self.column_filters or ()}
        # Every list can be narrowed to some of its rows, whatever its resource declares: the ticked ones.
        self._operators.setdefault("id", [one for one in self.scaffold_filters("id") if one.slug == InList.slug])
        self.declared_filters = _by_key(self._operators)
        return list(self.declared_filters.values())

    @property
    def filters_by_name(self) -> dict[str, list[Operator]]:
        """The operators of each field that the person at hand may filter by: what they do not see they cannot guess at."""
        return {name: operators for name, operators in self._operators.items() if self.shows(name)}

    @property
    def filters_by_key(self) -> dict[str, Operator]:
        """The same, each under its own key."""
        return _by_key(self.filters_by_name)

    def get_filter_arg(self, index: int, flt: Any) -> str:  # noqa: ARG002 -- Flask-Admin's signature
        """Name a filter by what it does, not by its place in a list."""
        return next(key for key, operator in self.declared_filters.items() if operator is flt)

    def sent_filters(self, selection: Selection) -> tuple[Selection, Draft | None]:
        """Add what the filter form was sent with, and return the form where it is still being built."""
        draft = sent_draft(request.args, self.filters_by_name)
        members = [*selection.filters, *draft.members(reader_of(selection.offer))]
        return selection.with_filters(members), draft if request.args.get(BUILD) else None

    def filter_bar(
        self, selection: Selection, links: ListLinks, identity: str, draft: Draft | None
    ) -> FilterBar | None:
        """Build the chips of the active filters, and the form that has them all, as far as it has been built."""
        by_name = self.filters_by_name
        if not by_name:
            return None
        names = tuple(by_name)
        rows = FilterRows(self, identity)
        return FilterBar(
            chips=tuple(_chip(member, links.to(selection.without(member))) for member in selection.filters),
            fields=tuple((name, by_name[name][0].name) for name in names),
            group=rows.group(draft or draft_of(selection.filters), fill=names),
            suggestions=rows.suggestions,
            hidden=tuple(links.hidden(selection.changed(conditions=(), groups=()))),
            state=tuple(links.hidden(selection.changed())),
            clear_url=links.to(selection.cleared()),
            is_open=draft is not None or bool(selection.problems),
        )

    def narrowings(self, selection: Selection) -> Narrowings:
        """Return, for each column, the filters that find the rows with a cell's value, and those without one."""
        on = {condition.key for condition in selection.conditions}
        return {
            name: [
                (f"{name}__{one.slug}", one)
                for one in operators
                if one.slug in NARROWING and f"{name}__{one.slug}" not in on
            ]
            for name, operators in self.filters_by_name.items()
            if selection.parent is None and _is_shared(operators[0])
        }


def _by_key(operators_by_name: Mapping[str, Sequence[Operator]]) -> dict[str, Operator]:
    return {
        f"{name}__{operator.slug}": operator for name, operators in operators_by_name.items() for operator in operators
    }


def narrowed(cell: Cell, value: Any, operators: Sequence[tuple[str, Operator]]) -> Cell:
    """Let a cell lead to the rows with its value too; text only where the cell shows all of it."""
    if cell.kind is CellKind.UNSEEN or (cell.kind is CellKind.TEXT and value != cell.text):
        return cell
    for key, operator in operators:
        if (value is None) == (operator.slug == Empty.slug) and (typed := operator.typed(value)):
            words = typed if cell.kind is CellKind.TIME else cell.text
            return replace(cell, only=(key, typed), only_label=f"{operator.name} {operator.words} {words}".strip(" —"))
    return cell


def _is_shared(operator: Operator) -> bool:
    """Whether many rows may have the same value: not a key, and no text of any length."""
    columns = getattr(operator.column.property, "columns", ())
    return not any(
        column.unique or column.primary_key or (isinstance(column.type, String) and column.type.length is None)
        for column in columns
    )


def _chip(member: Member, remove_url: str) -> Chip:
    if member.problem:
        bad = [condition for condition in member.conditions() if condition.problem]
        words = " or ".join(_as_typed(condition) for condition in member.conditions())
        return Chip(words, remove_url, " ".join(condition.problem for condition in bad))
    return Chip(member.sentence(), remove_url)


def _as_typed(condition: Condition) -> str:
    operator: Any = condition.filter
    return f"{operator.name} {operator.words} “{condition.text}”"
