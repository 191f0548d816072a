#!/usr/bin/python3
"""EKS Pod Identity: pods' tokens, made and signed here as a cluster does it, for a role's credentials."""

import http.server
import json
import re
import threading
import unittest

import understudy
from understudy import APP_ARN, AUDIT_ARN, BASE, eventually, get

try:
    from cluster import Cluster
except ImportError:
    Cluster = None

HOST = "169.254.170.23"
CONFIG = f"""region: us-east-1
listen: {{pod_identity: 127.0.0.1:0, containers: 127.0.0.1:0}}
sts: {{endpoint: embedded}}
roles:
{BASE}  app: {{assume_role: {APP_ARN}, source: base}}
  audit: {{assume_role: {AUDIT_ARN}, source: base}}
containers: {{credentials: {{audit: {{role: audit}}}}}}
pod_identity:
  associations:
    - {{namespace: default, service_account: app, role: app}}
    - {{namespace: audit, service_account: app, role: audit}}
"""

# What botocore makes of the environment: the container provider alone.
BOTOCORE = """
import json
from botocore.credentials import ContainerProvider
credentials = ContainerProvider().load()
if credentials is None:
    print("null")
else:
    frozen = credentials.get_frozen_credentials()
    print(json.dumps({"AccessKeyId": frozen.access_key, "SecretAccessKey": frozen.secret_key, "Token": frozen.token}))
"""


@unittest.skipUnless(Cluster, "cryptography is not installed (Debian: python3-cryptography)")
class PodIdentity(understudy.TestCase):
    def setUp(self):
        super().setUp()
        self.cluster = Cluster()
        self.keys = self.write("jwks.json", self.cluster.jwks())
        self.verified = CONFIG + f"  jwks_file: {self.keys}\n"

    def ask(self, address, token, host=HOST):
        self.secrets.add(token)
        return get(address, "/v1/credentials", {"Authorization": token, "Host": host})

    def assert_plays(self, address, token, name):
        status, text = self.ask(address, token)
        self.assertEqual(status, 200, text)
        document = json.loads(text)
        self.secrets |= {document["SecretAccessKey"], document["Token"]}
        self.assertEqual(list(document), ["AccessKeyId", "SecretAccessKey", "Token", "AccountId", "Expiration"])
        self.assertEqual(document["AccountId"], name.split(":")[4])

    def test_each_pod_plays_its_own_role_on_both_listeners(self):
        for algorithm in ("RS256", "ES256"):
            with self.subTest(algorithm):
                cluster = Cluster(algorithm=algorithm)
                self.keys.write_text(cluster.jwks())
                server = self.serve(self.verified)
                for listener in ("pod_identity", "containers"):
                    self.assert_plays(server[listener], cluster.token(), APP_ARN)
                    self.assert_plays(server[listener], cluster.token("audit"), AUDIT_ARN)
                self.assertNotIn("signatures", server.log())

    def test_who_probes_needs_no_token_but_the_host_of_pods(self):
        pods = self.serve(self.verified)["pod_identity"]
        self.assertEqual(get(pods, "/healthz", {"Host": HOST}), (200, "ok\n"))
        self.assertEqual(get(pods, "/readyz", {"Host": HOST}), (200, "ready\n"))
        self.assertEqual(get(pods, "/readyz")[0], 403)
        trust = f"trust: {{'{AUDIT_ARN}': {{principals: ['999988887777']}}}}"
        refusing = self.verified.replace("endpoint: embedded", f"endpoint: embedded, {trust}")
        status, text = get(self.serve(refusing)["pod_identity"], "/readyz", {"Host": HOST})
        self.assertEqual(status, 503)
        self.assertIn("role audit has no credentials: AccessDenied", text)

    def test_every_refusal_is_a_line_of_text(self):
        pods = self.serve(self.verified)["pod_identity"]
        good = self.cluster.token()
        for token, status, text in (
                ("", 400, "Service account token cannot be empty"),
                ("abc", 400, "Service account token cannot be parsed: token is malformed: "),
                (self.cluster.token(lifetime=-1), 400, "failed basic claim validations: token is expired"),
                (self.cluster.token(audience="sts.amazonaws.com"), 400, "failed basic claim validations: invalid audience"),
                (Cluster().token(), 400, "JWT signature validation failed: "),
                (good[:-8] + "AAAAAAAA", 400, "JWT signature validation failed: "),
                (self.cluster.token("kube-system"), 404, "(ResourceNotFoundException): ")):
            with self.subTest(text):
                headers = {"Host": HOST, "Authorization": token}
                answer = understudy.request(pods, "GET", "/v1/credentials", headers)
                self.assertEqual(answer[0], status, answer[1])
                self.assertIn(text, answer[1])
                self.assertTrue(answer[1].endswith("\n"))
                self.assertEqual(answer[2]["Content-Type"], "text/plain; charset=utf-8")
        status, text = self.ask(pods, good, host=pods)
        self.assertEqual(status, 403)
        self.assertEqual(text, "Access Denied. Called agent through invalid address, please use either "
                               "[169.254.170.23 fd00:ec2::23] address not 127.0.0.1\n")

    def test_on_the_containers_listener_the_ids_of_ecs_are_left_alone(self):
        containers = self.serve(self.verified)["containers"]
        self.assertEqual(self.credentials(containers, "/v1/credentials?id=audit", {"Host": HOST})["RoleArn"], AUDIT_ARN)
        status, text = get(containers, "/v1/credentials")
        self.assertEqual(status, 400)
        self.assertIn("NoIdInRequest", text)

    def test_the_limit_and_the_log_of_the_containers_listener_hold_for_pods_too(self):
        config = self.verified.replace("containers: {credentials", "containers: {rate_limit: {per_second: 1, burst: 2}, audit_log: true, credentials")
        server = self.serve(config)
        token = self.cluster.token()
        self.secrets.add(token)
        self.assert_plays(server["containers"], token, APP_ARN)
        self.assertEqual(self.ask(server["containers"], "abc")[0], 400)
        headers = {"Host": HOST, "Authorization": token}
        answers = [understudy.request(server["containers"], "GET", "/v1/credentials", headers) for _ in range(9)]
        refused = [answer for answer in answers if answer[0] == 429]
        self.assertTrue(refused)
        self.assertEqual(refused[0][1], "Too Many Requests\n")
        self.assertNotIn("X-Rate-Limit-Limit", refused[0][2])
        eventually(lambda: len(re.findall(r'audit: \S+ (?:200|400) \S+ "/v1/credentials"', server.log())) >= 2,
                   "pods' requests are not in the audit log")
        eventually(lambda: re.search(r'audit: \S+ 429 \S+ "/v1/credentials" "-" - - 2 \S+ -$', server.log(), re.M),
                   "those over the limit are not in the audit log")
        self.assert_plays(server["pod_identity"], token, APP_ARN)

    def test_on_a_listener_of_its_own_alone_there_is_the_same_limit_and_log(self):
        config = re.sub("containers: {credentials.*", "containers: {rate_limit: {per_second: 1, burst: 2}, audit_log: true}",
                        self.verified.replace(", containers: 127.0.0.1:0", ""))
        server = self.serve(config)
        self.assertEqual(set(server.listeners), {"pod_identity"})
        token = self.cluster.token()
        self.assert_plays(server["pod_identity"], token, APP_ARN)
        headers = {"Host": HOST, "Authorization": token}
        answers = [understudy.request(server["pod_identity"], "GET", "/v1/credentials", headers) for _ in range(9)]
        refused = [answer for answer in answers if answer[0] == 429]
        self.assertTrue(refused)
        self.assertEqual((refused[0][1], refused[0][2]["X-Rate-Limit-Limit"]), ("Too Many Requests\n", None))
        eventually(lambda: re.search(r'audit: \S+ 200 \S+ "/v1/credentials"', server.log()), "a pod is not in the audit log")
        eventually(lambda: re.search(r'audit: \S+ 429 \S+ "/v1/credentials" "-" - - 2 \S+ -$', server.log(), re.M),
                   "those over the limit are not in the audit log")

    def test_a_role_for_pods_is_given_by_no_path_and_no_label(self):
        config = self.verified.replace("containers: {credentials: {audit: {role: audit}}}", """containers:
  credentials: {audit: {role: audit}}
  compat: {source: base}
  callers: {labels: true, addresses: {127.0.0.7: app}}
  tasks: {shop: {containers: {web: {addresses: [127.0.0.1], labels: {understudy.role: app}}}}}""")
        server = self.serve(config)
        containers = server["containers"]
        for target in ("/role/app", f"/role-arn/{APP_ARN}", f"/role-arn/{APP_ARN}".replace("/app", "%2Fapp"), "/creds"):
            with self.subTest(target):
                status, text = get(containers, target)
                self.assertEqual((status, json.loads(text)["code"]), (403, "RoleOfPods"))
        self.assertEqual(self.credentials(containers, "/role/audit")["RoleArn"], AUDIT_ARN)
        status, text = understudy.request(containers, "GET", "/creds", source="127.0.0.7")[:2]
        self.secrets |= {json.loads(text)["SecretAccessKey"], json.loads(text)["Token"]}
        self.assertEqual((status, json.loads(text)["RoleArn"]), (200, APP_ARN))
        self.assert_plays(containers, self.cluster.token(), APP_ARN)
        self.assert_logged(server, "containers.compat: beside callers, any caller gets any role")

    def test_a_pod_without_an_association_is_in_the_audit_log(self):
        server = self.serve(self.verified.replace("containers: {credentials", "containers: {audit_log: true, credentials"))
        token = self.cluster.token(account="stranger")
        self.secrets.add(token)
        headers = {"Host": HOST, "Authorization": token}
        self.assertEqual(understudy.request(server["containers"], "GET", "/v1/credentials", headers)[0], 404)
        eventually(lambda: re.search(r'audit: \S+ 404 \S+ "/v1/credentials" "-" - GetCredentialsInvalidRoleType 2 ', server.log()),
                   "who has no association is not in the audit log")

    def test_keys_that_change_count_at_once(self):
        pods = self.serve(self.verified)["pod_identity"]
        self.assert_plays(pods, self.cluster.token(), APP_ARN)
        following = Cluster("key-2")
        self.keys.write_text(following.jwks())
        eventually(lambda: self.ask(pods, following.token())[0] == 200, "the new key is not taken")
        self.assertEqual(self.ask(pods, self.cluster.token())[0], 400)

    def test_keys_that_vanish_are_used_on_and_the_log_says_so(self):
        server = self.serve(self.verified)
        self.keys.unlink()
        self.assertEqual(self.ask(server["pod_identity"], Cluster("key-2").token())[0], 400)
        eventually(lambda: "those read before are used on" in server.log(), "the log does not say that keys are missing")
        self.assert_plays(server["pod_identity"], self.cluster.token(), APP_ARN)

    def test_without_a_file_of_keys_it_does_not_start(self):
        self.keys.unlink()
        done = self.run_command("serve", "--config", self.write("understudy.yaml", self.verified, 0o600))
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn(str(self.keys), done.stderr)

    def test_keys_are_fetched_from_an_address_and_not_for_each_token(self):
        cluster, hits = self.cluster, []

        class Keys(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                hits.append(self.path)
                body = cluster.jwks().encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        issuer = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Keys)
        thread = threading.Thread(target=issuer.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(issuer.server_close)
        self.addCleanup(issuer.shutdown)
        pods = self.serve(CONFIG + f"  jwks_url: http://127.0.0.1:{issuer.server_port}/openid/v1/jwks\n")["pod_identity"]
        eventually(lambda: self.ask(pods, cluster.token())[0] == 200, "the keys do not come")
        for _ in range(3):
            self.assert_plays(pods, cluster.token(), APP_ARN)
            self.assertEqual(self.ask(pods, Cluster("key-2").token())[0], 400)
        self.assertEqual(hits, ["/openid/v1/jwks"])

    def test_without_keys_a_warning_says_what_that_means(self):
        server = self.serve(CONFIG)
        self.assert_plays(server["pod_identity"], Cluster("anybody's").token(), APP_ARN)
        self.assert_logged(server, "tokens are taken without looking at their signatures")

    def test_botocore_takes_them_by_a_token_file(self):
        server = self.serve(self.verified + "  host_check: false\n")
        token = self.cluster.token("audit")
        self.secrets.add(token)
        environment = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://{server['pod_identity']}/v1/credentials",
                       "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(self.write("token", token))}
        if "AUTHORIZATION_TOKEN_FILE" not in self.run_python(
                "import inspect, json, botocore.credentials as c; print(json.dumps(inspect.getsource(c.ContainerProvider)))"):
            environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = token  # Debian 12's knows the value alone.
        taken = self.run_python(BOTOCORE, **environment)
        self.assertTrue(taken["AccessKeyId"].startswith("ASIA"))
        document = json.loads(self.ask(server["pod_identity"], token)[1])
        self.assertEqual(taken, {name: document[name] for name in taken})


understudy.main()
