"""AWS Sign-In's token endpoint for tests, strict about what renews a session: the proof of possession has to be one
(RFC 9449, section 4.3), and a refresh token is good once."""

import base64
import hashlib
import json
import time

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from json_service import JsonService, Refused

CLIENT_ID = "arn:aws:signin:::devtools/same-device"
P256_BYTES = 32
MOST_SECONDS_OFF = 60


def unbase64url(text):
    if "=" in text:
        raise ValueError("base64url of a JWT has no padding")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def thumbprint(jwk):
    """RFC 7638."""
    members = {name: jwk[name] for name in ("crv", "kty", "x", "y")}
    return hashlib.sha256(json.dumps(members, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def public_jwk(key):
    numbers = key.public_key().public_numbers()
    x, y = (base64.urlsafe_b64encode(number.to_bytes(P256_BYTES, "big")).rstrip(b"=").decode() for number in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def public_key(jwk):
    if set(jwk) != {"kty", "crv", "x", "y"} or jwk["kty"] != "EC" or jwk["crv"] != "P-256":
        raise ValueError("no public key on P-256")
    x, y = (unbase64url(jwk[name]) for name in ("x", "y"))
    if len(x) != P256_BYTES or len(y) != P256_BYTES:
        raise ValueError("a coordinate is not 32 bytes long")
    return ec.EllipticCurvePublicNumbers(int.from_bytes(x, "big"), int.from_bytes(y, "big"), ec.SECP256R1()).public_key()


def verify(key, signed, signature):
    if len(signature) != 2 * P256_BYTES:
        raise ValueError("a signature is 64 bytes long")
    r, s = (int.from_bytes(part, "big") for part in (signature[:P256_BYTES], signature[P256_BYTES:]))
    key.verify(utils.encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))


class SignIn(JsonService):
    """`service.session(key)` gives a refresh token that is good for that private key alone. `service.life` is
    how many seconds credentials last."""

    def __init__(self, life=900):
        super().__init__()
        self.life = life
        self.secrets = set()
        self.granted = 0
        self._tokens = {}  # of the refresh tokens that are good, the thumbprint of their key
        self._proofs = set()

    def session(self, key):
        return self._grant(thumbprint(public_jwk(key)))

    def answer(self, call):
        if call.target != "/v1/token" or "Authorization" in call.headers:
            raise Refused(404, {"message": "expected an unsigned POST /v1/token"})
        holder = self._check_proof(call)
        asked = json.loads(call.body)
        if set(asked) != {"clientId", "refreshToken", "grantType"} or asked["grantType"] != "refresh_token":
            raise Refused(400, {"error": "INVALID_REQUEST", "message": "expected a refresh"})
        if asked["clientId"] != CLIENT_ID:
            raise Refused(400, {"error": "INVALID_REQUEST", "message": "unknown client"})
        if self._tokens.get(asked["refreshToken"]) != holder:
            raise Refused(401, {"error": "TOKEN_EXPIRED", "message": "The refresh token has expired."})
        del self._tokens[asked["refreshToken"]]
        self.granted += 1
        keys = {"accessKeyId": f"ASIASIGNIN{self.granted:010}", "secretAccessKey": self._secret("secret"),
                "sessionToken": self._secret("session")}
        return 200, {"accessToken": keys, "tokenType": "aws_sigv4", "expiresIn": self.life,
                     "refreshToken": self._grant(holder)}

    def _grant(self, holder):
        token = self._secret("refresh")
        self._tokens[token] = holder
        return token

    def _secret(self, kind):
        secret = f"{kind}-number-{len(self.secrets)}"
        self.secrets.add(secret)
        return secret

    def _check_proof(self, call):
        """The thumbprint of the key that the caller has."""
        try:
            return self._holder(call)
        except (InvalidSignature, ValueError, KeyError) as error:
            raise Refused(400, {"error": "INVALID_REQUEST", "message": f"DPoP: {error!r}"}) from None

    def _holder(self, call):
        proofs = call.headers.get_all("DPoP") or []
        if len(proofs) != 1:
            raise ValueError(f"{len(proofs)} proofs")
        signed, _, signature = proofs[0].rpartition(".")
        head, claims = (json.loads(unbase64url(part)) for part in signed.split("."))
        if head["typ"] != "dpop+jwt" or head["alg"] != "ES256":
            raise ValueError("another kind of token")
        verify(public_key(head["jwk"]), signed.encode(), unbase64url(signature))
        if claims["htm"] != "POST" or claims["htu"] != f"http://{self.address}/v1/token":
            raise ValueError("a proof for another request")
        if abs(time.time() - claims["iat"]) > MOST_SECONDS_OFF or claims["jti"] in self._proofs:
            raise ValueError("a proof from another time")
        self._proofs.add(claims["jti"])
        return thumbprint(head["jwk"])
