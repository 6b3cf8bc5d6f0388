"""`manage.py resource new`: the two files of a resource, for a table of the database or a model."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, column_property, mapped_column, relationship

from admin_app.cli.new_resource.described import Described
from admin_app.cli.new_resource.model_file import model_file
from admin_app.cli.new_resource.resource_file import resource_file
from admin_app.extensions import db
from admin_app.models.role import Role
from tests.cli.serving import upgrade

Manage = Callable[..., Any]

MODEL = '''# admin_app/models/supply_order.py
"""The table supply_orders."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from admin_app.db.record import Record
from admin_app.models.user import User


class SupplyOrder(Record):
    """A row of supply_orders."""

    __tablename__ = "supply_orders"
    title = "label"
    __archived_at__ = "archived_at"
    __position__ = "sort_order"

    code: Mapped[str | None] = mapped_column(sa.String(length=9), unique=True)
    label: Mapped[str] = mapped_column(sa.String(length=40))
    class_: Mapped[bool] = mapped_column("class", sa.Boolean)
    web_url: Mapped[str | None] = mapped_column(sa.String(length=200), info={"kind": "url"})
    price: Mapped[Decimal] = mapped_column(sa.Numeric(precision=10, scale=2), server_default=sa.text("7"))
    brand_color: Mapped[str | None] = mapped_column(sa.String(length=7), info={"kind": "colour"})
    due: Mapped[date | None] = mapped_column(sa.Date)
    more: Mapped[Any] = mapped_column(sa.JSON, nullable=True)
    user_id: Mapped[int] = mapped_column(sa.Integer, sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    editor: Mapped[int | None] = mapped_column(sa.Integer, sa.ForeignKey("user.id"), index=True)
    sort_order: Mapped[int | None] = mapped_column(sa.Integer)
    archived_at: Mapped[datetime | None] = mapped_column(sa.DateTime)
    # With info={"kind": "image"} people send files with the form, once it holds references to files: see docs/kinds.md.
    profile_image: Mapped[str | None] = mapped_column(sa.String(length=200))

    user: Mapped[User] = relationship(
        foreign_keys=[user_id], backref=backref("supply_orders_by_user", passive_deletes="all")
    )

    editor_record: Mapped[User | None] = relationship(
        foreign_keys=[editor], backref=backref("supply_orders_by_editor_record", passive_deletes="all")
    )
'''
RESOURCE = '''# admin_app/resources/supply_order.py
"""Supply orders."""

from __future__ import annotations

from admin_app.models.supply_order import SupplyOrder
from admin_app.panel.resource import Resource


class SupplyOrderResource(Resource):
    """Supply orders."""

    model = SupplyOrder
    noun = "supply order"

    column_list = ("label", "code", "class_", "web_url", "price", "brand_color", "id")
    column_further_list = ("due", "more", "user", "editor_record", "sort_order", "archived_at", "profile_image")
    column_searchable_list = ("code", "label")
    column_filters = ("label", "code", "class_", "web_url", "price", "brand_color", "due", "user", "editor_record", "sort_order", "archived_at", "profile_image")
    column_default_sort = "sort_order"
    form_columns = ("label", "code", "class_", "web_url", "price", "brand_color", "due", "more", "user", "editor_record", "profile_image")
'''


FILES = re.compile(r"^# admin_app/(.+)$", re.MULTILINE)
AT = "and_(Ticket.branch == Desk.branch, Ticket.{} == Desk.number)"
CIRCLE = (
    "CREATE TABLE authors (number INTEGER PRIMARY KEY, best VARCHAR(9))",
    "CREATE TABLE novels (id VARCHAR(9) PRIMARY KEY, first INTEGER REFERENCES authors (number))",
    "ALTER TABLE authors ADD COLUMN topmost VARCHAR(9) REFERENCES novels (id)",
    "CREATE TABLE signed (author INTEGER REFERENCES authors (number), novel VARCHAR(9) REFERENCES novels (id), PRIMARY KEY (author, novel))",
)
SEATS = """CREATE TABLE seats (
    id INTEGER PRIMARY KEY,
    hall_id INTEGER REFERENCES halls ON DELETE CASCADE,
    code TEXT CONSTRAINT by_code REFERENCES halls(code) ON UPDATE CASCADE ON DELETE SET NULL,
    plain INTEGER REFERENCES halls(id)
)"""


@pytest.fixture
def make_table(context: Flask) -> Iterator[Callable[..., None]]:  # noqa: ARG001 -- the store to make them in
    metadata = sa.MetaData()
    # Known, and there already.
    users = sa.Table("user", metadata, sa.Column("id", sa.Integer, primary_key=True))

    def make(name: str, *columns: sa.Column[Any]) -> None:
        metadata.create_all(db.engine, tables=[sa.Table(name, metadata, *columns)])

    yield make
    metadata.drop_all(db.engine, tables=[one for one in metadata.tables.values() if one is not users])


def test_a_table_becomes_two_files(run_manage: Callable[..., Any], settings: dict[str, str], tmp_path: Path) -> None:
    # In a process of its own: what other tests leave in this one is nobody's to find there.
    metadata = sa.MetaData()
    sa.Table("user", metadata, sa.Column("id", sa.Integer, primary_key=True))
    table = sa.Table(
        "supply_orders",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(9), unique=True),
        sa.Column("label", sa.String(40), nullable=False),
        sa.Column("class", sa.Boolean, nullable=False),
        sa.Column("web_url", sa.String(200)),
        sa.Column("price", sa.Numeric(10, 2), nullable=False, server_default=sa.text("7")),
        sa.Column("brand_color", sa.String(7)),
        sa.Column("due", sa.Date),
        sa.Column("more", sa.JSON),
        sa.Column("user_id", sa.ForeignKey("user.id", ondelete="CASCADE"), nullable=False),
        sa.Column("editor", sa.ForeignKey("user.id")),
        sa.Column("sort_order", sa.Integer),
        sa.Column("archived_at", sa.DateTime),
        sa.Column("profile_image", sa.String(200)),
        sa.Column("created_at", sa.DateTime),
        sa.Column("version", sa.Integer),
    )
    upgrade(settings["DATABASE_URL"], tmp_path)
    table.create(sa.create_engine(settings["DATABASE_URL"]))

    done = run_manage("resource", "new", "supply_orders")

    assert done.stdout == f"{MODEL}\n{RESOURCE}\n"
    assert done.stderr == (
        "The migration will add to supply_orders: updated_at.\n"
        'Then run: manage.py db migrate -m "..." and manage.py db upgrade\n'
    )


@pytest.mark.parametrize("store", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_types_of_the_stores_own_are_named(make_table: Callable[..., None], manage: Manage) -> None:
    make_table(
        "networks",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("address", pg.INET),
        sa.Column("names", pg.ARRAY(sa.Text)),
        sa.Column("more", pg.JSONB),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parent_id", sa.Integer, sa.ForeignKey("networks.id")),
    )

    text = manage("resource", "new", "networks").stdout

    assert [one for one in text.splitlines() if "mapped_column(" in one or "import" in one][:8] == [
        "from __future__ import annotations",
        "from datetime import datetime",
        "from typing import Any",
        "import sqlalchemy as sa",
        "from sqlalchemy.dialects import postgresql",
        "from sqlalchemy.orm import Mapped, backref, mapped_column, relationship",
        "from admin_app.db.record import Record",
        "from admin_app.db.types import UtcDateTime",
    ]
    assert [one.strip() for one in text.splitlines() if "mapped_column(" in one] == [
        "address: Mapped[Any] = mapped_column(postgresql.INET, nullable=True)",
        "names: Mapped[Any] = mapped_column(sa.ARRAY(sa.Text), nullable=True)",
        "more: Mapped[Any] = mapped_column(postgresql.JSONB, nullable=True)",
        "seen_at: Mapped[datetime] = mapped_column(UtcDateTime)",
        'parent_id: Mapped[int | None] = mapped_column(sa.Integer, sa.ForeignKey("networks.id"), index=True)',
    ]
    assert 'foreign_keys=[parent_id], remote_side="Network.id", backref=backref("networks", ' in text


def test_a_table_that_must_not_be_altered_keeps_its_keys_and_its_names(
    make_table: Callable[..., None], manage: Manage
) -> None:
    make_table(
        "BinTag",
        sa.Column("shelf", sa.String(9), primary_key=True),
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("above_shelf", sa.String(9)),
        sa.Column("above_id", sa.Integer),
        sa.Column("UserId", sa.ForeignKey("user.id", onupdate="CASCADE")),
        sa.Column("version", sa.Integer),
        sa.Column("twice", sa.Integer, sa.Computed("version * 2", persisted=True)),
        sa.ForeignKeyConstraint(["above_shelf", "above_id"], ["BinTag.shelf", "BinTag.id"], ondelete="RESTRICT"),
    )

    done = manage("resource", "new", "BinTag", "--legacy")

    # PostgreSQL keeps the expression in brackets.
    lines = [one.strip().replace('"(version * 2)"', '"version * 2"') for one in done.stdout.splitlines()]
    start, end = lines.index("class BinTag(Legacy):"), lines.index("# admin_app/resources/bintag.py")
    assert lines[0] == "# admin_app/models/bintag.py"
    assert lines[start + 3 : end] == [
        '__tablename__ = "BinTag"',
        '__table_args__ = (sa.ForeignKeyConstraint(["above_shelf", "above_id"], ["BinTag.shelf", "BinTag.id"], ondelete="RESTRICT"),)',
        'title = "shelf"',
        "",
        "shelf: Mapped[str] = mapped_column(sa.String(length=9), primary_key=True)",
        'own_id: Mapped[int] = mapped_column("id", sa.Integer, primary_key=True)',
        "above_shelf: Mapped[str | None] = mapped_column(sa.String(length=9))",
        "above_id: Mapped[int | None] = mapped_column(sa.Integer)",
        'UserId: Mapped[int | None] = mapped_column(sa.Integer, sa.ForeignKey("user.id", onupdate="CASCADE"))',
        'own_version: Mapped[int | None] = mapped_column("version", sa.Integer)',
        'twice: Mapped[int | None] = mapped_column(sa.Integer, sa.Computed("version * 2", persisted=True))',
        "",
        "user: Mapped[User | None] = relationship(",
        'foreign_keys=[UserId], backref=backref("bintags", passive_deletes="all")',
        ")",
        "",
    ]
    assert 'form_columns = ("shelf", "own_id", "above_shelf", "above_id", "user", "own_version")' in lines
    assert done.stderr == "No migration alters BinTag.\n"


def test_a_view_is_only_to_look_at_and_a_table_without_a_model_is_named(
    make_table: Callable[..., None], manage: Manage
) -> None:
    make_table("bins", sa.Column("code", sa.String(9), primary_key=True))
    make_table("lids", sa.Column("lid", sa.Integer, primary_key=True), sa.Column("bin", sa.ForeignKey("bins.code")))
    with db.engine.begin() as connection:
        connection.execute(sa.text("CREATE VIEW few AS SELECT code FROM bins"))

    try:
        view, lids = manage("resource", "new", "few"), manage("resource", "new", "lids", "--legacy")
        refused, both = manage("resource", "new", "lids"), manage("resource", "new", "lids", "bins").stdout
    finally:
        with db.engine.begin() as connection:
            connection.execute(sa.text("DROP VIEW few"))

    assert "    __read_only__ = True\n" in view.stdout
    assert "    code: Mapped[str] = mapped_column(sa.String(length=9), primary_key=True)\n" in view.stdout
    assert ("form_columns" in view.stdout, view.stderr) == (False, "No migration alters few.\n")
    unknown = "lids refers to bins, of which there is no model: ask for all of them at once"
    assert "    # It refers to bins.code, of which there is no model.\n    bin: Mapped[str | None] = " in lids.stdout
    assert "ForeignKey" not in lids.stdout
    assert lids.stderr == f"{unknown} to have the relations.\nNo migration alters lids.\n"
    assert (refused.exit_code, refused.stderr) == (1, f"Error: {unknown}.\n")
    assert FILES.findall(both) == ["models/bin_.py", "resources/bin_.py", "models/lid.py", "resources/lid.py"]
    assert "from admin_app.models.bin_ import Bin\n" in both


def test_a_model_without_a_resource_becomes_one_file(
    manage: Manage, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = {model: one for model, one in app.extensions["resources"].items() if model is not Role}
    monkeypatch.setitem(app.extensions, "resources", others)

    text = manage("resource", "new", "Role").stdout

    assert text.startswith("# admin_app/resources/role.py\n")
    assert "from admin_app.models.role import Role\n" in text


def test_the_relations_of_a_model_stand_for_their_columns_also_where_they_share_one() -> None:
    class Base(DeclarativeBase):
        pass

    class Desk(Base):
        __tablename__ = "desk"
        branch: Mapped[int] = mapped_column(primary_key=True)
        number: Mapped[int] = mapped_column(primary_key=True)

    class Ticket(Base):
        __tablename__ = "ticket"
        __table_args__ = (
            sa.ForeignKeyConstraint(["branch", "desk_no"], ["desk.branch", "desk.number"]),
            sa.ForeignKeyConstraint(["branch", "former_no"], ["desk.branch", "desk.number"]),
        )
        id: Mapped[int] = mapped_column(primary_key=True)
        label: Mapped[str] = mapped_column(sa.String(9))
        branch: Mapped[int]
        desk_no: Mapped[int | None]
        former_no: Mapped[int | None]
        desk = relationship(Desk, primaryjoin=AT.format("desk_no"), foreign_keys="[Ticket.branch, Ticket.desk_no]")
        former = relationship(
            Desk,
            primaryjoin=AT.format("former_no"),
            foreign_keys="[Ticket.branch, Ticket.former_no]",
            overlaps="desk",
        )

    one = Described(Base.metadata.tables["ticket"], {}, mapper=sa.inspect(Ticket))

    assert [(other.columns, other.name) for other in one.belongings] == [
        (("branch", "desk_no"), "desk"),
        (("branch", "former_no"), "former"),
    ]
    assert '    form_columns = ("label", "desk", "former")\n' in resource_file(one, model="Ticket", module="m")


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("context")
def test_a_table_that_is_read_from_sqlite_keeps_what_its_columns_say_about_deletions() -> None:
    with db.engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE halls (id INTEGER PRIMARY KEY, code TEXT UNIQUE)")
        connection.exec_driver_sql(SEATS)
        table = sa.Table("seats", sa.MetaData(), autoload_with=connection)
        connection.rollback()

    found = {one.parent.name: (one.ondelete, one.onupdate) for one in table.foreign_keys}
    assert found == {"hall_id": ("CASCADE", None), "code": ("SET NULL", "CASCADE"), "plain": (None, None)}


def test_tables_in_a_circle_and_one_between_them_become_models_with_a_relation(
    context: Flask,  # noqa: ARG001 -- the store to make them in
    manage: Manage,
) -> None:
    with db.engine.begin() as connection:
        for statement in CIRCLE:
            connection.execute(sa.text(statement))

    try:
        text = manage("resource", "new", "authors", "novels").stdout
        between = manage("resource", "new", "signed")
    finally:
        with db.engine.begin() as connection:
            connection.execute(sa.text("DROP TABLE signed"))
            connection.execute(sa.text("ALTER TABLE authors DROP COLUMN topmost"))
            connection.execute(sa.text("DROP TABLE novels"))
            connection.execute(sa.text("DROP TABLE authors"))

    novel, author = (
        one.partition("# admin_app/resources")[0]
        for one in re.split("^# admin_app/models.*$", text, flags=re.MULTILINE)[1:]
    )
    assert FILES.findall(text) == ["models/novel.py", "resources/novel.py", "models/author.py", "resources/author.py"]
    assert "if TYPE_CHECKING:\n    from admin_app.models.author import Author\n" in novel
    assert "    id: Mapped[str] = mapped_column(sa.String(length=9), primary_key=True)\n" in novel
    assert 'sa.ForeignKey("authors.number", use_alter=True), index=True)' in novel
    assert "from admin_app.models.novel import Novel\n\nsigned = sa.Table(\n" in author
    assert (
        '    sa.Column("novel", sa.String(length=9), sa.ForeignKey("novels.id"), primary_key=True),\n    info={"is_legacy": True},\n'
        in author
    )
    assert '    novels: Mapped[list[Novel]] = relationship(secondary=signed, backref="authors")\n' in author
    assert ' "topmost_record", "novels")\n' in text
    assert between.stderr == (
        "Error: signed only links authors and novels: ask for authors and novels, whose files then have the links as a relation.\n"
    )


@pytest.mark.parametrize("store", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_a_table_of_another_schema_is_only_written_to(context: Flask, manage: Manage) -> None:  # noqa: ARG001 -- the store
    with db.engine.begin() as connection:
        connection.execute(sa.text("CREATE SCHEMA hr"))
        connection.execute(sa.text("CREATE TABLE hr.desks (no integer PRIMARY KEY, twin integer REFERENCES hr.desks)"))
        connection.execute(sa.text('CREATE TABLE hr."user" (id serial PRIMARY KEY)'))
        connection.execute(sa.text("CREATE MATERIALIZED VIEW hr.pairs AS SELECT 1 AS a, 2 AS b UNION SELECT 1, 3"))

    try:
        desks, pairs, known, lost = (
            manage("resource", "new", one) for one in ("hr.desks", "hr.pairs", "hr.user", "desks")
        )
    finally:
        with db.engine.begin() as connection:
            connection.execute(sa.text("DROP SCHEMA hr CASCADE"))

    assert '    __tablename__ = "desks"\n    __table_args__ = {"schema": "hr"}\n' in desks.stdout
    assert "    no: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)\n" in desks.stdout
    assert 'sa.ForeignKey("hr.desks.no"))' in desks.stdout
    assert desks.stderr == "No migration alters hr.desks.\n"
    assert "class Pair(Legacy):" in pairs.stdout
    assert "    __read_only__ = True\n" in pairs.stdout
    # No two rows have the same b.
    assert "    b: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)\n" in pairs.stdout
    assert (
        known.stderr
        == "Error: The tables user and hr.user have one name, by which the history knows their records: only one of them can have a model. "
        'To show the other one, read-only, make a view and run this command for the view: CREATE VIEW "hr_user" AS SELECT * FROM "hr"."user".\n'
    )
    assert lost.stderr == "Error: “desks” is in another schema: ask for hr.desks.\n"


@pytest.mark.parametrize("store", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_tables_that_differ_in_capitals_alone_have_files_and_addresses_of_their_own(
    make_table: Callable[..., None], manage: Manage
) -> None:
    names = ("Orders", "orders", "OrderLines", "orderlines", "order_lines")
    for name in names:
        columns = (
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("Label", sa.Text),
            sa.Column("label", sa.Text),
        )
        make_table(name, *columns, sa.Column("of", sa.ForeignKey("Orders.id")))

    text = manage("resource", "new", *names).stdout

    files = [one for one in FILES.findall(text) if one.startswith("models/")]
    classes = re.findall(r"^class (\w+)\(Record\)", text, re.MULTILINE)
    assert (len({*files}), len({one.lower() for one in classes})) == (5, 5)
    assert re.findall('__tablename__ = "(.*)"', text) == [*names]
    assert (
        text.count('    of: Mapped[int | None] = mapped_column(sa.Integer, sa.ForeignKey("Orders.id"), index=True)\n')
        == 5
    )
    assert text.count("    Label: Mapped[str | None] = mapped_column(sa.Text)\n    label: Mapped") == 5


def test_what_a_model_computes_and_links_is_listed_and_no_secret() -> None:
    class Base(DeclarativeBase):
        pass

    pairs = sa.Table(
        "pairs",
        Base.metadata,
        sa.Column("lamp", sa.ForeignKey("lamp.id"), primary_key=True),
        sa.Column("room", sa.ForeignKey("room.id"), primary_key=True),
    )

    class Room(Base):
        __tablename__ = "room"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Lamp(Base):
        __tablename__ = "lamp"
        id: Mapped[int] = mapped_column(primary_key=True)
        label: Mapped[str] = mapped_column(sa.String(9))
        code: Mapped[str] = mapped_column(sa.String(9), info={"secret": True})
        rooms = relationship(Room, secondary=pairs)
        seen = relationship(Room, secondary=pairs, viewonly=True)
        size = column_property(sa.func.length(label, type_=sa.Integer))

        @hybrid_property
        def small(self) -> str:
            return self.label.lower()

    text = resource_file(Described(Base.metadata.tables["lamp"], {}, mapper=sa.inspect(Lamp)), model="Lamp", module="m")

    assert '    column_list = ("label", "size", "small", "rooms", "seen", "id")\n' in text
    assert '    column_filters = ("label", "size", "rooms")\n' in text
    assert '    form_columns = ("label", "rooms")\n' in text


def described(name: str, *parts: Any) -> Described:
    table = sa.Table(name, sa.MetaData(), *parts)
    return Described(table, {"user": ("User", "admin_app.models.user")}, is_legacy=True)


def test_names_that_python_cannot_read_are_spelled_so_that_it_can() -> None:
    one = described(
        "Order Details",
        sa.Column("Unit Price", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("Unit_Price", sa.Integer, primary_key=True),
        sa.Column("2fast", sa.String(9)),
        sa.Column("class_id", sa.Integer, sa.ForeignKey("user.id")),
    )

    text = model_file(one)

    compile(text, "", "exec")
    assert (one.model, one.module) == ("OrderDetail", "order_detail")
    assert [one.attribute(column) for column in one.columns] == ["Unit_Price", "Unit_Price_2", "x2fast", "class_id"]
    assert '    x2fast: Mapped[str | None] = mapped_column("2fast", sa.String(length=9))\n' in text
    assert "    class_: Mapped[User | None] = relationship(\n" in text
    assert [(other.model, other.module) for other in map(described, ["2nd", "nones", "types"])] == [
        ("X2nd", "x2nd"),
        ("None_", "none"),
        ("Type", "type_"),
    ]


def test_a_record_is_named_and_found_by_texts_that_can_do_it() -> None:
    one = described(
        "CustomerCards",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("country", sa.CHAR(2), nullable=False),
        sa.Column("email", sa.String(80)),
        sa.Column("full_name", sa.String(80), nullable=False),
    )

    text = resource_file(one, model=one.model, module="admin_app.models.customercard")

    assert one.title == "full_name"
    assert '    model = CustomerCard\n    noun = "customer card"\n' in text
    assert '    column_searchable_list = ("email", "full_name")\n' in text


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_what_sqlite_computes_a_column_by_is_found(manage: Manage) -> None:
    sums = (
        "CREATE TABLE sums (id INTEGER PRIMARY KEY, price NUMERIC(10,2), total NUMERIC(10,2) AS (price*(1+1)) STORED)"
    )
    with db.engine.begin() as connection:
        connection.execute(sa.text(sums))

    try:
        text = manage("resource", "new", "sums", "--legacy").stdout
    finally:
        with db.engine.begin() as connection:
            connection.execute(sa.text("DROP TABLE sums"))

    assert 'sa.Computed("price*(1+1)", persisted=True)' in text


def test_names_and_defaults_with_quotation_marks_are_texts_of_python() -> None:
    one = described(
        "s\"ay 'hi'\nthere\\",
        sa.Column('the "number"', sa.Integer, primary_key=True),
        sa.Column("li\nne", sa.String(9), nullable=False, server_default=sa.text("""'it''s :x "q"'""")),
        sa.Column("ﬁsh", sa.Integer, sa.ForeignKey('user.i"d', ondelete="CASCADE")),
        *(sa.Column(name, sa.String(9)) for name in ("str", "sa", "relationship", "__id")),
    )

    text = model_file(one)
    resource = resource_file(one, model=one.model, module=one.module)

    texts: dict[str, list[str]] = defaultdict(list)
    for node in nodes(text, ast.Call):
        if node.args and isinstance(node.args[0], ast.Constant):
            texts[getattr(node.func, "attr", getattr(node.func, "id", ""))].append(node.args[0].value)
    called = {node.targets[0].id: node.value.value for node in nodes(text, ast.Assign) if node.targets[0].id[0] == "_"}
    names = [node.target.id for node in nodes(text, ast.AnnAssign)]
    assert ast.get_docstring(ast.parse(resource)) == "S\"ay 'hi' there\\."
    assert called == {"__tablename__": "s\"ay 'hi'\nthere\\"}
    assert names == ["the__number_", "li_ne", "fish", "str_", "sa_", "relationship_", "x__id", "fish_record"]
    assert texts["mapped_column"] == ['the "number"', "li\nne", "ﬁsh", "str", "sa", "relationship", "__id"]
    assert (texts["ForeignKey"], texts["text"]) == (['user.i"d'], ["""'it''s \\:x "q"'"""])


def nodes(text: str, kind: type[Any]) -> list[Any]:
    return [node for node in ast.walk(ast.parse(text)) if isinstance(node, kind)]


def test_types_with_a_name_or_another_type_in_them_are_written_whole() -> None:
    mood = pg.ENUM("sad", 'it\'s "ok"', name="mood")
    columns = [
        sa.Column("id", sa.Integer, primary_key=True),
        *(
            sa.Column(name, of)
            for name, of in (("mood", mood), ("moods", pg.ARRAY(mood)), ("size", pg.DOMAIN("size", pg.INTEGER())))
        ),
    ]

    text = model_file(described("moods", *columns))

    written = [line.partition("mapped_column(")[2] for line in text.splitlines() if "mapped_column(" in line]
    assert written == [
        'sa.Enum("sad", "it\'s \\"ok\\"", name="mood"))',
        'sa.ARRAY(sa.Enum("sad", "it\'s \\"ok\\"", name="mood")), nullable=True)',
        'postgresql.DOMAIN("size", sa.Integer, create_type=False), nullable=True)',
    ]


def test_no_two_relations_have_one_name() -> None:
    one = described(
        "games",
        sa.Column("key", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.Integer) for name in ("league", "home_id", "away", "title_id")),
        sa.Column("user_id", sa.ForeignKey("user.id")),
        sa.Column("UserId", sa.ForeignKey("user.id")),
        sa.ForeignKeyConstraint(["league", "home_id"], ["user.league", "user.number"]),
        sa.ForeignKeyConstraint(["league", "away"], ["user.league", "user.number"]),
        sa.ForeignKeyConstraint(["title_id"], ["user.id"]),
    )

    text = model_file(one)

    assert [(other.columns, other.name) for other in one.belongings] == [
        (("league", "home_id"), "home_user"),
        (("league", "away"), "away_user"),
        (("title_id",), "title_record"),
        (("user_id",), "user"),
        (("UserId",), "user_record"),
    ]
    shared = 'overlaps="home_user,games_by_home_user"'
    assert f'[league, away], {shared}, backref=backref("games_by_away_user", passive_deletes="all", {shared})' in text


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("User", "User has a resource already."),
        ("user", "User has a resource already."),
        ("nothing", "“nothing” is neither a model nor a table of the database."),
        (
            "keyless",
            "keyless has no primary key, by which its rows are told apart. Make it anew with one, or ask for a view of it with rowid AS id, which is only to look at.",
        ),
        (
            "alike",
            "No column of alike, and no two together, tell its rows apart: let the view have one that does, like row_number() OVER () AS id.",
        ),
        ("digests", "The key digest of digests is of a type that no address can name."),
    ],
)
def test_what_cannot_be_one_is_refused(
    name: str, problem: str, make_table: Callable[..., None], manage: Manage
) -> None:
    make_table("keyless", sa.Column("a", sa.Integer))
    make_table("digests", sa.Column("digest", sa.LargeBinary, primary_key=True))
    with db.engine.begin() as connection:
        connection.execute(sa.text("CREATE VIEW alike AS SELECT 1 AS a, 2 AS b UNION ALL SELECT 1, 2"))

    try:
        done = manage("resource", "new", name)
    finally:
        with db.engine.begin() as connection:
            connection.execute(sa.text("DROP VIEW alike"))

    assert (done.exit_code, done.stderr) == (1, f"Error: {problem}\n")
