"""What this service says about itself (RFC 7643, 5 to 7)."""

from __future__ import annotations

from collections.abc import Sequence

from admin_app.extensions import Values
from admin_app.pages.scim.answers import CORE, GROUP, MESSAGES, USER
from admin_app.pages.scim.parsing import LONGEST_PAGE


def _attribute(name: str, kind: str = "string", parts: Sequence[Values] = (), **further: object) -> Values:
    usual = {
        "multiValued": False,
        "required": False,
        "caseExact": False,
        "mutability": "readWrite",
        "returned": "default",
    }
    sub = {"subAttributes": list(parts)} if parts else {}
    return {"name": name, "type": kind, **usual, "uniqueness": "none", **sub, **further}


def _list(schema: str, resources: Sequence[Values]) -> Values:
    return {
        "schemas": [f"{MESSAGES}:ListResponse"],
        "totalResults": len(resources),
        "startIndex": 1,
        "itemsPerPage": len(resources),
        "Resources": [{"schemas": [f"{CORE}:{schema}"], **one} for one in resources],
    }


_VALUE, _DISPLAY = _attribute("value"), _attribute("display", mutability="readOnly")
_USER = [
    _attribute("userName", required=True, uniqueness="server"),
    _attribute("displayName"),
    _attribute("name", "complex", [_attribute(one) for one in ("formatted", "givenName", "familyName")]),
    _attribute("emails", "complex", [_VALUE, _attribute("type"), _attribute("primary", "boolean")], multiValued=True),
    _attribute("active", "boolean"),
    _attribute("groups", "complex", [_VALUE, _DISPLAY], multiValued=True, mutability="readOnly"),
]
_GROUP = [
    _attribute("displayName", required=True, uniqueness="server"),
    _attribute("members", "complex", [_VALUE, _DISPLAY], multiValued=True),
]

ABOUT: dict[str, Values] = {
    "ServiceProviderConfig": {
        "schemas": [f"{CORE}:ServiceProviderConfig"],
        "patch": {"supported": True},
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": LONGEST_PAGE},
        "changePassword": {"supported": False},
        "sort": {"supported": False},
        "etag": {"supported": False},
        "authenticationSchemes": [
            {"type": "oauthbearertoken", "name": "Bearer token", "description": "The token of manage.py scim token."}
        ],
    },
    "ResourceTypes": _list(
        "ResourceType",
        [
            {"id": "User", "name": "User", "endpoint": "/Users", "schema": USER},
            {"id": "Group", "name": "Group", "endpoint": "/Groups", "schema": GROUP},
        ],
    ),
    "Schemas": _list(
        "Schema",
        [
            {"id": USER, "name": "User", "attributes": _USER},
            {"id": GROUP, "name": "Group", "attributes": _GROUP},
        ],
    ),
}


def one_of(path: str) -> Values | None:
    """Return one type or schema by its address, "ResourceTypes/User"."""
    name, _, key = path.partition("/")
    resources: Sequence[Values] = ABOUT[name]["Resources"] if name in {"ResourceTypes", "Schemas"} else ()
    return next((one for one in resources if one["id"] == key), None)
