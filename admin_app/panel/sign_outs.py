"""What an act about rights says of the people whose sessions it ended."""

from __future__ import annotations

from admin_app.domain import renewal
from admin_app.extensions import db
from admin_app.text import counted


def said_of_signed_out() -> str:
    """Say how many other people have to sign in again by the last act; "" for none."""
    number = renewal.signed_out(db.session)
    people = counted(number, "person has", "people have")
    return f"{people} to sign in again; what they typed is kept." if number else ""
