#!/usr/bin/python3
"""IAM Identity Center: tokens as the AWS CLI keeps them, read and renewed in its cache, beside a service that checks them."""

import json
import stat

import botocore.utils
import understudy
from identity_center import ACCOUNT, ROLE, SHARED, START_URL, IdentityCenter
from understudy import eventually, get

CONFIG = f"""region: us-east-1
listen: {{containers: 127.0.0.1:0}}
roles:
  profile: {{profile: dev}}
  session: {{sso: {{session: corp, account_id: "{ACCOUNT}", role_name: {ROLE}}}}}
  legacy: {{sso: {{start_url: "{START_URL}", region: eu-west-1, account_id: "{ACCOUNT}", role_name: {ROLE}}}}}
  admin: {{profile: admin}}
containers:
  credentials:
    profile: {{role: profile}}
    session: {{role: session}}
    legacy: {{role: legacy}}
    admin: {{role: admin}}
"""


class IdentityCenterRoles(understudy.TestCase):
    def setUp(self):
        super().setUp()
        self.center = IdentityCenter().__enter__()
        self.addCleanup(self.center.__exit__)
        self.write(".aws/config", SHARED)
        self.cache = self.folder / ".aws/sso/cache"
        self.cache.mkdir(parents=True)
        # botocore's own reader and writer of these files.
        self.loader = botocore.utils.SSOTokenLoader(cache=botocore.utils.JSONFileCache(str(self.cache)))
        address = f"http://{self.center.address}"
        self.environment = {"AWS_ENDPOINT_URL_SSO": address, "AWS_ENDPOINT_URL_SSO_OIDC": address, "AWS_MAX_ATTEMPTS": "1"}

    def tearDown(self):
        self.secrets |= self.center.secrets

    def log_in(self, life=3600, session="corp"):
        self.loader.save_token(START_URL, self.center.log_in(life), session_name=session)

    def serve_all(self):
        return self.serve(CONFIG, **self.environment)

    def served(self, server, key):
        return self.credentials(server["containers"], f"/v2/credentials/{key}")

    def test_what_botocore_wrote_is_read_for_sessions_profiles_and_the_legacy_form(self):
        self.log_in()
        self.log_in(session=None)
        server = self.serve_all()
        for key in ("profile", "session", "legacy"):
            self.assertTrue(self.served(server, key)["AccessKeyId"].startswith("ASIASSO"), key)
        status, text = get(server["containers"], "/v2/credentials/admin")
        self.assertEqual(status, 403)
        self.assertIn("refuses role Admin in account 111122223333", text)
        self.assertEqual({call.method for call in self.center.calls}, {"GET"})

    def test_a_token_near_its_end_is_renewed_where_botocore_reads_it(self):
        self.log_in(life=600)
        before = self.loader(START_URL, session_name="corp")
        done = self.run_command("credentials", "session", "--config", self.write("understudy.yaml", CONFIG),
                                shows_secrets=True, **self.environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        after = self.loader(START_URL, session_name="corp")
        self.assertNotEqual(after["accessToken"], before["accessToken"])
        self.assertNotEqual(after["refreshToken"], before["refreshToken"])
        self.assertEqual(after["clientSecret"], before["clientSecret"])
        self.assertEqual(after["startUrl"], START_URL)
        files = list(self.cache.iterdir())
        self.assertEqual([stat.S_IMODE(file.stat().st_mode) for file in files], [0o600])
        # It is good: the next program needs no renewal.
        calls = len(self.center.calls)
        again = self.run_command("credentials", "profile", "--config", self.folder / "understudy.yaml", shows_secrets=True,
                                 **self.environment)
        self.assertEqual(json.loads(again.stdout)["AccountId"], ACCOUNT)
        self.assertEqual([call.method for call in self.center.calls[calls:]], ["GET"])

    def test_an_ended_session_says_what_to_run_and_a_log_in_mends_it(self):
        server = self.serve_all()
        status, text = get(server["containers"], "/v2/credentials/profile")
        self.assertEqual(status, 503)
        self.assertIn("nobody has logged in; run: understudy login dev (or aws sso login --profile dev)", text)
        self.log_in(life=-10)
        self.center._refresh.clear()
        eventually(lambda: "the session ended at" in get(server["containers"], "/v2/credentials/session")[1], "no word of it")
        self.log_in()
        eventually(lambda: get(server["containers"], "/v2/credentials/profile")[0] == 200, "the log-in is not seen")

    def test_a_session_that_nobody_described_is_a_mistake_that_is_named(self):
        self.write(".aws/config", "[profile dev]\nsso_session = other\n")
        server = self.serve_all()
        self.assertIn("there is no [sso-session other]", get(server["containers"], "/v2/credentials/profile")[1])
        self.assertIn(f"{self.folder}/.aws/config has no [sso-session corp] with sso_start_url and sso_region; aws configure sso",
                      get(server["containers"], "/v2/credentials/session")[1])


understudy.main()
