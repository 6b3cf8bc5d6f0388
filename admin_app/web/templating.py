"""What every template can use: versioned links to static files, and the signed-in person."""

from __future__ import annotations

import hashlib
from functools import lru_cache, partial
from http import HTTPStatus
from pathlib import Path

from flask import Flask, Response, current_app, request

from admin_app.domain.preferences import EVERYWHERE, Settings
from admin_app.formatting import in_sentence, label, sentence_case, with_article
from admin_app.unicode_text import direction_of_long
from admin_app.web.auth.login import current_principal, seconds_left

ONE_YEAR = 365 * 24 * 60 * 60
FOR_EVER = f"public, max-age={ONE_YEAR}, immutable"


def init_app(app: Flask) -> None:
    """Give the templates their functions, and static files their lifetime; before an extension creates `app.jinja_env`."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["asset"] = partial(
        asset, str(app.static_folder), str(app.static_url_path), is_watched=app.debug
    )
    app.jinja_env.globals["site_version"] = app.config["VERSION"]
    app.jinja_env.filters.update(
        label=label,
        in_sentence=in_sentence,
        sentence_case=sentence_case,
        with_article=with_article,
        direction_of_long=direction_of_long,
    )
    app.context_processor(_frame)
    app.after_request(_keep_static_files)


def asset(folder: str, root: str, path: str, *, is_watched: bool) -> str:
    """Return the address of a static file; it changes with the file, so that browsers may keep it for ever."""
    # The paths are ours and need no quoting.
    file = Path(folder, path)
    # A server restarts with new files; in debug mode a changed file shows at once.
    version = _digest(file, file.stat().st_mtime_ns if is_watched else 0)
    return f"{request.script_root}{root}/{path}?v={version}"


@lru_cache(maxsize=200)
def _digest(file: Path, _modified: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def _frame() -> dict[str, object]:
    person = current_principal()
    settings = person.settings_of(EVERYWHERE) if person is not None else Settings()
    return {
        "site_name": current_app.config["SITE_NAME"],
        "actor": person,
        "has_shortcuts": settings.has_shortcuts,
        "chosen_theme": settings.theme,
        "is_narrow": settings.is_narrow,
        "seconds_left": seconds_left(),
    }


def _keep_static_files(response: Response) -> Response:
    """Let browsers cache files with a version in the address; third-party files have it in the name of their folder."""
    is_versioned = "v" in request.args or request.path.startswith("/static/vendor/")
    if request.endpoint == "static" and is_versioned and response.status_code < HTTPStatus.BAD_REQUEST:
        response.headers["Cache-Control"] = FOR_EVER
    return response
