"""The pages of saved views: all of them, save one, change it, let it go, and which one the list opens with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import abort, request
from flask_admin import expose

from admin_app.domain import preferences, records, roles, views
from admin_app.domain.permissions import Act
from admin_app.errors import InvalidRecord, NotFoundError, RecordGone
from admin_app.extensions import db
from admin_app.models.preference import Preference
from admin_app.models.saved_view import EVERYONE, MINE, SavedView
from admin_app.models.staff import Staff
from admin_app.panel.links import ListLinks
from admin_app.panel.list_elements import ViewRow
from admin_app.panel.ticking import Ticking
from admin_app.selection.selection import WHOLE, Selection
from admin_app.web.login import signed_in_person, signed_in_staff
from admin_app.web.notices import announce

VIEW_FORMS = frozenset({"new_view", "change_view"})


class Views(Ticking):
    """A person's views of a resource, and those that are shared with them."""

    views_template = "resource/views.html"
    view_template = "resource/view.html"
    view_delete_template = "resource/view_delete.html"

    @expose("/views/")
    def views_view(self) -> Any:
        """List every view of this resource that the person sees."""
        found = views.views_of(db.session, signed_in_person(), resource=self.endpoint)
        audiences = _audiences()
        rows = [self._row_of(view, maker, audiences) for view, maker in found]
        return self.render(
            self.views_template,
            resource=self,
            views=rows,
            return_url=self.link("index_view", view=WHOLE),
            default_url=self.link("default_view"),
        )  # fmt: skip -- a page's parts

    @expose("/views/new/", methods=("GET", "POST"))
    def new_view(self) -> Any:
        """Ask for a name for the list whose arguments the address carries, or keep it."""
        selection = self.selection(self.arguments())
        if selection.problems:
            return self._view_form(None, selection, {"": "One filter isn't valid. Fix or remove it first."})
        if request.method != "POST":
            return self._view_form(None, selection, {})
        try:
            with _writing():
                self.drop_sent_draft()
                view = views.create_view(
                    db.session,
                    signed_in_person(),
                    resource=self.endpoint,
                    name=request.form.get("name", ""),
                    arguments=self._printed(selection),
                    audience=self._audience(MINE),
                )
        except InvalidRecord as error:
            return self._view_form(None, selection, error.problems)
        self._set_default(view, is_default="default" in request.form)
        announce(f"View “{view.name}” was saved.")
        return self.redirect(self.link("index_view", view=view.id))

    @expose("/views/save/", methods=("POST",))
    def save_view(self) -> Any:
        """Let the view that is open show the list as the address has it now."""
        selection = self.selection(self.arguments())
        view = self._changeable(str(selection.view))
        if selection.problems:
            abort(HTTPStatus.BAD_REQUEST)
        try:
            with _writing():
                views.keep_arguments(view, self._printed(selection))
        except InvalidRecord as error:
            return self._view_form(None, selection, error.problems)
        announce(f"View “{view.name}” was saved.")
        return self.redirect(self.link("index_view", view=view.id))

    @expose("/views/edit/", methods=("GET", "POST"))
    def change_view(self) -> Any:
        """Show a view's name, audience and whether the list opens with it, or keep them."""
        view = self._changeable(request.args.get("id", ""))
        if request.method != "POST":
            return self._view_form(view, None, {})
        try:
            with _writing():
                self.drop_sent_draft()
                audience = self._audience(view.audience)
                views.change_view(db.session, view, name=request.form.get("name", ""), audience=audience)
        except InvalidRecord as error:
            return self._view_form(view, None, error.problems)
        self._set_default(view, is_default="default" in request.form)
        announce(f"View “{view.name}” was saved.")
        return self.redirect(self.link("views_view"))

    @expose("/views/delete/", methods=("GET", "POST"))
    def remove_view(self) -> Any:
        """Ask before a view goes, or let it go."""
        view = self._changeable(request.args.get("id", ""))
        back = self.link("views_view")
        if request.method != "POST":
            return self.render(
                self.view_delete_template,
                resource=self,
                name=view.name,
                is_shared=view.audience != MINE,
                form_url=self.here(),
                return_url=back,
            )  # fmt: skip -- a page's parts
        name = view.name
        with _writing():
            views.delete_view(db.session, view)
        announce(f"View “{name}” was deleted. No record was changed.")
        return self.redirect(back)

    @expose("/views/default/", methods=("POST",))
    def default_view(self) -> Any:
        """Let the plain list open with a view, one's own or a shared one; without a view, with every record."""
        key = request.form.get("view", "")
        self._remember_default(self._found(key).id if key else None)
        return self.redirect(self.link("views_view"))

    def kept_names(self, view: str) -> set[str]:
        """Keep a view's name and whom it is for."""
        return {"name", "audience", "default"} if view in VIEW_FORMS else super().kept_names(view)

    def page_again(self, view: str, words: str) -> Any:
        """Draw the form with what was typed."""
        if view not in VIEW_FORMS:
            return super().page_again(view, words)
        is_new = view == "new_view"
        selection = self.selection(self.arguments()) if is_new else None
        changed = None if is_new else self._changeable(request.args.get("id", ""))
        page, _ = self._view_form(changed, selection, {"": words})
        return page, HTTPStatus.BAD_REQUEST

    def _found(self, key: str) -> SavedView:
        try:
            return views.find_view(db.session, signed_in_person(), resource=self.endpoint, key=key)
        except NotFoundError:
            abort(HTTPStatus.NOT_FOUND)

    def _changeable(self, key: str) -> SavedView:
        view = self._found(key)
        if not views.may_change(signed_in_person(), view):
            abort(HTTPStatus.FORBIDDEN)
        return view

    def _audience(self, present: str) -> str:
        """Read whom the form shares with; whoever may not share leaves it as it is, or takes it back."""
        audience = request.form.get("audience", present)
        if audience not in {*_audiences(), present}:
            raise InvalidRecord({"audience": "Choose who can see the view."})
        if audience not in {present, MINE} and not self.may(Act.SHARE):
            abort(HTTPStatus.FORBIDDEN)
        return audience

    def _printed(self, selection: Selection) -> str:
        return urlencode(self.stored_arguments(selection))

    def _set_default(self, view: SavedView, *, is_default: bool) -> None:
        """Follow the form's tick: set this view, or unset it where it was the one."""
        if is_default or self.settings.default_view_id == view.id:
            self._remember_default(view.id if is_default else None)

    def _remember_default(self, view_id: int | None) -> None:
        try:
            with records.commit(db.session, Preference):
                preferences.remember_default_view(
                    db.session, signed_in_staff(), resource=self.endpoint, view_id=view_id
                )  # fmt: skip -- one call
        except InvalidRecord:
            # The view, or the account, was deleted in the same moment.
            abort(HTTPStatus.CONFLICT)

    def _row_of(self, view: SavedView, maker: Staff, audiences: Mapping[str, str]) -> ViewRow:
        is_own = views.may_change(signed_in_person(), view)
        return ViewRow(
            id=view.id,
            name=view.name,
            url=self.link("index_view", view=view.id),
            maker="You" if maker.id == signed_in_person().id else maker.name,
            audience="" if view.audience == MINE else audiences.get(view.audience, view.audience),
            is_default=self.settings.default_view_id == view.id,
            edit_url=self.link("change_view", id=view.id) if is_own else "",
            delete_url=self.link("remove_view", id=view.id) if is_own else "",
        )

    def _view_form(self, view: SavedView | None, selection: Selection | None, problems: dict[str, str]) -> Any:
        """Draw the form of a new view, or of one that is there; what was typed stays."""
        draft = self.shown_draft()
        answers = self.answers(draft)
        present, known = view.audience if view is not None else MINE, _audiences()
        offered = [*known] if self.may(Act.SHARE) else sorted({MINE, present})
        is_default = view is not None and self.settings.default_view_id == view.id
        index = ListLinks(self.link("index_view"))
        page = self.render(
            self.view_template,
            resource=self,
            is_new=view is None,
            draft=draft,
            name=answers.get("name", view.name if view is not None else ""),
            audiences=[(one, known.get(one, one)) for one in offered] if len(offered) > 1 else [],
            audience=answers.get("audience", present),
            is_default="default" in answers if answers else is_default,
            problems=problems,
            form_url=self.here(),
            return_url=index.to(selection) if selection is not None else self.link("views_view"),
        )
        return page, HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK


def _audiences() -> dict[str, str]:
    """Return whom a view may be shown to, in words."""
    return {MINE: "Only me", EVERYONE: "Everyone", **roles.names(db.session)}


@contextmanager
def _writing() -> Iterator[None]:
    try:
        with views.commit(db.session):
            yield
    except RecordGone:
        abort(HTTPStatus.CONFLICT)
