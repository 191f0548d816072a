#!/usr/bin/python3
"""The paths of amazon-ecs-local-container-endpoints and aws-vault: roles by name and by ARN, configured or on demand."""

import datetime
import json
import time
from urllib.parse import quote

import understudy
from understudy import APP_ARN, AUDIT_ARN, BASE, KEY_ID, SECRET, eventually, get

CONFIG = f"""region: us-east-1
listen: {{containers: 127.0.0.1:0}}
sts: {{endpoint: embedded}}
roles:
{BASE}  app: {{assume_role: {APP_ARN}, source: base}}
  audit: {{assume_role: {AUDIT_ARN}, source: base}}
containers:
  credentials: {{audit: {{role: audit, token_file: TOKEN}}}}
"""
PROFILE_SECONDS = 900  # of the credentials of a profile
OTHER_ARN = "arn:aws:iam::777788889999:role/team/reader"


def seconds_left(document):
    end = datetime.datetime.strptime(document["Expiration"], "%Y-%m-%dT%H:%M:%S%z")
    return end.timestamp() - time.time()


class Compat(understudy.TestCase):
    def start(self, more="", config=CONFIG):
        token_file = self.folder / "token"
        self.server = self.serve(config.replace("TOKEN", str(token_file)) + more)
        self.token = token_file.read_text()
        self.secrets.add(self.token)
        return self.server["containers"]

    def assert_refused(self, address, target, status, code):
        got, text = get(address, target)
        self.assertEqual((got, json.loads(text)["code"]), (status, code))

    def test_an_arn_may_be_encoded_as_a_whole(self):
        encoded = quote(APP_ARN, safe="")
        self.assertIn("%2F", encoded)
        for compat in ("true", "{source: base}"):
            containers = self.start(f"  compat: {compat}\n  audit_log: true\n")
            for target in (f"/role-arn/{encoded}", f"/role-arn/{encoded.lower()}/"):
                with self.subTest(target, compat=compat):
                    self.assertEqual(self.credentials(containers, target)["RoleArn"], APP_ARN)
            self.assert_logged(self.server, f'"/role-arn/{APP_ARN}"')
            self.assertEqual(get(containers, f"/role{encoded.partition('role')[2]}")[0], 404)
        self.assertEqual(self.credentials(containers, "/role-arn/" + quote(OTHER_ARN, safe=""))["RoleArn"], OTHER_ARN)

    def test_without_it_the_paths_are_not_there(self):
        containers = self.start()
        for target in ("/role/app", f"/role-arn/{APP_ARN}"):
            self.assertEqual(get(containers, target)[0], 404)

    def test_roles_of_the_configuration_are_found_by_name_and_arn(self):
        containers = self.start("  compat: true\n")
        for target in ("/role/app", "/role/app/", f"/role-arn/{APP_ARN}", f"/role-arn/{APP_ARN}/"):
            with self.subTest(target):
                self.assertEqual(self.credentials(containers, target)["RoleArn"], APP_ARN)
        self.assert_refused(containers, "/role/reader", 400, "InvalidIdInRequest")
        self.assert_refused(containers, f"/role-arn/{OTHER_ARN}", 400, "InvalidIdInRequest")
        self.assert_refused(containers, "/role/audit", 401, "AuthorizationFailed")
        self.assertEqual(self.credentials(containers, "/role/audit", {"Authorization": self.token})["RoleArn"], AUDIT_ARN)

    def test_any_role_is_played_on_demand_where_that_is_wanted(self):
        containers = self.start("  compat: {source: base}\n")
        self.assertEqual(self.credentials(containers, f"/role-arn/{OTHER_ARN}")["RoleArn"], OTHER_ARN)
        self.assertRegex(self.credentials(containers, "/role/reader")["RoleArn"], r"\Aarn:aws:iam::\d{12}:role/reader\Z")
        self.assert_refused(containers, "/role/audit", 401, "AuthorizationFailed")
        self.assert_refused(containers, f"/role-arn/{AUDIT_ARN}", 401, "AuthorizationFailed")

    def start_profiles(self, compat):
        """The profile dev, and audit, which is given for a token alone; only their credentials tell their ARNs."""
        profiles = self.write("config", "".join(f"[profile {name}]\nrole_arn = {arn}\nsource_profile = keys\n"
                                                f"duration_seconds = {PROFILE_SECONDS}\n" for name, arn in
                                                (("dev", APP_ARN), ("audit", AUDIT_ARN))))
        keys = self.write("credentials", f"[keys]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n")
        token_file = self.folder / "token"
        containers = self.serve(f"""region: us-east-1
listen: {{containers: 127.0.0.1:0}}
sts: {{endpoint: embedded}}
roles:
{BASE}  dev: {{profile: dev}}
  audit: {{profile: audit}}
containers:
  credentials: {{audit: {{role: audit, token_file: {token_file}}}}}
  compat: {compat}
""", AWS_CONFIG_FILE=str(profiles), AWS_SHARED_CREDENTIALS_FILE=str(keys))["containers"]
        self.token = token_file.read_text()
        self.secrets.add(self.token)
        return containers

    def test_roles_of_profiles_are_found_by_the_arn_that_they_turn_out_to_have(self):
        for compat, is_profile in (("true", True), ("{source: base}", False)):
            with self.subTest(compat):
                containers = self.start_profiles(compat)
                for target in ("/role/audit", f"/role-arn/{AUDIT_ARN}"):
                    self.assert_refused(containers, target, 401, "AuthorizationFailed")
                    audit = self.credentials(containers, target, {"Authorization": self.token})
                    self.assertEqual(audit["RoleArn"], AUDIT_ARN)
                    self.assertLessEqual(seconds_left(audit), PROFILE_SECONDS)
                dev = self.credentials(containers, f"/role-arn/{APP_ARN}")
                self.assertEqual(dev["RoleArn"], APP_ARN)
                self.assertEqual(seconds_left(dev) <= PROFILE_SECONDS, is_profile, "else it was played by base")

    def test_a_second_role_of_the_same_arn_leads_past_no_token(self):
        second = f"roles:\n  aa: {{assume_role: {AUDIT_ARN}, source: base}}\n"
        for compat in ("true", "{source: base}"):
            with self.subTest(compat):
                containers = self.start(f"  compat: {compat}\n", CONFIG.replace("roles:\n", second))
                for target in ("/role/audit", f"/role-arn/{AUDIT_ARN}"):
                    self.assert_refused(containers, target, 401, "AuthorizationFailed")
                    self.credentials(containers, target, {"Authorization": self.token})

    def test_the_log_warns_of_a_token_before_what_says_no_arn(self):
        session = CONFIG.replace(f"{{assume_role: {AUDIT_ARN}, source: base}}", "{session_token: {}, source: base}")
        for config, compat, warns in ((session, "{source: base}", True), (session, "true", False),
                                      (CONFIG, "{source: base}", False)):
            with self.subTest(compat, warns=warns):
                self.start(f"  compat: {compat}\n", config)
                line = "role audit is given for a token alone"
                if warns:
                    self.assert_logged(self.server, line)
                else:
                    self.assertNotIn(line, self.server.log())

    def test_more_roles_than_are_held_come_one_after_the_other(self):
        containers = self.start("  compat: {source: base}\n")
        arns = [f"arn:aws:iam::777788889999:role/n{number}" for number in range(90)]
        for arn in arns[:64]:
            self.assertEqual(self.credentials(containers, f"/role-arn/{arn}")["RoleArn"], arn)
        refused = [text for status, text in (get(containers, f"/role-arn/{arn}") for arn in arns[64:]) if status == 429]
        self.assertTrue(refused, "no limit for made-up names")
        self.assertEqual(json.loads(refused[0])["code"], "TooManyNewRoles")
        self.assertEqual(json.loads(refused[0])["HTTPErrorCode"], 429)
        eventually(lambda: get(containers, f"/role-arn/{arns[-1]}")[0] == 200, "a new role is never played again")
        self.assertEqual(self.credentials(containers, f"/role-arn/{arns[-1]}")["RoleArn"], arns[-1])

    def test_a_source_that_is_not_there_is_told(self):
        done = self.run_command("serve", "--check", "--config",
                                self.write("a.yaml", CONFIG + "  compat: {source: bas}\n", 0o600))
        self.assertEqual(done.returncode, 2)
        self.assertIn("containers.compat.source: ", done.stderr)
        self.assertIn('did you mean "base"?', done.stderr)


understudy.main()
