"""Plain Flask-Admin as its documentation sets it up: two model views behind Flask-Login, joins and pickers declared."""

from __future__ import annotations

import os
from datetime import datetime

from flask import Flask, Response, redirect
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from flask_login import LoginManager, UserMixin, current_user, login_user
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

db = SQLAlchemy()
login_manager = LoginManager()


class User(db.Model):
    """Somebody who writes posts."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), index=True)
    email: Mapped[str] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime] = mapped_column(DateTime)

    def __str__(self) -> str:
        """Name the user."""
        return self.name


class Post(db.Model):
    """What a user writes."""

    id: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(DateTime)
    user: Mapped[User | None] = relationship()


# Django makes the tables for both peers, and these are the indexes that its site declares: an order that a list offers is
# the first thing that a careful developer gives an index.
Index("post_newest", Post.created_at.desc(), Post.id.desc())


class Account(UserMixin, db.Model):
    """Whoever signs in; looked up with every request, as in Flask-Admin's own example of Flask-Login."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))


class Protected(ModelView):
    """A view for who is signed in."""

    def is_accessible(self) -> bool:
        """Ask Flask-Login."""
        return bool(current_user.is_authenticated)


class UserView(Protected):
    """Users."""

    column_list = ("name", "email", "created_at", "id")
    column_searchable_list = ("name", "email")


class PostView(Protected):
    """Posts, by newest."""

    column_list = ("content", "user", "created_at", "id")
    named_filter_urls = True
    column_searchable_list = ("content", "user.name", "user.email")
    column_sortable_list = (("user", "user.name"), "created_at", "id")
    column_filters = ("user_id", "created_at")
    column_default_sort = ("created_at", True)
    form_columns = ("content", "user")
    form_ajax_refs = {"user": {"fields": ("name", "email")}}


def application() -> Flask:
    """Build the site; /sign-in signs anybody in."""
    app = Flask(__name__)
    url = os.environ["PEERS_DATABASE"]
    app.secret_key = "only ever used by a benchmark"  # noqa: S105 -- its sessions open made-up data
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    if not url.startswith("sqlite"):
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"connect_args": {"options": "-c search_path=peers"}}
    db.init_app(app)
    login_manager.init_app(app)
    login_manager.user_loader(lambda key: db.session.get(Account, int(key)))
    admin = Admin(app)
    admin.add_view(UserView(User, db, endpoint="user"))
    admin.add_view(PostView(Post, db, endpoint="post"))

    @app.get("/sign-in")
    def sign_in() -> Response:
        Account.__table__.create(db.engine, checkfirst=True)
        account = db.session.get(Account, 1) or Account(id=1, name="Vera")
        db.session.add(account)
        db.session.commit()
        login_user(account)
        return redirect("/admin/post/")

    return app
