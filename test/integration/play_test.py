#!/usr/bin/python3
"""An instance's life, played in the configuration and live, and what unmodified clients see of it."""

import calendar
import json
import subprocess
import time
import unittest

import understudy
from understudy import APP_ARN, BASE, eventually, get

try:
    import botocore.utils
except ImportError:
    botocore = None

PLAYED = f"""region: us-east-1
listen: {{imds: 127.0.0.1:0, containers: 127.0.0.1:0, admin: 127.0.0.1:0}}
admin: {{token_file: ADMIN_TOKEN}}
sts: {{endpoint: embedded}}
roles:
{BASE}  app: {{assume_role: {APP_ARN}, source: base}}
imds: {{role: app, tokens: optional, instance: {{tags: {{Old: there}}}}}}
containers: {{credentials: {{app: {{role: app}}}}}}
"""
ROLE = "/latest/meta-data/iam/security-credentials/app"


class Play(understudy.TestCase):
    def played(self, events=""):
        return self.serve(PLAYED.replace("ADMIN_TOKEN", str(self.folder / "admin.token")) + events)

    def play(self, server, *words, status=0):
        done = self.run_command("play", "--admin", server["admin"], "--admin-token-file", self.folder / "admin.token", *words)
        self.assertEqual(done.returncode, status, done.stderr + done.stdout)
        return done.stdout + done.stderr

    @unittest.skipIf(botocore is None, "python3-botocore is not there")
    def test_a_spot_interruption_reaches_a_client_that_watches(self):
        server = self.played()
        client = botocore.utils.IMDSFetcher(timeout=5, num_attempts=1, base_url=f"http://{server['imds']}/", env={})

        def watch():
            # As node agents do: a request every so often, 404 while nothing happens.
            answer = client._get_request("latest/meta-data/spot/instance-action", lambda _: False,
                                          client._fetch_metadata_token())
            return answer.status_code == 200 and json.loads(answer.text)

        self.assertFalse(watch())
        self.play(server, "spot-interruption", "in=2m")
        notice = eventually(watch, "no notice")
        self.assertEqual(notice["action"], "terminate")
        left = calendar.timegm(time.strptime(notice["time"], "%Y-%m-%dT%H:%M:%SZ")) - time.time()
        self.assertTrue(60 < left <= 121, left)
        self.play(server, "clear")
        self.assertFalse(watch())

    @unittest.skipIf(botocore is None, "python3-botocore is not there")
    def test_botocore_sees_rotation_denial_and_ended_credentials(self):
        server = self.played()
        url = f"http://{server['imds']}/"

        def fetched():
            fetcher = botocore.utils.InstanceMetadataFetcher(timeout=5, num_attempts=1, base_url=url, env={})
            return fetcher.retrieve_iam_role_credentials()

        first = fetched()
        self.play(server, "rotate", "app")
        eventually(lambda: fetched()["access_key"] != first["access_key"], "no rotation")
        self.play(server, "deny", "app")
        self.assertEqual(fetched(), {})
        self.assertEqual(get(server["containers"], "/v2/credentials/app")[0], 403)
        self.play(server, "end", "app")
        ended = json.loads(get(server["imds"], ROLE)[1])
        self.assertLess(ended["Expiration"], time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
        # botocore keeps such credentials in use and says so.
        self.assertEqual(fetched()["access_key"], ended["AccessKeyId"])
        self.play(server, "restore", "app")
        self.assertEqual(fetched()["role_name"], "app")

    @unittest.skipIf(botocore is None, "python3-botocore is not there")
    def test_botocore_with_an_endpoint_that_is_off_or_demands_tokens(self):
        server = self.played()
        url = f"http://{server['imds']}/"

        def region():
            return botocore.utils.InstanceMetadataRegionFetcher(timeout=5, base_url=url, env={}).retrieve_region()

        self.play(server, "tokens", "required")
        self.assertEqual(get(server["imds"], "/")[0], 401)
        self.assertEqual(region(), "us-east-1")
        self.play(server, "endpoint", "disabled")
        self.assertIsNone(region())
        self.play(server, "endpoint", "enabled")
        self.assertEqual(region(), "us-east-1")

    def test_events_of_the_configuration_come_at_their_time(self):
        soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 1))
        server = self.played(f"""events:
  - auto_scaling: Standby
  - {{after: 1s, tags: {{Name: web, Old: null}}}}
  - {{at: "{soon}", rebalance: true}}
  - {{every: 1s, rotate: app}}
""")
        self.assertEqual(get(server["imds"], "/latest/meta-data/autoscaling/target-lifecycle-state"), (200, "Standby"))
        first = json.loads(get(server["imds"], ROLE)[1])["AccessKeyId"]
        for path in ("tags/instance/Name", "events/recommendations/rebalance"):
            eventually(lambda: get(server["imds"], f"/latest/meta-data/{path}")[0] == 200, path)
        self.assertEqual(get(server["imds"], "/latest/meta-data/tags/instance/Old")[0], 404)
        eventually(lambda: json.loads(get(server["imds"], ROLE)[1])["AccessKeyId"] != first, "no rotation")

    def test_faults_are_played_for_chosen_clients(self):
        server = self.played()
        self.play(server, "errors", "rate=1", "status=500", "--address", "127.0.0.9")
        self.assertEqual(get(server["imds"], "/")[0], 200)
        self.play(server, "latency", "400ms")
        began = time.monotonic()
        self.assertEqual(get(server["imds"], "/")[0], 200)
        self.assertGreater(time.monotonic() - began, 0.39)
        shown = self.play(server)
        self.assertIn("imds: answers are held back for 400 ms", shown)
        self.assertIn("for 127.0.0.9: 100 % of requests get 500", shown)
        self.assertIn("could be one of the first 1 clients and of 127.0.0.9",
                      self.play(server, "errors", "rate=1", "status=500", "--first", "1", status=1))
        self.play(server, "clear")
        self.play(server, "errors", "rate=1", "status=500", "--first", "1")
        self.assertEqual(get(server["imds"], "/")[0], 500)

    def test_a_slow_endpoint_ends_in_time(self):
        server = self.played("events: [{latency: 1m}]\n")
        with subprocess.Popen(["curl", "-s", f"http://{server['imds']}/"]) as client:
            eventually(lambda: "played: latency" in server.log(), "not played")
            time.sleep(0.2)
            self.assertEqual(server.stop(), 0)
            client.wait(understudy.PATIENCE)

    def test_mistakes_are_told_with_what_was_meant(self):
        server = self.played()
        for words, status, says in ((["spot"], 2, 'did you mean "spot_interruption"'),
                                    (["spot-interruption", "action=kill"], 1, "terminate"),
                                    (["deny", "apq"], 1, 'no role "apq"'),
                                    (["rebalance", "--after", "soon"], 1, "after"),
                                    (["rebalance", "--first", "x"], 1, "first")):
            with self.subTest(words=words):
                self.assertIn(says, self.play(server, *words, status=status))
        listed = subprocess.run([understudy.BINARY, "play", "--list"], capture_output=True, text=True).stdout
        for act in ("spot_interruption", "maintenance", "rotate", "throttle", "clear"):
            self.assertIn(f"\n{act} ", "\n" + listed)

    def test_a_configuration_with_a_wrong_event_is_refused(self):
        config = self.write("wrong.yaml", PLAYED + "events:\n  - {deny: apq}\n  - {spot_interuption: true}\n")
        done = self.run_command("serve", "--check", "--config", config)
        self.assertEqual(done.returncode, 2)
        self.assertIn('wrong.yaml:11: events[0]', done.stderr)
        self.assertIn('did you mean "spot_interruption"?', done.stderr)


if __name__ == "__main__":
    understudy.main()
