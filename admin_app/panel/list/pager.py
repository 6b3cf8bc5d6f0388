"""The pager: previous and next page by cursor, numbered pages if they are cheap to open, the last page."""

from __future__ import annotations

from admin_app import formatting
from admin_app.panel.links import ListLinks
from admin_app.panel.list.view_models import Pager
from admin_app.panel.view_models import Link
from admin_app.selection.paging.pages import Page
from admin_app.selection.selection import COUNT_LIMIT, END, Selection

# Numbered pages that the pager shows on each side of the present one.
NEIGHBOURS = 2


def pager_of(selection: Selection, page: Page, links: ListLinks) -> Pager:
    """Build the links to other pages. The neighbours begin exactly where this page ends, even if rows are added meanwhile."""
    size = selection.per_page
    sizes = tuple(
        Link(str(other), links.to(selection.changed(per_page=other)), is_current=other == size)
        for other in selection.schema.page_sizes
    )
    first = links.to(selection.changed())
    if not page.before and not page.after:
        is_worth = page.count.number > selection.schema.page_sizes[0]
        return Pager(sizes=sizes if is_worth else (), here_url=first)
    before = links.to(selection.changed(page=max(page.number - 1, 0), before=page.before))
    following = page.number + 1 if page.number else 0
    return Pager(
        previous_url="" if not page.before else first if page.number == 2 else before,  # noqa: PLR2004 -- before the second comes the first
        next_url=links.to(selection.changed(page=following, after=page.after)) if page.after else "",
        first_url=first if not page.number else "",
        last_url=links.to(selection.changed(before=END)) if page.after and not _is_numbered_to_its_end(page) else "",
        pages=_numbers(selection, page, links),
        sizes=sizes,
        here_url=first,
    )


def _numbers(selection: Selection, page: Page, links: ListLinks) -> tuple[Link | None, ...]:
    """Link the pages around this one by number; None marks a gap."""
    if not page.number:
        return ()
    cheap = -(-min(page.count.number, COUNT_LIMIT) // selection.per_page)
    near = {1, page.number, *range(page.number - NEIGHBOURS, page.number + NEIGHBOURS + 1)}
    near |= {cheap} if _is_numbered_to_its_end(page) else set()
    numbers = sorted(number for number in near if 1 <= number <= cheap or number == page.number)
    found: list[Link | None] = []
    for number, before in zip(numbers, [0, *numbers], strict=False):
        found += [None] if number > before + 1 else []
        is_current = number == page.number
        found.append(Link(formatting.number(number), links.to(selection.changed(page=number)), is_current=is_current))
    return (*found, *([] if _is_numbered_to_its_end(page) or not page.after else [None]))


def _is_numbered_to_its_end(page: Page) -> bool:
    """Whether the last page has a number that is cheap to open."""
    return page.count.is_exact and page.count.number <= COUNT_LIMIT
