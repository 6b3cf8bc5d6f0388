"""How many posts there are. Copied by test_additions.py."""

from __future__ import annotations

from flask_admin import expose

from admin_app.domain.permissions.rights import Action
from admin_app.models.post import Post
from admin_app.panel.access.access import access_of
from admin_app.panel.base_view import ProtectedView


class CensusPage(ProtectedView):
    """For who may list posts."""

    def may_open(self, _name: str) -> bool:
        """Ask for the right to posts."""
        access = access_of(Post)
        return access is not None and access.may(Action.LIST)

    @expose("/")
    def index(self) -> str:
        """Show it."""
        return str(self.render("pages/census.html"))
