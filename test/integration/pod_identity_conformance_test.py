#!/usr/bin/python3
"""Every answer of EKS Pod Identity's listener: requests and whole answers, held to the tables of docs/containers.md. The tokens are
nobody's, for their signatures have no key; pod_identity_test.py has such as a cluster signs."""

import base64
import json
import time

import conformance
import understudy
from conformance import ANY, JSON, TEXT, TEXT_UTF8, Row
from understudy import APP_ARN, BASE, eventually, get

PATH, PROBES, HOST = "/v1/credentials", ("/healthz", "/readyz"), "169.254.170.23"
DENIED_ARN, MFA_ARN, MFA = (f"arn:aws:iam::111122223333:{what}" for what in ("role/denied", "role/mfa", "mfa/me"))
CONFIG = f"""region: eu-west-1
listen: {{pod_identity: 127.0.0.1:0, containers: 127.0.0.1:0}}
sts: {{endpoint: embedded, trust: {{"{DENIED_ARN}": {{principals: ["999988887777"]}}}}}}
roles:
{BASE}  app: {{assume_role: {APP_ARN}, source: base}}
  denied: {{assume_role: {DENIED_ARN}, source: base}}
  mfa: {{assume_role: {{arn: {MFA_ARN}, mfa: {{serial: {MFA}}}}}, source: base}}
  broken: {{process: exit 7}}
containers: {{credentials: {{app: {{role: app}}}}, rate_limit: {{per_second: 1, burst: 50}}}}
pod_identity:
  associations:
    - {{namespace: default, service_account: app, role: app}}
"""
TROUBLED = CONFIG + """    - {namespace: default, service_account: denied, role: denied}
    - {namespace: default, service_account: mfa, role: mfa}
    - {namespace: default, service_account: broken, role: broken}
"""


BROWSED = ("Access Denied. This server does not answer requests from browsers or for names of others; its log says which rule refused "
           "this one and how to change it")
DENIED = "User: arn:aws:iam::111122223333:user/base is not authorized to perform: sts:AssumeRole on resource: " + DENIED_ARN
BROKEN = "the process of role broken ended with status 7"
NEEDS_CODE = (f"role {MFA_ARN} needs a code of the MFA device {MFA}: run understudy mfa mfa CODE, or set mfa.command or mfa.seed_file in "
              "the configuration")


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


KEYS = {"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "key-1", "e": "AQAB", "n": encode(b"\xbf" * 256)}]}


def token(account="app", header=None, **claims):
    """A claim of None is left out."""
    now = int(time.time())
    whole = {"aud": ["pods.eks.amazonaws.com"], "exp": now + 3600, "iat": now, "nbf": now,
             "sub": f"system:serviceaccount:default:{account}", **claims}
    parts = (header or {"alg": "RS256", "kid": "key-1"}, {name: value for name, value in whole.items() if value is not None})
    return ".".join((*(encode(json.dumps(part).encode()) for part in parts), encode(b"s" * 256)))


def asked(authorization, host=HOST, **headers):
    return {"Host": host, **({"Authorization": authorization} if authorization else {}), **headers}


def failed(status, text, headers, path=PATH, request=None, **more):
    return Row(path, request or path, status, TEXT_UTF8, text + "\n", headers=headers, **more)


def unparsed(text, authorization):
    return failed(400, f"Service account token cannot be parsed: token is {text}", asked(authorization))


def invalid(text, **claims):
    return failed(400, f"Service account token failed basic claim validations: {text}", asked(token(**claims)))


def unsigned(text, key_id):
    return failed(400, f"JWT signature validation failed: cryptographic validation failed: {text}",
                  asked(token(header={"alg": "RS256", "kid": key_id})))


def rows():
    given = '{"AccessKeyId":"<key>","SecretAccessKey":"<secret>","Token":"<secret>","AccountId":"111122223333","Expiration":"<time>"}'
    for host in (HOST, f"{HOST}:80", "[fd00:ec2::23]"):
        yield Row(PATH, PATH, 200, JSON, given, headers=asked(token(), host))
    yield Row(PATH, f"POST {PATH}", 200, JSON, given, headers=asked(token()))
    for path in (PATH, *PROBES):
        yield failed(403, "Access Denied. Called agent through invalid address, please use either [169.254.170.23 fd00:ec2::23] address "
                          "not 127.0.0.1", asked(token(), "127.0.0.1:2703"), path)
    yield failed(403, BROWSED, asked(token(), Origin="http://example.com"))
    yield failed(404, "404 page not found", asked(token()), ANY, "/other")
    yield from (failed(404, "404 page not found", asked(""), path, f"POST {path}") for path in PROBES)
    yield Row("/healthz", "/healthz", 200, TEXT, "ok\n", headers=asked(""))
    yield UNREADY
    yield failed(400, "Service account token cannot be empty", asked(""))
    yield unparsed("malformed: token contains an invalid number of segments", "abc")
    yield unparsed("malformed: tokenstring should not contain 'bearer '", "Bearer " + token())
    yield unparsed("unverifiable: signing method (alg) is unspecified", token(header={"kid": "key-1"}))
    yield invalid("token is expired", exp=1)
    yield invalid("token is not valid yet", nbf=int(time.time()) + 3600)
    yield invalid("malformed claim: nbf", nbf=str(int(time.time()) + 3600))
    yield invalid("malformed claim: nbf", nbf=1e15)
    yield invalid("malformed claim: sub", sub=7)
    yield invalid("invalid audience: expected pods.eks.amazonaws.com", aud=["sts.amazonaws.com"])
    yield invalid("missing claim: exp", exp=None)
    yield invalid("missing claim: kubernetes.io", sub="me")
    yield invalid("invalid claim: sub is not the service account of kubernetes.io",
                  **{"kubernetes.io": {"namespace": "default", "serviceaccount": {"name": "other"}}})
    yield failed(404, "(ResourceNotFoundException): No association was found for the service account nobody in namespace default, "
                      "fault: client", asked(token("nobody")))
    yield failed(403, f"(AccessDenied): {DENIED}, fault: client", asked(token("denied")))
    yield failed(503, f"(ServiceUnavailableException): {BROKEN}, fault: server", asked(token("broken")))
    yield failed(503, f"(MfaRequired): {NEEDS_CODE}, fault: server", asked(token("mfa")))


READY = Row("/readyz", "/readyz", 200, TEXT, "ready\n", headers=asked(""))
UNREADY = Row("/readyz", "/readyz", 503, TEXT, "".join(f"role {role} has no credentials: {why}\n" for role, why in (
    ("denied", f"AccessDenied: {DENIED}"), ("mfa", f"MfaRequired: {NEEDS_CODE}"), ("broken", f"CommandFailed: {BROKEN}"))), headers=asked(""))
# With KEYS, and without host_check.
VERIFIED = (unsigned("no matching key found for the token's kid", "key-2"), unsigned("signature is invalid", "key-1"),
            failed(403, BROWSED, asked(token(), "example.com")))
NO_KEYS = (READY, failed(503, "(ServiceUnavailableException): the keys that tokens are verified with could not be read yet, fault: server",
                  asked(token())),)
TOO_OFTEN = (failed(429, "Too Many Requests", asked(token()), repeats=True),)


class PodIdentity(conformance.Walk):
    def start(self, configuration):
        server = self.serve(configuration)
        eventually(lambda: get(server["pod_identity"], "/readyz", asked(""))[1] in (READY.body, UNREADY.body), "the roles do not settle")
        return server

    def test_the_listener_of_its_own(self):
        self.walk(self.start(TROUBLED)["pod_identity"], rows())

    def test_signatures(self):
        keys = self.write("jwks.json", json.dumps(KEYS))
        self.walk(self.start(f"{CONFIG}  host_check: false\n  jwks_file: {keys}\n")["pod_identity"], VERIFIED)

    def test_keys_that_can_not_be_had(self):
        nobody = f"http://127.0.0.1:{understudy.free_port()}/keys"
        self.walk(self.start(f"{CONFIG}  jwks_url: {nobody}\n")["pod_identity"], NO_KEYS)

    def test_the_limit_of_the_containers_listener(self):
        self.walk(self.start(CONFIG)["containers"], TOO_OFTEN)

    def test_the_documentation_tells_of_the_same_routes_and_errors(self):
        self.hold("Of Pod Identity", [*rows(), *VERIFIED, *NO_KEYS, *TOO_OFTEN])


understudy.main()
