"""The parts of SCIM's responses: resources, lists of them, errors."""

from __future__ import annotations

import json
from collections.abc import Sequence
from http import HTTPStatus

from flask import Response, request, url_for

from admin_app.domain.auth import directory
from admin_app.extensions import AnySession, Values
from admin_app.models.company import DirectoryGroup
from admin_app.models.staff import Staff

CORE = "urn:ietf:params:scim:schemas:core:2.0"
MESSAGES = "urn:ietf:params:scim:api:messages:2.0"
# Headers of every response.
ALWAYS = frozenset({"schemas", "id"})
USER, GROUP = f"{CORE}:User", f"{CORE}:Group"


def answer(values: object, status: int = HTTPStatus.OK) -> Response:
    """Return JSON with SCIM's media type."""
    return Response(json.dumps(values), status, content_type="application/scim+json")


def problem(status: int, detail: str, scim_type: str = "") -> Response:
    """Return an error (RFC 7644, 3.12)."""
    kind = {"scimType": scim_type} if scim_type else {}
    return answer({"schemas": [f"{MESSAGES}:Error"], "status": str(int(status)), "detail": detail, **kind}, status)


def page(total: int, start: int, resources: Sequence[Values]) -> Response:
    """Return a page of a list (RFC 7644, 3.4.2)."""
    numbers = {"totalResults": total, "startIndex": start, "itemsPerPage": len(resources)}
    return answer({"schemas": [f"{MESSAGES}:ListResponse"], **numbers, "Resources": list(resources)})


def user(session: AnySession, staff: Staff) -> Values:
    """Return the requested attributes of an account."""
    return _asked_for(whole_user(session, staff))


def group(session: AnySession, found: DirectoryGroup) -> Values:
    """Return the requested attributes of a group."""
    return _asked_for(whole_group(session, found))


def whole_user(session: AnySession, staff: Staff) -> Values:
    """Return an account as a User."""
    facts = directory.facts_of(session, staff)
    given, _, family = staff.name.rpartition(" ")
    location = url_for("scim.user", key=staff.id, _external=True)
    times = {"created": staff.created_at.isoformat(), "lastModified": staff.updated_at.isoformat()}
    return {
        "schemas": [USER],
        "id": str(staff.id),
        **({"externalId": facts.external_id} if facts is not None and facts.external_id else {}),
        "userName": facts.user_name if facts is not None else staff.email,
        "displayName": staff.name,
        "name": {"formatted": staff.name, "givenName": given or family, "familyName": family if given else ""},
        "emails": [{"value": staff.email, "type": "work", "primary": True}],
        "active": staff.is_active,
        "groups": [{"value": str(one.id), "display": one.name} for one in directory.groups_of(session, staff)],
        "meta": {"resourceType": "User", "location": location, "version": f'W/"{staff.version}"', **times},
    }


def whole_group(session: AnySession, found: DirectoryGroup) -> Values:
    """Return a group as a Group."""
    members = {
        "members": [{"value": str(key), "display": name} for key, name in directory.members_of(session, found).items()]
    }
    return {
        "schemas": [GROUP],
        "id": str(found.id),
        **({"externalId": found.external_id} if found.external_id else {}),
        "displayName": found.name,
        **members,
        "meta": {"resourceType": "Group", "location": url_for("scim.group", key=found.id, _external=True)},
    }


def _asked_for(resource: Values) -> Values:
    """Leave out attributes that the request does not want (RFC 7644, 3.9)."""
    wanted, unwanted = (_names(one) for one in ("attributes", "excludedAttributes"))
    kept = {name for name in resource if (not wanted or name.lower() in wanted) and name.lower() not in unwanted}
    return {name: value for name, value in resource.items() if name in kept | ALWAYS}


def _names(argument: str) -> set[str]:
    """Read attribute names: "name.givenName" requests the whole name."""
    given = request.args.get(argument, "").lower().split(",")
    return {one.strip().rpartition(":")[2].partition(".")[0] for one in given} - {""}
