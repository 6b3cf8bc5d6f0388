"""The places that a search finds besides records: lists, forms of new records, saved views and pages that the person may open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import url_for

from admin_app.domain.permissions.policy import Action
from admin_app.domain.work.saved_views import views_named
from admin_app.extensions import db
from admin_app.formatting import folded
from admin_app.panel.access.access import Access
from admin_app.panel.access.new_record import may_add
from admin_app.panel.everywhere.view_models import Found
from admin_app.panel.import_.offered import may_import
from admin_app.panel.links import link
from admin_app.panel.registry import resource_at
from admin_app.selection.search.passages import Piece, pieces_of
from admin_app.web.auth.host_sign_in import is_hosted
from admin_app.web.auth.login import current_principal

MOST_VIEWS = 5

# The page's endpoint, the part of the page, its label, and further words that find it.
_PAGES = (
    ("admin.index", "", "Home", "start"),
    ("activity.index", "", "Activity", "history changes log"),
    ("jobs.index", "", "Jobs", "exports files"),
    ("inbox.index", "", "Inbox", "notes mentions watching unread"),
    ("account.index", "", "Account", "password settings profile"),
    ("account.index", "preferences-heading", "Preferences", "account settings theme dark light time zone keyboard"),
    ("account.index", "sessions-heading", "Where you are signed in", "account sessions sign out logout log out"),
    ("help.index", "", "Help", "guide manual documentation"),
    ("help.keys", "", "Keyboard shortcuts", "help keys"),
)
# Only where the dashboard itself signs people in.
_OWN_SIGN_IN = (
    ("account.index", "factor-heading", "Two-factor sign-in", "account 2fa mfa authenticator passkeys recovery codes"),
)
# A label, what it is, its address, and further words that find it.
Place = tuple[str, str, str, str]


def commands_of(open_: Sequence[Access], terms: Sequence[str]) -> tuple[Found, ...]:
    """Return the forms, imports and pages whose names match these words; all of them if there are no words."""
    found = [one for one in (*_forms(open_), *_pages()) if _is_meant(f"{one[0]} {one[3]}", terms)]
    return tuple(_place(label, what, url, terms) for label, what, url, _ in found)


def places_of(open_: Sequence[Access], terms: Sequence[str]) -> tuple[Found, ...]:
    """Return the places whose names have a word that begins with each of these terms, then the saved views."""
    found = [one for one in (*_lists(open_), *_forms(open_), *_pages()) if _is_meant(f"{one[0]} {one[3]}", terms)]
    return (*(_place(label, what, url, terms) for label, what, url, _ in found), *_views(open_, terms))


def _lists(open_: Sequence[Access]) -> Iterator[Place]:
    for one in (access.resource for access in open_):
        yield one.plural, "List", link(one, "index_view"), ""


def _forms(open_: Sequence[Access]) -> Iterator[Place]:
    for access in open_:
        one = access.resource
        if may_add(access):
            yield f"Add {one.noun}", "Form", link(one, "create_view"), f"new create {one.nouns}"
        if may_import(access):
            yield f"Import {one.nouns}", "Page", link(one, "import_view"), "upload file"
        if one.can_export and access.may(Action.EXPORT):
            yield f"Export {one.nouns}", "Page", link(one, "export_page"), "download file csv excel json"
        if access.shown(one.duplicate_keys):
            yield f"Possible duplicates among {one.nouns}", "Page", link(one, "duplicates_view"), "merge twins"


def _pages() -> Iterator[Place]:
    pages = _PAGES if is_hosted() else (*_PAGES, *_OWN_SIGN_IN)
    return ((label, "Page", url_for(endpoint, _anchor=part or None), words) for endpoint, part, label, words in pages)


def _views(open_: Sequence[Access], terms: Sequence[str]) -> Iterator[Found]:
    person = current_principal()
    names = [access.resource.endpoint for access in open_]
    views = [] if person is None else views_named(db.session, person, terms, resources=names, most=MOST_VIEWS)
    for view in views:
        if (resource := resource_at(view.resource)) is not None:
            yield _place(view.name, f"View of {resource.nouns}", link(resource, "index_view", view=view.id), terms)


def _place(label: str, what: str, url: str, terms: Sequence[str]) -> Found:
    return Found(pieces_of(label, terms), (Piece(what),), url)


def _is_meant(words: str, terms: Sequence[str]) -> bool:
    # Digits mean the ID of a record, not the beginning of "2fa".
    return all(not term.isdigit() and f" {folded(term)}" in f" {folded(words)}" for term in terms)
