"""The company's OpenID Connect provider, through Authlib: code and PKCE, state, nonce, and the checks of ID tokens.

Authlib is an optional dependency: `requirements-oidc.txt`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Protocol
from urllib.parse import urlencode

from flask import Flask, current_app, session, url_for
from werkzeug.wrappers import Response

from admin_app.domain.auth.company_sign_in import CompanyPerson
from admin_app.errors import CompanySignInError, ConfigurationError
from admin_app.extensions import Values

_PLACE = "company"
# A person is waiting, and a provider that hangs would block the server's threads.
SECONDS = 10
_SIGNED_OUT = "http://schemas.openid.net/event/backchannel-logout"
# Allowed difference between clocks, in seconds.
LEEWAY = 120
# Sign-ins that one browser can have begun at the same time, in several tabs.
MOST_BEGUN = 3
# Greatest age in seconds of the provider's authentication when re-authentication is required.
JUST_NOW = 5 * 60
# Where the last lookup of an unknown key is noted, and seconds until the next one: anybody can send a message that
# names an unknown key.
_LOOKED, LOOK_AGAIN = "looked_for_key", 30
# No shared secrets, and not "none".
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")


class OpenIdClient(Protocol):
    """The calls of Authlib's client that we use, which has no types."""

    server_metadata: Values

    def userinfo(self, *, token: Values) -> Values:
        """Return the provider's claims about a person."""
        raise NotImplementedError


@dataclass(frozen=True)
class Answer:
    """The provider's answer: the person, the ID token, the page to go on to, and whether a proof was asked for."""

    person: CompanyPerson
    id_token: str
    onward: str
    is_proof: bool


def init_app(app: Flask) -> None:
    """Create the client if a provider is set; raise `ConfigurationError` without Authlib."""
    if not app.config["OIDC_ISSUER"]:
        return
    if find_spec("authlib") is None or find_spec("requests") is None:
        message = "ADMIN_OIDC_ISSUER needs Authlib. Run: pip install -r requirements-oidc.txt"
        raise ConfigurationError(message)
    app.extensions["oidc"] = _client(app)


def is_offered() -> bool:
    """Whether people can sign in with the company's provider."""
    return "oidc" in current_app.extensions


def begin(onward: str, *, is_proof: bool = False) -> Response:
    """Send the browser to the provider; raise `CompanySignInError` if the provider does not respond."""
    # `max_age` makes the provider tell the time of sign-in, and `prompt` makes it ask again.
    further = {"max_age": "0", "prompt": "login"} if is_proof else {}
    try:
        _metadata()
        client = current_app.extensions["oidc"]
        redirect_uri = url_for("company.back", _external=True)
        sent: Values = client.create_authorization_url(redirect_uri, **further)
    except _errors() as error:
        raise _unreachable() from error
    address = sent.pop("url")
    _forget_older()
    client.save_authorize_data(redirect_uri=redirect_uri, onward=onward, is_proof=is_proof, **sent)
    return Response(status=303, headers={"Location": address})


def finish(state: str) -> Answer:
    """Read the provider's answer; raise `CompanySignInError` if this browser did not ask for it."""
    client = current_app.extensions["oidc"]
    asked: Values | None = client.framework.get_state_data(session, state)
    if not asked:
        message = "This sign-in was begun in another browser or too long ago. Sign in again."
        raise CompanySignInError(message)
    try:
        _metadata()
        wanted = {name: {"essential": True, "value": _wanted(name)} for name in ("iss", "aud")}
        token: Values = client.authorize_access_token(claims_options=wanted, leeway=LEEWAY)
        claims = _with_what_is_asked_for_apart(client, token)
        person = _person(claims)
    except _errors() as error:
        raise _refused(error) from error
    if asked["is_proof"] and not _has_just_signed_in(claims):
        message = f"{_name()} did not ask you again who you are. Use your password or a passkey."
        raise CompanySignInError(message)
    return Answer(person, token["id_token"], asked["onward"], is_proof=asked["is_proof"])


def sign_out_address(id_token: str) -> str | None:
    """Return the provider's address for ending its own session, if it has one."""
    try:
        address = _metadata().get("end_session_endpoint")
    except (CompanySignInError, *_errors()):  # type: ignore[misc] # all of them are
        return None
    back = url_for("auth.sign_in", _external=True)
    said = {"client_id": _wanted("aud"), "id_token_hint": id_token, "post_logout_redirect_uri": back}
    return f"{address}{'&' if '?' in address else '?'}{urlencode(said)}" if address else None


def subject_signed_out(logout_token: str) -> str:
    """Return the subject whom the provider has signed out; raise `CompanySignInError` if the message is not valid.

    OpenID Connect Back-Channel Logout 1.0, 2.6.
    """
    try:
        claims = _verified(logout_token)
        audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        is_recent = (
            abs(time.time() - claims["iat"]) <= JUST_NOW and claims.get("exp", claims["iat"] + 1) > claims["iat"]
        )
        is_for_us = claims["iss"] == _wanted("iss") and _wanted("aud") in audience
        if not (is_for_us and is_recent and _SIGNED_OUT in claims["events"] and "nonce" not in claims):
            message = "it is no message about signing out of this dashboard, or an old one"
            raise ValueError(message)
        return str(claims["sub"])
    except _errors() as error:
        raise _refused(error) from error


def _verified(token: str) -> Values:
    """Verify a token of the provider and return its claims; look up a key that is unknown."""
    from joserfc import jwt
    from joserfc.errors import InvalidKeyIdError
    from joserfc.jwk import KeySet

    client = current_app.extensions["oidc"]
    algorithms = _metadata()["id_token_signing_alg_values_supported"]
    try:
        return jwt.decode(token, KeySet.import_key_set(client.fetch_jwk_set()), algorithms=algorithms).claims
    except InvalidKeyIdError:
        if time.monotonic() < client.server_metadata.get(_LOOKED, -LOOK_AGAIN) + LOOK_AGAIN:
            raise
        client.server_metadata[_LOOKED] = time.monotonic()
        keys = KeySet.import_key_set(client.fetch_jwk_set(force=True))
        return jwt.decode(token, keys, algorithms=algorithms).claims


def _client(app: Flask) -> object:
    from authlib.integrations.flask_client import OAuth

    config = app.config
    issuer = config["OIDC_ISSUER"]
    client: object = OAuth(app).register(
        _PLACE,
        client_id=config["OIDC_CLIENT_ID"],
        client_secret=config["OIDC_CLIENT_SECRET"] or None,
        server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": config["OIDC_SCOPES"],
            "code_challenge_method": "S256",
            "default_timeout": SECONDS,
            **({} if config["OIDC_CLIENT_SECRET"] else {"token_endpoint_auth_method": "none"}),
        },
    )
    return client


def _metadata() -> Values:
    """Return the provider's metadata; raise `CompanySignInError` if it is not the configured provider."""
    metadata: Values = current_app.extensions["oidc"].load_server_metadata()
    if metadata.get("issuer") != _wanted("iss"):
        message = f"The address of {_name()} answers as another provider. Ask whoever set up this dashboard."
        raise CompanySignInError(message)
    offered = metadata.get("id_token_signing_alg_values_supported") or ALGORITHMS
    metadata["id_token_signing_alg_values_supported"] = [one for one in offered if one in ALGORITHMS]
    return metadata


def _forget_older() -> None:
    """Keep only the last begun sign-ins in the cookie: browsers drop a cookie that grows too large."""
    begun = [name for name in session if name.startswith(f"_state_{_PLACE}_")]
    for name in begun[: 1 - MOST_BEGUN]:
        session.pop(name)


def _with_what_is_asked_for_apart(client: OpenIdClient, token: Values) -> Values:
    """Return the claims of the ID token, with those that the provider gives only at its userinfo endpoint."""
    claims: Values = dict(token["userinfo"])
    needed = {"email", *([current_app.config["OIDC_GROUPS_CLAIM"]] if current_app.config["GROUPS"] else [])}
    if needed <= claims.keys() or not client.server_metadata.get("userinfo_endpoint"):
        return claims
    said = client.userinfo(token=token)
    # OpenID Connect Core 5.3.2: otherwise another person's claims could be substituted.
    if said.get("sub") != claims["sub"]:
        message = "what the provider says apart is about somebody else"
        raise ValueError(message)
    return {**said, **claims}


def _person(claims: Values) -> CompanyPerson:
    groups = claims.get(current_app.config["OIDC_GROUPS_CLAIM"])
    return CompanyPerson(
        issuer=claims["iss"],
        subject=claims["sub"],
        name=str(claims.get("name") or ""),
        email=str(claims.get("email") or ""),
        # Microsoft Entra sends only the second one.
        is_email_verified=claims.get("email_verified") is True or claims.get("xms_edov") in {True, "1", "true"},
        groups=frozenset(map(str, groups)) if isinstance(groups, list) else None,
    )


def _has_just_signed_in(claims: Values) -> bool:
    at = claims.get("auth_time")
    return isinstance(at, int) and at >= time.time() - JUST_NOW - LEEWAY


def _wanted(claim: str) -> str:
    return str(current_app.config["OIDC_ISSUER" if claim == "iss" else "OIDC_CLIENT_ID"])


def _name() -> str:
    return str(current_app.config["OIDC_NAME"])


def _errors() -> tuple[type[Exception], ...]:
    """Return the exceptions that Authlib raises for a provider that does not respond, or responds wrongly."""
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError
    from requests import RequestException

    return AuthlibBaseError, JoseError, RequestException, RuntimeError, ValueError, KeyError, TypeError


def _unreachable() -> CompanySignInError:
    return CompanySignInError(f"{_capital(_name())} does not answer. Try again, or sign in with your password.")


def _refused(error: Exception) -> CompanySignInError:
    if getattr(error, "error", "") == "access_denied":
        return CompanySignInError(f"{_capital(_name())} did not let you in, or you stopped there.")
    current_app.logger.warning("Sign-in with OpenID Connect failed: %s", error)
    return CompanySignInError(f"{_capital(_name())} gave an answer that cannot be trusted. Try again.")


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
