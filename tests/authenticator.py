"""A device that makes passkeys and signs with them, and the browser around it: keys and signatures are real."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

USER_PRESENT, USER_VERIFIED, HAS_KEY = 0x01, 0x04, 0x40


def text_of(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Authenticator:
    """One device with one key. What a test sets otherwise, a hostile device or browser might too."""

    origin: str = "http://localhost"
    count: int = 1
    # Phones that copy their keys to one another count nothing.
    counts: bool = True
    verifies: bool = True
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: str, **changes: Any) -> str:
        """Answer `navigator.credentials.create()`."""
        told = json.loads(options)
        numbers = self.key.public_key().public_numbers()
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        held = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + public
        data = self._data(told["rp"]["id"], HAS_KEY) + held
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        response = {
            "clientDataJSON": text_of(self._client_data("webauthn.create", told["challenge"])),
            "attestationObject": text_of(attestation),
            "transports": ["internal", "hybrid", "telepathy"],
        }
        return self._answer({**response, **changes})

    def prove(self, options: str, **changes: Any) -> str:
        """Answer `navigator.credentials.get()`."""
        told = json.loads(options)
        self.count += 1
        client_data = self._client_data("webauthn.get", told["challenge"])
        data = self._data(told["rpId"], 0)
        signed = self.key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": text_of(client_data),
            "authenticatorData": text_of(data),
            "signature": text_of(signed),
        }
        return self._answer({**response, **changes})

    def _data(self, host: str, more: int) -> bytes:
        flags = USER_PRESENT | (USER_VERIFIED if self.verifies else 0) | more
        count = self.count if self.counts else 0
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + count.to_bytes(4, "big")

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, response: dict[str, Any]) -> str:
        name = text_of(self.credential)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
