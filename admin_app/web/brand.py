"""The site's logo from the file that a setting names: read once, served from memory, shown beside the name and as the favicon."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Flask, Response, request

from admin_app.settings import LOGO_TYPES
from admin_app.web.templating import FOR_EVER


def init_app(app: Flask) -> None:
    """Serve the logo, and give templates its address; "" for none."""
    app.jinja_env.globals["logo_url"] = ""
    if not app.config["LOGO"]:
        return
    file = Path(app.config["LOGO"])
    image, content_type = file.read_bytes(), LOGO_TYPES[file.suffix.lower()]
    version = hashlib.sha256(image).hexdigest()[:12]
    path = f"{app.static_url_path}/logo"

    def answer() -> Response:
        response = Response(image, mimetype=content_type)
        response.headers["Cache-Control"] = FOR_EVER if request.args.get("v") == version else "no-cache"
        return response

    app.add_url_rule(path, "logo", answer)
    # Below the path that the dashboard is served under, which only a request knows.
    app.context_processor(lambda: {"logo_url": f"{request.script_root}{path}?v={version}"})
