"""An admin dashboard for real data: lists that stay quick, forms that build themselves, nothing lost."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from flask import Flask, redirect, url_for
from flask_admin import Admin
from flask_admin.theme import Theme

from admin_app import listeners, logs, metrics, models, resources
from admin_app.config import flask_config
from admin_app.domain.audit import reader as audit_reader
from admin_app.extensions import compress, csrf, db, mail, migrate
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
from admin_app.panel import forms_again, registry
from admin_app.panel.adapter import ResourceView, takes_file
from admin_app.panel.base_view import ProtectedView
from admin_app.panel.cards import kept
from admin_app.panel.export import jobs as export_job
from admin_app.panel.kinds import require_known
from admin_app.panel.layout import navigation
from admin_app.panel.merge import duplicates_job
from admin_app.panel.plan import jobs as plan_job
from admin_app.selection.search import indexes as search_indexes
from admin_app.web import (
    after_response,
    brand,
    bundles,
    errors,
    flash,
    form_parser,
    modes,
    priority,
    probes,
    request_log,
    security,
    see_as,
    templating,
)
from admin_app.web.app import Dashboard
from admin_app.web.auth import login, oidc, proxy_header
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
# What does the work of each kind of job. The formats of files are in `transfer/formats/`, the kinds of columns in `kinds/`.
JOBS = {
    export_job.KIND: export_job.run_export,
    plan_job.KIND: plan_job.run_plan,
    duplicates_job.KIND: duplicates_job.run_duplicates,
}


def create_app(environment: Mapping[str, str] | None = None, instance_path: str | None = None) -> Flask:
    """Build the application from the environment's settings; raises `ConfigurationError` for a wrong one.

    `instance_path` is where the embedded database and the secret key live; `instance/` beside the package by default.
    """
    instance = Path(instance_path or ROOT / "instance").resolve()
    app = Dashboard(
        __name__,
        instance_path=str(instance),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    app.config.from_mapping(flask_config(os.environ if environment is None else environment, instance))
    logs.set_up(app.config["LOG"])
    metrics.want(is_wanted=bool(app.config["METRICS_TOKEN"]))
    request_log.init_app(app)
    listeners.install()
    templating.init_app(app)
    bundles.init_app(app)
    brand.init_app(app)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    # Before the form's token is read, which is in the body.
    form_parser.init_app(app, takes_file)
    csrf.init_app(app)
    compress.init_app(app)
    mail.init_app(app)
    security.init_app(app)
    priority.init_app(app)
    after_response.init_app(app)
    queue.init_app(app, JOBS)
    login.init_app(app)
    oidc.init_app(app)
    proxy_header.init_app(app)
    see_as.init_app(app)
    modes.init_app(app)
    alerts.init_app(app)
    errors.init_app(app)
    flash.init_app(app)
    navigation.init_app(app)
    forms_again.init_app(app)
    kept.init_app(app)
    app.register_blueprint(auth.blueprint)
    app.register_blueprint(company.blueprint)
    app.register_blueprint(company.channel)
    app.register_blueprint(two_factor.blueprint)
    app.register_blueprint(forgotten.blueprint)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(scim.blueprint)
    app.add_url_rule("/", "root", lambda: redirect(url_for("admin.index")))
    _add_dashboard(app)
    probes.init_app(app)
    return app


def _add_dashboard(app: Flask) -> None:
    """Register the pages and every declared resource with Flask-Admin; note what is searched, for the migrations."""
    admin = Admin(app, name=app.config["SITE_NAME"], index_view=HomePage(), theme=Theme("ours", "layout.html"))
    for page, endpoint, url in PAGES:
        admin.add_view(page(name=endpoint.capitalize(), endpoint=endpoint, url=url))
    search_indexes.declare(audit_reader.LIST_SCHEMA.search.values())
    declared = resources.declared()
    for one in declared:
        require_known(one.model)
    found = [one() for one in declared]
    registry.register(app, found)
    for resource in found:
        search_indexes.declare(resource.searched().values())
        admin.add_view(ResourceView(resource, db))


__all__ = ["create_app", "models"]
