"""By which of a person's rights they see a record, where a table has records of several classes. The history knows these by the table alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from admin_app.db.keys import Key
from admin_app.panel.access.access import Access, access_of_first_class, accesses_of_table
from admin_app.panel.access.authority import authority


def access_of_record(table: str, key: Key | None) -> Access | None:
    """Return what the person at hand may do with a record of a table, None where these have no resource, or are not recorded.

    A record that is in no class of which the person sees some has the rights to the first one, and so has what is about no record.
    """
    found = accesses_of_table(table)
    if len(found) <= 1:
        return found[0] if found else None
    if key is None:
        return access_of_first_class(table)
    look_at([(table, key)])
    return _known(table)[key] or access_of_first_class(table)


def look_at(places: Iterable[tuple[str, Key | None]]) -> None:
    """Find out by which rights the person sees these records, by one statement a class instead of one a record."""
    wanted: dict[str, set[Key]] = defaultdict(set)
    for table, key in places:
        if key is not None:
            wanted[table].add(key)
    for table, keys in wanted.items():
        if len(found := accesses_of_table(table)) > 1:
            _look_at(table, keys, found)


def _look_at(table: str, keys: set[Key], found: Iterable[Access]) -> None:
    known = _known(table)
    left = keys - known.keys()
    for access in found:
        there = access.found_among(left) if left else set()
        known.update(dict.fromkeys(there, access))
        left -= there
    known.update(dict.fromkeys(left))


def _known(table: str) -> dict[Key, Access | None]:
    return authority().once(("record", table), dict)
