"""IAM Roles Anywhere for tests: CreateSession, which takes nothing that is not signed by the key of a certificate that the
trust anchor's authority has issued. It shares no code with understudy."""

import base64
import datetime
import hashlib
import json
import urllib.parse

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from json_service import JsonService, Refused

REGION = "eu-west-1"
ANCHOR = f"arn:aws:rolesanywhere:{REGION}:111122223333:trust-anchor/0b1c"
PROFILE = f"arn:aws:rolesanywhere:{REGION}:111122223333:profile/5a7d"
ROLE = "arn:aws:iam::111122223333:role/edge"
ALGORITHMS = {"AWS4-X509-RSA-SHA256": rsa.RSAPublicKey, "AWS4-X509-ECDSA-SHA256": ec.EllipticCurvePublicKey}
SIGNED = {"content-type", "host", "x-amz-date", "x-amz-x509"}


def denied(message):
    return Refused(403, {"__type": "AccessDeniedException", "message": message})


def verify(key, signature, signed, digest):
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, signed, padding.PKCS1v15(), digest)
    else:
        key.verify(signature, signed, ec.ECDSA(digest))


def certificate_in(text):
    return x509.load_der_x509_certificate(base64.b64decode(text, validate=True))


def now():
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)


def canonical_request(call, names):
    path, _, query = call.target.partition("?")
    pairs = sorted((urllib.parse.quote(name, safe="-_.~"), urllib.parse.quote(value, safe="-_.~"))
                   for name, value in urllib.parse.parse_qsl(query, keep_blank_values=True))
    headers = "".join(f"{name}:{' '.join(call.headers[name].split())}\n" for name in names)
    return "\n".join(["POST", path, "&".join(f"{name}={value}" for name, value in pairs), headers, ";".join(names),
                      hashlib.sha256(call.body).hexdigest()])


class RolesAnywhere(JsonService):
    """`service.authority` is the trust anchor's certificate in PEM. `service.serials` are those of the certificates that
    were given credentials; `service.life`, if set, is how many seconds these last, whatever was asked for."""

    def __init__(self, authority):
        super().__init__()
        self.authority = x509.load_pem_x509_certificate(authority)
        self.accepts_session_names = False
        self.life = None
        self.serials = []
        self.secrets = set()

    def answer(self, call):
        leaf = self._authenticate(call)
        path, _, query = call.target.partition("?")
        asked = {**dict(urllib.parse.parse_qsl(query)), **json.loads(call.body)}
        if path != "/sessions" or (asked["trustAnchorArn"], asked["profileArn"]) != (ANCHOR, PROFILE):
            raise Refused(404, {"__type": "ResourceNotFoundException", "message": "no such trust anchor or profile"})
        if asked["roleArn"] != ROLE:
            raise denied(f"Unable to assume role for {asked['roleArn']}")
        if "roleSessionName" in asked and not self.accepts_session_names:
            raise denied("Not authorized to set roleSessionName.")
        duration = asked.get("durationSeconds", 3600)
        if not isinstance(duration, int) or not 900 <= duration <= 43200:
            raise Refused(400, {"__type": "ValidationException", "message": "durationSeconds"})
        self.serials.append(leaf.serial_number)
        return 201, self._session(asked, self.life or duration)

    def _session(self, asked, life):
        number = len(self.serials)
        ends = (now() + datetime.timedelta(seconds=life)).strftime("%Y-%m-%dT%H:%M:%SZ")
        keys = {"accessKeyId": f"ASIAANYWHERE{number:08}", "secretAccessKey": f"anywhere-secret-{number}",
                "sessionToken": f"anywhere-token-{number}", "expiration": ends}
        self.secrets |= {keys["secretAccessKey"], keys["sessionToken"]}
        name = asked.get("roleSessionName", f"{self.serials[-1]:x}")
        user = {"arn": f"arn:aws:sts::111122223333:assumed-role/edge/{name}", "assumedRoleId": f"AROAEDGE:{name}"}
        return {"credentialSet": [{"assumedRoleUser": user, "credentials": keys, "packedPolicySize": 0, "roleArn": ROLE,
                                   "sourceIdentity": "CN=host"}],
                "subjectArn": f"arn:aws:rolesanywhere:{REGION}:111122223333:subject/1"}

    def _authenticate(self, call):
        """The certificate of whoever signed."""
        try:
            leaf = certificate_in(call.headers["X-Amz-X509"])
            self._check_signature(call, leaf)
        except (InvalidSignature, ValueError, KeyError, TypeError, AttributeError) as error:
            raise denied(f"The signature is not valid: {error!r}") from None
        try:
            chain = [certificate_in(text) for text in call.headers.get("X-Amz-X509-Chain", "").split(",") if text]
            self._check_chain([leaf, *chain, self.authority])
        except (InvalidSignature, ValueError):
            raise denied("Untrusted Signing Certificate") from None
        return leaf

    def _check_signature(self, call, leaf):
        algorithm, _, rest = call.headers["Authorization"].partition(" ")
        said = dict(part.split("=", 1) for part in rest.split(", "))
        serial, _, scope = said["Credential"].partition("/")
        names = said["SignedHeaders"].split(";")
        date = call.headers["X-Amz-Date"]
        if not isinstance(leaf.public_key(), ALGORITHMS[algorithm]):
            raise ValueError("an algorithm for another kind of key")
        if serial != str(leaf.serial_number) or scope != f"{date[:8]}/{REGION}/rolesanywhere/aws4_request":
            raise ValueError(f"Credential {said['Credential']}")
        present = {name for name in ("x-amz-x509-chain",) if name in call.headers}
        if names != sorted(names) or not SIGNED | present <= set(names):
            raise ValueError(f"SignedHeaders {names}")
        if abs(datetime.datetime.strptime(date, "%Y%m%dT%H%M%SZ") - now()) > datetime.timedelta(minutes=5):
            raise ValueError(f"X-Amz-Date {date}")
        digest = hashlib.sha256(canonical_request(call, names).encode()).hexdigest()
        verify(leaf.public_key(), bytes.fromhex(said["Signature"]), f"{algorithm}\n{date}\n{scope}\n{digest}".encode(),
               hashes.SHA256())

    @staticmethod
    def _check_chain(chain):
        for certificate, issuer in zip(chain, chain[1:]):
            if certificate.issuer != issuer.subject:
                raise ValueError("not issued by the next one")
            verify(issuer.public_key(), certificate.signature, certificate.tbs_certificate_bytes,
                   certificate.signature_hash_algorithm)
            issuer_is_ca = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
            if not issuer_is_ca:
                raise ValueError("an issuer that is no authority")
