"""A shop, as a Flask application of its own: its models, sign-in and pages, a table that is older than it, and the dashboard below /admin."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask import Flask, abort, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, validates

from admin_app import Person, Resource, init_admin


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)
csrf = CSRFProtect()

tagged = sa.Table(
    "tagged",
    Base.metadata,
    sa.Column("product_id", sa.ForeignKey("product.id"), primary_key=True),
    sa.Column("tag_id", sa.ForeignKey("tag.id"), primary_key=True),
)


class Category(db.Model):  # type: ignore[name-defined,misc]
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40), unique=True)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("category.id"))

    parent: Mapped[Category | None] = relationship(remote_side="Category.id", back_populates="children")
    children: Mapped[list[Category]] = relationship(back_populates="parent")
    products: Mapped[list[Product]] = relationship(back_populates="category")

    def __str__(self) -> str:
        return f"{self.parent} / {self.name}" if self.parent else self.name


class Tag(db.Model):  # type: ignore[name-defined,misc]
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40), unique=True)


class Product(db.Model):  # type: ignore[name-defined,misc]
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(80))
    price: Mapped[Decimal] = mapped_column(sa.Numeric(10, 2))
    description: Mapped[str | None] = mapped_column(sa.Text)
    category_id: Mapped[int | None] = mapped_column(sa.ForeignKey("category.id"))
    # The shop's own: it counts how often the page was changed.
    version: Mapped[int] = mapped_column(default=1)

    category: Mapped[Category | None] = relationship(back_populates="products")
    tags: Mapped[list[Tag]] = relationship(secondary=tagged, backref="products")

    @validates("title")
    def _without_blanks(self, _name: str, title: str) -> str:
        return title.strip()


class Order(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer: Mapped[str] = mapped_column(sa.String(80))
    ordered_on: Mapped[date]
    lines: Mapped[list[Line]] = relationship(back_populates="order", cascade="all, delete-orphan")

    def __str__(self) -> str:
        return f"Order of {self.customer}"


class Line(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "order_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"))
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("product.id"))
    number: Mapped[int]

    order: Mapped[Order] = relationship(back_populates="lines")
    product: Mapped[Product] = relationship()

    def __str__(self) -> str:
        return f"{self.number} x {self.product}"


class Role(db.Model):  # type: ignore[name-defined,misc]
    """Called as one of the dashboard's own models is, and its table as well."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40))


class Supplier(db.Model):  # type: ignore[name-defined,misc]
    """Older than the shop: no `id`, no times, no version."""

    __tablename__ = "SUPPL"

    number: Mapped[int] = mapped_column("SUP_NO", primary_key=True)
    name: Mapped[str] = mapped_column("SUP_NAME", sa.String(40))
    since: Mapped[date | None] = mapped_column("SUP_SINCE")


class CategoryResource(Resource):
    model: Any = Category
    nouns = "categories"
    menu_order = 20
    column_list = ("name", "parent", "products")
    column_searchable_list = ("name",)
    column_filters = ("parent",)
    form_columns = ("name", "parent")


class TagResource(Resource):
    model: Any = Tag
    menu_order = 30
    column_list = ("name", "products")
    column_searchable_list = ("name",)
    form_columns = ("name",)


class ProductResource(Resource):
    model: Any = Product
    menu_order = 10
    column_list = ("title", "price", "category", "tags", "id")
    column_searchable_list = ("title", "description")
    column_filters = ("title", "price", "category", "tags")
    form_columns = ("title", "price", "category", "tags", "description")


class OrderResource(Resource):
    model: Any = Order
    menu_order = 1
    column_list = ("customer", "ordered_on", "lines")
    column_filters = ("customer", "ordered_on")
    form_columns = ("customer", "ordered_on")


class LineResource(Resource):
    model: Any = Line
    noun = "order line"
    menu_order = 2
    column_list = ("order", "product", "number")
    column_filters = ("order", "product", "number")
    form_columns = ("order", "product", "number")


class RoleResource(Resource):
    model: Any = Role
    column_list = ("name",)
    form_columns = ("name",)


class SupplierResource(Resource):
    model: Any = Supplier
    column_list = ("name", "since", "number")
    column_searchable_list = ("name",)
    column_filters = ("name", "since")
    form_columns = ("number", "name", "since")


RESOURCES: list[type[Resource]] = [
    CategoryResource,
    TagResource,
    ProductResource,
    OrderResource,
    LineResource,
    RoleResource,
    SupplierResource,
]


def who() -> Person | None:
    """Say who is at the screen, as the shop knows it."""
    name = session.get("name")
    return Person(id=name, name=name.title(), email=f"{name}@shop.example", roles=[session["role"]]) if name else None


def create_app(*, has_own_people: bool = True) -> Flask:
    app = Flask(__name__, instance_path=os.environ["SHOP_FOLDER"])
    app.config.update(SECRET_KEY="the shop's", SQLALCHEMY_DATABASE_URI=os.environ["SHOP_DATABASE"])
    db.init_app(app)
    csrf.init_app(app)
    with app.app_context():
        db.create_all()

    @app.before_request
    def count() -> None:
        app.config["ASKED"] = app.config.get("ASKED", 0) + 1

    @app.get("/")
    def front() -> str:
        return f"{app.config['ASKED']} pages, {db.session.query(Product).count()} products"

    @app.post("/order")
    def order() -> str:
        return "ordered"

    @app.get("/enter")
    def enter() -> ResponseReturnValue:
        session["name"], session["role"] = request.args["name"], request.args.get("role", "owner")
        return redirect(request.args.get("next", "/"))

    @app.get("/leave")
    def leave() -> ResponseReturnValue:
        session.clear()
        return redirect("/")

    @app.get("/broken")
    def broken() -> ResponseReturnValue:
        abort(404)

    @app.errorhandler(404)
    def missing(_error: Exception) -> tuple[str, int]:
        return "The shop has no such page.", 404

    principal = {"principal": who, "sign_in_url": "/enter?name=ann", "sign_out_url": "/leave"} if has_own_people else {}
    init_admin(app, db, RESOURCES, **principal)  # type: ignore[arg-type]
    return app
