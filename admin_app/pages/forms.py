"""The forms of the pages that are not a model's."""

from __future__ import annotations

from wtforms import Field, Form, HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import ValidationError

from admin_app import timezones
from admin_app.domain.auth import accounts, passwords
from admin_app.domain.records import rules
from admin_app.models.staff import Staff
from admin_app.panel.fields import Rule, TextForm
from admin_app.panel.kinds.boolean import TickField
from admin_app.panel.kinds.formatted import EmailField
from admin_app.panel.kinds.text import LineField


def _needed(words: str) -> Rule:
    return Rule(lambda value: None if value and str(value).strip() else words, is_required=True)


def _column(name: str, label: str) -> Rule:
    column = Staff.__table__.columns[name]
    return Rule(lambda value: rules.problem_with(column, label, value), is_required=True)


def _new_password(_form: Form, field: Field) -> None:
    if problem := passwords.password_problem(field.data or ""):
        raise ValidationError(problem)


NEW_PASSWORD_HINT = f"{passwords.SHORTEST_PASSWORD} characters or more; a few unrelated words are easy to remember."


class SignInForm(TextForm):
    """Email and password, and the page to go to afterwards."""

    email = EmailField(
        "Email", [_needed("Enter your email.")], render_kw={"autocomplete": "username", "spellcheck": "false"}
    )
    password = PasswordField(
        "Password", [_needed("Enter your password.")], render_kw={"autocomplete": "current-password"}
    )
    next = HiddenField()


class ForgottenForm(TextForm):
    """Whose password was forgotten."""

    email = EmailField(
        "Email", [_needed("Enter your email.")], render_kw={"autocomplete": "username", "spellcheck": "false"}
    )


class SetUpForm(TextForm):
    """The first owner."""

    name = LineField("Name", [_column("name", "Name")], render_kw={"autocomplete": "name"})
    email = EmailField(
        "Email", [_column("email", "Email")], render_kw={"autocomplete": "username", "spellcheck": "false"}
    )
    password = PasswordField(
        "Password",
        [_needed("Choose a password."), _new_password],
        description=NEW_PASSWORD_HINT,
        render_kw={"autocomplete": "new-password"},
    )  # fmt: skip -- one idea a line


class ChosenPasswordForm(TextForm):
    """A password for a person who came by a link."""

    new_password = PasswordField(
        "New password",
        [_needed("Choose a password."), _new_password],
        description=NEW_PASSWORD_HINT,
        render_kw={"autocomplete": "new-password"},
    )  # fmt: skip -- one idea a line


class CodeForm(TextForm):
    """A code of an app, or a recovery code."""

    code = StringField(
        "Code",
        [_needed("Enter the code.")],
        render_kw={"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "off", "maxlength": "40"},
    )


class PasswordForm(TextForm):
    """A new password for a person who knows the current one."""

    current_password = PasswordField(
        "Current password", [_needed("Enter your current password.")], render_kw={"autocomplete": "current-password"}
    )
    new_password = PasswordField(
        "New password",
        [_needed("Choose a new password."), _new_password],
        description=NEW_PASSWORD_HINT,
        render_kw={"autocomplete": "new-password"},
    )  # fmt: skip -- one idea a line


def _zones() -> dict[str, list[tuple[str, str]]]:
    """Group the zones by continent."""
    places: dict[str, list[tuple[str, str]]] = {}
    for name in timezones.offered():
        region, _, place = name.partition("/")
        places.setdefault(region, []).append((name, (place or name).replace("_", " ")))
    return places


class PreferencesForm(TextForm):
    """The time zone, and whether keyboard shortcuts work."""

    time_zone = SelectField(
        "Time zone",
        [Rule(lambda name: accounts.time_zone_problem(name or ""), is_required=True)],
        choices=_zones,
        validate_choice=False,
        # There is always a zone: HTML's `required` would need an empty first option.
        render_kw={"required": False},
        description="Dates and times are shown, and filtered, in this time zone.",
    )
    shortcuts = TickField("Use keyboard shortcuts: / to search, j and k to move, ? for all of them")
    digest = TickField("Email me when something new is in my inbox, at most once a day")
