"""The message about people whose sessions a change of rights ended."""

from __future__ import annotations

from admin_app.domain.auth import session_revocation
from admin_app.extensions import db
from admin_app.formatting import counted


def sign_out_message() -> str:
    """Say how many other people have to sign in again because of the last act; "" if nobody has to."""
    number = session_revocation.number_signed_out(db.session)
    people = counted(number, "person has", "people have")
    return f"{people} to sign in again. Their unsaved text is kept." if number else ""
