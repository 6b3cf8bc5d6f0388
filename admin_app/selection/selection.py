"""`Selection`: one value for "these rows, in this order". Parsed from a URL, printed to one, turned into SQL."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, false, func, literal, not_, select

from admin_app.db.attributes import is_key
from admin_app.db.record import Record
from admin_app.errors import SelectionError
from admin_app.extensions import Attribute, Statement
from admin_app.relations import relation_of
from admin_app.relations.base import KeySet
from admin_app.selection.conditions import (
    Condition,
    Group,
    Member,
    group_of,
    reader_of,
    require_shallow,
)
from admin_app.selection.list_schema import ListSchema, SortKey
from admin_app.selection.search.search import Lookup, found_by_index, found_with, lookups_of, occurs
from admin_app.selection.sorting.cursor import parse_cursor
from admin_app.selection.sorting.keyset import Cursor, SortOrder
from admin_app.selection.sorting.tail import Second
from admin_app.selection.where import in_canonical_form, parse_where, print_where
from admin_app.unicode_text import trimmed

SEARCH, SORT, PAGE, PER_PAGE, AFTER, BEFORE, COUNT = "q", "sort", "page", "per_page", "after", "before", "count"
# The second column of the sort, which orders rows that are equal in the first.
THEN = "then"
# Groups of filters. A single filter is an argument of its own, with its key as the name.
WHERE = "where"
# The number of a tick set: the selected rows of the list.
TICKS = "ticks"
COLUMNS, VIEW = "columns", "view"
# Whether archived rows are shown too, or alone; by default they are left out.
ARCHIVED, TOO, ALONE = "archived", "too", "only"
OWN_KEYS = (SEARCH, WHERE, SORT, THEN, PAGE, PER_PAGE, AFTER, BEFORE, COUNT, COLUMNS, VIEW, TICKS, ARCHIVED)
# `before=end` is the last page; `count=exact` asks for the exact count, however long it takes.
END, EXACT = "end", "exact"
# `view=whole` is the whole list, if the plain address opens the person's default view.
WHOLE = "whole"

# Counts are exact up to the number of rows that people go through one by one.
COUNT_LIMIT = 10_000
NO_SUCH_PAGE = "This address names a page that does not fit the list's sorting."
# Larger page numbers don't exist, and would not fit the database's integers.
LAST_PAGE = 10**9
# More columns, and longer names, than any list has.
MOST_COLUMNS, LONGEST_NAME = 50, 100


@dataclass(frozen=True)
class Parent:
    """The record whose children are listed; `relation` is the children's attribute that refers to it or is linked with it."""

    relation: Attribute
    record: Record

    @cached_property
    def key_set(self) -> KeySet | None:
        """The key set of the children, if they are linked with the record."""
        return relation_of(self.relation).key_set(self.record.id)

    def condition(self, walked: Collection[KeySet] = ()) -> ColumnElement[bool]:
        """Return the condition on the children's rows."""
        if self.key_set is not None:
            return self.key_set.condition(walked)
        return relation_of(self.relation).condition(self.record.id)


@dataclass(frozen=True, eq=False)
class Ticked:
    """The meaning of a tick set: the condition on the selected rows, and the number of ticks. With `is_all_but` the ticks exclude rows."""

    rows: ColumnElement[bool]
    number: int
    is_all_but: bool = False


@dataclass(frozen=True)
class Selection:
    """Which rows of `schema.model`, and in what order. `page` counts from 1; `prefix` keeps two lists on a page apart.

    `after` and `before` are cursors: with one of them the page begins after, or ends before, a row, and `page` is only the number
    that people see (0 if it is unknown). `columns` are the names in the address, whether they exist or not; `view` is the
    saved view that was opened. Neither affects the rows.
    """

    schema: ListSchema
    search: str = ""
    conditions: tuple[Condition, ...] = ()
    # Every group must be true; a group is true if any of its conditions is.
    groups: tuple[Group, ...] = ()
    archived: str = ""
    sort: str = ""
    then: str = ""
    page: int = 1
    after: str = ""
    before: str = ""
    per_page: int = 0
    is_counted: bool = False
    columns: tuple[str, ...] = ()
    view: int = 0
    # The tick set in the address, and its meaning, which the reader of the address fills in once the owner is checked. Until
    # then it selects no rows.
    ticks: int = 0
    ticked: Ticked | None = field(default=None, compare=False)
    parent: Parent | None = None
    prefix: str = ""
    # The terms that the index looks up, set by `planner.planned`. This and the following say how rows are found, not which.
    by_index: tuple[Lookup, ...] = field(default=(), compare=False)
    # The key sets that are too large to look rows up by.
    walked: tuple[KeySet, ...] = field(default=(), compare=False)
    # Whether so many rows match that the order is walked, even if a filter has an index.
    is_in_order: bool = field(default=False, compare=False)
    # The word whose rows lie together in the order, and the first related records that have it: see `related_order`.
    clustered: Lookup | None = field(default=None, compare=False)
    heads: tuple[object, ...] | None = field(default=None, compare=False)
    # How far rows are counted, a lower bound of their number, and where that many are found fastest.
    count_limit: int = field(default=COUNT_LIMIT, compare=False)
    known_rows: int = field(default=0, compare=False)
    likely_places: tuple[ColumnElement[bool], ...] = field(default=(), compare=False)

    @classmethod
    def parse(
        cls, schema: ListSchema, arguments: Iterable[tuple[str, str]], *, parent: Parent | None = None, prefix: str = ""
    ) -> Selection:
        """Read a URL's arguments with this prefix. Raise `SelectionError` for unknown ones."""
        own = [(key.removeprefix(prefix), value) for key, value in arguments if key.startswith(prefix)]
        single = {key: value for key, value in own if key in OWN_KEYS}
        per_page = whole_number(single.get(PER_PAGE, ""))
        after, before = single.get(AFTER, ""), single.get(BEFORE, "")
        page = whole_number(single.get(PAGE, ""))
        filters = [(key, value) for key, value in own if key not in OWN_KEYS or (key == WHERE and value)]
        selection = cls(
            schema=schema,
            search=trimmed(single.get(SEARCH, "").replace("\0", "")),
            archived=_parse_archived(schema, single.get(ARCHIVED, "")),
            sort=_parse_sort(schema, single.get(SORT, "")),
            then=_parse_sort(schema, single.get(THEN, "")),
            page=min(page if after or before else max(page, 1), LAST_PAGE),
            after=after,
            before="" if after else before,
            per_page=per_page
            if per_page in schema.page_sizes
            else _usual_size(schema, is_begun=page > 1 or bool(after or before)),
            is_counted=single.get(COUNT) == EXACT,
            columns=_parse_columns(single.get(COLUMNS, "")),
            view=whole_number(single.get(VIEW, "")),
            ticks=_parse_ticks(single.get(TICKS)),
            parent=parent,
            prefix=prefix,
        )
        selection.require_cursors()
        return selection.with_filters(_parse_filters(schema, filters))

    def with_filters(self, members: Iterable[Member]) -> Selection:
        """Return the selection with these conditions and groups. An "all" group is split into its members."""
        whole = group_of(members, is_any=False)
        found = (whole,) if isinstance(whole, Condition) or whole.is_any else whole.members
        require_shallow(found)
        conditions = tuple(one for one in found if isinstance(one, Condition))
        return replace(self, conditions=conditions, groups=tuple(one for one in found if isinstance(one, Group)))

    def arguments(self) -> list[tuple[str, str]]:
        """Return the arguments of the selection's address, without defaults. Filters are printed as typed, valid or not."""
        filters = [(condition.key, condition.text) for condition in self.conditions]
        filters += [(WHERE, print_where(self.groups))] if self.groups else []
        state = [
            (ARCHIVED, self.archived),
            (SORT, self.sort),
            (THEN, self.then),
            (PER_PAGE, "" if self.per_page == _usual_size(self.schema, is_begun=self.is_begun) else str(self.per_page)),
            (PAGE, str(self.page) if self.page > 1 else ""),
            (AFTER, self.after),
            (BEFORE, self.before),
            (COUNT, EXACT if self.is_counted else ""),
            (COLUMNS, ",".join(self.columns)),
            (VIEW, str(self.view) if self.view else ""),
            (TICKS, str(self.ticks) if self.ticks else ""),
        ]
        own = [(SEARCH, self.search)] if self.search else []
        own += [*filters, *((key, value) for key, value in state if value)]
        if not own and self.schema.has_default_view:
            own = [(VIEW, WHOLE)]
        return [(self.prefix + key, value) for key, value in own]

    def changed(self, **changes: Any) -> Selection:
        """Return the selection with other values, on its first page and with the usual count, unless changed too. A new sort drops the second column."""
        sort = {"then": ""} if "sort" in changes else {}
        return replace(self, **{"page": 1, "after": "", "before": "", "is_counted": False, **sort, **changes})

    def require_cursors(self) -> None:
        """Raise `SelectionError` for a cursor that doesn't belong to this order: a guess would show other rows."""
        for text in (self.after, "" if self.before == END else self.before):
            if text and parse_cursor(self.order, text) is None:
                raise SelectionError(NO_SUCH_PAGE)

    @property
    def is_begun(self) -> bool:
        """Whether the page begins after the first row. Then the person's page size is ignored, so that the address shows everybody the same page."""
        return self.page > 1 or bool(self.after or self.before)

    @property
    def filters(self) -> tuple[Member, ...]:
        """The conditions and groups, all of which must be true."""
        return (*self.conditions, *self.groups)

    def without(self, member: Member) -> Selection:
        """Return the selection without one of its conditions or groups."""
        conditions = tuple(other for other in self.conditions if other is not member)
        groups = tuple(other for other in self.groups if other is not member)
        return self.unticked().changed(conditions=conditions, groups=groups)

    def cleared(self) -> Selection:
        """Return the selection without search, filters and ticks."""
        return self.unticked().changed(search="", conditions=(), groups=(), archived="")

    def unticked(self) -> Selection:
        """Return the selection without ticks. Ticks belong to one list, so links to another search or filter drop them."""
        return replace(self, ticks=0, ticked=None)

    @property
    def is_narrowed(self) -> bool:
        """Whether a search or a filter leaves rows out."""
        return bool(self.search or self.filters or self.archived)

    @property
    def digest(self) -> str:
        """A digest of search and filters in any order, to tell this list from others of its model: 32 letters and digits."""
        said = f"{self.search}\0{in_canonical_form(self.filters) if self.filters else ''}"
        said += f"\0{self.archived}" if self.archived else ""
        return hashlib.sha256(said.encode(errors="replace")).hexdigest()[:32]

    @property
    def problems(self) -> list[str]:
        """The filters that could not be read, each with its problem."""
        conditions = (condition for member in self.filters for condition in member.conditions())
        return [f"{condition.key}: {condition.problem}" for condition in conditions if condition.problem]

    @property
    def scope(self) -> list[ColumnElement[bool]]:
        """The conditions that no filter can widen: the parent's, then the person's row scope."""
        found = [] if self.parent is None else [self.parent.condition(self.walked)]
        return found if self.schema.rows is None else [*found, self.schema.rows]

    @cached_property
    def criteria(self) -> list[ColumnElement[bool]]:
        """The conditions of the WHERE clause: the parent's, the row scope, then the request's.

        If a filter can't be read, no rows match: the other filters alone would match more than was asked for.
        """
        return self._criteria(lambda one: one)

    def _criteria(self, asked: Callable[[ColumnElement[bool]], ColumnElement[bool]]) -> list[ColumnElement[bool]]:
        """Return the conditions; `asked` is applied to those of filters."""
        found = self.scope
        if self.problems:
            return [*found, false()]
        if (shown := self._of_archive) is not None:
            found.append(shown)
        if self.ticks:
            found.append(false() if self.ticked is None else self.ticked.rows)
        found += [self._looked_up(one) for one in self.by_index]
        found += [occurs(word) for word in self._words if word not in self.by_index]
        found += [asked(one.criterion(self.walked)) for one in self.conditions if one.lookup not in self.by_index]
        # If a group contains an "all" group, its lookup finds more rows than match.
        return [*found, *(asked(one.criterion(self.walked)) for one in self.groups)]

    @property
    def _of_archive(self) -> ColumnElement[bool] | None:
        """Return the condition that hides archived rows, or selects only them. Rows selected by key are never hidden."""
        archived = self.schema.archived
        if archived is None or self.archived == TOO:
            return None
        if self.archived == ALONE:
            return archived
        named = {one.key.partition("__")[0] for member in self.filters for one in member.conditions()}
        return None if named & {"id", self.schema.archived_name} else not_(archived)

    def where_some(self, *first: ColumnElement[bool]) -> Statement:
        """Return a query for a 1 per row, with `first` as its first conditions."""
        return select(literal(1)).select_from(self.schema.model).where(*first, *self.criteria)

    def _looked_up(self, word: Lookup) -> ColumnElement[bool]:
        if self.heads is None or self.order.relation is None:
            return found_by_index(self.schema.model, word)
        return found_with(self.schema.model, word, self.order.relation, self.heads)

    @property
    def key_sets(self) -> list[KeySet]:
        """The key sets that select the rows: of the parent's links, and of filters."""
        asked = (one for member in self.filters for condition in member.conditions() for one in condition.key_sets)
        found = [*asked, None if self.parent is None else self.parent.key_set]
        return [one for one in found if one is not None]

    @property
    def is_counted_in_order(self) -> bool:
        """Whether to count along the order, which skips millions of other rows, such as an archive."""
        return bool(self.walked) or (self.is_in_order and self.schema.archived is not None)

    @cached_property
    def lookups(self) -> tuple[Lookup, ...]:
        """The texts that are searched: the words of the search, and the texts of filters that search a column."""
        asked = (member.lookup for member in self.filters)
        return (*self._words, *(one for one in asked if one is not None))

    @cached_property
    def _words(self) -> list[Lookup]:
        return lookups_of(self.search, self.schema.search.values())

    @property
    def sorted_by(self) -> tuple[str, str]:
        """The names of the sort columns, with "-" for descending; the second is "" if it makes no difference."""
        schema = self.schema
        first = self.sort or schema.default_sort
        second = self.then or ("" if self.sort else schema.default_then)
        name, other = (_split_sort(one)[0] for one in (first, second))
        key = schema.sorts.get(name)
        is_idle = key is None or _is_key(key) or name == other or other not in schema.sorts
        return first, "" if is_idle else second

    @cached_property
    def order(self) -> SortOrder:
        """The order of the rows. The primary key comes last, so that no two rows ever swap places."""
        (name, descending), (other, is_down) = map(_split_sort, self.sorted_by)
        key = self.schema.sorts.get(name)
        second = Second(self.schema.sorts[other], is_down) if other else None
        return SortOrder(self.schema.model, None if key is None or _is_key(key) else key, descending, second)

    def segments(
        self, start: Cursor | None = None, *, backwards: bool = False, end: Cursor | None = None
    ) -> Iterator[Statement]:
        """Yield the queries that give the rows in order, one after the other, from a cursor (and to another)."""
        criteria = self._criteria(_of_each_row) if self.is_in_order else self.criteria
        return self.order.segments(criteria, start=start, backwards=backwards, end=end)


def _of_each_row(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition in a form that no index can answer."""
    return func.coalesce(condition, false())


def _is_key(sort: SortKey) -> bool:
    return sort.is_own and is_key(sort.column)


def _split_sort(sort: str) -> tuple[str, bool]:
    return sort.removeprefix("-"), sort.startswith("-")


def whole_number(text: str) -> int:
    """Read a small whole number; anything else is 0, which every caller replaces by its default."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < len(str(LAST_PAGE)) else 0


def _usual_size(schema: ListSchema, *, is_begun: bool) -> int:
    """Return the page size if the address names none: the person's preference, but never for a numbered page."""
    return schema.page_sizes[0] if is_begun or schema.page_size not in schema.page_sizes else schema.page_size


def _parse_ticks(text: str | None) -> int:
    """Read the number of a tick set; raise for anything else, because ignoring it would select every row."""
    number = whole_number(text or "")
    if text is not None and not number:
        message = "This address names no selected rows. Select them in the list."
        raise SelectionError(message)
    return number


def _parse_columns(text: str) -> tuple[str, ...]:
    names = (name.replace("\0", "").strip()[:LONGEST_NAME].strip() for name in text.split(",")[:MOST_COLUMNS])
    return tuple(dict.fromkeys(name for name in names if name))


def _parse_archived(schema: ListSchema, text: str) -> str:
    if text and (schema.archived is None or text not in {TOO, ALONE}):
        message = f"This list has no “{text[:20]}” archive."
        raise SelectionError(message, [TOO, ALONE] if schema.archived is not None else [])
    return text


def _parse_sort(schema: ListSchema, sort: str) -> str:
    if sort and _split_sort(sort)[0] not in schema.sorts:
        message = f"This list cannot be sorted by “{_split_sort(sort)[0][:50]}”."
        raise SelectionError(message, sorted(schema.sorts))
    return sort


def _parse_filters(schema: ListSchema, pairs: Iterable[tuple[str, str]]) -> list[Member]:
    """Read the filters, and the `where` argument."""
    read = reader_of(schema)
    return [parse_where(text, read) if key == WHERE else read(key, text) for key, text in pairs]
