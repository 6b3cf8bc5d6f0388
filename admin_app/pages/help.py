"""Help: the guide for staff, one page per part, and the keyboard shortcuts."""

from __future__ import annotations

import struct
from functools import lru_cache
from pathlib import Path

from flask import Response, abort, url_for
from flask_admin import expose

from admin_app.pages.guide import Guide
from admin_app.panel.base_view import ProtectedView
from admin_app.panel.layout.keys import KEYS

DOCS = Path(__file__).resolve().parents[2] / "docs"


class HelpPage(ProtectedView):
    """Help, for everybody who is signed in."""

    def is_visible(self) -> bool:
        """Be linked above the account, not from the menu."""
        return False

    @expose("/")
    def index(self) -> str:
        """Show the introduction of the guide, and its parts."""
        return self.render("pages/help.html", guide=_guide(), part=_guide().beginning)

    @expose("/keys/")
    def keys(self) -> str:
        """Show the keyboard shortcuts; with JavaScript also over any page."""
        return self.render("pages/keys.html", groups=KEYS)

    @expose("/part/<title>/")
    def part(self, title: str) -> str:
        """Show a part of the guide."""
        found = _guide().part(title)
        return self.render("pages/help.html", guide=_guide(), part=found) if found is not None else abort(404)

    @expose("/image/<file>")
    def image(self, file: str) -> Response:
        """Send a picture of the guide."""
        if file not in _guide().images:
            abort(404)
        return Response((DOCS / "images" / file).read_bytes(), mimetype="image/png")


def _guide() -> Guide:
    return _guide_below(url_for("help.index"))


@lru_cache(maxsize=4)
def _guide_below(address: str) -> Guide:
    """Render the guide for this address of the dashboard; nearly always there is only one."""
    text = (DOCS / "users.md").read_text("utf-8")

    def image(name: str) -> dict[str, str | int]:
        """Give its size too, so that nothing moves while it loads: a PNG has it at the beginning."""
        width, height = struct.unpack(">II", (DOCS / "images" / name).read_bytes()[16:24])
        return {"src": f"{address}image/{name}", "width": width, "height": height}

    return Guide(text, part_url=lambda name: f"{address}part/{name}/", image=image)
