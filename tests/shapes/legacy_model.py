"""Two tables that were there before, and must not be altered: no column of ours, and names that mean something elsewhere."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from admin_app.db.record import Legacy


class Customer(Legacy):
    """Whose key and table are called otherwise than ours."""

    __tablename__ = "old_customer"

    number: Mapped[int] = mapped_column("cust_no", primary_key=True)
    label: Mapped[str] = mapped_column(sa.String(40))
    mail: Mapped[str] = mapped_column(sa.String(60), unique=True)

    orders: Mapped[list[Order]] = relationship(back_populates="customer", passive_deletes="all")

    def __str__(self) -> str:
        return self.label


class Order(Legacy):
    """Words of SQL, of Python and of our own addresses."""

    __tablename__ = "order"

    order_no: Mapped[str] = mapped_column("order", sa.String(60), primary_key=True)
    type: Mapped[str] = mapped_column(sa.String(40))
    query: Mapped[str | None] = mapped_column(sa.Text)
    page: Mapped[int | None]
    origin: Mapped[str | None] = mapped_column("from", sa.String(60))
    customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("old_customer.cust_no"))

    customer: Mapped[Customer | None] = relationship(back_populates="orders")

    def __str__(self) -> str:
        return self.type


class OrderTotal(Legacy):
    """A view: how many orders each customer has."""

    __tablename__ = "order_total"
    __read_only__ = True

    customer: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]

    def __str__(self) -> str:
        return f"Customer {self.customer}"


class Vehicle(Legacy):
    """The first class of records that are rows in several tables."""

    __tablename__ = "old_vehicle"
    __mapper_args__ = {"polymorphic_on": "sort", "polymorphic_identity": "vehicle"}

    plate: Mapped[int] = mapped_column("plate_no", primary_key=True)
    label: Mapped[str] = mapped_column(sa.String(40))
    sort: Mapped[str] = mapped_column(sa.String(10))

    def __str__(self) -> str:
        return self.label


class Truck(Vehicle):
    """One of which more is known."""

    __tablename__ = "old_truck"
    __mapper_args__ = {"polymorphic_identity": "truck"}

    plate: Mapped[int] = mapped_column("plate_no", sa.ForeignKey("old_vehicle.plate_no"), primary_key=True)
    load: Mapped[int | None]
    driver: Mapped[str | None] = mapped_column("from", sa.String(40))
