#!/usr/bin/python3
"""The forms of `understudy credentials --format`, each taken by whom it is for: a shell, botocore, a container client."""

import json
import subprocess
import unittest

import understudy
from understudy import APP_ARN, CHAIN, KEY_ID, SECRET

try:
    import botocore
except ImportError:
    botocore = None

needs_botocore = unittest.skipUnless(botocore, "botocore is not installed (Debian: python3-botocore)")

VARIABLES = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION", "AWS_ACCOUNT_ID",
             "AWS_REGION", "AWS_DEFAULT_REGION"]
# What botocore takes: the provider's name, the credentials and the region.
TAKEN = """
import json
import botocore.session
session = botocore.session.Session()
credentials = session.get_credentials()
frozen = credentials.get_frozen_credentials()
print(json.dumps([credentials.method, frozen.access_key, frozen.secret_key, frozen.token,
                  session.get_config_variable("region")]))
"""
END = r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z"


class Formats(understudy.TestCase):
    def setUp(self):
        super().setUp()
        self.config = self.write("understudy.yaml", CHAIN)

    def form(self, role, format_name):
        done = self.run_command("credentials", role, "--config", self.config, "--format", format_name, shows_secrets=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def in_shell(self, script, text, **before):
        """The variables that a shell has after `script`, whose $FORM is `text`; None for one that is not exported."""
        environment = understudy.environment_of(self.folder, {"FORM": text, **before})
        done = subprocess.run(["/bin/sh", "-euc", script + "\nexec env -0"], env=environment, capture_output=True, text=True,
                              timeout=understudy.PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)
        exported = dict(line.split("=", 1) for line in done.stdout.split("\0") if line)
        return {name: exported.get(name) for name in VARIABLES}

    def keep_secret(self, *secrets):
        self.secrets |= set(secrets)

    def test_files_of_the_server_alone_are_neither_read_nor_made(self):
        keys = self.folder / "identity"
        text = f"{CHAIN}identity: {{keys: {keys}}}\nadmin: {{token_file: {self.folder}/admin.token}}\n"
        text = text.replace("imds: {role: app", f"imds: {{instance: {{user_data_file: {self.folder}/missing}}, role: app")
        self.assertIn("missing", text)
        config = self.write("server.yaml", text)
        done = self.run_command("whoami", "app", "--config", config)
        self.assertEqual((done.returncode, done.stdout.split("/")[-2:]), (0, ["app", "understudy-app\n"]), done.stderr)
        self.assertEqual(sorted(path.name for path in self.folder.iterdir() if path.name in ("identity", "admin.token")), [])

    def test_env_is_evaluated_by_a_shell(self):
        variables = self.in_shell('eval "$FORM"', self.form("app", "env"))
        self.keep_secret(variables["AWS_SECRET_ACCESS_KEY"], variables["AWS_SESSION_TOKEN"])
        self.assertTrue(variables["AWS_ACCESS_KEY_ID"].startswith("ASIA"))
        self.assertRegex(variables["AWS_CREDENTIAL_EXPIRATION"], END)
        self.assertEqual([variables[name] for name in VARIABLES[4:]], ["111122223333", "us-east-1", "us-east-1"])

    def test_env_takes_an_earlier_role_s_session_out_of_the_shell(self):
        earlier = {"AWS_SESSION_TOKEN": "old", "AWS_CREDENTIAL_EXPIRATION": "2026-01-01T00:00:00Z", "AWS_ACCOUNT_ID": "999988887777"}
        variables = self.in_shell('eval "$FORM"', self.form("base", "env"), **earlier)
        self.assertEqual([variables[name] for name in VARIABLES[:5]], [KEY_ID, SECRET, None, None, None])

    def test_env_quotes_what_a_shell_would_act_upon(self):
        odd = "a'b$(id)`id`;\\\"c\"&#~"
        document = json.dumps({"Version": 1, "AccessKeyId": KEY_ID, "SecretAccessKey": odd, "AccountId": "two\nlines"})
        program = self.write("process", f"#!/bin/sh\ncat <<'EOF'\n{document}\nEOF\n", 0o700)
        self.config = self.write("odd.yaml", f"roles: {{odd: {{process: {program}}}}}\n")
        for script, form in (('eval "$FORM"', "env"), ('set -a\neval "$FORM"', "env-no-export")):
            self.assertEqual(self.in_shell(script, self.form("odd", form))["AWS_SECRET_ACCESS_KEY"], odd)
        done = self.run_command("credentials", "--config", self.config, "--format", "profile")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("aws_account_id has a blank", done.stderr)

    def test_env_no_export_makes_plain_assignments(self):
        text = self.form("app", "env-no-export")
        self.assertEqual([line.split("=")[0] for line in text.splitlines()], VARIABLES)
        self.assertEqual(set(self.in_shell('eval "$FORM"', text).values()), {None})

    @needs_botocore
    def test_profile_is_read_by_botocore_behind_what_the_file_held(self):
        text = self.form("app", "profile")
        file = self.write("credentials", f"[default]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n" + text)
        method, key, secret, token, region = self.run_python(TAKEN, AWS_SHARED_CREDENTIALS_FILE=str(file), AWS_PROFILE="app")
        self.keep_secret(secret, token)
        self.assertEqual((method, region), ("shared-credentials-file", "us-east-1"))
        for line in (f"aws_access_key_id = {key}", f"aws_secret_access_key = {secret}", f"aws_session_token = {token}"):
            self.assertIn(line, text.splitlines())

    def test_json_is_a_container_endpoint_s_answer(self):
        document = json.loads(self.form("app", "json"))
        self.keep_secret(document["SecretAccessKey"], document["Token"])
        self.assertEqual(list(document), ["RoleArn", "AccessKeyId", "SecretAccessKey", "Token", "Expiration"])
        self.assertEqual(document["RoleArn"], APP_ARN)
        done = self.run_command("credentials", "base", "--config", self.config, "--format", "json")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("do not say when they end", done.stderr)

    def test_process_is_the_form_where_none_is_named(self):
        self.assertEqual(list(json.loads(self.form("base", "process"))), ["Version", "AccessKeyId", "SecretAccessKey"])
        plain = self.run_command("credentials", "base", "--config", self.config, shows_secrets=True)
        self.assertEqual(plain.stdout, self.form("base", "process"))

    def test_a_form_that_there_is_not_is_told(self):
        done = self.run_command("credentials", "app", "--config", self.config, "--format", "yaml")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("process", done.stderr)


if __name__ == "__main__":
    understudy.main()
