#!/usr/bin/python3
"""`understudy serve` as clients see it."""

import stat
import subprocess

import understudy
from understudy import APP_ARN, AUDIT_ARN, CHAIN, KEY_ID, SECRET, get, request

CREDENTIALS = "/latest/meta-data/iam/security-credentials/"

# What a newcomer copies, as it is shown, but for the keys and the folder of the token.
EXAMPLE = """region: us-east-1
listen: {imds: 127.0.0.1:1338, containers: 127.0.0.1:1339}
sts: {endpoint: embedded}            # or a URL; left out: the partition's regional endpoint
roles:
  base: {static: {access_key_id: KEY_ID, secret_access_key: SECRET}}     # or {profile: dev}, {environment: true}
  app:  {assume_role: arn:aws:iam::111122223333:role/app, source: base, duration: 1h}
  audit: {assume_role: {arn: arn:aws:iam::444455556666:role/audit, external_id: x, session_name: me, tags: {team: a}}, source: app}   # a chain
imds: {role: app, tokens: required}
containers:
  credentials:
    app:   {role: app}                                  # /v2/credentials/app
    audit: {role: audit, token_file: FOLDER/audit.token}
"""


class Example(understudy.TestCase):
    def setUp(self):
        super().setUp()
        run = self.folder / "run"
        self.text = EXAMPLE.replace("KEY_ID", KEY_ID).replace("SECRET", SECRET).replace("FOLDER", str(run))
        self.token_file = run / "audit.token"
        self.server = self.start()

    def start(self):
        return self.serve(self.text, UNDERSTUDY_LISTEN_IMDS="127.0.0.1:0", UNDERSTUDY_LISTEN_CONTAINERS="127.0.0.1:0")

    def test_a_role_is_served_by_its_id(self):
        document = self.credentials(self.server["containers"], "/v2/credentials/app")
        self.assertEqual(document["RoleArn"], APP_ARN)
        self.assertTrue(document["AccessKeyId"].startswith("ASIA"))

    def test_a_chain_behind_a_token_is_served_to_who_has_the_token(self):
        token = self.token_file.read_text()
        self.secrets.add(token)
        self.assertRegex(token, r"\A[A-Za-z0-9_-]{43}\Z")
        self.assertEqual(stat.S_IMODE(self.token_file.stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(self.token_file.parent.stat().st_mode), 0o700)
        target = "/v2/credentials/audit"
        document = self.credentials(self.server["containers"], target, {"Authorization": token})
        self.assertEqual(document["RoleArn"], AUDIT_ARN)
        for wrong in ({}, {"Authorization": ""}, {"Authorization": "Bearer " + token}, {"Authorization": token[:-1]}):
            status, text = get(self.server["containers"], target, wrong)
            self.assertEqual(status, 401, text)
            self.assertIn('"code":"AuthorizationFailed"', text)

    def test_only_the_listeners_that_it_names_open(self):
        self.assertEqual(set(self.server.listeners), {"imds", "containers"})

    def test_the_start_tells_people_what_to_type(self):
        log = self.server.log()
        self.assertIn(f"export AWS_EC2_METADATA_SERVICE_ENDPOINT=http://{self.server['imds']}/", log)
        self.assertIn(f"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://{self.server['containers']}/v2/credentials/app", log)
        self.assertIn("STS is embedded", log)

    def test_a_restart_keeps_the_token(self):
        token = self.token_file.read_text()
        self.assertEqual(self.server.stop(), 0)
        again = self.start()
        self.credentials(again["containers"], "/v2/credentials/audit", {"Authorization": token})


class Imds(understudy.TestCase):
    def curl(self, *arguments):
        return subprocess.run(["curl", "-sS", "--max-time", "3", *arguments], capture_output=True, text=True, check=True).stdout

    def test_the_session_of_a_shell(self):
        address = self.serve(CHAIN)["imds"]
        # A PUT without a body and without a length, as everybody types it: it must not be waited for.
        token = self.curl("-X", "PUT", f"http://{address}/latest/api/token", "-H", "X-aws-ec2-metadata-token-ttl-seconds: 60")
        self.assertGreater(len(token), 20)
        self.secrets.add(token)
        header = ("-H", f"X-aws-ec2-metadata-token: {token}")
        self.assertEqual(self.curl(f"http://{address}{CREDENTIALS}", *header), "app")
        self.assertIn('"Code" : "Success"', self.curl(f"http://{address}{CREDENTIALS}app", *header))
        self.assertEqual(self.curl(f"http://{address}/latest/meta-data/placement/region", *header), "us-east-1")

    def test_where_tokens_are_required_nothing_is_read_without(self):
        address = self.serve(CHAIN)["imds"]
        self.assertEqual(get(address, CREDENTIALS), (401, ""))
        self.assertEqual(get(address, CREDENTIALS, {"X-aws-ec2-metadata-token": "AQAEAmade=up"}), (401, ""))
        self.assertEqual(get(address, CREDENTIALS, self.imds_token(address)), (200, "app"))

    def test_where_they_are_optional_a_bad_one_is_refused_all_the_same(self):
        address = self.serve(CHAIN, UNDERSTUDY_IMDS_TOKENS="optional")["imds"]
        self.assertEqual(get(address, CREDENTIALS), (200, "app"))
        self.assertEqual(get(address, CREDENTIALS, {"X-aws-ec2-metadata-token": "AQAEAmade=up"}), (401, ""))

    def test_a_token_of_another_start_is_not_taken(self):
        token = self.imds_token(self.serve(CHAIN)["imds"])
        self.assertEqual(get(self.serve(CHAIN)["imds"], CREDENTIALS, token), (401, ""))

    def test_both_endpoints_serve_one_generation(self):
        server = self.serve(CHAIN)
        by_path = self.credentials(server["containers"], "/creds")
        by_id = self.credentials(server["containers"], "/v2/credentials/app")
        by_imds = self.credentials(server["imds"], CREDENTIALS + "app", self.imds_token(server["imds"]))
        self.assertEqual(by_path, by_id)
        for member in ("AccessKeyId", "SecretAccessKey", "Token", "Expiration"):
            self.assertEqual(by_imds[member], by_id[member])


class Start(understudy.TestCase):
    def test_a_port_that_is_taken_is_told_and_ends_it(self):
        taken = self.serve(CHAIN)["containers"]
        config = self.write("second.yaml", CHAIN)
        done = self.run_command("serve", "--config", config, "--containers", taken)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"containers can not listen on {taken}", done.stderr)
        self.assertIn("choose another port", done.stderr)
        self.assertEqual(get(taken, "/v2/credentials/nobody")[0], 400)

    def test_the_ready_file_names_the_process(self):
        server = self.serve(CHAIN)
        self.assertEqual(server.pid, server.process.pid)
        self.assertEqual(set(server.listeners), {"imds", "containers", "sts"})
        self.assertNotIn("127.0.0.1:0", server.listeners.values())

    def test_an_unknown_id_is_no_other_role(self):
        status, text, headers = request(self.serve(CHAIN)["containers"], "GET", "/v2/credentials/ap")
        self.assertEqual(status, 400)
        self.assertIn('"code":"InvalidIdInRequest"', text)
        self.assertEqual(headers["Content-Type"], "application/json")


if __name__ == "__main__":
    understudy.main()
