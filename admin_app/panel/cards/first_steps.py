"""The first owner's first steps: the home page lists them until they are done or dismissed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import exists, func, select

from admin_app.domain.auth import two_factor
from admin_app.domain.preferences import EVERYWHERE
from admin_app.extensions import db
from admin_app.models.staff import Staff
from admin_app.panel.access.access import Access
from admin_app.panel.access.authority import authority
from admin_app.panel.import_.offered import may_import
from admin_app.panel.links import link
from admin_app.panel.registry import resource_of
from admin_app.panel.view_models import Link
from admin_app.web.auth.host_sign_in import is_hosted
from admin_app.web.auth.login import signed_in_principal, signed_in_staff


@dataclass(frozen=True)
class Step:
    """A step: what to do, why, the links to it, and whether it is done."""

    title: str
    words: str
    links: tuple[Link, ...]
    is_done: bool = False


def first_steps(open_: Sequence[Access]) -> list[Step]:
    """Return the steps for a person with every right; none if they dismissed them, or have done all steps that can be checked."""
    person = signed_in_principal()
    if not person.settings_of(EVERYWHERE).has_first_steps or not authority().is_unbound:
        return []
    steps = list(_steps([access for access in open_ if not access.resource.is_guarded]))
    return [] if all(step.is_done for step in steps[:-1]) else steps


def _steps(open_: Sequence[Access]) -> Iterator[Step]:
    """Yield the steps. Whether the last one is done cannot be checked."""
    models = [access.resource.model for access in open_]
    has_data = any(db.session.scalar(select(exists(select(model.id)))) for model in models)
    yield Step("Bring your data", "Import a file, or add the first record.", tuple(_ways_in(open_)), has_data)
    if not is_hosted():
        yield from _steps_of_people()
    words = "Ctrl+K searches everything, / searches the list, x selects a row."
    yield Step("Learn the keyboard shortcuts", words, (Link("Keyboard shortcuts", url_for("help.keys")),))


def _steps_of_people() -> Iterator[Step]:
    """Yield the steps about people who sign in here."""
    staff = resource_of(Staff)
    invite = (Link("Add a colleague", link(staff, "create_view")),) if staff is not None else ()
    has_colleague = (db.session.scalar(select(func.count()).select_from(Staff)) or 0) > 1
    yield Step("Invite a colleague", "Give each colleague an account and roles of their own.", invite, has_colleague)
    account = url_for("account.index")
    is_protected = two_factor.has_factor(db.session, signed_in_staff())
    words = "With a passkey or an app, nobody can sign in with your password alone."
    yield Step("Protect your account", words, (Link("Set up two-factor sign-in", account),), is_protected)


def _ways_in(open_: Sequence[Access]) -> Iterator[Link]:
    for access in open_:
        one = access.resource
        if may_import(access):
            yield Link(f"Import {one.nouns}", link(one, "import_view"))
        yield Link(f"Add {one.noun}", link(one, "create_view"))
