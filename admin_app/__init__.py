"""An admin dashboard for real data: lists stay fast, forms build themselves, and nothing is lost."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from flask import Flask, redirect, url_for
from flask_admin import Admin
from flask_admin.theme import Theme
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine

from admin_app import listeners, logs, metrics, models, resources
from admin_app.config import flask_config
from admin_app.db import defaults, driver_types, json_spelling, unreadable
from admin_app.db.endpoints import OURS
from admin_app.db.known_tables import require_referenced
from admin_app.domain.audit import reader as audit_reader
from admin_app.domain.auth.host_people import Person
from admin_app.embedding import commands, surroundings
from admin_app.embedding.host_migrations import is_outside_dashboard
from admin_app.embedding.mount import Mount, asked_of, require_path
from admin_app.errors import ConfigurationError
from admin_app.extensions import AROUND, TABLE_PREFIX, Values, compress, csrf, db, mail, migrate
from admin_app.jobs import queue
from admin_app.pages import auth, company, forgotten, health, two_factor
from admin_app.pages.account import AccountPage
from admin_app.pages.activity import ActivityPage
from admin_app.pages.help import HelpPage
from admin_app.pages.home import HomePage
from admin_app.pages.inbox import InboxPage
from admin_app.pages.jobs import JobsPage
from admin_app.pages.passkeys import PasskeysPage
from admin_app.pages.scim import routes as scim
from admin_app.pages.search import SearchPage
from admin_app.pages.see_as import SeeAsPage
from admin_app.panel import drafts, forms_again, registry
from admin_app.panel.adapter import ResourceView, accepted_files
from admin_app.panel.base_view import ProtectedView
from admin_app.panel.cards import cache
from admin_app.panel.export import jobs as export_job
from admin_app.panel.kinds import require_known
from admin_app.panel.layout import navigation
from admin_app.panel.list import list_counts
from admin_app.panel.merge import duplicates_job
from admin_app.panel.plan import jobs as plan_job
from admin_app.panel.resource import Resource
from admin_app.selection.search import indexes as search_indexes
from admin_app.web import (
    after_response,
    brand,
    bundles,
    doubts,
    errors,
    flash,
    form_parser,
    leaving,
    modes,
    priority,
    probes,
    replica,
    request_log,
    security,
    see_as,
    templating,
)
from admin_app.web.app import Dashboard
from admin_app.web.auth import host_sign_in, login, oidc, proxy_header
from admin_app.web.auth.host_sign_in import HostSignIn
from admin_app.web.mail import alerts

ROOT = Path(__file__).resolve().parent.parent

# The pages that are not a model's: their endpoints, and their addresses below /admin/.
PAGES: tuple[tuple[type[ProtectedView], str, str], ...] = (
    (AccountPage, "account", "account"),
    (PasskeysPage, "passkeys", "account/passkeys"),
    (ActivityPage, "activity", "activity"),
    (JobsPage, "jobs", "jobs"),
    (InboxPage, "inbox", "inbox"),
    (SearchPage, "search", "search"),
    (HelpPage, "help", "help"),
    (SeeAsPage, "see_as", "see-as"),
)
# The work of each kind of job. File formats are in `transfer/formats/`, the kinds of columns in `kinds/`.
JOBS = {
    export_job.KIND: export_job.run_export,
    plan_job.KIND: plan_job.run_plan,
    duplicates_job.KIND: duplicates_job.run_duplicates,
}


def create_app(environment: Mapping[str, str] | None = None, instance_path: str | None = None) -> Flask:
    """Build the application from the environment's settings; raises `ConfigurationError` for a wrong one.

    `instance_path` is where the embedded database and the secret key are stored; by default `instance/` beside the
    package.
    """
    if TABLE_PREFIX:
        message = "ADMIN_TABLE_PREFIX is for a dashboard inside another application: leave it empty for one of its own."
        raise ConfigurationError(message)
    if models.refused is not None:
        raise models.refused
    require_referenced(db.metadata)
    instance = Path(instance_path or ROOT / "instance").resolve()
    config = flask_config(os.environ if environment is None else environment, instance)
    app = _dashboard(config, instance, resources.declared(), sign_in=None)
    app.add_url_rule("/", "root", lambda: redirect(url_for("admin.index")))
    return app


def init_admin(
    app: Flask,
    host_db: SQLAlchemy,
    resources: Sequence[type[Resource]],
    *,
    path: str = "/admin",
    principal: Callable[[], Person | None] | None = None,
    sign_in_url: str = "",
    sign_out_url: str = "",
) -> Flask:
    """Mount the dashboard below a path of an existing application; return the dashboard, an application of its own.

    `resources` are for the application's models. `principal` returns the person of a request of the application, None
    for nobody; without it people sign in to the dashboard. Raises `ConfigurationError` if something cannot work.
    """
    path = require_path(path)
    require_referenced(host_db.metadata)
    found = surroundings.of(app, host_db)
    declared = surroundings.resources_over(
        resources, host_db, reserved=OURS | {"staff", "role"}, has_people=principal is None
    )
    sign_in = None if principal is None else HostSignIn(asked_of(app, principal), sign_in_url, sign_out_url)
    inside = _dashboard(found.config, found.instance, declared, sign_in=sign_in, is_embedded=True)
    app.wsgi_app = Mount(app.wsgi_app, inside.wsgi_app, path)  # type: ignore[method-assign]  # Flask documents it
    app.extensions[f"dashboard {path}"], inside.extensions[AROUND] = inside, app
    commands.add(app, inside, path)
    return inside


def _dashboard(
    config: Values,
    instance: Path,
    declared: Sequence[type[Resource]],
    *,
    sign_in: HostSignIn | None,
    is_embedded: bool = False,
) -> Flask:
    """Assemble the application. If it is embedded, its pages are at the top and state of the whole process stays untouched."""
    app = _bare(config, instance)
    if not is_embedded or app.config["LOG"]:
        logs.set_up(app.config["LOG"])
    metrics.want(is_wanted=bool(app.config["METRICS_TOKEN"]))
    request_log.init_app(app)
    templating.init_app(app)
    bundles.init_app(app)
    brand.init_app(app)
    _add_database(app)
    listeners.install(_engine(app) if is_embedded else None)
    # Before the form's token is read, which is in the body.
    form_parser.init_app(app, accepted_files)
    csrf.init_app(app)
    compress.init_app(app)
    mail.init_app(app)
    security.init_app(app)
    priority.init_app(app)
    after_response.init_app(app)
    replica.init_app(app)
    queue.init_app(app, JOBS)
    _add_sign_in(app, sign_in)
    see_as.init_app(app)
    modes.init_app(app)
    leaving.init_app(app, kept_by=drafts.RECORD_FORMS)
    doubts.init_app(app)
    alerts.init_app(app)
    errors.init_app(app)
    flash.init_app(app)
    navigation.init_app(app)
    forms_again.init_app(app)
    cache.init_app(app)
    list_counts.init_app(app)
    app.register_blueprint(health.blueprint)
    # The database decides which kind a column with a time zone is of.
    with app.app_context():
        _add_dashboard(app, declared, "" if is_embedded else "/admin", has_passkeys=sign_in is None)
    probes.init_app(app)
    return app


def _add_database(app: Flask) -> None:
    """Connect the database, its values read and written as every model expects."""
    db.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            driver_types.install(engine)
            unreadable.install(engine)
            defaults.install(engine)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))


def _bare(config: Values, instance: Path) -> Dashboard:
    """Return the application with nothing but its configuration."""
    app = Dashboard(
        __name__,
        instance_path=str(instance),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    app.config.from_mapping(config)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] |= json_spelling.ENGINE
    return app


def _add_sign_in(app: Flask, sign_in: HostSignIn | None) -> None:
    """Sign people in: through the application around the dashboard, or with accounts, passwords and company sign-in here."""
    login.init_app(app)
    if sign_in is not None:
        host_sign_in.init_app(app, sign_in)
        return
    oidc.init_app(app)
    proxy_header.init_app(app)
    for one in (
        auth.blueprint,
        company.blueprint,
        company.channel,
        scim.blueprint,
        two_factor.blueprint,
        forgotten.blueprint,
    ):
        app.register_blueprint(one)


def _engine(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


def _add_dashboard(app: Flask, declared: Sequence[type[Resource]], path: str, *, has_passkeys: bool) -> None:
    """Register the pages and every declared resource with Flask-Admin, below a path; note for the migrations what is searched."""
    home = HomePage(path or "/")
    admin = Admin(
        app,
        name=app.config["SITE_NAME"],
        index_view=home,
        theme=Theme("ours", "layout.html"),
        # Flask-Admin's own files are not served: otherwise it would add a route for them at the top.
        static_url_path="/static/admin",
    )
    for page, endpoint, url in PAGES:
        if page is PasskeysPage and not has_passkeys:
            continue
        admin.add_view(page(name=endpoint.capitalize(), endpoint=endpoint, url=f"{path}/{url}"))
    search_indexes.declare(audit_reader.LIST_SCHEMA.search.values())
    for one in declared:
        require_known(one.model)
    found = [one() for one in declared]
    registry.register(app, found)
    for resource in found:
        search_indexes.declare(resource.searched().values())
        admin.add_view(ResourceView(resource, db))


__all__ = ["Person", "Resource", "create_app", "init_admin", "is_outside_dashboard", "models"]
