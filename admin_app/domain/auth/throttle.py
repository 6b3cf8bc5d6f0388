"""Growing delays for failed tries. A try is counted before it is judged, so that simultaneous tries count like successive ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, select, update

from admin_app.db.dialects import insert_into
from admin_app.db.types import utc_now
from admin_app.domain.auth.tokens import digest
from admin_app.domain.clock import latest
from admin_app.extensions import AnySession
from admin_app.models.sign_in import ProofTry
from admin_app.unicode_text import caseless

# Long enough to make guessing hopeless, short enough that nobody needs an owner to get in again.
LONGEST_DELAY = timedelta(minutes=15)
# After this time without a try, counting begins anew.
FORGIVEN_AFTER = timedelta(hours=1)
# Failed tries older than this are not reported to the person.
KEPT_FOR = timedelta(days=30)
# Attempts at made-up names fill the table: above this number, the rows unused for longest are deleted.
MOST_ROWS = 20_000
PRUNED_EVERY = 200


@dataclass(frozen=True)
class Limit:
    """Something that tries are counted by, such as an account; the first `free` tries cause no delay. A limit that is only watched counts but never delays."""

    kind: str
    value: str
    free: int
    account: str = ""
    is_watched: bool = False

    @property
    def key(self) -> str:
        """Return the key of its row."""
        return digest(f"{self.kind}:{self.value}")


def count_try(session: AnySession, limits: Sequence[Limit]) -> int:
    """Count a try; return 0, or the seconds to wait if it came too early. The caller commits before it judges the try."""
    now = utc_now()
    _prune(session, now)
    _correct(session, now)
    # Tries from a blocked address create no rows, so that one machine cannot fill the table.
    rows = _locked(session, limits, now, is_new=not _is_blocked(session, limits, now))
    delaying = [(limit, rows[limit.key]) for limit in limits if limit.key in rows and not limit.is_watched]
    until = max((row.blocked_until for _, row in delaying if row.blocked_until), default=now)
    for row in rows.values():
        row.count += 1
    if until <= now:
        for limit, row in delaying:
            row.streak = 1 if now - row.last_at > FORGIVEN_AFTER else row.streak + 1
            row.blocked_until = now + _delay(row.streak - limit.free)
    for row in rows.values():
        row.last_at = now
    return max(math.ceil((until - now).total_seconds()), 0)


def forgive(session: AnySession, limits: Sequence[Limit]) -> None:
    """Delete the counts of these limits, because a try succeeded."""
    session.execute(delete(ProofTry).where(ProofTry.key.in_([limit.key for limit in limits])))


def take_back(session: AnySession, limit: Limit) -> None:
    """Uncount the last try, which succeeded; other people's failed tries from the same address stay counted."""
    row = session.scalar(select(ProofTry).where(ProofTry.key == limit.key).with_for_update())
    if row is not None:
        row.count, row.streak = max(row.count - 1, 0), max(row.streak - 1, 0)
        row.blocked_until = None


def tries_of(session: AnySession, limit: Limit) -> ProofTry | None:
    """Return the row of a limit, if it has counted anything."""
    found: ProofTry | None = session.scalar(select(ProofTry).where(ProofTry.key == limit.key))
    return found


def blocked_until(tries: ProofTry) -> datetime | None:
    """Return until when no other try is allowed; never longer than the longest delay from now."""
    return min(tries.blocked_until, utc_now() + LONGEST_DELAY) if tries.blocked_until else None


def unlock(session: AnySession, account: str) -> None:
    """Delete every count of tries at an account, whatever address or device they came from."""
    session.execute(delete(ProofTry).where(ProofTry.account == digest(caseless(account))))


def _delay(beyond: int) -> timedelta:
    """Return no delay for the free tries, then 1, 2, 4, 8 … seconds."""
    return timedelta() if beyond < 0 else min(timedelta(seconds=2 ** min(beyond, 20)), LONGEST_DELAY)


def _is_blocked(session: AnySession, limits: Sequence[Limit], now: datetime) -> bool:
    addresses = [limit.key for limit in limits if limit.kind == "address"]
    blocked = select(ProofTry.id).where(ProofTry.key.in_(addresses), ProofTry.blocked_until > now)
    return session.scalar(blocked) is not None


def _locked(session: AnySession, limits: Sequence[Limit], now: datetime, *, is_new: bool) -> dict[str, ProofTry]:
    """Return the limits' rows, locked until the commit. All requests lock in the same order, so that none deadlock."""
    for limit in sorted(limits, key=lambda one: one.key) if is_new else ():
        account = digest(caseless(limit.account)) if limit.account else None
        row = {"key": limit.key, "account": account, "count": 0, "streak": 0}
        session.execute(
            insert_into(session, ProofTry).values(**row, first_at=now, last_at=now).on_conflict_do_nothing()
        )
    chosen = select(ProofTry).where(ProofTry.key.in_([limit.key for limit in limits])).order_by(ProofTry.key)
    found = session.scalars(chosen.with_for_update().execution_options(populate_existing=True))
    return {row.key: row for row in found}


def _correct(session: AnySession, now: datetime) -> None:
    """Date tries that were counted while a clock was ahead as of now, so that nobody has to wait for that time."""
    longest = now + LONGEST_DELAY
    values = {
        "last_at": now,
        "first_at": case((ProofTry.first_at > now, now), else_=ProofTry.first_at),
        "blocked_until": case((ProofTry.blocked_until > longest, longest), else_=ProofTry.blocked_until),
    }
    ahead = update(ProofTry).where(ProofTry.last_at > latest(now)).values(values)
    session.execute(ahead, execution_options={"synchronize_session": False})


def _prune(session: AnySession, now: datetime) -> None:
    session.execute(delete(ProofTry).where(ProofTry.last_at < now - KEPT_FOR))
    newest = session.scalar(select(ProofTry.id).order_by(ProofTry.id.desc()).limit(1)) or 0
    # A try writes two or three rows, so some try will soon find the table too large.
    if newest % PRUNED_EVERY < len(("account", "pair", "address")):
        kept = select(ProofTry.id).order_by(ProofTry.last_at.desc(), ProofTry.id.desc()).limit(MOST_ROWS)
        session.execute(delete(ProofTry).where(ProofTry.id.not_in(kept.scalar_subquery())))
