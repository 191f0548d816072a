#!/usr/bin/python3
"""Browsers, and names that somebody else may own, are refused by every listener on every route that would answer 200."""

import base64
import json
import time
from urllib.parse import urlencode

import understudy
from understudy import APP_ARN, BASE, request

CREDENTIALS = "/latest/meta-data/iam/security-credentials/app"
POD_HOST = "169.254.170.23"

HOSTILE = [
    {"Host": "evil.example"},
    {"Host": "127.0.0.1.evil.example:1338"},
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]
FORWARDED = {"X-Forwarded-For": "10.0.0.1"}
# What a page sends that gets at a server by a name of its own, all at once.
HOSTILE.append({"Host": "evil.example", "Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"})


def jwt(claims):
    """A token with a signature that nobody has made: none of the endpoints here looks at it."""
    def encode(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    now = int(time.time())
    claims = {"iss": "https://issuer.example", "iat": now, "nbf": now, "exp": now + 600, **claims}
    return ".".join(encode(part) for part in (b'{"alg":"RS256"}', json.dumps(claims).encode(), b"signature"))


class Guarded(understudy.TestCase):
    def setUp(self):
        super().setUp()
        self.configuration = f"""region: us-east-1
listen: {{imds: 127.0.0.1:0, containers: 127.0.0.1:0, pod_identity: 127.0.0.1:0, sts: 127.0.0.1:0, admin: 127.0.0.1:0}}
sts: {{endpoint: embedded}}
roles:
{BASE}  app: {{assume_role: {APP_ARN}, source: base}}
imds: {{role: app}}
containers: {{credentials: {{app: {{role: app, path: /creds}}}}, compat: true}}
pod_identity: {{associations: [{{namespace: default, service_account: app, role: app}}]}}
admin: {{token_file: {self.folder}/admin.token}}
"""

    def routes(self, server):
        """(listener, method, target, headers, body) of requests that are served with 200."""
        token = self.imds_token(server["imds"])
        yield "imds", "PUT", "/latest/api/token", {"X-aws-ec2-metadata-token-ttl-seconds": "60"}, None
        for target in ("/", "/latest/meta-data/", "/latest/dynamic/instance-identity/document", CREDENTIALS):
            yield "imds", "GET", target, token, None
        for target in ("/v2/credentials/app", "/creds", "/role/app", "/healthz", "/readyz"):
            yield "containers", "GET", target, {}, None
        pod = jwt({"aud": ["pods.eks.amazonaws.com"], "sub": "system:serviceaccount:default:app",
                   "kubernetes.io": {"namespace": "default", "serviceaccount": {"name": "app"}}})
        for listener in ("pod_identity", "containers"):
            yield listener, "GET", "/v1/credentials", {"Host": POD_HOST, "Authorization": pod}, None
        for target in ("/healthz", "/readyz"):
            yield "pod_identity", "GET", target, {"Host": POD_HOST}, None
        call = urlencode({"Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": APP_ARN,
                          "RoleSessionName": "me", "WebIdentityToken": jwt({"aud": "app", "sub": "me"})})
        yield "sts", "GET", "/?" + call, {}, None
        yield "sts", "POST", "/", {"Content-Type": "application/x-www-form-urlencoded"}, call
        operator = {"Authorization": "Bearer " + (self.folder / "admin.token").read_text()}
        for target in ("/healthz", "/readyz", "/metrics", "/v1/figures"):
            yield "admin", "GET", target, operator, None

    def test_every_listener_refuses_browsers_and_names_of_others_on_every_route(self):
        server = self.serve(self.configuration)
        walked = set()
        for listener, method, target, headers, body in self.routes(server):
            with self.subTest(listener=listener, method=method, target=target.split("?")[0]):
                status, text, _ = request(server[listener], method, target, headers, body)
                self.assertEqual(status, 200, "nothing is shown by a refusal of what nobody serves: " + text)
                refused = HOSTILE + ([FORWARDED] if listener in ("imds", "admin") else [])
                for hostile in refused:
                    status, text, answer = request(server[listener], method, target, {**headers, **hostile}, body)
                    self.assertEqual(status, 403, hostile)
                    self.assertNotIn("SecretAccessKey", text)
                    self.assertNotIn("Access-Control-Allow-Origin", answer)
            walked.add(listener)
        self.assertEqual(walked, set(server.listeners))

    def test_a_name_with_a_dot_is_served_by_every_listener_where_the_configuration_has_it(self):
        configuration = self.configuration.replace("pod_identity: {assoc", "pod_identity: {host_check: false, assoc")
        server = self.serve("hosts: [understudy.internal]\n" + configuration)
        for listener, method, target, headers, body in self.routes(server):
            if listener != "containers" or target != "/v1/credentials":  # There Pod Identity is told by its address.
                named = {**headers, "Host": "understudy.internal:80"}
                self.assertEqual(request(server[listener], method, target, named, body)[0], 200, (listener, target))

    def test_the_sts_alone_refuses_them_too_and_serves_clients_in_containers(self):
        server = self.serve(self.configuration, "--listen", "127.0.0.1:0", command="sts")
        self.assertEqual(set(server.listeners), {"sts"})
        call = urlencode({"Action": "GetCallerIdentity", "Version": "2011-06-15"})
        for hostile in HOSTILE:
            status, text, answer = request(server["sts"], "POST", "/", hostile, call)
            self.assertEqual((status, answer["Content-Type"]), (403, "text/xml"))
            self.assertIn("<Code>AccessDenied</Code>", text)
        for host in ("understudy:1341", "169.254.170.2:1341", "[fd00:ec2::23]", "localhost"):
            status, text, _ = request(server["sts"], "POST", "/", {"Host": host, **FORWARDED}, call)
            self.assertIn("<Code>MissingAuthenticationToken</Code>", text, host)
        for rule in ("its Host", "it has an Origin", "its Sec-Fetch-Site"):
            self.assert_logged(server, "sts: refused a request from 127.0.0.1: " + rule)


if __name__ == "__main__":
    understudy.main()
