"""The start page: each resource with its newest records. It counts nothing, so that it answers at once at any size."""

from __future__ import annotations

from dataclasses import dataclass

from flask_admin import AdminIndexView, expose

from admin_app.domain.permissions.policy import Action
from admin_app.extensions import db
from admin_app.panel.access.access import Access, access_to
from admin_app.panel.base_view import ProtectedView
from admin_app.panel.kinds import value_cell
from admin_app.panel.links import link, record_url
from admin_app.panel.list.selections import newest
from admin_app.panel.registry import resources
from admin_app.panel.view_models import Cell, CellKind, Link
from admin_app.selection.paging.pages import fetch

MOST_RECENT = 5
NOTHING = Cell(CellKind.TEXT, "")


@dataclass(frozen=True)
class Section:
    """A resource on the start page."""

    label: str
    noun: str
    description: str
    url: str
    new_url: str
    recent: tuple[Link, ...]
    recent_times: tuple[Cell, ...]


class HomePage(ProtectedView, AdminIndexView):
    """What a person sees first."""

    def __init__(self) -> None:
        """Stand at /admin/, and serve none of Flask-Admin's own files."""
        super().__init__(name="Home", url="/admin")
        self.static_folder = None

    @expose("/")
    def index(self) -> str:
        """Show the resources this person may see."""
        shown = [access for one in resources() if (access := access_to(one)).may(Action.LIST)]
        sections = [_section(access) for access in shown]
        return self.render("pages/home.html", sections=sections)


def _section(access: Access) -> Section:
    resource, times = access.resource, access.shows("created_at")
    recent = fetch(db.session, newest(access).segments(), limit=MOST_RECENT)
    return Section(
        label=resource.plural,
        noun=resource.noun,
        description=resource.description,
        url=link(resource, "index_view"),
        new_url=link(resource, "create_view") if access.may(Action.CREATE) else "",
        recent=tuple(Link(access.title_of(record), record_url(access, record)) for record in recent),
        recent_times=tuple(value_cell(record.created_at, is_whole=False) if times else NOTHING for record in recent),
    )
