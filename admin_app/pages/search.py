"""Search everything: a page of its own, of which the palette shows a part over other pages."""

from __future__ import annotations

from flask import request
from flask_admin import expose

from admin_app.panel.base_view import ProtectedView
from admin_app.panel.everywhere.search import everything
from admin_app.unicode_text import trimmed


class SearchPage(ProtectedView):
    """For everybody who is signed in: they find what their rights cover."""

    lagging = frozenset({"index"})

    @expose("/")
    def index(self) -> str:
        """Show the results; with `part` only those, for the palette."""
        text = trimmed(request.args.get("q", "").replace("\0", ""))
        template = "pages/found.html" if "part" in request.args else "pages/search.html"
        return self.render(template, typed=text, found=everything(text))
