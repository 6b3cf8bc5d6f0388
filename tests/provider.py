"""An OpenID Connect provider on loopback, as it would stand at a company; what it says can be bent."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from admin_app.web.auth import oidc
from tests.client import Client

CLIENT_ID, SECRET = "dashboard", "a secret of the two"


@dataclass
class Provider:
    """Whoever comes is `person` and has signed in; `claims` and `signed_by` replace what the ID token holds."""

    person: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    apart: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(parameters={"kid": secrets.token_hex(4)}))
    signed_by: RSAKey | None = None
    issuer: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    # How often somebody has looked at its keys.
    looks: int = 0
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def rotate(self) -> None:
        self.key = RSAKey.generate_key(parameters={"kid": secrets.token_hex(4)})

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        answer = getattr(self, f"_{request.path.strip('/').replace('.well-known/', '').replace('-', '_')}")
        return answer(request)(environ, start_response)

    def _openid_configuration(self, _request: Request) -> Response:
        places = {f"{name}_endpoint": f"{self.issuer}/{name}" for name in ("authorization", "token", "userinfo")}
        return _json(
            {
                "issuer": self.issuer,
                **places,
                "jwks_uri": f"{self.issuer}/keys",
                "end_session_endpoint": f"{self.issuer}/out",
                "id_token_signing_alg_values_supported": ["RS256", "none"],
            }
        )

    def _keys(self, _request: Request) -> Response:
        self.looks += 1
        return _json({"keys": [self.key.as_dict(private=False, use="sig", alg="RS256")]})

    def _authorization(self, request: Request) -> Response:
        asked = request.args.to_dict()
        self.asked.append(asked)
        code = secrets.token_hex(8)
        self._codes[code] = asked
        query = urlencode({"code": code, "state": asked["state"]})
        return Response(status=302, headers={"Location": f"{asked['redirect_uri']}?{query}"})

    def _token(self, request: Request) -> Response:
        asked = self._codes.pop(request.form["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(request.form["code_verifier"].encode()).digest())
        is_client = request.authorization is not None and request.authorization.password == SECRET
        if asked is None or not is_client or challenge.decode().rstrip("=") != asked["code_challenge"]:
            return _json({"error": "invalid_grant"}, 400)
        return _json({"access_token": "a", "token_type": "Bearer", "id_token": self._id_token(asked)})

    def _id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        own = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims = {**own, "auth_time": now, **self.person, **self.claims}
        header = {"alg": "RS256", "kid": self.key.kid}
        return jwt.encode(header, {k: v for k, v in claims.items() if v is not None}, self.signed_by or self.key)

    def logout_token(self, **changes: Any) -> str:
        now = int(time.time())
        events = {"http://schemas.openid.net/event/backchannel-logout": {}}
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 120, "jti": "1", "events": events}
        return jwt.encode(
            {"alg": "RS256", "kid": self.key.kid}, {**claims, "sub": self.person["sub"], **changes}, self.key
        )

    def _userinfo(self, _request: Request) -> Response:
        return _json({"sub": self.person["sub"], **self.apart})

    def _out(self, _request: Request) -> Response:
        return Response("Signed out")


def _json(values: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(values), status, mimetype="application/json")


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any) -> None:
        return None


def through(provider: Provider, client: Client, address: str = "/sign-in/company") -> Any:
    """Go to the provider and come back, as a browser would; return the dashboard's answer."""
    there = client.get(address)
    if there.status_code != 303:
        return there
    try:
        urllib.request.build_opener(_Stay).open(there.location)
    except urllib.error.HTTPError as redirect:
        back = urlsplit(redirect.headers["Location"])
        redirect.close()
    assert there.location.startswith(provider.issuer)
    assert parse_qs(back.query)["code"]
    return client.get(f"{back.path}?{back.query}")


@pytest.fixture(scope="session")
def running_provider() -> Iterator[Provider]:
    provider = Provider()
    server = make_server("127.0.0.1", 0, provider, threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def company_rules(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Set what an operator would: `GROUPS`, `COMPANY_ACCOUNTS`."""

    def set_rules(**values: object) -> None:
        for name, value in values.items():
            monkeypatch.setitem(app.config, name, value)

    return set_rules


@pytest.fixture
def provider(running_provider: Provider, app: Flask, company_rules: Callable[..., None]) -> Iterator[Provider]:
    """Let the application's people sign in with it; it says that Olivia came."""
    running_provider.person = {"sub": "o-1", "name": "Olivia", "email": "Olivia@Example.com", "email_verified": True}
    running_provider.claims, running_provider.apart, running_provider.signed_by = {}, {}, None
    running_provider.asked.clear()
    company_rules(
        OIDC_ISSUER=running_provider.issuer, OIDC_CLIENT_ID=CLIENT_ID, OIDC_CLIENT_SECRET=SECRET, OIDC_NAME="Contoso"
    )
    oidc.init_app(app)
    yield running_provider
    del app.extensions["oidc"]
