"""A passkey in software: makes the same registrations and signatures as a phone, with a key of its own."""

import secrets
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

FLAG = AuthenticatorData.FLAG


class Passkey:
    """Held by one person, made for one site."""

    def __init__(self, rp: str = "testserver") -> None:
        self.rp, self.origin = rp, f"https://{rp}"
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.user = b""
        self.count = 0

    def register(self, options: dict[str, Any]) -> dict[str, Any]:
        """What the browser sends back to be kept."""
        wanted = options["publicKey"]
        self.user = wanted["user"]["id"]
        public = ES256.from_cryptography_key(self.key.public_key())
        credential = AttestedCredentialData.create(Aaguid(bytes(16)), self.id, public)
        data = AuthenticatorData.create(self._site(), FLAG.UP | FLAG.UV | FLAG.AT, 0, credential)
        client = CollectedClientData.create("webauthn.create", wanted["challenge"], self.origin)
        answer = {"attestationObject": websafe_encode(AttestationObject.create("none", data, {}))}
        return self._sent(client, answer) | {"clientExtensionResults": {"credProps": {"rk": True}}}

    def sign(self, options: dict[str, Any]) -> dict[str, Any]:
        """What the browser sends back to enter."""
        self.count += 1
        data = AuthenticatorData.create(self._site(), FLAG.UP | FLAG.UV, self.count)
        client = CollectedClientData.create("webauthn.get", options["publicKey"]["challenge"], self.origin)
        signature = self.key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        answer = {
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature),
            "userHandle": self.user,
        }
        return self._sent(client, answer)

    def _site(self) -> bytes:
        return sha256(self.rp.encode()).digest()

    def _sent(self, client: bytes, answer: dict[str, Any]) -> dict[str, Any]:
        own = {"id": websafe_encode(self.id), "rawId": websafe_encode(self.id), "type": "public-key"}
        return own | {"response": answer | {"clientDataJSON": websafe_encode(client)}, "clientExtensionResults": {}}


def kept(user: Any) -> Any:
    """An account with a passkey, without the pages."""
    from allauth.mfa.models import Authenticator

    one = Passkey()
    options = {"publicKey": {"user": {"id": websafe_encode(str(user.pk).encode())}, "challenge": websafe_encode(b"x")}}
    data = {"name": "Clé", "credential": one.register(options)}
    return Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=data)
