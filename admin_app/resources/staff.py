"""Staff: who signs in to this dashboard. For owners alone."""

from __future__ import annotations

from typing import Any

from wtforms import Form

from admin_app.domain import accounts, passwords, powers
from admin_app.domain.rules import problem_with
from admin_app.errors import InvalidRecord
from admin_app.extensions import db
from admin_app.models.role import OWNER
from admin_app.models.staff import Staff
from admin_app.panel.access import Access
from admin_app.panel.fields import NewPasswordField, Rule
from admin_app.panel.word_fields import RolesField
from admin_app.web.login import current_person
from admin_app.web.notices import announce
from admin_app.zones import UTC_NAME

NO_ROLE = "Choose at least one role."


class StaffResource(Access):
    """Make accounts, change roles, reset passwords, switch accounts off. The last owner stays."""

    record = Staff
    noun = "colleague"
    nouns = "staff"
    description = "The people who can sign in here, and what they can do."
    menu_order = 90
    can_transfer = False

    column_list = ("name", "email", "roles", "is_active", "last_sign_in_at", "id")
    column_further_list = ("created_at", "updated_at")
    column_searchable_list = ("name", "email")
    column_sortable_list = ("name", "email", "last_sign_in_at", "id")
    column_filters = ("roles", "is_active", "email", "last_sign_in_at")
    column_labels = {"is_active": "Active", "last_sign_in_at": "Last sign-in"}
    column_default_sort = ("name", False)
    form_columns = ("name", "email", "roles", "is_active", "password")
    form_overrides = {"roles": RolesField}
    form_args = {
        "roles": {
            "description": "Roles add up. Choose at least one.",
            "validators": [Rule(lambda keys: None if keys else NO_ROLE, is_required=True)],
        }
    }
    form_extra_fields = {
        "password": NewPasswordField(
            "New password",
            description=f"{passwords.SHORTEST_PASSWORD} characters or more. Leave it empty to keep the current one.",
            validators=[Rule(lambda password: passwords.password_problem(password) if password else None)],
            render_kw={"autocomplete": "new-password"},
        )
    }

    def as_called(self, name: str, value: Any) -> Any:
        """Say what roles are called, by their keys where they are gone, and which zone holds where none was chosen.

        Forms, addresses and files say the keys.
        """
        if name == "roles" and value is not None:
            known = self.roles_by_key()
            return ", ".join(known[key].name if key in known else key for key in value)
        return f"{UTC_NAME} (default)" if name == "time_zone" and value == "" else value

    def create_form(self, obj: Any = None) -> Form:
        """Ask for a password, or leave it to the person."""
        form: Form = super().create_form(obj)
        field = form["password"]
        field.label.text = "Password"
        field.description = (
            f"{passwords.SHORTEST_PASSWORD} characters or more. Leave it empty to create an invitation link instead."
        )
        return form

    def _saved(self, record: Any, words: str) -> Any:
        """Lead on to the link that is missing, when the account has no password yet."""
        if record.password_hash:
            return super()._saved(record, words)
        announce(f"{words} Next: create an invitation link for {record.name}.")
        return self.redirect(self.link("access_view", record))

    def on_model_change(self, form: Form, model: Staff, is_created: bool) -> None:  # noqa: FBT001 -- Flask-Admin's signature
        """Keep the rules of accounts: one spelling of an address, a hashed password, always an owner."""
        model.email = accounts.normalised_email(model.email)
        # Some letters grow when they become small ones.
        if problem := problem_with(Staff.__table__.columns["email"], "Email", model.email):
            raise InvalidRecord({"email": problem})
        power = powers.taken(db.session, current_person())
        if not is_created:
            power.require_over(model)
        if is_created and not model.roles:
            # Where the form has no such field, for who may not write it.
            raise InvalidRecord({"roles": NO_ROLE})
        power.require_roles(model.roles)
        if not is_created and (OWNER not in model.roles or not model.is_active):
            powers.require_another_owner(db.session, model)
        if form["password"].data:
            passwords.set_password(db.session, model, form["password"].data)
        elif is_created:
            model.password_hash = ""

    def on_model_delete(self, model: Staff) -> None:
        """Refuse to delete the last owner, and whoever holds more than who deletes."""
        powers.taken(db.session, current_person()).require_over(model)
        powers.require_another_owner(db.session, model)
