"""Each person's own settings: by resource the columns, page size, row height, default view and export; for all pages the shortcuts, theme and navigation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from admin_app.db.dialects import insert_into
from admin_app.extensions import AnyRow, AnySession, Values
from admin_app.models.preference import Density, Preference, Theme
from admin_app.models.staff import Staff

# The "resource" of the settings for every page.
EVERYWHERE = ""


@dataclass(frozen=True)
class Settings:
    """A person's settings of one resource, with the defaults."""

    columns: tuple[str, ...] = ()
    page_size: int = 0
    density: Density = Density.COMFORTABLE
    default_view_id: int | None = None
    has_shortcuts: bool = True
    export_choice: Values = field(default_factory=dict)
    theme: Theme = Theme.SYSTEM
    is_narrow: bool = False
    has_digest: bool = True
    has_first_steps: bool = True


# The columns of a row of settings: the resource, then the settings in the order of `Settings`.
ASKED_FOR = (
    Preference.resource,
    Preference.columns,
    Preference.page_size,
    Preference.density,
    Preference.default_view_id,
    Preference.has_shortcuts,
    Preference.export_choice,
    Preference.theme,
    Preference.is_narrow,
    Preference.has_digest,
    Preference.has_first_steps,
)


def settings_by_resource(rows: Iterable[AnyRow]) -> dict[str, Settings]:
    """Return the settings of rows of `ASKED_FOR`."""
    return {
        resource: Settings(tuple(columns.split(",")) if columns else (), *others) for resource, columns, *others in rows
    }


def remember_settings(
    session: AnySession,
    staff: Staff,
    *,
    resource: str,
    columns: Sequence[str] | None = None,
    page_size: int | None = None,
    density: Density | None = None,
    export_choice: Mapping[str, object] | None = None,
) -> None:
    """Save how the resource's lists look and are exported (not yet committed). None leaves a setting unchanged; () and 0 mean the default."""
    text = None if columns is None else ",".join(columns)
    changes = {"columns": text, "page_size": page_size, "density": density, "export_choice": export_choice}
    if wanted := {name: value for name, value in changes.items() if value is not None}:
        _remember(session, staff, resource, **wanted)


def remember_default_view(session: AnySession, staff: Staff, *, resource: str, view_id: int | None) -> None:
    """Save which view the plain list opens (not yet committed), or None."""
    _remember(session, staff, resource, default_view_id=view_id)


def remember_shortcuts(session: AnySession, staff: Staff, *, is_on: bool) -> None:
    """Save whether keyboard shortcuts are on (not yet committed)."""
    _remember(session, staff, EVERYWHERE, has_shortcuts=is_on)


def remember_frame(
    session: AnySession, staff: Staff, *, theme: Theme | None = None, is_narrow: bool | None = None
) -> None:
    """Save how the frame of every page looks (not yet committed). None leaves a setting unchanged."""
    changes = {"theme": theme, "is_narrow": is_narrow}
    if wanted := {name: value for name, value in changes.items() if value is not None}:
        _remember(session, staff, EVERYWHERE, **wanted)


def remember_digest(session: AnySession, staff: Staff, *, is_on: bool) -> None:
    """Save whether emails tell the person about their inbox (not yet committed)."""
    _remember(session, staff, EVERYWHERE, has_digest=is_on)


def dismiss_first_steps(session: AnySession, staff: Staff) -> None:
    """Hide the first steps on the home page (not yet committed)."""
    _remember(session, staff, EVERYWHERE, has_first_steps=False)


def _remember(session: AnySession, staff: Staff, resource: str, **changes: object) -> None:
    """Update or insert the person's row in one statement, because two windows may save settings at the same moment."""
    row = insert_into(session, Preference).values(staff_id=staff.id, resource=resource, **changes)
    session.execute(row.on_conflict_do_update(index_elements=["staff_id", "resource"], set_=changes))
