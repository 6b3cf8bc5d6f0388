"""What hung on a record when somebody looked, as their form carries it: digests, since some of it may be hidden from them."""

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
    """What a form carried, "" for nothing, and the key of its digests."""

    text: str
    key: bytes


def digests_of(session: AnySession, record: Record, key: bytes) -> str:
    """Return a digest of what hangs on the record, for each relation; it tells nothing without the key."""
    counts = enumerate(counts_of(session, record))
    return _NEXT.join(_digest(key, f"{table_of(type(record)).name} {print_key(record.id)} {one}") for one in counts)


def changed_since(session: AnySession, record: Record, seen: Sight) -> str:
    """Say on what something else hangs now than was seen; "" where it is the same, or nothing was seen."""
    then, now = seen.text.split(_NEXT), digests_of(session, record, seen.key).split(_NEXT)
    if not seen.text or then == now:
        return ""
    if len(then) != len(now):
        return "What hangs on it may have changed."
    relations = zip(dependent_relations(type(record)), then, now, strict=True)
    return next(f"Its {noun_and_plural(one)[1]} have changed." for one, before, after in relations if before != after)


def _digest(key: bytes, text: str) -> str:
    return hmac.new(key, f"hanging {text}".encode(), hashlib.sha256).hexdigest()[:_DIGITS]
