"""The pages of saved views: all of them, save one, change it, let it go, and which one the list opens with."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import urlencode

from flask import abort, request
from flask.typing import ResponseReturnValue

from admin_app.db.keys import is_numbered
from admin_app.db.transaction import transaction
from admin_app.domain import preferences
from admin_app.domain.permissions import roles
from admin_app.domain.permissions.policy import Action
from admin_app.domain.records.refusals import refusals_of
from admin_app.domain.work import saved_views
from admin_app.domain.work.watching import watched_views
from admin_app.errors import InvalidRecord, NotFoundError, RecordGone
from admin_app.extensions import db
from admin_app.models.preference import Preference
from admin_app.models.saved_view import EVERYONE, MINE, SavedView
from admin_app.models.staff import Staff
from admin_app.panel.drafts import answers, arguments, drop_sent_draft, shown_draft
from admin_app.panel.links import list_links
from admin_app.panel.list.columns import settings_for
from admin_app.panel.list.saved_view_bar import stored_arguments
from admin_app.panel.list.selections import selection_of
from admin_app.panel.list.view_counts import with_counts
from admin_app.panel.list.view_models import ViewRow
from admin_app.panel.page import Page, lead_on
from admin_app.panel.resource import Resource
from admin_app.panel.shell import named_view, shell
from admin_app.selection.selection import WHOLE, Selection
from admin_app.web.auth.login import signed_in_principal, signed_in_staff
from admin_app.web.flash import announce
from admin_app.web.urls import here

UNREADABLE = {"": "One filter isn't valid. Fix or remove it first."}


class SavedViewsPage(Page):
    """A person's views of a resource, and those that are shared with them."""

    def respond(self) -> ResponseReturnValue:
        """List every view of this resource that the person sees; with `count` each with its number of records."""
        if "part" in request.args:
            at_hand = {one.id for one in shell().views}
            return self.render("resource/views_menu.html", views=self._rows(only=at_hand), open_view=named_view())
        is_counted = "count" in request.args
        return self.render(
            "resource/views.html",
            views=self._rows(is_counted=is_counted),
            is_counted=is_counted,
            counted_url=self.link("views_view", count=1),
            watch_url=self.link("follow_view") if is_numbered(self.resource.model) else "",
            return_url=self.link("index_view", view=WHOLE),
            default_url=self.link("default_view"),
            move_url=self.link("move_view"),
        )

    def move(self) -> ResponseReturnValue:
        """Move a view up or down, in this person's own order."""
        view = find_view(self.resource, request.form.get("view", ""))
        is_up = request.form.get("way") == "up"
        with _writing():
            saved_views.move_view(db.session, signed_in_principal(), view, is_up=is_up)
        return lead_on(f"{self.link('views_view')}#view-{view.id}")

    def _rows(self, *, only: Collection[int] | None = None, is_counted: bool = True) -> list[ViewRow]:
        """Draw these views, or all of them."""
        found = saved_views.views_of(db.session, signed_in_principal(), resource=self.resource.endpoint)
        audiences, watched = _audiences(), watched_views(db.session, signed_in_principal())
        rows = [
            (replace(self._row(view, maker, audiences), is_watched=view.id in watched), view.arguments)
            for view, maker in found
            if only is None or view.id in only
        ]
        return with_counts(self.access, rows) if is_counted else [row for row, _ in rows]

    def _row(self, view: SavedView, maker: Staff, audiences: Mapping[str, str]) -> ViewRow:
        is_own = saved_views.may_change(signed_in_principal(), view)
        return ViewRow(
            id=view.id,
            name=view.name,
            url=self.link("index_view", view=view.id),
            maker="You" if maker.id == signed_in_principal().id else maker.name,
            audience="" if view.audience == MINE else audiences.get(view.audience, view.audience),
            is_default=settings_for(self.resource).default_view_id == view.id,
            edit_url=self.link("change_view", id=view.id) if is_own else "",
            delete_url=self.link("remove_view", id=view.id) if is_own else "",
            is_shared=view.audience != MINE,
        )


class SavedViewForm(Page):
    """The form of a new or an existing view."""

    def create(self) -> ResponseReturnValue:
        """Ask for a name for the list whose arguments the address carries, or keep it."""
        selection = selection_of(self.access, arguments())
        if selection.problems:
            return self._page(None, selection, UNREADABLE)
        if request.method != "POST":
            return self._page(None, selection, {})
        try:
            with _writing():
                drop_sent_draft()
                view = saved_views.create_view(
                    db.session,
                    signed_in_principal(),
                    resource=self.resource.endpoint,
                    name=request.form.get("name", ""),
                    arguments=self._printed(selection),
                    audience=self._audience(MINE),
                )
                self._follow_tick(view)
        except InvalidRecord as error:
            return self._page(None, selection, error.problems)
        announce(f"View “{view.name}” was saved.")
        return lead_on(self.link("index_view", view=view.id))

    def change(self) -> ResponseReturnValue:
        """Show a view's name, audience and whether the list opens with it, or keep them."""
        view = self._requested()
        if request.method != "POST":
            return self._page(view, None, {})
        try:
            with _writing():
                drop_sent_draft()
                audience = self._audience(view.audience)
                saved_views.change_view(db.session, view, name=request.form.get("name", ""), audience=audience)
                self._follow_tick(view)
        except InvalidRecord as error:
            return self._page(view, None, error.problems)
        announce(f"View “{view.name}” was saved.")
        return lead_on(self.link("views_view"))

    def save_list(self) -> ResponseReturnValue:
        """Let the view that is open show the list as the address has it now."""
        selection = selection_of(self.access, arguments())
        view = changeable(self.resource, str(selection.view))
        if selection.problems:
            abort(HTTPStatus.BAD_REQUEST)
        try:
            with _writing():
                saved_views.keep_arguments(view, self._printed(selection))
        except InvalidRecord as error:
            return self._page(None, selection, error.problems)
        announce(f"View “{view.name}” was saved.")
        return lead_on(self.link("index_view", view=view.id))

    def kept_names(self) -> set[str]:
        """Keep a view's name and whom it is for."""
        return {"name", "audience", "default"}

    def again(self, words: str) -> ResponseReturnValue:
        """Draw the form with what was typed."""
        is_new = self.view == "new_view"
        selection = selection_of(self.access, arguments()) if is_new else None
        page, _ = self._page(None if is_new else self._requested(), selection, {"": words})
        return page, HTTPStatus.BAD_REQUEST

    def _requested(self) -> SavedView:
        return changeable(self.resource, request.args.get("id", ""))

    def _follow_tick(self, view: SavedView) -> None:
        """Let the list open with this view, or not with it any more, as the form says (not yet committed)."""
        # What the database says against the view is about the view, and a new one has its id then.
        db.session.flush()
        is_default, present = "default" in request.form, settings_for(self.resource).default_view_id
        if is_default or present == view.id:
            remember_default(self.resource, view.id if is_default else None)

    def _audience(self, present: str) -> str:
        """Read with whom the view is shared; a person who may not share keeps it as it is, or makes it private."""
        audience = request.form.get("audience", present)
        if audience not in {*_audiences(), present}:
            raise InvalidRecord({"audience": "Choose who can see the view."})
        if audience not in {present, MINE} and not self.access.may(Action.SHARE):
            abort(HTTPStatus.FORBIDDEN)
        return audience

    def _printed(self, selection: Selection) -> str:
        return urlencode(stored_arguments(self.access, selection))

    def _page(
        self, view: SavedView | None, selection: Selection | None, problems: Mapping[str, str]
    ) -> tuple[str, HTTPStatus]:
        """Draw the form of a new or an existing view, with what was typed."""
        draft = shown_draft()
        typed = answers(draft)
        present, known = view.audience if view is not None else MINE, _audiences()
        offered = [*known] if self.access.may(Action.SHARE) else sorted({MINE, present})
        is_default = view is not None and settings_for(self.resource).default_view_id == view.id
        back = list_links(self.resource).to(selection) if selection is not None else self.link("views_view")
        page = self.render(
            "resource/view.html",
            is_new=view is None,
            draft=draft,
            name=typed.get("name", view.name if view is not None else ""),
            audiences=[(one, known.get(one, one)) for one in offered] if len(offered) > 1 else [],
            audience=typed.get("audience", present),
            is_default="default" in typed if typed else is_default,
            problems=problems,
            form_url=here(),
            return_url=back,
        )
        return page, HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK


class SavedViewDeletion(Page):
    """The page that asks before a view goes."""

    def respond(self) -> ResponseReturnValue:
        """Ask, or let it go."""
        view = changeable(self.resource, request.args.get("id", ""))
        back, name = self.link("views_view"), view.name
        if request.method != "POST":
            is_shared = view.audience != MINE
            return self.render(
                "resource/view_delete.html", name=name, is_shared=is_shared, form_url=here(), return_url=back
            )
        with _writing():
            saved_views.delete_view(db.session, view)
        announce(f"View “{name}” was deleted. No record was changed.")
        return lead_on(back)


class DefaultView(Page):
    """What the plain list opens with."""

    def respond(self) -> ResponseReturnValue:
        """Let it open with a view, one's own or a shared one; without a view, with every record."""
        key = request.form.get("view", "")
        view_id = find_view(self.resource, key).id if key else None
        with _writing():
            remember_default(self.resource, view_id)
        return lead_on(self.link("views_view"))


def find_view(resource: Resource, key: str) -> SavedView:
    """Return the view with this key if the person sees it; 404 for none."""
    try:
        return saved_views.find_view(db.session, signed_in_principal(), resource=resource.endpoint, key=key)
    except NotFoundError:
        abort(HTTPStatus.NOT_FOUND)


def changeable(resource: Resource, key: str) -> SavedView:
    """Return the same, where the person may change it; 403 where they may not."""
    view = find_view(resource, key)
    if not saved_views.may_change(signed_in_principal(), view):
        abort(HTTPStatus.FORBIDDEN)
    return view


def remember_default(resource: Resource, view_id: int | None) -> None:
    """Keep which view the plain list opens with (not yet committed)."""
    try:
        with refusals_of(Preference):
            preferences.remember_default_view(
                db.session, signed_in_staff(), resource=resource.endpoint, view_id=view_id
            )  # fmt: skip -- one call
    except InvalidRecord:
        # The view, or the account, was deleted in the same moment.
        abort(HTTPStatus.CONFLICT)


def _audiences() -> dict[str, str]:
    """Return whom a view may be shown to, in words."""
    return {MINE: "Only me", EVERYONE: "Everyone", **roles.names(db.session)}


@contextmanager
def _writing() -> Iterator[None]:
    try:
        with saved_views.refusals_of_a_view(), transaction(db.session):
            yield
    except RecordGone:
        abort(HTTPStatus.CONFLICT)
