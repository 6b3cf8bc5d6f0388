"""Find the access by which a person sees a record, if its table has records of several classes. The history only knows the table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from admin_app.db.keys import Key
from admin_app.panel.access.access import Access, access_of_first_class, accesses_of_table
from admin_app.panel.access.authority import authority


def access_of_record(table: str, key: Key | None) -> Access | None:
    """Return the current person's access to a record of a table; None if the table has no resource or no history.

    If the person sees none of the record's classes, or there is no record, the base class decides.
    """
    found = accesses_of_table(table)
    if len(found) <= 1:
        return found[0] if found else None
    if key is None:
        return access_of_first_class(table)
    look_at([(table, key)])
    return _known(table)[key] or access_of_first_class(table)


def look_at(places: Iterable[tuple[str, Key | None]]) -> None:
    """Look up the accesses to these records, by one statement per class instead of one per record."""
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
