"""SCIM's PATCH (RFC 7644, 3.5.2), as directories send it: with and without paths, “Replace” and “replace”, "False" for false."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from admin_app.errors import DirectoryError
from admin_app.extensions import Values

# An attribute, which of several values, and a part of it: emails[type eq "work"].value
_PATH = re.compile(
    r'(?:urn:[\w:.]+:(?:User|Group):)?(?P<name>\w+)(?:\[(?P<key>\w+) eq "(?P<value>[^"]*)"\])?(?:\.(?P<part>\w+))?',
    re.IGNORECASE,
)
_NAMES = {one.lower(): one for one in ("userName", "displayName", "name", "emails", "active", "externalId", "members")}
_SEVERAL = frozenset({"emails", "members"})
_SCHEMA = re.compile(r"urn:[\w:.]+:\w+")


@dataclass(frozen=True)
class Path:
    """Where an operation applies; `key` and `value` select one of several values."""

    name: str
    key: str = ""
    value: str = ""
    part: str = ""


def patched(resource: Values, operations: object) -> Values:
    """Apply these operations to a resource; raise `DirectoryError` for one that is not valid."""
    if not isinstance(operations, list):
        message = "Operations must be a list."
        raise DirectoryError(message)
    for one in operations:
        for act, path, value in _steps(one):
            resource = _done(resource, act, path, value)
    return resource


def _steps(operation: object) -> Sequence[tuple[str, Path, object]]:
    """Split an operation into single attributes; skip unknown attributes."""
    act = str(operation.get("op", "")).lower() if isinstance(operation, dict) else ""
    if not isinstance(operation, dict) or act not in {"add", "replace", "remove"}:
        message = "An operation must be add, replace or remove."
        raise DirectoryError(message)
    value = operation.get("value")
    if path := operation.get("path"):
        return [(act, found, value)] if (found := _path(str(path))) is not None else []
    if not isinstance(value, dict):
        message = "An operation without a path must have a value with attributes."
        raise DirectoryError(message)
    steps = [(act, _path(name), one) for name, one in value.items()]
    return [(act, path, one) for act, path, one in steps if path is not None]


def _path(text: str) -> Path | None:
    found = _PATH.fullmatch(text)
    if found is None and _SCHEMA.match(text) is None and text != "schemas":
        message = f"The path {text} is not understood."
        raise DirectoryError(message)
    name = _NAMES.get(found["name"].lower()) if found is not None else None
    if found is None or name is None:
        return None
    return Path(name, found["key"] or "", found["value"] or "", found["part"] or "")


def _done(resource: Values, act: str, path: Path, value: object) -> Values:
    before = resource.get(path.name)
    if path.name in _SEVERAL:
        return {**resource, path.name: _several(before or [], act, path, value)}
    if path.name == "name":
        return _renamed(resource, act, path, value)
    return {**resource, path.name: None if act == "remove" else value}


def _renamed(resource: Values, act: str, path: Path, value: object) -> Values:
    """Change parts of a name. The formatted name no longer applies then."""
    before = resource.get("name") or {}
    parts = value if isinstance(value, dict) else {path.part: None if act == "remove" else value}
    display = resource.get("displayName")
    kept = None if display == before.get("formatted") else display
    return {**resource, "name": {**before, "formatted": None, **parts}, "displayName": kept}


def _several(before: list[Values], act: str, path: Path, value: object) -> list[Values]:
    if path.key:
        return _chosen(before, act, path, value)
    given = [
        one if isinstance(one, dict) else {"value": one} for one in (value if isinstance(value, list) else [value])
    ]
    named = {str(one.get("value")) for one in given}
    others = [one for one in before if str(one.get("value")) not in named]
    if act == "remove":
        return [] if value is None else others
    return given if act == "replace" else [*others, *given]


def _chosen(before: list[Values], act: str, path: Path, value: object) -> list[Values]:
    """Change the values that the path selects, or add one that it would select."""
    rest = [one for one in before if str(one.get(path.key)).lower() != path.value.lower()]
    if act == "remove":
        return rest
    changed = value if isinstance(value, dict) else {path.part or "value": value}
    found = next((one for one in before if one not in rest), {path.key: path.value})
    return [*rest, {**found, **changed}]
