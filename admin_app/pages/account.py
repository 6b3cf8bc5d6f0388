"""One's own account: preferences, password, second factors, and the sessions."""

from __future__ import annotations

from http import HTTPStatus
from types import MappingProxyType

from flask import abort, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from admin_app import timezones
from admin_app.db.transaction import transaction
from admin_app.domain import preferences
from admin_app.domain.auth import accounts, passwords, sessions, two_factor
from admin_app.domain.records.refusals import refusals_of
from admin_app.errors import FactorError, InvalidRecord
from admin_app.extensions import db
from admin_app.models.preference import Preference, Theme
from admin_app.models.staff import Staff
from admin_app.pages.forms import PasswordForm, PreferencesForm
from admin_app.pages.passkeys import factor_added, passkey_rows
from admin_app.pages.two_factor import codes_page, enrolment, enrolment_page
from admin_app.panel.base_view import ProtectedView
from admin_app.panel.kinds import value_cell
from admin_app.panel.session_rows import end_sessions, session_rows
from admin_app.panel.view_models import Fact
from admin_app.web.auth import login, passkeys, reauthentication, second_factor
from admin_app.web.auth.host_sign_in import is_hosted
from admin_app.web.flash import announce, warn
from admin_app.web.mail import smtp
from admin_app.web.urls import here, local_path

NOT_CURRENT = "This is not your current password."


class AccountPage(ProtectedView):
    """The page behind one's own name."""

    proof_for = frozenset({"two_factor"})
    retried = frozenset({"preferences", "look", "index", "sessions", "two_factor", "session"})
    purposes = MappingProxyType({"two_factor": "change your two-factor sign-in", "confirm": "export this many rows"})

    def is_visible(self) -> bool:
        """Be linked from the person's name, not from the menu."""
        return False

    @expose("/preferences/", methods=("POST",))
    def preferences(self) -> ResponseReturnValue:
        """Save the time zone, the theme and the keyboard shortcuts."""
        staff = login.signed_in_staff()
        form = PreferencesForm(request.form)
        if not form.validate():
            return self._page(staff, PasswordForm(), form)
        with refusals_of(Preference), transaction(db.session):
            accounts.set_time_zone(staff, form.time_zone.data)
            preferences.remember_shortcuts(db.session, staff, is_on=form.shortcuts.data)
            preferences.remember_frame(db.session, staff, theme=_theme(request.form.get("theme")))
            if smtp.is_set_up():
                preferences.remember_digest(db.session, staff, is_on=form.digest.data)
        announce("Preferences saved.")
        return login.lead_to(url_for("account.index"))

    @expose("/look/", methods=("POST",))
    def look(self) -> ResponseReturnValue:
        """Save the theme, or whether the navigation shows only icons. A script also switches them at once."""
        narrow = {"1": True, "0": False}.get(request.form.get("narrow", ""))
        with transaction(db.session):
            preferences.remember_frame(
                db.session, login.signed_in_staff(), theme=_theme(request.form.get("theme")), is_narrow=narrow
            )
        if request.accept_mimetypes.best == "application/json":
            return "", HTTPStatus.NO_CONTENT
        return login.lead_to(local_path(request.form.get("url"), url_for("account.index")))

    @expose("/", methods=("GET", "POST"))
    def index(self) -> ResponseReturnValue:
        """Show the account, or change the password and end every other session."""
        staff = login.signed_in_staff()
        form = PasswordForm(request.form)
        if request.method == "POST" and is_hosted():
            abort(404)
        if request.method == "POST" and form.validate():
            problem = reauthentication.problem_with(form.current_password.data or "")
            if not problem:
                try:
                    # The account is written once, with its password and its sign-in.
                    with refusals_of(Staff), transaction(db.session), db.session.no_autoflush:
                        passwords.set_password(db.session, staff, form.new_password.data or "")
                        token = login.new_token(staff)
                except InvalidRecord as error:
                    form.new_password.errors = list(error.problems.values())
                else:
                    login.begin(token)
                    announce("Your password was changed. You are signed out everywhere else.")
                    return login.lead_to(url_for("account.index"))
            else:
                form.current_password.errors = [NOT_CURRENT if problem == reauthentication.WRONG else problem]
        return self._page(staff, form, _preferences_of(staff))

    def _page(self, staff: Staff, form: PasswordForm, preferences_form: PreferencesForm) -> ResponseReturnValue:
        facts = [Fact(label, value_cell(getattr(staff, name), is_whole=True)) for name, label in _FACTS]
        page = self.render(
            "pages/account.html",
            form=form,
            preferences_form=preferences_form,
            has_email=smtp.is_set_up(),
            # The application around the dashboard manages passwords and second factors.
            is_hosted=is_hosted(),
            facts=tuple(facts),
            has_app=two_factor.has_app(db.session, staff),
            passkeys=passkey_rows(staff),
            is_required=second_factor.is_required(staff),
            codes_left=two_factor.codes_left(db.session, staff),
            two_factor_url=url_for("account.two_factor"),
            # If passkeys are not available, a sentence says so instead of a button.
            new_passkey_url=url_for("passkeys.index") if passkeys.site() is not None and not is_hosted() else "",
            no_passkeys=passkeys.ELSEWHERE,
            sessions=session_rows(staff),
            sessions_url=url_for("account.sessions"),
        )
        return page, 422 if form.errors or preferences_form.errors else 200

    @expose("/sessions/", methods=("POST",))
    def sessions(self) -> ResponseReturnValue:
        """End one of one's own sessions, or all others."""
        staff = login.signed_in_staff()
        with transaction(db.session):
            said = end_sessions(staff, request.form.get("session", ""))
        announce(said)
        return login.lead_to(url_for("account.index"))

    @expose("/two-factor/", methods=("GET", "POST"))
    def two_factor(self) -> ResponseReturnValue:
        """Set up an app or remove it, create new recovery codes, or turn the second factor off if the role allows it."""
        if is_hosted():
            abort(404)
        staff = login.signed_in_staff()
        if (done := _change_factors(staff, request.form.get("act", ""))) is not None:
            return done
        form, codes = enrolment(staff)
        if codes is None:
            has_app = two_factor.has_app(db.session, staff)
            return enrolment_page(form, staff, "pages/two_factor.html", has_app=has_app)
        return factor_added(staff, codes, "The app is set up.")

    @expose("/confirm/", methods=("GET", "POST"))
    def confirm(self) -> ResponseReturnValue:
        """Ask for re-authentication before an action that is a link, such as a large export."""
        onward = local_path(request.args.get("next"), url_for("admin.index"))
        problem = reauthentication.problem_with_form() if request.method == "POST" else ""
        if request.method == "POST" and not problem:
            return login.lead_to(onward)
        back = local_path(request.args.get("back"), "")
        return reauthentication.page(problem, action=here(), back=back), 422 if problem else 200

    def is_withheld(self, name: str) -> bool:
        """Show an account to nobody else. The session's remaining time belongs to the signed-in person."""
        return name != "session"

    @expose("/session/", methods=("GET", "POST"))
    def session(self) -> ResponseReturnValue:
        """Tell the page's script how long the session lasts. A POST extends it."""
        if request.method == "POST":
            with transaction(db.session):
                sessions.note_seen(db.session, current_user.token)
        login.count_as_unseen()
        idle, in_any_case = login.seconds_left() if request.method == "POST" else login.seconds_left_unused()
        return jsonify(idle=idle, end=in_any_case)


def _preferences_of(staff: Staff) -> PreferencesForm:
    """Return the form with the person's preferences."""
    settings = login.signed_in_principal().settings_of(preferences.EVERYWHERE)
    zone = staff.time_zone or timezones.UTC_NAME
    return PreferencesForm(time_zone=zone, shortcuts=settings.has_shortcuts, digest=settings.has_digest)


def _theme(text: str | None) -> Theme | None:
    """Return the theme of this name; None leaves it unchanged."""
    return next((one for one in Theme if one == text), None)


def _change_factors(staff: Staff, act: str) -> ResponseReturnValue | None:
    """Do what a button says about the existing factors; None if the form sets up a new one."""
    here = url_for("account.index")
    match act if two_factor.has_factor(db.session, staff) else "":
        case "codes":
            with transaction(db.session):
                codes = two_factor.renew_codes(db.session, staff, key=second_factor.key())
            return codes_page(codes, here)
        case "remove" if second_factor.is_required(staff):
            abort(403)
        case "remove":
            with transaction(db.session):
                two_factor.reset(db.session, staff)
            announce("Two-factor sign-in is off. You sign in with your password only.")
            return login.lead_to(here)
        case "remove-app" if two_factor.has_app(db.session, staff):
            return _remove_app(staff)
    return None


def _remove_app(staff: Staff) -> ResponseReturnValue:
    """Remove the app; a passkey must be left."""
    try:
        with transaction(db.session):
            two_factor.remove_app(db.session, staff, is_required=second_factor.is_required(staff))
            sessions.end_all(db.session, staff, but=current_user.token)
    except FactorError as error:
        warn(str(error))
    else:
        announce("The app was removed. You are signed out everywhere else.")
    return login.lead_to(url_for("account.index"))


_FACTS = (("name", "Name"), ("email", "Email"), ("role_names", "Roles"), ("last_sign_in_at", "Last sign-in"))
