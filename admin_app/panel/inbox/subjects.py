"""The records of entries, as far as the person may still see them: read by a few statements per table, however many entries there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from admin_app.db.keys import Key
from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.extensions import db, table_of
from admin_app.panel.access.access import Access, accesses_of_table

# A record's table and key.
Place = tuple[str, Key]


@dataclass(frozen=True)
class Subject:
    """A record with what the person may do with it."""

    access: Access
    record: Record

    @property
    def title(self) -> str:
        """Name it, "post “Bicycle”"."""
        return f"{self.access.resource.noun} “{self.access.title_of(self.record)}”"


def subjects_at(places: Iterable[Place], action: Action) -> Mapping[Place, Subject]:
    """Return the records at these places that the person sees and may do this with."""
    keys: dict[str, set[Key]] = defaultdict(set)
    for table, key in places:
        keys[table].add(key)
    accesses = ((access, wanted) for table, wanted in keys.items() for access in accesses_of_table(table))
    found = (subject for access, wanted in accesses for subject in _found(access, wanted, action))
    return {(str(table_of(type(one.record)).name), one.record.id): one for one in found}


def _found(access: Access, keys: set[Key], action: Action) -> list[Subject]:
    if not access.may(action):
        return []
    model, seen = access.resource.model, access.seen()
    wanted = select(model).where(model.id.in_(keys), *([] if seen is None else [seen]))
    records = db.session.scalars(wanted).all()
    reached = set(access.reached(records, action))
    return [Subject(access, record) for record in records if record.id in reached]
