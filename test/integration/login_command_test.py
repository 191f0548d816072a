#!/usr/bin/python3
"""`understudy login`: a log-in to IAM Identity Center that botocore, a running server and the next command find."""

import hashlib
import json
import os
import pty
import re
import signal
import stat
import subprocess

import understudy
from identity_center import ACCOUNT, ROLE, SHARED, START_URL, IdentityCenter
from understudy import PATIENCE, environment_of, eventually, get

SHARED += f"""[profile old]
sso_start_url = {START_URL}
sso_region = eu-west-1
sso_account_id = {ACCOUNT}
sso_role_name = {ROLE}
[profile mine]
login_session = arn:aws:iam::{ACCOUNT}:user/me
"""
CONFIG = f"""region: us-east-1
listen: {{containers: 127.0.0.1:0}}
roles:
  session: {{sso: {{session: corp, account_id: "{ACCOUNT}", role_name: {ROLE}}}}}
  app: {{assume_role: arn:aws:iam::{ACCOUNT}:role/app, source: session}}
  keys: {{environment: true}}
containers: {{credentials: {{session: {{role: session}}}}}}
"""
# botocore finds the session's token by itself, and gets the role's credentials with it.
CLIENT = """
import json, sys
import botocore.session
from botocore.tokens import SSOTokenProvider
session = botocore.session.Session(profile="dev")
token = SSOTokenProvider(session).load_token().get_frozen_token()
client = session.create_client("sso", region_name="eu-west-1", endpoint_url=sys.argv[1])
role = client.get_role_credentials(roleName="Dev", accountId="111122223333", accessToken=token.token)["roleCredentials"]
print(json.dumps({"key": role["accessKeyId"], "end": token.expiration.isoformat()}))
"""


class Login(understudy.TestCase):
    def setUp(self):
        super().setUp()
        self.center = IdentityCenter().__enter__()
        self.addCleanup(self.center.__exit__)
        self.write(".aws/config", SHARED)
        self.config = self.write("understudy.yaml", CONFIG)
        self.cache = self.folder / ".aws/sso/cache"
        self.address = f"http://{self.center.address}"
        self.environment = {"AWS_ENDPOINT_URL_SSO": self.address, "AWS_ENDPOINT_URL_SSO_OIDC": self.address,
                            "AWS_MAX_ATTEMPTS": "1"}

    def tearDown(self):
        self.secrets |= self.center.secrets

    def login(self, *arguments, status=0, **more):
        done = self.run_command("login", *arguments, **{**self.environment, **more})
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def targets(self, since=0):
        return [call.target for call in self.center.calls[since:]]

    def start(self, *arguments, **streams):
        """A log-in that nobody confirms before it is ended."""
        self.center.states.extend(["authorization_pending"] * 600)
        process = subprocess.Popen(self.command("login", *arguments), env=environment_of(self.folder, self.environment),
                                   stdin=subprocess.DEVNULL, **streams)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def test_a_person_confirms_and_botocore_finds_the_log_in(self):
        self.center.states.extend(["authorization_pending", "slow_down"])
        done = self.login("dev")
        self.assertIn(f"the code ABCD-EFGH, and confirm:\n\n  {START_URL}/#/device?user_code=ABCD-EFGH\n", done.stdout)
        self.assertRegex(done.stdout, r"\nYou are logged in to corp until \S+Z, and renewed from then on\.\n\Z")
        self.assertEqual(self.targets(), ["/client/register", "/device_authorization", "/token", "/token", "/token"])
        said = self.run_python(CLIENT, self.address)
        self.assertTrue(said["key"].startswith("ASIASSO"))
        end = re.search(r"until (\S+)Z", done.stdout).group(1)
        self.assertTrue(said["end"].startswith(end), (said, end))

    def test_the_files_are_those_of_the_aws_cli(self):
        self.login("dev")
        place = {"tool": "botocore", "startUrl": START_URL, "region": "eu-west-1", "scopes": ["sso:account:access"],
                 "session_name": "corp"}
        token, registration = (self.cache / (hashlib.sha1(text.encode()).hexdigest() + ".json")
                               for text in ("corp", json.dumps(place, sort_keys=True)))
        self.assertEqual({path.name for path in self.cache.iterdir()}, {token.name, registration.name})
        for path in (token, registration):
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.assertEqual(set(json.loads(token.read_text())),
                         {"startUrl", "region", "accessToken", "expiresAt", "clientId", "clientSecret",
                          "registrationExpiresAt", "refreshToken"})
        self.assertEqual(set(json.loads(registration.read_text())), {"clientId", "clientSecret", "expiresAt", "scopes"})

    def test_who_is_logged_in_is_left_alone_and_the_registration_is_used_again(self):
        self.login("dev")
        calls = len(self.center.calls)
        self.assertRegex(self.login("dev").stdout, r"\AAlready logged in to corp until .*; --force begins a new log-in\.\n\Z")
        self.assertEqual(self.targets(calls), [])
        self.login("dev", "--force")
        self.assertEqual(self.targets(calls), ["/device_authorization", "/token"])

    def test_a_start_url_without_a_session_has_a_log_in_that_nobody_renews(self):
        self.assertRegex(self.login("old").stdout, rf"You are logged in to {START_URL} until \S+Z\.\n\Z")
        self.assertNotIn("scopes", json.loads(self.center.calls[0].body))

    def test_a_running_server_takes_the_log_in_up(self):
        server = self.serve(CONFIG, AWS_ACCESS_KEY_ID=understudy.KEY_ID, AWS_SECRET_ACCESS_KEY=understudy.SECRET,
                            **self.environment)
        status, text = get(server["containers"], "/v2/credentials/session")
        self.assertEqual(status, 503)
        self.assertIn("run: understudy login session --config FILE (or aws sso login --sso-session corp)", text)
        # Any role that starts from there will do.
        self.login("app", "--config", self.config)
        eventually(lambda: get(server["containers"], "/v2/credentials/session")[0] == 200, "the log-in is not seen")
        self.credentials(server["containers"], "/v2/credentials/session")

    def test_ctrl_c_gives_up_at_once_and_leaves_no_token(self):
        process = self.start("dev", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        eventually(lambda: "/token" in self.targets(), "nobody asks for the token")
        process.send_signal(signal.SIGINT)
        printed, complaint = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 1)
        self.assertIn("ABCD-EFGH", printed)
        self.assertIn("Interrupted: the log-in was broken off", complaint)
        self.assertNotIn(hashlib.sha1(b"corp").hexdigest() + ".json", os.listdir(self.cache))

    def opened(self, *flags):
        """What is given to xdg-open by a log-in at a terminal."""
        page = self.folder / "page"
        self.write("bin/xdg-open", f'#!/bin/sh\necho "$@" > {page}.new && mv {page}.new {page}\n', 0o700)
        self.environment["PATH"] = f"{self.folder / 'bin'}:/usr/bin:/bin"
        terminal, inside = pty.openpty()
        self.addCleanup(os.close, terminal)
        process = self.start("dev", "--force", *flags, stdout=inside, stderr=inside)
        os.close(inside)
        eventually(lambda: "/token" in self.targets(), "nobody asks for the token")
        if not flags:
            eventually(page.exists, "no browser is opened")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(PATIENCE), 1)
        return page.read_text() if page.exists() else None

    def test_at_a_terminal_the_page_is_opened_in_the_browser(self):
        self.assertEqual(self.opened(), f"{START_URL}/#/device?user_code=ABCD-EFGH\n")

    def test_no_browser_is_opened_where_none_is_wanted(self):
        self.assertIsNone(self.opened("--no-browser"))

    def test_what_can_not_be_logged_in_to_says_what_to_do(self):
        for arguments, words in ((["devv"], "NoSuchProfile: .*did you mean dev"),
                                 (["mine"], "LoginRequired: .*run: aws login --profile mine"),
                                 (["keys", "--config", self.config], "NoLogIn: role keys has nothing to log in to"),
                                 (["kyes", "--config", self.config],
                                  'the configuration has no role "kyes", did you mean "keys"\\?.*\n'
                                  "understudy: NoSuchProfile: .*no profile kyes")):
            self.assertRegex(self.login(*arguments, status=2).stderr, r"\Aunderstudy: " + words)
        self.assertEqual(self.targets(), [])
        done = self.run_command("login")
        self.assertEqual(done.returncode, 2)
        self.assertIn("understudy login PROFILE, or understudy login ROLE --config FILE", done.stderr)

    def test_a_refusal_and_a_start_url_that_is_not_known_are_named(self):
        self.center.states.append("access_denied")
        self.assertIn("AccessDenied: the log-in was refused in the browser", self.login("dev", status=1).stderr)
        self.write(".aws/config", SHARED.replace("corp.awsapps", "crop.awsapps"))
        self.assertIn("invalid_request: IAM Identity Center refuses the log-in: The start URL is not known.; are "
                      "sso_start_url https://crop.awsapps.com/start and sso_region eu-west-1 right?",
                      self.login("dev", status=1).stderr)


understudy.main()
