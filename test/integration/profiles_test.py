#!/usr/bin/python3
"""`understudy profiles`: what it says of the shared AWS files, and with which exit status."""

import json

import understudy
from understudy import APP_ARN, KEY_ID, SECRET

CONFIG = f"""[default]
region = eu-west-1
[profile app]
role_arn = {APP_ARN}
source_profile = default
[profile loop]
role_arn = {APP_ARN}
source_profile = loop2
[profile loop2]
role_arn = {APP_ARN}
source_profile = loop
"""
CREDENTIALS = f"""[default]
aws_access_key_id = {KEY_ID}
aws_secret_access_key = {SECRET}
"""


class Profiles(understudy.TestCase):
    def setUp(self):
        super().setUp()
        self.config = self.write(".aws/config", CONFIG)
        self.credentials = self.write(".aws/credentials", CREDENTIALS)

    def test_each_profile_is_a_line_and_a_broken_one_is_no_failure(self):
        done = self.run_command("profiles", AWS_PROFILE="app")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout, f"""{self.config}
{self.credentials}

  PROFILE  REGION     CREDENTIALS
* app      -          keys ...MPLE of profile default, then role {APP_ARN}
  default  eu-west-1  keys ...MPLE
  loop     -          ! ProfileLoop: {self.config}:11: the source_profile chain loop -> loop2 -> loop comes back to where it was
  loop2    -          ! ProfileLoop: {self.config}:8: the source_profile chain loop2 -> loop -> loop2 comes back to where it was
""")

    def test_json_is_for_tools(self):
        done = self.run_command("profiles", "--json")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        told = json.loads(done.stdout)
        self.assertEqual(list(told), ["files", "selected_profile", "error", "profiles", "sso_sessions", "services"])
        self.assertEqual(list(told["profiles"]), ["app", "default", "loop", "loop2"])
        self.assertEqual(told["profiles"]["app"]["start"],
                         {"way": "keys", "profile": "default", "access_key_id": "...MPLE"})
        self.assertEqual(told["profiles"]["loop"]["error"]["code"], "ProfileLoop")

    def test_one_profile_tells_by_the_status_whether_it_leads_to_credentials(self):
        done = self.run_command("profiles", "--profile", "default")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.splitlines()[0], "default: keys ...MPLE")
        self.assertIn(f"  region                 {self.config}:2", done.stdout)
        self.assertEqual(self.run_command("profiles", "--profile", "loop").returncode, 1)
        self.assertEqual(self.run_command("profiles", "--json", "--profile", "loop").returncode, 1)
        gone = self.run_command("profiles", "--profile", "ap")
        self.assertEqual((gone.returncode, gone.stdout), (1, ""))
        self.assertIn("did you mean app?", gone.stderr)

    def test_no_file_and_a_broken_file_are_failures(self):
        done = self.run_command("profiles", AWS_CONFIG_FILE="/nowhere/a", AWS_SHARED_CREDENTIALS_FILE="/nowhere/b")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("there is neither /nowhere/a nor /nowhere/b", done.stderr)
        self.write(".aws/config", CONFIG + "[profile x\n")
        done = self.run_command("profiles")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn(f"ConfigSyntax: {self.config}:12: expected", done.stderr)
        done = self.run_command("profiles", "--json")
        self.assertEqual((done.returncode, json.loads(done.stdout)["error"]["code"]), (1, "ConfigSyntax"))


if __name__ == "__main__":
    understudy.main()
