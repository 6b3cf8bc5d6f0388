"""The start page: each resource with its newest records. It counts nothing, so that it answers at once at any size."""

from __future__ import annotations

from dataclasses import dataclass

from flask_admin import AdminIndexView, expose

from admin_app.domain.permissions import Act
from admin_app.extensions import db
from admin_app.panel.cells import value_cell
from admin_app.panel.elements import Cell, CellKind, Link
from admin_app.panel.guarded import Guarded
from admin_app.panel.registry import resources
from admin_app.panel.resource import ResourceView
from admin_app.selection.paging import fetch

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


class HomePage(Guarded, AdminIndexView):
    """What a person sees first."""

    def __init__(self) -> None:
        """Stand at /admin/, and serve none of Flask-Admin's own files."""
        super().__init__(name="Home", url="/admin")
        self.static_folder = None

    @expose("/")
    def index(self) -> str:
        """Show the resources this person may see."""
        sections = [_section(resource) for resource in resources() if resource.is_accessible()]
        return str(self.render("pages/home.html", sections=sections))


def _section(resource: ResourceView) -> Section:
    newest = fetch(db.session, resource.newest().segments(), limit=MOST_RECENT)
    times = resource.shows("created_at")
    return Section(
        label=resource.plural,
        noun=resource.noun,
        description=resource.description,
        url=resource.link("index_view"),
        new_url=resource.link("create_view") if resource.may(Act.CREATE) else "",
        recent=tuple(Link(resource.title_of(record), resource.url_of(record)) for record in newest),
        recent_times=tuple(value_cell(record.created_at, is_whole=False) if times else NOTHING for record in newest),
    )
