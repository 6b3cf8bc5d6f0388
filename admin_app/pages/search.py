"""Search everything: a page of its own, which the palette shows a part of over other pages."""

from __future__ import annotations

from flask import request
from flask_admin import expose

from admin_app.panel.base_view import ProtectedView
from admin_app.panel.everywhere.search import everything
from admin_app.unicode_text import trimmed


class SearchPage(ProtectedView):
    """For everybody who is signed in: what they find is what their rights reach."""

    lagging = frozenset({"index"})

    @expose("/")
    def index(self) -> str:
        """Show what was found; with `part` only that, for the palette."""
        text = trimmed(request.args.get("q", "").replace("\0", ""))
        template = "pages/found.html" if "part" in request.args else "pages/search.html"
        return self.render(template, typed=text, found=everything(text))
