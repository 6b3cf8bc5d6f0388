"""Maintenance, during which people can read but not change anything, and the operator's banner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from admin_app.domain.audit.recorder import record_event
from admin_app.errors import ConfigurationError
from admin_app.extensions import AnySession
from admin_app.models.change_set import Kind
from admin_app.models.site_mode import LONGEST_BANNER, SiteMode

_KEY = 1


@dataclass(frozen=True)
class Mode:
    """The current mode; `until` is the announced end of maintenance, if the operator gave one."""

    banner: str = ""
    is_maintained: bool = False
    until: datetime | None = None


USUAL = Mode()
_ASKED = select(SiteMode.banner, SiteMode.is_maintained, SiteMode.until).where(SiteMode.id == _KEY)


def present_mode(session: AnySession) -> Mode:
    """Return the current mode."""
    row = session.execute(_ASKED).first()
    return Mode(*row) if row is not None else USUAL


def begin_maintenance(session: AnySession, until: datetime | None) -> None:
    """Begin maintenance (not yet committed): nobody can change anything from now on."""
    kept = _row(session)
    kept.is_maintained, kept.until = True, until
    record_event(session, kind=Kind.COMMAND, summary="Began maintenance")


def end_maintenance(session: AnySession) -> None:
    """Let people change things again (not yet committed)."""
    kept = _row(session)
    kept.is_maintained, kept.until = False, None
    record_event(session, kind=Kind.COMMAND, summary="Ended maintenance")


def set_banner(session: AnySession, words: str) -> None:
    """Set the banner of every page, "" for none (not yet committed); raise `ConfigurationError` if it is too long."""
    if len(words) > LONGEST_BANNER or not words.isprintable():
        message = f"The banner must have {LONGEST_BANNER} characters at most, on one line."
        raise ConfigurationError(message)
    _row(session).banner = words
    record_event(session, kind=Kind.COMMAND, summary="Set the banner" if words else "Removed the banner")


def _row(session: AnySession) -> SiteMode:
    kept = session.get(SiteMode, _KEY)
    if kept is None:
        kept = SiteMode(id=_KEY, banner="", is_maintained=False)
        session.add(kept)
    return kept
