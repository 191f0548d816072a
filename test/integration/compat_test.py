#!/usr/bin/python3
"""The paths of amazon-ecs-local-container-endpoints and aws-vault: roles by name and by ARN, configured or on demand."""

import json

import understudy
from understudy import APP_ARN, AUDIT_ARN, BASE, eventually, get

CONFIG = f"""region: us-east-1
listen: {{containers: 127.0.0.1:0}}
sts: {{endpoint: embedded}}
roles:
{BASE}  app: {{assume_role: {APP_ARN}, source: base}}
  audit: {{assume_role: {AUDIT_ARN}, source: base}}
containers:
  credentials: {{audit: {{role: audit, token_file: TOKEN}}}}
"""
OTHER_ARN = "arn:aws:iam::777788889999:role/team/reader"


class Compat(understudy.TestCase):
    def start(self, more=""):
        token_file = self.folder / "token"
        containers = self.serve(CONFIG.replace("TOKEN", str(token_file)) + more)["containers"]
        self.token = token_file.read_text()
        self.secrets.add(self.token)
        return containers

    def assert_refused(self, address, target, status, code):
        got, text = get(address, target)
        self.assertEqual((got, json.loads(text)["code"]), (status, code))

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
