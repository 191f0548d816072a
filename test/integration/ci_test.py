#!/usr/bin/python3
"""docs/ci.md: its files and commands, as a job has them. The tests of the job are a client of botocore's."""

import http.server
import json
import re
import shutil
import subprocess
import sys
import threading
import unittest
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import openid
import understudy
from understudy import PATIENCE, free_port

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "ci.md"
BLOCK = re.compile(r"^<!-- ci: ([^\n]+) -->\n```(yaml|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RUN_TESTS = f"""#!{sys.executable}
import os, botocore.session
sts = botocore.session.get_session().create_client("sts", endpoint_url=os.environ["AWS_ENDPOINT_URL_STS"])
print(sts.get_caller_identity()["Arn"])
"""
APP = "arn:aws:sts::111122223333:assumed-role/app/understudy-app"
AUDIT = "arn:aws:sts::444455556666:assumed-role/audit/understudy-audit"
DEPLOY = "arn:aws:sts::444455556666:assumed-role/deploy/understudy-deploy"
# What a real account's role says of whom it trusts.
EMBEDDED = """
sts: {endpoint: embedded, trust: {"arn:aws:iam::111122223333:role/ci": {principals: ["*"]}}}
"""


def blocks(job):
    """The job's files by their names, and its commands."""
    files, commands = {}, []
    for names, kind, text in BLOCK.findall(DOCUMENT.read_text()):
        for name in names.split():
            if kind == "yaml" and name.startswith(job + "/"):
                files[name.partition("/")[2]] = text
            elif kind == "sh" and name == job:
                commands.append(text)
    return files, "".join(commands)


class Issuer(http.server.BaseHTTPRequestHandler):
    """GitHub's endpoint for a job's tokens: a GET with the job's own bearer and an audience."""

    def do_GET(self):
        asked = parse_qs(urlsplit(self.path).query)
        is_right = self.headers["Authorization"] == "bearer fake-request-token" and asked["audience"] == ["sts.amazonaws.com"]
        body = json.dumps({"value": openid.token(lives=300)} if is_right else {}).encode()
        self.send_response(200 if is_right else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@unittest.skipUnless(shutil.which("jq") and shutil.which("curl"), "jq and curl are not installed")
class Ci(understudy.TestCase):
    def run_job(self, job, edit=lambda text: text, **environment):
        """The job's commands, run to their end."""
        files, commands = blocks(job)
        self.assertTrue(files and commands, job)
        for name, text in files.items():
            self.write(name, edit(text))
        self.write("run-tests", RUN_TESTS, mode=0o755)
        (self.folder / "bin").mkdir()
        (self.folder / "bin" / "understudy").symlink_to(understudy.BINARY)
        variables = understudy.environment_of(self.folder, environment)
        variables["PATH"] = f"{self.folder}/bin:{variables['PATH']}"
        # A runner ends what a job leaves in the background; so does this, quietly.
        script = f"trap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT\n{edit(commands)}"
        done = subprocess.run(["bash", "-euc", script], cwd=self.folder, env=variables, capture_output=True, text=True,
                              timeout=PATIENCE)
        self.watch(lambda: done.stdout + done.stderr)
        return done

    def play(self, job, edit=lambda text: text, **environment):
        """What the job's commands print."""
        done = self.run_job(job, edit, **environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.split()

    def test_tests_without_an_account(self):
        self.assertEqual(self.play("without"), [APP])

    def test_several_steps(self):
        ports = {port: str(free_port()) for port in ("1339", "1341")}
        said = self.play("steps", lambda text: re.sub("|".join(ports), lambda found: ports[found[0]], text))
        self.assertEqual(said, [APP, AUDIT])

    def with_account(self, text):
        return text.replace("region: us-east-1\n", "region: us-east-1" + EMBEDDED)

    def issuer(self):
        """The address of GitHub's endpoint."""
        server = self.enterContext(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Issuer))
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(server.shutdown)
        return f"http://127.0.0.1:{server.server_port}/token?api-version=2"

    def test_a_role_of_an_account_on_github(self):
        said = self.play("github", self.with_account, ACTIONS_ID_TOKEN_REQUEST_TOKEN="fake-request-token",
                         ACTIONS_ID_TOKEN_REQUEST_URL=self.issuer())
        self.assertEqual(said, [DEPLOY, DEPLOY])

    def test_why_github_gives_no_token_is_told(self):
        done = self.run_job("github", self.with_account, ACTIONS_ID_TOKEN_REQUEST_TOKEN="another",
                            ACTIONS_ID_TOKEN_REQUEST_URL=self.issuer())
        self.assertEqual(done.returncode, 1)
        self.assertIn("ended with status 22: curl: (22) The requested URL returned error: 401", done.stderr)

    def test_a_role_of_an_account_on_gitlab(self):
        issued = openid.token()
        self.secrets.add(issued)
        self.assertEqual(self.play("gitlab", self.with_account, AWS_TOKEN=issued), [DEPLOY, DEPLOY])


if __name__ == "__main__":
    understudy.main()
