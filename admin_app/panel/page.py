"""The base of every page of a resource: access, links, rendering, and how its form is drawn again."""

from __future__ import annotations

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from admin_app.db.record import Record
from admin_app.panel.access.access import Access
from admin_app.panel.links import link, return_url


class Page:
    """A page of one resource for one person; `view` is the name of its address."""

    def __init__(self, access: Access, view: str = "") -> None:
        """Keep the access and the view's name."""
        self.access = access
        self.resource = access.resource
        self.view = view

    def render(self, template: str, **values: object) -> str:
        """Draw a template of a resource's pages."""
        return render_template(template, resource=self.resource, **values)

    def link(self, view: str, record: Record | None = None, /, **arguments: object) -> str:
        """Return the address of a page of this resource, of a record if one is given."""
        return link(self.resource, view, record, **arguments)

    def return_url(self) -> str:
        """Return where Cancel and Save lead."""
        return return_url(self.resource)

    # ---- of pages with a form

    def kept_names(self) -> set[str]:
        """Return the names of the form's fields that are shown again as they were sent; never secrets, and none for a page without a form."""
        return set()

    def again(self, words: str) -> ResponseReturnValue | None:
        """Draw the form again with what was sent and not carried out, and a message; None if that is not possible."""
        return None


def lead_on(url: str) -> Response:
    """Redirect after a POST, so that reloading the next page sends nothing again."""
    return Response(status=303, headers={"Location": url})
