"""The dependents of a record as a form remembers them: digests, because some may be hidden from the person."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from admin_app.db.keys import print_key
from admin_app.db.record import Record
from admin_app.domain.records.dependent_counts import counts_of, dependent_relations, noun_and_plural
from admin_app.extensions import AnySession, table_of

_NEXT = " "
# 64 bits: nobody gains by a collision but an unnoticed change.
_DIGITS = 16


@dataclass(frozen=True)
class Sight:
    """The digests that a form sent ("" if it sent none), and the key that they were made with."""

    text: str
    key: bytes


def digests_of(session: AnySession, record: Record, key: bytes) -> str:
    """Return a digest of the dependents for each relation; it reveals nothing without the key."""
    counts = enumerate(counts_of(session, record))
    return _NEXT.join(_digest(key, f"{table_of(type(record)).name} {print_key(record.id)} {one}") for one in counts)


def changed_since(session: AnySession, record: Record, seen: Sight) -> str:
    """Say which dependents have changed; "" if none have, or if the form sent no digests."""
    then, now = seen.text.split(_NEXT), digests_of(session, record, seen.key).split(_NEXT)
    if not seen.text or then == now:
        return ""
    if len(then) != len(now):
        return "What depends on it may have changed."
    relations = zip(dependent_relations(type(record)), then, now, strict=True)
    return next(f"Its {noun_and_plural(one)[1]} have changed." for one, before, after in relations if before != after)


def _digest(key: bytes, text: str) -> str:
    return hmac.new(key, f"hanging {text}".encode(), hashlib.sha256).hexdigest()[:_DIGITS]
