"""A list with an archive, a tree, tags and a second column to sort by: each page among ten million rows beside ten thousand.

    PYTHONPATH=. python benchmarks/shop.py [--sizes 10000,10000000] [--stores sqlite,postgresql] [--folder DIR] [--only WORDS]

The goods have a category, a good that they go with (ten each), tags that many and few of them have, one of five states, and
six in ten are archived: the oldest ones, but for one in a thousand. The sizes answer in turn, in one process.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from datetime import datetime
from pathlib import Path

import flask_migrate
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from admin_app import create_app, resources
from admin_app.context import writing
from admin_app.db.connection import refresh_statistics
from admin_app.db.record import Record
from admin_app.db.types import UtcDateTime
from admin_app.extensions import db, table_of
from admin_app.panel.card import Count, PerWeek, Top
from admin_app.panel.resource import Resource
from admin_app.selection.sorting import text_indexes
from benchmarks.common.data import Database, database, numbers, sign_in, without_indexes
from benchmarks.common.in_turn import Asked, measure
from benchmarks.common.postgres import postgres
from benchmarks.common.site import ROOT

CATEGORIES, TAGS = 1_000, 30

good_tag = sa.Table(
    "good_tag",
    Record.metadata,
    sa.Column("good_id", sa.ForeignKey("good.id"), primary_key=True),
    sa.Column("tag_id", sa.ForeignKey("tag.id"), primary_key=True, index=True),
)


class Category(Record):
    """What a good belongs to: a thousand of them, in a tree."""

    title = "name"

    name: Mapped[str] = mapped_column(sa.String(40))
    within_id: Mapped[int | None] = mapped_column(sa.ForeignKey("category.id"), index=True)

    within: Mapped[Category | None] = relationship(remote_side="Category.id", back_populates="parts")
    parts: Mapped[list[Category]] = relationship(back_populates="within")
    goods: Mapped[list[Good]] = relationship(back_populates="category")


class Tag(Record):
    """Every tenth good has the first one, one in ten thousand the second one, twenty the third one."""

    title = "name"

    name: Mapped[str] = mapped_column(sa.String(40))

    goods: Mapped[list[Good]] = relationship(secondary=good_tag, back_populates="tags")


class Good(Record):
    """Something for sale."""

    title = "label"
    __archived_at__ = "archived_at"

    label: Mapped[str] = mapped_column(sa.String(40))
    state: Mapped[str] = mapped_column(sa.Enum("new", "old", "sold", "lost", "kept", native_enum=False))
    price: Mapped[int]
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    category_id: Mapped[int | None] = mapped_column(sa.ForeignKey("category.id"), index=True)
    with_id: Mapped[int | None] = mapped_column(sa.ForeignKey("good.id"), index=True)

    category: Mapped[Category | None] = relationship(back_populates="goods")
    with_: Mapped[Good | None] = relationship(remote_side="Good.id", back_populates="extras")
    extras: Mapped[list[Good]] = relationship(back_populates="with_")
    tags: Mapped[list[Tag]] = relationship(secondary=good_tag, back_populates="goods")


class CategoryResource(Resource):
    """Find a category."""

    model = Category
    column_list = ("name", "within", "goods", "id")
    column_sortable_list = ("name", "goods")
    column_filters = ("name", "within")
    form_columns = ("name", "within")


class TagResource(Resource):
    """Find a tag."""

    model = Tag
    column_list = ("name", "goods", "id")
    column_sortable_list = ("name", "goods")
    column_filters = ("name",)
    form_columns = ("name",)


class GoodResource(Resource):
    """Find a good."""

    model = Good
    column_list = ("label", "state", "price", "category", "tags", "created_at", "id")
    column_further_list = ("with_", "extras", "archived_at")
    column_sortable_list = ("state", "price", ("category", "category.name"), "created_at", "id")
    column_filters = ("label", "state", "price", "category", "category.name", "with_", "tags", "created_at")
    column_default_sort = ("created_at", True)
    form_columns = ("label", "state", "price", "category", "with_", "tags")
    cards = (Count("Without a category", "category__empty=yes"), PerWeek("created_at"), Top("category"))


# The addresses of the pages. {half} is a good half-way, {moment} when it was made.
PAGES = {
    "first page": "good/",
    "deep page": "good/?after={half}~{moment}",
    "last page": "good/?before=end",
    "oldest first": "good/?sort=created_at",
    "with the archive": "good/?archived=too",
    "the archive alone": "good/?archived=only",
    "the archive alone, last page": "good/?archived=only&before=end",
    "by price": "good/?sort=price",
    "by category": "good/?sort=category",
    "by price, then by date": "good/?sort=price&then=-created_at",
    "by category, then by date": "good/?sort=category&then=-created_at",
    "by category, then by price": "good/?sort=category&then=price",
    "by state, then by date": "good/?sort=state&then=-created_at",
    "by date, then by price": "good/?sort=-created_at&then=price",
    "of a category": "good/?category__is=500",
    "of a category with a third of all, by price": "good/?category__is=1&sort=price",
    "with a price between 100 and 900": "good/?price__between=100+to+900",
    "made since a day, by price": "good/?created_at__from=2020-01-01&sort=price",
    "without a category": "good/?category__empty=yes",
    "of a state": "good/?state__is=sold",
    "of none of these states": "good/?state__not_in=sold,lost,kept,old",
    "a common tag": "good/?tags__is=1",
    "a tag in one of 10,000": "good/?tags__is=2",
    "a rare tag": "good/?tags__is=3",
    "any of two tags": "good/?tags__in=1,2",
    "all of two common tags": "good/?tags__all=1,4",
    "all of two tags that are never together": "good/?tags__all=1,5",
    "none of two tags": "good/?tags__not_in=1,2",
    "without tags": "good/?tags__empty=yes",
    "with any tag": "good/?tags__empty=no",
    "a common tag, by category": "good/?tags__is=1&sort=category",
    "a common tag, by price": "good/?tags__is=1&sort=price",
    "under the top of the tree": "good/?with___under=1",
    "under a branch": "good/?with___under=1000",
    "of a parent": "good/?with___is=1000",
    "two filters": "good/?category__is=500&state__is=sold",
    "categories by number of goods": "category/?sort=-goods",
    "categories": "category/",
    "tags by number of goods": "tag/?sort=-goods",
    "tags": "tag/",
    "a category's page": "category/details/?id=500",
    "a category's page, which all hang on": "category/details/?id=1",
    "a tag's page": "tag/details/?id=1",
    "a good's page": "good/details/?id=1",
    "a good's form": "good/edit/?id={half}",
    "peek": "good/?peek={half}",
    "a picker": "good/lookup/?name=with_",
    "delete page of a category": "category/delete/?id=500",
    "delete page of a tag": "tag/delete/?id=1",
    "summarise": "good/summary/",
    "home": "",
}


# ---- the shops


def filled(target: Database) -> None:
    """Make the tables, and their rows by the store itself."""
    marker = target.folder / "filled"
    if marker.exists():
        return
    begun = time.perf_counter()
    with writing():
        for model in (Category, Tag, Good):
            table_of(model).create(db.session.connection())
        good_tag.create(db.session.connection())
        for index in text_indexes.declared(Record.metadata):
            if index.table in {"category", "tag"}:
                db.session.execute(sa.text(text_indexes.creation(target.store, index)))
        db.session.commit()
    for table, statement in statements(target):
        without_indexes(target, table, statement, has_search=False)
    refresh_statistics(db.session)
    db.session.commit()
    marker.write_text("yes")
    print(f"{target.posts:,} goods on {target.store}: made in {time.perf_counter() - begun:.0f} s", file=sys.stderr)


def statements(target: Database) -> Iterator[tuple[str, str]]:
    """Yield what fills each table. Ten goods a minute up to now, those with higher numbers younger."""
    rows = target.posts

    def moment(minutes: str) -> str:
        if target.store == "sqlite":
            return f"strftime('%Y-%m-%d %H:%M:00.000000', 'now', '-' || ({minutes}) || ' minutes')"
        return f"(date_trunc('minute', now()) - make_interval(mins => ({minutes})::int))"

    last = f"{moment('0')}, {moment('0')}, 1 FROM"
    for table, columns, values, number in (
        ("category", "name, within_id", "'Category ' || i, CASE WHEN i > 1 THEN (i + 8) / 10 END", CATEGORIES),
        ("tag", "name", "'Tag ' || i", TAGS),
    ):
        yield (
            table,
            f"INSERT INTO {table} ({columns}, created_at, updated_at, version) SELECT {values}, {last} {numbers(target, 1, number)}",
        )
    made = moment(f"({rows} - i) / 10")
    archived = f"CASE WHEN i <= {rows * 6 // 10} AND i % 1000 > 0 THEN {made} END"
    state = "CASE i % 5 WHEN 0 THEN 'new' WHEN 1 THEN 'old' WHEN 2 THEN 'sold' WHEN 3 THEN 'lost' ELSE 'kept' END"
    category = f"CASE WHEN i % 40 > 0 THEN CASE WHEN i % 3 = 0 THEN 1 ELSE i * 7919 % {CATEGORIES} + 1 END END"
    made_of = f"'Good ' || i, {state}, i * 7919 % 1000, {archived}, {category}, CASE WHEN i >= 10 THEN i / 10 END, {made}, {made}, 1"
    columns = "label, state, price, archived_at, category_id, with_id, created_at, updated_at, version"
    yield "good", f"INSERT INTO good ({columns}) SELECT {made_of} FROM {numbers(target, 1, rows)}"
    step = max(rows // 20, 1)
    tags = (
        (1, "i % 10 = 0"),
        (2, "i % 10000 = 7"),
        (3, f"i % {step} = {step - 1}"),
        (4, "i % 7 = 0"),
        (5, "i % 10 = 1"),
    )
    linked = (f"SELECT i, {tag} FROM {numbers(target, 1, rows)} WHERE {one}" for tag, one in tags)
    yield "good_tag", f"INSERT INTO good_tag (good_id, tag_id) {' UNION ALL '.join(linked)}"


def opened(target: Database) -> Asked:
    """Make the application over a shop, its rows made."""
    settings = {key: target.environment[key] for key in ("DATABASE_URL", "ADMIN_SECRET_KEY")}
    app = create_app(settings, instance_path=str(target.folder))
    with app.app_context():
        flask_migrate.upgrade(directory=str(ROOT / "migrations"))
        filled(target)
        half = target.posts * 8 // 10
        made = db.session.scalars(sa.select(Good.created_at).where(Good.id == half)).one()
        db.session.rollback()
    cookie = sign_in(target)
    moment = made.isoformat().replace("+", "%2B")
    return Asked(target.posts, app, cookie, {"half": half, "moment": moment})


def main() -> None:
    """Measure each store with all sizes in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="10000,10000000")
    parser.add_argument("--stores", default="sqlite,postgresql")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default="", help="a pattern of the pages' names")
    parser.add_argument("--folder", type=Path)
    wanted = parser.parse_args()
    declared: Callable[[], list[type[Resource]]] = resources.declared
    resources.declared = lambda: [*declared(), GoodResource, CategoryResource, TagResource]
    with nullcontext(wanted.folder) if wanted.folder else tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name) / "shop"
        folder.mkdir(exist_ok=True)
        for store in wanted.stores.split(","):
            socket = None if store == "sqlite" else stack.enter_context(postgres(folder / "postgres"))
            sizes = [int(size) for size in wanted.sizes.split(",")]
            shops = [opened(database(store, size, folder, socket=socket, peers=False)) for size in sizes]
            measure(shops, PAGES, store=store, only=wanted.only, rounds=wanted.rounds)


if __name__ == "__main__":
    main()
