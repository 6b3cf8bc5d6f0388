"""Parse what a directory sends into plain values, and its filters into conditions."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import request
from sqlalchemy import ColumnElement, func

from admin_app.db.caseless import same
from admin_app.domain.auth.accounts import normalised_email
from admin_app.domain.auth.directory import GroupValues, PersonValues, is_called
from admin_app.errors import DirectoryError, SelectionError
from admin_app.extensions import Values
from admin_app.models.company import LONGEST_NAME, DirectoryGroup, DirectoryPerson
from admin_app.models.staff import Staff

PAGE, LONGEST_PAGE = 100, 200
_EQUALS = re.compile(
    r'\s*(?P<name>[\w.:]+|emails\[type eq "work"\]\.value)\s+eq\s+"?(?P<value>[^"]*)"?\s*', re.IGNORECASE
)


def body() -> Values:
    """Return the JSON body."""
    try:
        sent = request.get_json(force=True, silent=True)
    except RecursionError:
        sent = None
    if not isinstance(sent, dict):
        message = "The body must be a JSON object."
        raise DirectoryError(message)
    return sent


def person(values: Values) -> PersonValues:
    """Read a User."""
    user_name, email = _text(values.get("userName")), _email(values)
    if not user_name:
        message = "A user must have a userName."
        raise DirectoryError(message)
    return PersonValues(
        user_name=user_name,
        name=_name(values) or user_name,
        email=email or user_name,
        is_active=values.get("active") is None or _boolean(values["active"]),
        external_id=_text(values.get("externalId")) or None,
    )


def group(values: Values) -> GroupValues:
    """Read a Group."""
    name = _text(values.get("displayName"))
    if not name:
        message = "A group must have a displayName."
        raise DirectoryError(message)
    members = [str(one.get("value", "")) for one in _several(values, "members")]
    # Groups in groups are not supported.
    keys = frozenset(int(one) for one in members if one.isascii() and one.isdigit() and len(one) < len(str(2**31)))
    return GroupValues(name, _text(values.get("externalId")) or None, keys)


def people_wanted() -> list[ColumnElement[bool]]:
    """Read the filter for accounts."""
    return _wanted(
        {
            "username": is_called,
            "externalid": lambda value: DirectoryPerson.external_id == value,
            "emails.value": lambda value: same(Staff.email, normalised_email(value)),
            'emails[type eq "work"].value': lambda value: same(Staff.email, normalised_email(value)),
            "active": lambda value: Staff.is_active == _boolean(value),
        }
    )


def groups_wanted() -> list[ColumnElement[bool]]:
    """Read the filter for groups."""
    return _wanted(
        {
            "displayname": lambda value: func.lower(DirectoryGroup.name) == value.lower(),
            "externalid": lambda value: DirectoryGroup.external_id == value,
        }
    )


def bounds() -> tuple[int, int]:
    """Read the start index and the count; a value that is not valid counts as left out."""
    start, count = (request.args.get(name, default, type=int) for name, default in (("startIndex", 1), ("count", PAGE)))
    return max(min(start, 2**31), 1), max(min(count, LONGEST_PAGE), 0)


def _wanted(offered: Mapping[str, object]) -> list[ColumnElement[bool]]:
    text = request.args.get("filter", "")
    if not text:
        return []
    found = _EQUALS.fullmatch(text)
    make = offered.get(found["name"].lower()) if found is not None else None
    if found is None or not callable(make):
        message = f"This filter is not understood. Filter with eq, by one of: {', '.join(offered)}."
        raise SelectionError(message)
    return [make(_text(found["value"]))]


def _name(values: Values) -> str:
    sent = values.get("name")
    name = sent if isinstance(sent, dict) else {}
    parts = " ".join(_text(name.get(one)) for one in ("givenName", "familyName")).strip()
    return _text(values.get("displayName")) or _text(name.get("formatted")) or parts


def _email(values: Values) -> str:
    emails = _several(values, "emails")
    primary = [one for one in emails if str(one.get("primary")).lower() == "true"]
    return _text((primary or emails or [{}])[0].get("value"))


def _several(values: Values, name: str) -> list[Values]:
    """Read a multi-valued attribute; skip values of another type."""
    sent = values.get(name) or []
    if isinstance(sent, list):
        return [one for one in sent if isinstance(one, dict)]
    message = f"{name} must be a list."
    raise DirectoryError(message)


def _boolean(value: object) -> bool:
    """Read true and false; Microsoft Entra sends "True" and "False"."""
    if str(value).lower() in {"true", "false"}:
        return str(value).lower() == "true"
    message = "active must be true or false."
    raise DirectoryError(message)


def _text(value: object) -> str:
    """Read a text without characters that no database stores: JSON can contain NUL and halves of characters."""
    if value is None or isinstance(value, dict | list):
        return ""
    return str(value).replace("\0", "").encode("utf-8", "ignore").decode().strip()[:LONGEST_NAME]
