#!/usr/bin/python3
"""`understudy exec`: a command that plays a role."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import understudy
from understudy import APP_ARN, AUDIT_ARN, CHAIN

SHOW_ENVIRONMENT = "import json, os; print(json.dumps(dict(os.environ)))"
SHOW_SOCKETS = """
import json, os
links = []
for name in os.listdir("/proc/self/fd"):
    try:
        links.append(os.readlink("/proc/self/fd/" + name))
    except FileNotFoundError:
        pass
print(json.dumps([link for link in links if link.startswith(("socket:", "anon_inode:"))]))
"""
# What an SDK does with the variables: both endpoints, then who it is.
PLAY = """
import json, os, urllib.request as web
url, token = os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"], open(os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]).read()
assert token == os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
document = json.load(web.urlopen(web.Request(url, headers={"Authorization": token})))
imds = os.environ["AWS_EC2_METADATA_SERVICE_ENDPOINT"]
put = web.Request(imds + "latest/api/token", method="PUT", headers={"X-aws-ec2-metadata-token-ttl-seconds": "60"})
header = {"X-aws-ec2-metadata-token": web.urlopen(put).read().decode()}
name = web.urlopen(web.Request(imds + "latest/meta-data/iam/security-credentials/", headers=header)).read().decode()
print(json.dumps({"arn": document["RoleArn"], "name": name, "mode": oct(os.stat(os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]).st_mode)}))
"""


class Exec(understudy.TestCase):
    def setUp(self):
        super().setUp()
        self.config = self.write("understudy.yaml", CHAIN)

    def exec(self, *command, role="app", stdin=None, **environment):
        # What the command prints is the command's.
        return self.run_command("exec", "--config", self.config, "--role", role, "--", *command, stdin=stdin,
                                shows_secrets=True, **environment)

    def exec_python(self, program, **options):
        done = self.exec(sys.executable, "-c", program, **options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_the_command_plays_the_role(self):
        for role, arn in (("app", APP_ARN), ("audit", AUDIT_ARN)):
            played = self.exec_python(PLAY, role=role)
            self.assertEqual(played, {"arn": arn, "name": role, "mode": oct(0o100600)})

    def test_nothing_in_the_environment_wins_over_the_role(self):
        seen = self.exec_python(SHOW_ENVIRONMENT, AWS_ACCESS_KEY_ID="AKIAI44QH8DHBEXAMPLE", AWS_SECRET_ACCESS_KEY="other",
                                AWS_SESSION_TOKEN="other", AWS_PROFILE="other", AWS_ROLE_ARN="other",
                                AWS_WEB_IDENTITY_TOKEN_FILE="/other", AWS_CONTAINER_CREDENTIALS_RELATIVE_URI="/other",
                                AWS_EC2_METADATA_DISABLED="true", HTTP_PROXY="http://127.0.0.1:9", KEPT="kept")
        self.assertNotIn("other", seen.values())
        self.assertNotIn("AWS_EC2_METADATA_DISABLED", seen)
        self.assertEqual(seen["KEPT"], "kept")
        self.assertEqual(seen["AWS_REGION"], "us-east-1")
        self.assertEqual(seen["HOME"], str(self.folder))
        self.assertIn("127.0.0.1", seen["NO_PROXY"].split(","))
        self.assertRegex(seen["AWS_CONTAINER_CREDENTIALS_FULL_URI"], r"\Ahttp://127\.0\.0\.1:\d+/v2/credentials/app\Z")

    def test_the_status_is_the_command_s(self):
        for program, status in (("exit 0", 0), ("exit 7", 7), ("kill -KILL $$", 128 + signal.SIGKILL)):
            self.assertEqual(self.exec("sh", "-c", program).returncode, status)

    def test_a_command_that_can_not_be_run_is_told_as_a_shell_does(self):
        if understudy.is_emulated():
            self.skipTest("qemu's child has memory of its own, so its parent does not hear why it failed")
        missing = self.exec("no-such-command-anywhere")
        self.assertEqual(missing.returncode, 127)
        self.assertIn("no-such-command-anywhere", missing.stderr)
        self.assertEqual(self.exec(self.write("plain-file", "")).returncode, 126)

    def test_input_and_output_are_the_command_s_own(self):
        done = self.exec("sh", "-c", "cat; echo complaint >&2", stdin="a line\n")
        self.assertEqual(done.stdout, "a line\n")
        self.assertIn("complaint\n", done.stderr)

    def test_a_signal_reaches_the_command_and_its_answer_is_the_status(self):
        command = self.command("exec", "--config", self.config, "--role", "app", "--", "sh", "-c",
                               "trap 'echo heard; exit 9' TERM; echo waiting; while :; do sleep 0.05; done")
        with subprocess.Popen(command, env=understudy.environment_of(self.folder, {}), stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True) as process:
            self.assertEqual(process.stdout.readline(), "waiting\n")
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.stdout.readline(), "heard\n")
            self.assertEqual(process.wait(understudy.PATIENCE), 9)

    def test_nothing_is_left_of_the_token(self):
        runtime = self.folder / "runtime"
        runtime.mkdir(mode=0o700)
        seen = self.exec_python(SHOW_ENVIRONMENT, XDG_RUNTIME_DIR=str(runtime))
        token_file = Path(seen["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"])
        self.assertEqual(token_file.parents[1], runtime)
        self.assertEqual(list(runtime.iterdir()), [])
        self.secrets.add(seen["AWS_CONTAINER_AUTHORIZATION_TOKEN"])

    def test_no_other_role_is_to_be_had_there(self):
        config = CHAIN.replace("containers:\n", "containers:\n  compat: {source: base}\n  audit_log: true\n")
        self.assertNotEqual(config, CHAIN)
        self.config = self.write("understudy.yaml", config)
        ask = """
import json, os, urllib.error, urllib.parse as parse, urllib.request as web
origin = parse.urlsplit(os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"])
def status(path):
    try:
        return web.urlopen(f"http://{origin.netloc}{path}").status
    except urllib.error.HTTPError as problem:
        return problem.code
print(json.dumps([status(path) for path in ("/role/audit", "/role-arn/%s", "/creds", "/v2/credentials/audit", origin.path)]))
""" % AUDIT_ARN
        self.assertEqual(self.exec_python(ask, role="app"), [404, 404, 404, 400, 401])

    def test_the_command_inherits_no_socket_of_ours(self):
        self.assertEqual(self.exec_python(SHOW_SOCKETS), [])

    def test_files_that_the_caller_opened_for_the_command_reach_it(self):
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        with os.fdopen(writer, "w") as pipe:
            command = self.command("exec", "--config", self.config, "--role", "app", "--", "sh", "-c", f"echo through >&{writer}")
            subprocess.run(command, env=understudy.environment_of(self.folder, {}), stderr=subprocess.DEVNULL,
                           pass_fds=[pipe.fileno()], check=True, timeout=understudy.PATIENCE)
        self.assertEqual(os.read(reader, 100), b"through\n")

    def test_with_a_role_that_is_refused_nothing_is_run(self):
        trust = f"trust: {{'{APP_ARN}': {{principals: ['999988887777']}}}}"
        self.config = self.write("refused.yaml", CHAIN.replace("endpoint: embedded", f"endpoint: embedded, {trust}"))
        done = self.exec("touch", self.folder / "was-run")
        self.assertEqual(done.returncode, 1)
        self.assertIn("understudy: role app: AccessDenied: ", done.stderr)
        self.assertFalse((self.folder / "was-run").exists())

    def test_a_role_that_is_not_there_is_told_with_those_that_are(self):
        done = self.exec("true", role="adit")
        self.assertEqual(done.returncode, 2)
        self.assertIn('no role "adit", did you mean "audit"?; it has: base, app, audit', done.stderr)
        unsaid = self.run_command("exec", "--config", self.config, "--", "true")
        self.assertEqual(unsaid.returncode, 2)
        self.assertIn("say which role", unsaid.stderr)

    def test_nothing_of_a_server_with_the_same_configuration_is_opened(self):
        port = understudy.free_port()
        pods = "pod_identity: {associations: [{namespace: web, service_account: api, role: audit}]}\n"
        self.config = self.write("understudy.yaml", CHAIN.replace("listen: {", f"listen: {{pod_identity: 127.0.0.1:{port}, ") + pods)
        with socket.create_server(("127.0.0.1", port)):  # as the server would have it
            done = self.exec(sys.executable, "-c", PLAY)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["arn"], APP_ARN)


if __name__ == "__main__":
    understudy.main()
