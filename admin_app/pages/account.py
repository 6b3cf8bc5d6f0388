"""One's own account: who one is here, where one's days begin, and a new password."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_admin import BaseView, expose

from admin_app import zones
from admin_app.domain import accounts, preferences, records
from admin_app.extensions import db
from admin_app.models.preference import Preference
from admin_app.models.staff import Staff
from admin_app.pages.forms import PasswordForm, TimeZoneForm
from admin_app.panel.cells import value_cell
from admin_app.panel.elements import Fact
from admin_app.web import login
from admin_app.web.notices import announce


class AccountPage(BaseView):
    """The page behind one's own name."""

    def is_visible(self) -> bool:
        """Stand at the person's name, not in the menu."""
        return False

    def is_accessible(self) -> bool:
        """Whoever is signed in has an account."""
        return login.current_staff() is not None

    def inaccessible_callback(self, _name: str, **_arguments: Any) -> Any:
        """Ask strangers to sign in."""
        return login.ask_to_sign_in()

    @expose("/time-zone/", methods=("POST",))
    def time_zone(self) -> Any:
        """Keep the zone that days and times are meant in."""
        staff = login.current_staff()
        if staff is None:
            return login.ask_to_sign_in()
        form = TimeZoneForm(request.form)
        if not form.validate():
            return self._page(staff, PasswordForm(), form)
        with records.commit(db.session, Staff):
            accounts.set_time_zone(staff, form.time_zone.data)
        announce(f"Days and times are now those of {form.time_zone.data}.")
        return login.lead_to(url_for("account.index"))

    @expose("/", methods=("GET", "POST"))
    def index(self) -> Any:
        """Show the account, or change the password and end every other session."""
        staff = login.current_staff()
        if staff is None:
            return login.ask_to_sign_in()
        form = PasswordForm(request.form)
        if request.method == "POST" and form.validate():
            if accounts.is_password(staff, form.current_password.data or ""):
                with records.commit(db.session, Staff):
                    accounts.set_password(db.session, staff, form.new_password.data or "")
                login.renew(staff)
                announce("Your password was changed. You are signed out everywhere else.")
                return login.lead_to(url_for("account.index"))
            form.current_password.errors = ["This is not your current password."]
        return self._page(staff, form, TimeZoneForm(time_zone=staff.time_zone or zones.UTC_NAME))

    def _page(self, staff: Staff, form: PasswordForm, zone_form: TimeZoneForm) -> Any:
        facts = [Fact(label, value_cell(getattr(staff, name), is_whole=True)) for name, label in _FACTS]
        page = self.render("pages/account.html", form=form, zone_form=zone_form, facts=tuple(facts))
        return page, 422 if form.errors or zone_form.errors else 200

    @expose("/shortcuts/", methods=("POST",))
    def shortcuts(self) -> Any:
        """Keep whether single keys do something on this person's pages."""
        staff = login.current_staff()
        if staff is None:
            return login.ask_to_sign_in()
        with records.commit(db.session, Preference):
            preferences.remember_shortcuts(db.session, staff, is_on="shortcuts" in request.form)
        announce("Your choice of shortcuts was kept.")
        return login.lead_to(url_for("account.index"))


_FACTS = (("name", "Name"), ("email", "Email"), ("role", "Role"), ("last_sign_in_at", "Last sign-in"))
