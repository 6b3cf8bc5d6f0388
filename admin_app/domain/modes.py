"""Maintenance, during which people read and nobody changes anything, and the operator's words to everybody."""

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
    """What holds at present; `until` is when the operator means to be done, where they said so."""

    banner: str = ""
    is_maintained: bool = False
    until: datetime | None = None


USUAL = Mode()
_ASKED = select(SiteMode.banner, SiteMode.is_maintained, SiteMode.until).where(SiteMode.id == _KEY)


def present_mode(session: AnySession) -> Mode:
    """Return what holds at present."""
    row = session.execute(_ASKED).first()
    return Mode(*row) if row is not None else USUAL


def begin_maintenance(session: AnySession, until: datetime | None) -> None:
    """Let nobody change anything from now on (not yet committed)."""
    kept = _row(session)
    kept.is_maintained, kept.until = True, until
    record_event(session, kind=Kind.COMMAND, summary="Began maintenance")


def end_maintenance(session: AnySession) -> None:
    """Let people change things again (not yet committed)."""
    kept = _row(session)
    kept.is_maintained, kept.until = False, None
    record_event(session, kind=Kind.COMMAND, summary="Ended maintenance")


def set_banner(session: AnySession, words: str) -> None:
    """Show these words on every page, none for "" (not yet committed); raise `ConfigurationError` where they are too long."""
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
