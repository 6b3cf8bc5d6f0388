"""Tables that a shop may have as well: one of 200 columns, one in another schema where the store has schemas, and two that make one record."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Mapped, mapped_column, relationship

from admin_app import Resource
from tests.examples import shop
from tests.page import Page

NAMES = tuple(f"c{number}" for number in range(1, 200))


class Wide(shop.db.Model):  # type: ignore[name-defined,misc]
    id: Mapped[int] = mapped_column(primary_key=True)
    for name in NAMES:
        locals()[name] = mapped_column(sa.String(20), nullable=True)


class WideResource(Resource):
    model: Any = Wide
    column_list = ("c1", "c2", "id")
    column_further_list = NAMES[2:]
    column_searchable_list = ("c1",)
    column_filters = ("c1", "c199")
    form_columns = NAMES


class Parcel(shop.db.Model):  # type: ignore[name-defined,misc]
    __table_args__ = {"schema": "depot"} if os.environ["SHOP_DATABASE"].startswith("postgresql") else {}

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(sa.String(20), unique=True)
    product_id: Mapped[int | None] = mapped_column(sa.ForeignKey(shop.Product.id))
    # A moment on PostgreSQL, and only to be looked at on SQLite, which gives it back without a zone.
    sent_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))

    product: Mapped[shop.Product | None] = relationship()

    def __str__(self) -> str:
        return self.label


class ParcelResource(Resource):
    model: Any = Parcel
    column_list = ("label", "product", "sent_at", "id")
    column_searchable_list = ("label", "product.title")
    column_filters = ("label", "product", "sent_at")
    form_columns = ("label", "product", "sent_at")


class Box(shop.db.Model):  # type: ignore[name-defined,misc]
    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(sa.String(20))
    sort: Mapped[str] = mapped_column(sa.String(20))
    __mapper_args__: ClassVar[dict[str, str]] = {"polymorphic_on": "sort", "polymorphic_identity": "box"}


class BoxResource(Resource):
    model: Any = Box
    nouns = "boxes"
    column_list = ("label", "sort")
    form_columns = ("label",)


class Crate(Box):
    id: Mapped[int] = mapped_column(sa.ForeignKey("box.id"), primary_key=True)
    wood: Mapped[str] = mapped_column(sa.String(20))
    __mapper_args__: ClassVar[dict[str, str]] = {"polymorphic_identity": "crate"}


class CrateResource(Resource):
    model: Any = Crate
    column_list = ("label", "wood", "id")
    column_searchable_list = ("wood",)
    column_filters = ("wood",)
    form_columns = ("label", "wood")


def worked(client: FlaskClient, endpoint: str, field: str, **further: str) -> list[object]:
    """Add a record, look at it in every way, change it, delete it, and take that back; return what was answered."""
    base = f"/admin/{endpoint}"
    done: list[object] = [_send(client, f"{base}/new/", {field: "one", **further})]
    pages = ["", "?q=on", f"?{field}__contains=on", "edit/?id=1", "history/?id=1", "export/csv/"]
    done += [client.get(f"{base}/{path}").status_code for path in pages]
    done.append(_send(client, f"{base}/edit/?id=1", {field: "two", **further}))
    gone = client.get(f"{base}/delete/?id=1")
    done.append(_send(client, f"{base}/delete/?id=1", {}))
    (undo,) = Page(client.get(f"{base}/")).all("form", class_="undo")
    fields = {one.attributes["name"]: one.attributes["value"] for one in undo.all("input", type="hidden")}
    done.append(client.post("/admin/activity/undo/", data=fields).status_code)
    file = client.get(f"{base}/export/csv/?id__in=1").text.splitlines()
    return [*done, gone.status_code, "two" in file[1]]


def _send(client: FlaskClient, path: str, fields: dict[str, str]) -> int:
    page = Page(client.get(path))
    hidden = {one.attributes["name"]: one.attributes.get("value", "") for one in page.all("input", type="hidden")}
    return client.post(path, data={**hidden, **fields}).status_code
