"""The preview of an HTML text: a separate document that runs nothing, sends nothing, and loads images only on request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import Response, abort, request
from flask.typing import ResponseReturnValue
from markupsafe import escape

from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.formatting import has_markup, stripped, without_unseen, words_in
from admin_app.kinds.markdown import html_of
from admin_app.panel.access.access import Access
from admin_app.panel.links import link
from admin_app.panel.page import Page
from admin_app.web.bundles import PREVIEW_SHEET, bundle_address

# Arguments of a preview's address: the field, the sort of preview, and whether images are loaded.
FIELD, SHOWN_AS, IMAGES = "field", "as", "images"
# The form's field with a text to preview before it is saved.
TEXT = "text"
# Links open in new pages, outside of the preview's sandbox.
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"


# Elements that name other files: browsers would resolve and connect to their addresses, which no policy prevents.
_LINK_TAG = re.compile(r"<(?=link\b)", re.IGNORECASE)
_LINE_END = re.compile(r"</(?:p|div|h[1-6]|li|tr|pre|blockquote)>|<br\s*/?>", re.IGNORECASE)


@dataclass(frozen=True)
class Preview:
    """The line below a field that may hold HTML: the number of words, and the addresses of the previews."""

    words: str
    is_html: bool
    # The language of the text: HTML or Markdown.
    markup: str
    url: str
    text_url: str
    images_url: str


class PreviewPage(Page):
    """Shows a text that may be hostile: the policy and the sandbox keep it from doing anything."""

    def respond(self) -> ResponseReturnValue:
        """Show a stored field of a record, or a text that was just typed."""
        name = request.args.get(FIELD, "")
        if name not in self.resource.previewed() or not self.access.shows(name):
            abort(404)
        record = self.access.requested(Action.VIEW)
        is_typed = request.method == "POST"
        text = request.form.get(TEXT, "") if is_typed else getattr(record, name) or ""
        return _document(html_of(text) if self.resource.is_markdown(name) else text)


def previews_of(access: Access, record: Record, names: Iterable[str]) -> Mapping[str, Preview]:
    """Return the previews of the fields that may hold HTML, if the person may view the record."""
    if not access.reaches(record, Action.VIEW):
        return {}
    shown = [name for name in access.shown(access.resource.previewed()) if name in names]
    return {name: _preview(access, record, name) for name in shown}


def _preview(access: Access, record: Record, name: str) -> Preview:
    def to(**arguments: str) -> str:
        return link(access.resource, "preview_view", record, **{FIELD: name, **arguments})

    text = getattr(record, name) or ""
    is_markdown = access.resource.is_markdown(name)
    is_html = is_markdown or has_markup(text)
    markup = "Markdown" if is_markdown else "HTML"
    return Preview(words_in(text), is_html, markup, to(), to(**{SHOWN_AS: "text"}), to(**{IMAGES: "1"}))


def _document(text: str) -> Response:
    is_html = has_markup(text)
    plain = escape(text_of_html(text) if is_html else text)
    body = (
        _LINK_TAG.sub("<x-", text)
        if is_html and request.args.get(SHOWN_AS) != "text"
        else f'<div class="plain">{plain}</div>'
    )
    sheet = escape(bundle_address(PREVIEW_SHEET))
    document = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Preview</title><base target="_blank">'
        f'<link rel="stylesheet" href="{sheet}"></head><body>{body}</body></html>'
    )
    return Response(document, headers=_headers(has_images=IMAGES in request.args))


def text_of_html(text: str) -> str:
    """Return the visible text of HTML, one line per paragraph."""
    lines = _LINE_END.sub("\n", without_unseen(text)).splitlines()
    return "\n".join(map(stripped, lines))


def _headers(*, has_images: bool) -> dict[str, str]:
    images = "http: https: data:" if has_images else "'none'"
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'self'; img-src {images}; form-action 'none'; base-uri 'none'; "
            f"frame-ancestors 'self'; sandbox {SANDBOX}"
        ),
        "X-Frame-Options": "SAMEORIGIN",
        "Referrer-Policy": "no-referrer",
        # Browsers show nothing in a sandbox with an opener policy.
        "Cross-Origin-Opener-Policy": "unsafe-none",
        # Other sites' images are loaded only in a page of their own, not in the frame.
        **({"Cross-Origin-Embedder-Policy": "unsafe-none"} if has_images else {}),
    }
