"""An admin dashboard for real data: lists that stay quick, forms that build themselves, nothing lost."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from flask import Flask, redirect, url_for
from flask_admin import Admin
from flask_admin.theme import Theme

from admin_app import models, resources
from admin_app.config import flask_config
from admin_app.domain import history
from admin_app.extensions import compress, csrf, db, mail, migrate
from admin_app.jobs import queue
from admin_app.pages import auth, health, two_factor
from admin_app.pages.account import AccountPage
from admin_app.pages.activity import ActivityPage
from admin_app.pages.home import HomePage
from admin_app.pages.jobs import JobsPage
from admin_app.pages.passkeys import PasskeysPage
from admin_app.panel import keeping, navigation, registry
from admin_app.selection import search_indexes
from admin_app.web import afterwards, alerts, bodies, bundles, errors, login, notices, priority, security, templating
from admin_app.web.application import Dashboard

ROOT = Path(__file__).resolve().parent.parent


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
    templating.init_app(app)
    bundles.init_app(app)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    csrf.init_app(app)
    compress.init_app(app)
    mail.init_app(app)
    bodies.init_app(app)
    security.init_app(app)
    priority.init_app(app)
    afterwards.init_app(app)
    queue.init_app(app)
    login.init_app(app)
    alerts.init_app(app)
    errors.init_app(app)
    notices.init_app(app)
    navigation.init_app(app)
    keeping.init_app(app)
    app.register_blueprint(auth.blueprint)
    app.register_blueprint(two_factor.blueprint)
    app.register_blueprint(health.blueprint)
    app.add_url_rule("/", "root", lambda: redirect(url_for("admin.index")))
    _add_dashboard(app)
    return app


def _add_dashboard(app: Flask) -> None:
    """Register the pages and every declared resource with Flask-Admin; note what is searched, for the migrations."""
    admin = Admin(app, name=templating.SITE_NAME, index_view=HomePage(), theme=Theme("ours", "layout.html"))
    admin.add_view(AccountPage(name="Account", endpoint="account"))
    admin.add_view(PasskeysPage(name="Passkeys", endpoint="passkeys", url="account/passkeys"))
    admin.add_view(ActivityPage(name="Activity", endpoint="activity"))
    admin.add_view(JobsPage(name="Jobs", endpoint="jobs"))
    search_indexes.declare(history.OFFER.search.values())
    views = [resource(db) for resource in resources.declared()]
    registry.register(app, views)
    for view in views:
        search_indexes.declare(view.searched().values())
        admin.add_view(view)


__all__ = ["create_app", "models"]
