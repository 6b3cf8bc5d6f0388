"""What each person set for themselves: columns, rows a page, row height, default view and export by resource; shortcuts, theme and navigation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.dialects import postgresql, sqlite

from admin_app.extensions import AnyRow, AnySession, Values
from admin_app.models.preference import Density, Preference, Theme
from admin_app.models.staff import Staff

# The "resource" of what is set for every page.
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


# A row of what a person set: the resource, then the settings in their order.
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
    """Keep how the resource's lists look and are exported (not yet committed): None leaves a thing as it is, () and 0 are the usual."""
    text = None if columns is None else ",".join(columns)
    changes = {"columns": text, "page_size": page_size, "density": density, "export_choice": export_choice}
    if wanted := {name: value for name, value in changes.items() if value is not None}:
        _remember(session, staff, resource, **wanted)


def remember_default_view(session: AnySession, staff: Staff, *, resource: str, view_id: int | None) -> None:
    """Save which view the plain list opens (not yet committed), or None."""
    _remember(session, staff, resource, default_view_id=view_id)


def remember_shortcuts(session: AnySession, staff: Staff, *, is_on: bool) -> None:
    """Keep whether single keys do something (not yet committed)."""
    _remember(session, staff, EVERYWHERE, has_shortcuts=is_on)


def remember_frame(
    session: AnySession, staff: Staff, *, theme: Theme | None = None, is_narrow: bool | None = None
) -> None:
    """Keep how the frame of every page looks (not yet committed): None leaves a thing as it is."""
    changes = {"theme": theme, "is_narrow": is_narrow}
    if wanted := {name: value for name, value in changes.items() if value is not None}:
        _remember(session, staff, EVERYWHERE, **wanted)


def remember_digest(session: AnySession, staff: Staff, *, is_on: bool) -> None:
    """Keep whether emails tell of the inbox (not yet committed)."""
    _remember(session, staff, EVERYWHERE, has_digest=is_on)


def dismiss_first_steps(session: AnySession, staff: Staff) -> None:
    """Let the home page show no more what to do first (not yet committed)."""
    _remember(session, staff, EVERYWHERE, has_first_steps=False)


def _remember(session: AnySession, staff: Staff, resource: str, **changes: object) -> None:
    """Write into the person's row, or make it: in one statement, since two windows may set something at the same moment."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(Preference).values(staff_id=staff.id, resource=resource, **changes)
    session.execute(row.on_conflict_do_update(index_elements=["staff_id", "resource"], set_=changes))
