"""The home page: numbers, recent changes and unfinished work of a person; each part has its own time limit."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from urllib.parse import parse_qsl, urlencode

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import AdminIndexView, expose

from admin_app.db.transaction import transaction
from admin_app.domain import preferences
from admin_app.domain.permissions.policy import Action
from admin_app.domain.permissions.principal import AnyPrincipal
from admin_app.domain.records.refusals import refusals_of
from admin_app.domain.work import pins
from admin_app.domain.work.saved_views import find_view
from admin_app.errors import InvalidRecord, NotFoundError
from admin_app.extensions import db
from admin_app.formatting import inside_quotes
from admin_app.models.preference import Preference
from admin_app.panel.access.access import Access, access_at, access_to
from admin_app.panel.base_view import ProtectedView
from admin_app.panel.cards.board import Board, in_little_time
from admin_app.panel.cards.changes import recent_changes
from admin_app.panel.cards.first_steps import first_steps
from admin_app.panel.cards.pinned import pinned
from admin_app.panel.cards.unfinished import unfinished
from admin_app.panel.cards.view_models import CardView
from admin_app.panel.registry import resources
from admin_app.panel.summary.summary import summary_of
from admin_app.selection.selection import VIEW
from admin_app.web.auth import login
from admin_app.web.flash import announce, warn
from admin_app.web.urls import here, local_path

# Arguments of the address: whose changes are shown, and whether the person is arranging their cards.
CHANGES, ALL, ARRANGE = "changes", "all", "arrange"
BEGUN = "Pick up where you left off"


class HomePage(ProtectedView, AdminIndexView):
    """The first page that a person sees."""

    lagging = frozenset({"index"})
    retried = frozenset({"pins_view", "first_steps_view"})

    def __init__(self, url: str) -> None:
        """Use this address, and serve none of Flask-Admin's own files."""
        super().__init__(name="Home", url=url)
        self.static_folder = None

    @expose("/")
    def index(self) -> str:
        """Show the person's own cards and those of their resources, then recent changes and unfinished work."""
        person = login.signed_in_principal()
        open_ = [access for one in resources() if (access := access_to(one)).may(Action.LIST)]
        steps, board = first_steps(open_), Board()
        cards = [*pinned(person, board), *board.declared(open_)]
        is_all = request.args.get(CHANGES) == ALL
        has_history = any(access_to(one).may(Action.HISTORY) for one in resources())
        find = partial(recent_changes, person, is_own=not is_all)
        return self.render(
            "pages/home.html",
            steps=steps,
            figures=[one for one in cards if one.is_figure],
            lists=[one for one in cards if not one.is_figure],
            changes=in_little_time(find) if has_history else None,
            has_history=has_history,
            is_all=is_all,
            begun=_begun(person),
            is_arranged=ARRANGE in request.args,
            has_pins=any(one.pin for one in cards),
            here=here(),
        )

    @expose("/pins/", methods=("POST",))
    def pins_view(self) -> ResponseReturnValue:
        """Pin a view or a summary, move a card, or remove one."""
        act = _ACTS.get(request.form.get("act", "")) or abort(400)
        try:
            with transaction(db.session):
                said = act()
        except NotFoundError:
            abort(404)
        except InvalidRecord as error:
            warn(str(error))
        else:
            if said:
                announce(said, links=[("Show", url_for("admin.index"))])
        return login.lead_to(local_path(request.form.get("url"), url_for("admin.index")))

    @expose("/first-steps/", methods=("POST",))
    def first_steps_view(self) -> ResponseReturnValue:
        """Hide the first steps for good."""
        with refusals_of(Preference), transaction(db.session):
            preferences.dismiss_first_steps(db.session, login.signed_in_staff())
        return login.lead_to(url_for("admin.index"))


def _begun(person: AnyPrincipal) -> CardView | None:
    rows = in_little_time(partial(unfinished, person))
    return CardView(BEGUN, "", rows=rows) if rows else None


def _pin_view() -> str:
    person, access = login.signed_in_principal(), _requested_access()
    view = find_view(db.session, person, resource=access.resource.endpoint, key=request.form.get(VIEW, ""))
    pins.pin(db.session, person, resource=access.resource.endpoint, view=view)
    return f"“{view.name}” is pinned to your home page."


def _pin_summary() -> str:
    """Pin the summary as it was parsed, not as it was sent."""
    person, access = login.signed_in_principal(), _requested_access()
    one = summary_of(access, parse_qsl(request.form.get("arguments", ""))) or abort(404)
    pairs = [pair for pair in one.arguments if pair[0] != VIEW]
    pins.pin(db.session, person, resource=access.resource.endpoint, arguments=urlencode(pairs))
    return f"“{inside_quotes(one.title)}” is pinned to your home page."


def _unpin() -> str:
    pins.unpin(db.session, login.signed_in_principal(), request.form.get("pin", ""))
    return ""


def _move() -> str:
    pins.move_up(db.session, login.signed_in_principal(), request.form.get("pin", ""))
    return ""


_ACTS: dict[str, Callable[[], str]] = {
    "view": _pin_view,
    "summary": _pin_summary,
    "remove": _unpin,
    "up": _move,
}


def _requested_access() -> Access:
    access = access_at(request.form.get("resource"))
    if access is None:
        abort(404)
    return access if access.may(Action.LIST) else abort(403)
