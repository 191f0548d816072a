"""A Kubernetes cluster's keys, and the tokens of service accounts that it signs for EKS Pod Identity."""

import base64
import json
import time

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value, size):
    return encode(value.to_bytes(size, "big"))


class Cluster:
    """Signs tokens with RS256, as Kubernetes does, or with ES256."""

    def __init__(self, key_id="key-1", algorithm="RS256"):
        self.key_id, self.algorithm = key_id, algorithm
        rsa_key = algorithm == "RS256"
        self.key = rsa.generate_private_key(65537, 2048) if rsa_key else ec.generate_private_key(ec.SECP256R1())

    def jwks(self):
        numbers = self.key.public_key().public_numbers()
        if self.algorithm == "RS256":
            key = {"kty": "RSA", "n": number(numbers.n, 256), "e": "AQAB"}
        else:
            key = {"kty": "EC", "crv": "P-256", "x": number(numbers.x, 32), "y": number(numbers.y, 32)}
        return json.dumps({"keys": [{"use": "sig", "kid": self.key_id, "alg": self.algorithm, **key}]})

    def sign(self, data):
        if self.algorithm == "RS256":
            return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        r, s = utils.decode_dss_signature(self.key.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def token(self, namespace="default", account="app", audience="pods.eks.amazonaws.com", lifetime=3600):
        now = int(time.time())
        claims = {"aud": [audience], "exp": now + lifetime, "iat": now, "nbf": now, "iss": "https://kubernetes.default.svc",
                  "kubernetes.io": {"namespace": namespace, "pod": {"name": "app-0", "uid": "1"},
                                    "serviceaccount": {"name": account, "uid": "2"}},
                  "sub": f"system:serviceaccount:{namespace}:{account}"}
        header = {"alg": self.algorithm, "kid": self.key_id}
        signed = ".".join(encode(json.dumps(part).encode()) for part in (header, claims))
        return f"{signed}.{encode(self.sign(signed.encode()))}"
