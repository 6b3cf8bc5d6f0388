"""One's own passkeys: add, rename and remove them."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from admin_app.db.limits import as_key
from admin_app.db.transaction import commit_act, transaction
from admin_app.domain.auth import passkeys, sessions, two_factor
from admin_app.errors import FactorError, InvalidRecord
from admin_app.extensions import db
from admin_app.models.passkey import Passkey
from admin_app.models.staff import Staff
from admin_app.pages.two_factor import codes_page
from admin_app.panel.base_view import ProtectedView
from admin_app.panel.kinds import value_cell
from admin_app.panel.view_models import Cell
from admin_app.web.auth import login, reauthentication, second_factor
from admin_app.web.auth import passkeys as web_passkeys
from admin_app.web.flash import announce


@dataclass(frozen=True)
class PasskeyRow:
    """A passkey in one's own list."""

    name: str
    url: str
    site: str
    added: Cell
    used: Cell


def passkey_rows(staff: Staff) -> list[PasskeyRow]:
    """List the person's passkeys, oldest first; `site` names the host if a passkey works only at another one."""
    here = web_passkeys.site()
    return [
        PasskeyRow(
            name=one.name,
            url=url_for("passkeys.edit", id=one.id),
            site=one.site if here is None or one.site != here.host else "",
            added=value_cell(one.created_at, is_whole=False),
            used=value_cell(one.last_used_at, is_whole=False),
        )
        for one in passkeys.all_of(db.session, staff)
    ]


def factor_added(staff: Staff, codes: list[str], words: str) -> ResponseReturnValue:
    """Commit a new factor with the end of the person's other sessions; show new recovery codes, if any."""
    sessions.end_all(db.session, staff, but=current_user.token)
    commit_act(db.session)
    here = url_for("account.index")
    if codes:
        return codes_page(codes, here)
    announce(f"{words} You are signed out everywhere else.")
    return login.lead_to(here)


class PasskeysPage(ProtectedView):
    """The pages of one's own passkeys."""

    proof_for = frozenset({"index"})
    retried = frozenset({"index", "edit"})
    purposes = MappingProxyType({"index": "add a passkey", "edit": "remove a passkey"})

    def is_visible(self) -> bool:
        """Be linked from the account, not from the menu."""
        return False

    def is_withheld(self, name: str) -> bool:
        """Show an account to nobody else."""
        return name in {"index", "edit"}

    @expose("/", methods=("GET", "POST"))
    def index(self) -> ResponseReturnValue:
        """Add a passkey; every other session of the person ends, as with an app."""
        staff = login.signed_in_staff()
        if request.method != "POST" and not reauthentication.is_fresh():
            # Before the device is asked for anything.
            return redirect(url_for("account.confirm", next=url_for("passkeys.index")))
        if request.method != "POST":
            return self._new_page(staff, "")
        try:
            codes = web_passkeys.add(staff)
        except InvalidRecord as error:
            return self._new_page(staff, str(error))
        return factor_added(staff, codes, "The passkey was added.")

    @expose("/edit/", methods=("GET", "POST"))
    def edit(self) -> ResponseReturnValue:
        """Rename a passkey, or remove it."""
        staff = login.signed_in_staff()
        passkey = passkeys.find(db.session, staff, as_key(Passkey, request.args.get("id", "")))
        if passkey is None:
            abort(404)
        if request.method != "POST":
            return self._edit_page(staff, passkey, {})
        if request.form.get("act") == "remove":
            return self._remove(staff, passkey)
        try:
            with transaction(db.session):
                passkeys.rename(db.session, staff, passkey, request.form.get("name", ""))
        except InvalidRecord as error:
            return self._edit_page(staff, passkey, error.problems)
        announce(f"The passkey is called “{passkey.name}” now.")
        return login.lead_to(url_for("account.index"))

    def _remove(self, staff: Staff, passkey: Passkey) -> ResponseReturnValue:
        if (page := reauthentication.required()) is not None:
            return page
        name = passkey.name
        try:
            with transaction(db.session):
                passkeys.remove(db.session, staff, passkey, is_required=second_factor.is_required(staff))
                # Another person with the device may be signed in with it.
                sessions.end_all(db.session, staff, but=current_user.token)
        except FactorError as error:
            return self._edit_page(staff, passkey, {"": str(error)})
        announce(f"The passkey “{name}” was removed. You are signed out everywhere else.")
        return login.lead_to(url_for("account.index"))

    def _new_page(self, staff: Staff, problem: str) -> ResponseReturnValue:
        page = self.render(
            "pages/passkey_new.html",
            problem=problem,
            question=web_passkeys.question_for_making(staff),
            elsewhere=web_passkeys.ELSEWHERE,
            suggested=web_passkeys.suggested_name(),
            is_first=not two_factor.has_factor(db.session, staff),
            account_url=url_for("account.index"),
        )
        return page, 422 if problem else 200

    def _edit_page(self, staff: Staff, passkey: Passkey, problems: dict[str, str]) -> ResponseReturnValue:
        is_last = not two_factor.has_app(db.session, staff) and len(passkeys.all_of(db.session, staff)) == 1
        page = self.render(
            "pages/passkey.html",
            passkey=passkey,
            problems=problems,
            name=request.form.get("name", passkey.name),
            form_url=url_for("passkeys.edit", id=passkey.id),
            is_last=is_last,
            must_stay=is_last and second_factor.is_required(staff),
            account_url=url_for("account.index"),
        )
        return page, 422 if problems else 200
