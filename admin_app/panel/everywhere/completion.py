"""Complete the name of a filter that a person is typing: “cre” becomes “created:”."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from admin_app.formatting import folded
from admin_app.panel.access.access import Access
from admin_app.panel.filters.declared import filters_shown
from admin_app.panel.filters.typed import THERE, name_to_type

# Too many names begin with the same single letter.
FEWEST = 2


def completion_of(open_: Sequence[Access], text: str) -> str:
    """Return the name of a filter that begins with the last word, from lists that the person may see; "" if there is none."""
    last = folded(text.rpartition(" ")[2])
    fitting = (name for name in _names(open_) if name.startswith(last))
    found = next(fitting, "") if len(last) >= FEWEST else ""
    return f"{found}:" if found else ""


def _names(open_: Sequence[Access]) -> Iterator[str]:
    for access in open_:
        for name, operators in filters_shown(access).items():
            # A filter on a related record's column is typed under the relation's name.
            if "." not in name:
                yield name_to_type(name, operators)
    yield from THERE
