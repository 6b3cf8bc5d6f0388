"""The view models of lists: columns, rows, pages, views, and the table of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from admin_app.db.keys import Key
from admin_app.panel.filters.view_models import FilterBar
from admin_app.panel.list.widths import least_hundreds
from admin_app.panel.view_models import Cell, CellKind, Hidden, Link


@dataclass(frozen=True)
class Column:
    """A table's column. `sorted` is its direction as the first sort column, "ascending" or "descending" ("" if it is not), `second` as the second."""

    key: str
    label: str
    # How it is drawn, which depends on the model alone, so that its width does not depend on the shown rows.
    kind: CellKind = CellKind.TEXT
    # The name of its width: its kind's, or a special one for keys and emails.
    width: str = "text"
    sort_url: str = ""
    then_url: str = ""
    sorted: str = ""
    second: str = ""
    # The resource's own description.
    description: str = ""

    @cached_property
    def is_number(self) -> bool:
        """Whether its cells are aligned as numbers."""
        return self.kind in {CellKind.NUMBER, CellKind.COUNT}

    @cached_property
    def is_labelled(self) -> bool:
        """Whether a row drawn as a card needs the column's label beside the value, such as “3” or “Yes”."""
        return self.is_number or self.width == "boolean"


@dataclass(frozen=True)
class Row:
    """A record in a table. `title` names it ("Ann Lee") for labels such as "Edit Ann Lee"; urls are "" where not allowed."""

    # The record's key as printed in URLs, and as a value.
    id: str
    key: Key
    title: str
    url: str
    edit_url: str
    delete_url: str
    cells: tuple[Cell, ...]
    is_marked: bool = False
    # Why the row is still shown although the list no longer contains it.
    outside: str = ""
    # Set in lists that show archived and other rows together.
    is_archived: bool = False
    # The columns whose cells the person may change.
    editable: tuple[str, ...] = ()
    # The resource's own actions.
    actions: tuple[Link, ...] = ()
    # The URL that opens the record beside the list, and whether it is open now.
    peek_url: str = ""
    is_peeked: bool = False


@dataclass(frozen=True)
class RowWay:
    """A further link that every row has: a URL to which the row's key is appended."""

    name: str
    url: str


@dataclass(frozen=True)
class Numbered:
    """The record whose id was searched; `url` is "" if the person may not open it."""

    id: Key
    title: str
    url: str


@dataclass(frozen=True)
class Pager:
    """The pages around this one; None in `pages` marks a gap. It is empty if there is only one page."""

    previous_url: str = ""
    next_url: str = ""
    # Only if the numbered pages do not include it.
    first_url: str = ""
    last_url: str = ""
    pages: tuple[Link | None, ...] = ()
    sizes: tuple[Link, ...] = ()
    # This list from its start in its present size, for changing the size.
    here_url: str = ""


@dataclass(frozen=True)
class SearchBox:
    """The search form: the control's name, the searched columns, the typed text, the list's other arguments."""

    name: str
    value: str
    columns: str
    hidden: tuple[Hidden, ...] = ()
    clear_url: str = ""


@dataclass(frozen=True)
class SortForm:
    """The form that sorts by one or two columns: its controls' names, values and options, and the list's other arguments."""

    sort_name: str
    then_name: str
    sort: str
    then: str
    options: tuple[Hidden, ...]
    hidden: tuple[Hidden, ...] = ()


@dataclass(frozen=True)
class ViewBar:
    """The saved view that a list was opened as; urls are "" for acts that are not possible or not needed."""

    name: str = ""
    is_changed: bool = False
    save_url: str = ""
    save_as_url: str = ""
    discard_url: str = ""
    edit_url: str = ""
    whole_url: str = ""
    # The person's views of the list, and the page that has all of them.
    links: tuple[Link, ...] = ()
    # The addresses of the views that others see too.
    shared: frozenset[str] = frozenset()
    manage_url: str = ""
    # The address of the same views with their numbers of records.
    counted_url: str = ""
    # The view's id, and the address that watches it.
    id: int = 0
    watch_url: str = ""
    is_watched: bool = False


@dataclass(frozen=True)
class ViewRow:
    """A saved view in the list of views; urls are "" for acts that the person may not do."""

    id: int
    name: str
    url: str
    maker: str
    audience: str
    is_default: bool
    edit_url: str
    delete_url: str
    is_shared: bool = False
    is_watched: bool = False
    # The number of its records in figures; "" if they are not counted.
    count: str = ""


@dataclass(frozen=True)
class BulkButton:
    """An action on the selected rows: its view, and its button's label."""

    view: str
    words: str
    is_danger: bool = False


@dataclass(frozen=True)
class BulkBar:
    """The form of the tick boxes. `words` say how many rows are selected, "" for none; `ticked` are the selected rows of this page."""

    url: str
    words: str
    ticked: frozenset[str]
    actions: tuple[BulkButton, ...]
    # The labels of the buttons that select the whole page and all matching rows; "" if there are no more rows.
    page_words: str = ""
    all_words: str = ""
    # The address of the selected rows alone; on that list, the address of the whole list.
    show_url: str = ""
    whole_url: str = ""
    # The page with the list, if it is not the list's own.
    back_url: str = ""


@dataclass(frozen=True)
class Listing:
    """A whole table: of a resource, or of a record's children."""

    id: str
    caption: str
    noun: str
    nouns: str
    result_line: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    search: SearchBox | None
    filters: FilterBar | None
    pager: Pager
    is_narrowed: bool
    clear_url: str
    new_url: str = ""
    # The exports of one click, and the address of the export page.
    exports: tuple[Link, ...] = ()
    export_page_url: str = ""
    list_url: str = ""
    form_url: str = ""
    # The link that counts all rows, if the number is not exact.
    count_url: str = ""
    # The rows that the person is limited to, for a person who sees none; "" for no limit.
    kept_to: str = ""
    # Whether reading took too long: there are no rows then, and the person should narrow the search or filters.
    is_cut: bool = False
    messages: tuple[str, ...] = field(default=())
    numbered: Numbered | None = None
    density: str = "comfortable"
    # None if there is only one order, and on a record's page.
    sort_form: SortForm | None = None
    # The addresses of the column settings and of the page size; "" for a list on a record's page.
    columns_url: str = ""
    page_size_url: str = ""
    # The links of every row's menu: its page, its history and the like.
    row_ways: tuple[RowWay, ...] = ()
    # The addresses for editing the page's rows, and for editing one cell; "" if nothing can be edited.
    edit_page_url: str = ""
    import_url: str = ""
    # The address for counting rows by a field, "" if there is none.
    summarise_url: str = ""
    cell_url: str = ""
    # Links to the archived rows, which the list leaves out.
    archive: tuple[Link, ...] = ()
    views: ViewBar | None = None
    # The number of rows of all pages in figures; "" if this page has them all.
    total: str = ""
    # None if rows have no tick boxes, because there are no bulk actions.
    bulk: BulkBar | None = None

    @cached_property
    def least_hundreds(self) -> int:
        """The table's least width, in hundreds of pixels."""
        widths = (column.width for column in self.columns)
        return least_hundreds(widths, is_ticked=self.bulk is not None, has_menu=self.has_actions)

    def further_cells(self, row: Row) -> Iterable[tuple[Column, Cell]]:
        """Return a row's cells with their columns, without the first one."""
        return zip(self.columns[1:], row.cells[1:], strict=True)

    @cached_property
    def is_paired(self) -> bool:
        """Whether it is sorted by two columns."""
        return any(column.second for column in self.columns)

    @cached_property
    def is_empty(self) -> bool:
        """Whether the list has no rows at all, even without a search."""
        return not (self.rows or self.is_narrowed or self.is_cut)

    @cached_property
    def has_actions(self) -> bool:
        """Whether anything can be done with a row."""
        return any(row.edit_url or row.delete_url or row.actions for row in self.rows)
