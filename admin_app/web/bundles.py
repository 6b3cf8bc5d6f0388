"""One style sheet, one script and one sheet of icons for all pages, assembled in memory from the small files of `static/`.

A first visit loads four files beside the page, not a hundred. There is no build step: a changed file shows at once in
debug mode, and after a restart otherwise. Comments and indents are removed, and each process compresses a bundle
once: of 98 kB of style sheet and script, 71 kB are left to transfer.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path

import brotli
from flask import Flask, Response, current_app, request

from admin_app.web.templating import FOR_EVER

# In the browser's reading order: the layers first, then each layer's rules.
_THIRD_PARTY_STYLES = {
    "pico": "vendor/pico-2.1.1/pico.classless.min.css",
    "vendor": "vendor/tom-select-2.6.2/tom-select.min.css",
}
_STYLES = (
    "tokens",
    "tick",
    "base",
    "layout",
    "navigation",
    "frame",
    "keys",
    "button",
    "icon",
    "dropdown",
    "form",
    "message",
    "table",
    "columns",
    "listing",
    "list_bar",
    "row_menu",
    "bulk_bar",
    "grid",
    "filters",
    "card",
    "lines",
    "tabs",
    "record",
    "peek",
    "chart",
    "home",
    "history",
    "activity",
    "jobs",
    "plan",
    "corrections",
    "changes",
    "import",
    "picker",
    "links",
    "palette",
    "views",
    "rights",
    "notes",
    "seen_as",
    "phone",
    "utilities",
)
_THIRD_PARTY_SCRIPTS = (
    "vendor/htmx-2.0.11/htmx.min.js",
    "vendor/tom-select-2.6.2/tom-select.complete.min.js",
)
_SCRIPTS = (
    "reach",
    "upload",
    "once",
    "filters",
    "picker",
    "dropdown",
    "row_menu",
    "listing",
    "sort",
    "ticks",
    "cell",
    "cells",
    "changes",
    "said",
    "dirty",
    "direction",
    "markup",
    "mentions",
    "peek",
    "password",
    "passkey",
    "copy",
    "zone",
    "palette",
    "shortcuts",
    "places",
    "formkeys",
    "session",
    "focus",
    "rows",
    "look",
    "order",
    "presence",
    "seen_as",
    "rights",
)


# One published file for each icon; its name is the icon's.
_ICONS = "vendor/lucide-1.62.0/icons"
_DRAWING = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


# A line that begins with two slashes, or the lines of a block comment.
_COMMENT = re.compile(r"^\s*(?://.*|/\*(?:[^*]|\*(?!/))*\*/)\n", re.MULTILINE)
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
# The best of eleven levels takes three times as long and saves 2 % more.
_EFFORT = 10


@dataclass(frozen=True)
class Bundle:
    """A file assembled from several: its text, and a digest of it."""

    text: str
    mimetype: str
    # A sandbox counts as another site.
    is_for_sandbox: bool = False

    @cached_property
    def version(self) -> str:
        """Twelve hexadecimal digits, enough to tell one release's file from another's."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:12]


def style_sheet(folder: Path) -> Bundle:
    """Assemble the style sheet; third-party rules are in layers of their own, below ours."""
    order = _read(folder, "css/layers.css")
    layers = [f"@layer {name} {{\n{_read(folder, path)}\n}}" for name, path in _THIRD_PARTY_STYLES.items()]
    ours = [without_comments(_read(folder, f"css/{name}.css")) for name in _STYLES]
    return Bundle("\n".join([order, *layers, *ours]), "text/css")


def script(folder: Path) -> Bundle:
    """Assemble the script; each of our files has a scope of its own, like a module."""
    libraries = [_read(folder, path) for path in _THIRD_PARTY_SCRIPTS]
    ours = [
        f'(() => {{\n"use strict";\n{without_comments(_read(folder, f"js/{name}.js"))}\n}})();' for name in _SCRIPTS
    ]
    # A library's file may end without a semicolon, and would then call what follows.
    return Bundle("\n;\n".join([*libraries, *ours]), "text/javascript")


def without_comments(text: str) -> str:
    """Remove comments on lines of their own, and indents, from a file of ours."""
    return _INDENT.sub("", _COMMENT.sub("", text))


def icons(folder: Path) -> Bundle:
    """Assemble the icons: one symbol each, 24 units wide and high, in the colour of the surrounding text."""
    symbols = [_symbol(file) for file in sorted((folder / _ICONS).glob("*.svg"))]
    return Bundle(f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>', "image/svg+xml")


def _symbol(file: Path) -> str:
    drawing = _DRAWING.search(file.read_text(encoding="utf-8"))
    if drawing is None:
        msg = f"{file.name} holds no drawing."
        raise ValueError(msg)
    return f'<symbol id="{file.stem}" viewBox="0 0 24 24">{drawing[1].strip()}</symbol>'


def preview_sheet(folder: Path) -> Bundle:
    """Return the style sheet of previews, which use nothing else of ours."""
    return Bundle(_read(folder, "css/preview.css"), "text/css", is_for_sandbox=True)


PREVIEW_SHEET = "preview.css"
BUNDLES: dict[str, Callable[[Path], Bundle]] = {
    "app.css": style_sheet,
    "app.js": script,
    "icons.svg": icons,
    PREVIEW_SHEET: preview_sheet,
}


def init_app(app: Flask) -> None:
    """Serve the bundles beside the static files, and give templates their addresses."""
    folder, root = Path(str(app.static_folder)), app.static_url_path
    own = {"app.css": app.config["ACCENT_STYLES"]}

    def put_together(name: str) -> Bundle:
        found = BUNDLES[name](folder)
        return replace(found, text=f"{found.text}\n{own[name]}") if own.get(name) else found

    made = {name: put_together(name) for name in BUNDLES}

    def bundle(name: str) -> Bundle:
        # Published icons do not change during work, and a page asks for them with each button.
        return put_together(name) if app.debug and BUNDLES[name] is not icons else made[name]

    def address(name: str) -> str:
        return f"{request.script_root}{root}/{name}?v={bundle(name).version}"

    for name in BUNDLES:
        app.add_url_rule(f"{root}/{name}", f"bundle_{name}", lambda name=name: _answer(bundle(name)))
    app.jinja_env.globals["bundle"] = address


def bundle_address(name: str) -> str:
    """Return a bundle's address, as templates have it."""
    return str(current_app.jinja_env.globals["bundle"](name))  # type: ignore[operator]  # set above: Jinja knows objects


def _answer(bundle: Bundle) -> Response:
    is_packed = request.accept_encodings.quality("br") > 0
    response = Response(_packed(bundle.text) if is_packed else bundle.text, mimetype=bundle.mimetype)
    response.set_etag(f"{bundle.version}-br" if is_packed else bundle.version)
    if is_packed:
        response.content_encoding = "br"
    response.vary.add("Accept-Encoding")
    # Under an older version's address, or one without a version, browsers must ask again.
    is_kept = request.args.get("v") == bundle.version
    response.headers["Cache-Control"] = FOR_EVER if is_kept else "no-cache"
    if bundle.is_for_sandbox:
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.make_conditional(request)
    return response


@lru_cache(maxsize=2 * len(BUNDLES))
def _packed(text: str) -> bytes:
    return bytes(brotli.compress(text.encode(), quality=_EFFORT))


def _read(folder: Path, path: str) -> str:
    # `@charset` is valid only at the very beginning of a file; inside a layer browsers would not know it.
    return (folder / path).read_text(encoding="utf-8").removeprefix('@charset "UTF-8";')
