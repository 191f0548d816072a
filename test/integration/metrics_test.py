#!/usr/bin/python3
"""What a running server tells of itself: metrics, probes, and the commands that ask for them."""

import re
import time
import unittest

import exposition
import understudy
from engine_stub import EngineStub
from understudy import APP_ARN, get, request

OWN_ENDINGS = ("understudy_", "process_start_time_seconds")


def configuration(folder, listen="imds: 127.0.0.1:0, containers: 127.0.0.1:0, sts: 127.0.0.1:0, admin: 127.0.0.1:0",
                  arn=APP_ARN, principals="111122223333"):
    return f"""region: us-east-1
listen: {{{listen}}}
admin: {{token_file: {folder}/admin.token}}
sts:
  endpoint: embedded
  trust: {{"{APP_ARN}": {{principals: ["{principals}"]}}}}
roles:
  base: {{static: {{access_key_id: {understudy.KEY_ID}, secret_access_key: {understudy.SECRET}, account_id: "111122223333"}}}}
  app: {{assume_role: "{arn}", source: base}}
imds: {{role: app}}
containers: {{credentials: {{app: {{role: app, token_file: {folder}/app.token}}}}}}
"""


class Metrics(understudy.TestCase):
    def serve_measured(self, *arguments, **more):
        return self.serve(configuration(self.folder, *arguments, **more))

    def text(self, server):
        token = (self.folder / "admin.token").read_text()
        status, text, headers = request(server["admin"], "GET", "/metrics", {"Authorization": f"Bearer {token}"})
        self.assertEqual(status, 200, text)
        self.assertEqual(headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        self.watch(lambda: text)
        return text

    def scrape(self, server):
        return exposition.read(self.text(server))

    def moves(self, server, action, expected):
        """`action` raises exactly these samples of what counts requests; everything else of those names stays."""
        before = self.scrape(server)
        action()
        after = self.scrape(server)
        for name in ("understudy_requests_total", "understudy_refused_requests_total", "understudy_token_failures_total",
                     "understudy_request_duration_seconds_count"):
            moved = {}
            for labels, value in after[name].items():
                if value != before[name][labels] and ("endpoint", "admin") not in labels:
                    moved[labels] = value - before[name][labels]
            self.assertEqual(moved, {frozenset(labels.items()): more for labels, more in expected.get(name, [])}, name)

    def test_the_whole_exposition_is_well_formed_and_documented(self):
        server = self.serve_measured()
        samples = self.scrape(server)
        named = {name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count") for name in samples}
        documented = set(re.findall(r"^\| `(\w+)", understudy.document("metrics.md"), re.MULTILINE))
        self.assertEqual(named, documented)
        self.assertTrue(all(name.startswith(OWN_ENDINGS) for name in named))
        self.assertEqual(samples["understudy_role_ready"], {frozenset({("role", "app")}): 1})
        self.assertAlmostEqual(samples["process_start_time_seconds"][frozenset()], time.time(), delta=understudy.PATIENCE)
        app = frozenset({("role", "app")})
        age, left = samples["understudy_credentials_age_seconds"][app], samples["understudy_credentials_expiry_seconds"][app]
        self.assertTrue(0 <= age < understudy.PATIENCE, age)
        self.assertAlmostEqual(age + left, 3600, delta=2)
        self.assertEqual(samples["understudy_sts_calls_total"][frozenset({("action", "AssumeRole"), ("outcome", "success")})], 1)
        self.assertEqual(samples["understudy_refreshes_total"][frozenset({("role", "app"), ("outcome", "success")})], 1)

    def test_counters_move_by_what_clients_do(self):
        server = self.serve_measured()
        imds, containers = server["imds"], server["containers"]
        proof = self.imds_token(imds)
        authorization = {"Authorization": (self.folder / "app.token").read_text()}
        requests, refused = "understudy_requests_total", "understudy_refused_requests_total"
        failures, timed = "understudy_token_failures_total", "understudy_request_duration_seconds_count"

        def answered(endpoint, code, count=1):
            return {requests: [({"endpoint": endpoint, "code": code}, count)], timed: [({"endpoint": endpoint}, count)]}
        self.moves(server, lambda: [get(imds, "/latest/meta-data/instance-id", proof) for _ in range(3)],
                   answered("imds", "2xx", 3))
        self.moves(server, lambda: get(imds, "/latest/meta-data/instance-id"), answered("imds", "4xx") | {
            failures: [({"endpoint": "imds", "reason": "missing"}, 1)]})
        self.moves(server, lambda: get(imds, "/latest/", {"X-aws-ec2-metadata-token": "x"}), answered("imds", "4xx") | {
            failures: [({"endpoint": "imds", "reason": "invalid"}, 1)]})
        self.moves(server, lambda: get(imds, "/", {"X-Forwarded-For": "10.0.0.1"}), answered("imds", "4xx") | {
            refused: [({"endpoint": "imds", "reason": "forwarded"}, 1)]})
        self.moves(server, lambda: get(containers, "/v2/credentials/app", {"Origin": "https://a.example"}),
                   answered("containers", "4xx") | {refused: [({"endpoint": "containers", "reason": "origin"}, 1)]})
        self.moves(server, lambda: get(server["sts"], "/", {"Host": "a.example"}), answered("sts", "4xx") | {
            refused: [({"endpoint": "sts", "reason": "host"}, 1)]})
        self.moves(server, lambda: get(containers, "/v2/credentials/app"), answered("containers", "4xx") | {
            failures: [({"endpoint": "containers", "reason": "authorization"}, 1)]})
        self.moves(server, lambda: self.credentials(containers, "/v2/credentials/app", authorization),
                   answered("containers", "2xx"))
        self.moves(server, lambda: request(containers, "GET", "/", {"Expect": "more"}), {
            requests: [({"endpoint": "containers", "code": "4xx"}, 1)],
            refused: [({"endpoint": "containers", "reason": "expectation"}, 1)]})

    def test_no_series_comes_from_what_a_client_sends(self):
        server = self.serve_measured()
        before = {(name, labels) for name, series in self.scrape(server).items() for labels in series}
        for target in ("/v2/credentials/unheard-of", "/unheard-of", "/latest/unheard-of", '/"\\%0a{}'):
            for listener in ("imds", "containers", "sts", "admin"):
                request(server[listener], "GET", target, {"X-Forwarded-For": "unheard-of", "Host": "unheard-of"})
        request(server["sts"], "POST", "/", {}, "Action=UnheardOf&Version=2011-06-15")
        text = self.text(server)
        self.assertNotIn("heard", text.lower())
        self.assertEqual(before, {(name, labels) for name, series in exposition.read(text).items() for labels in series})

    def test_connections_are_counted_while_they_are_open(self):
        server = self.serve_measured()
        labels = frozenset({("endpoint", "containers")})
        held = understudy.hold_connections(server["containers"], 5)
        self.addCleanup(lambda: [each.close() for each in held])
        understudy.eventually(lambda: self.scrape(server)["understudy_open_connections"][labels] == 5, "five are open")
        for each in held:
            each.close()
        understudy.eventually(lambda: self.scrape(server)["understudy_open_connections"][labels] == 0, "none is open")
        self.assertEqual(self.scrape(server)["understudy_connections_total"][labels], 5)

    def test_a_role_that_is_refused_shows_in_metrics_and_probes(self):
        server = self.serve_measured(principals="444455556666")
        samples = self.scrape(server)
        self.assertEqual(samples["understudy_role_ready"][frozenset({("role", "app")})], 0)
        self.assertGreaterEqual(samples["understudy_refreshes_total"][frozenset({("role", "app"), ("outcome", "denied")})], 1)
        self.assertGreaterEqual(
            samples["understudy_sts_calls_total"][frozenset({("action", "AssumeRole"), ("outcome", "denied")})], 1)
        self.assertNotIn("understudy_credentials_age_seconds", samples)
        for listener in ("admin", "containers"):
            status, text = get(server[listener], "/readyz")
            self.assertEqual(status, 503)
            self.assertTrue(text.startswith("role app has no credentials: AccessDenied: "), text)
            self.assertEqual(get(server[listener], "/healthz"), (200, "ok\n"))
        health = self.run_command("health", "--url", f"http://{server['containers']}")
        self.assertEqual((health.returncode, health.stdout), (1, ""))
        self.assertIn("role app has no credentials: AccessDenied", health.stderr)

    def test_callers_that_can_not_be_told_apart_show_in_probes(self):
        socket = self.folder / "docker.sock"
        server = self.serve(configuration(self.folder).replace(
            "containers: {credentials", f"containers: {{docker: {socket}, callers: {{labels: true}}, credentials"))
        for listener in ("admin", "containers"):
            status, text = get(server[listener], "/readyz")
            self.assertEqual(status, 503)
            self.assertTrue(text.startswith(f"callers can not be told apart: unix://{socket}: there is no such socket; "), text)
            self.assertEqual(get(server[listener], "/healthz"), (200, "ok\n"))
        health = self.run_command("health", "--url", f"http://{server['containers']}")
        self.assertEqual((health.returncode, health.stdout), (1, ""))
        self.assertIn("callers can not be told apart: ", health.stderr)
        self.enterContext(EngineStub(socket, []))
        for listener in ("admin", "containers"):
            understudy.eventually(lambda: get(server[listener], "/readyz") == (200, "ready\n"), "the engine is there")

    def test_metrics_ask_for_the_token_and_probes_do_not(self):
        server = self.serve_measured()
        for target, status in (("/metrics", 401), ("/v1/figures", 401), ("/healthz", 200), ("/readyz", 200)):
            self.assertEqual(get(server["admin"], target)[0], status, target)
        self.assertEqual(get(server["containers"], "/metrics")[0], 404)

    def test_the_status_tells_the_main_figures(self):
        server = self.serve_measured()
        get(server["imds"], "/latest/meta-data/")
        done = self.run_command("status", "--admin", server["admin"], "--admin-token-file", self.folder / "admin.token")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"requests: \d+ answered \(0 by 5xx, 1 refused\), \d connections open\n"
                                      r"roles were fetched 2 times \(0 in vain\), STS was called 1 times \(0 in vain\)\n")


class Health(understudy.TestCase):
    def health(self, *arguments, **environment):
        done = self.run_command("health", *arguments, **environment)
        self.assertEqual(done.stdout, "ready\n" if done.returncode == 0 else "")
        return done

    def test_any_listener_that_is_there_tells(self):
        """Without the admin listener, and without its token."""
        port = understudy.free_port()
        for listener in ("containers", "imds", "sts"):
            config = configuration(self.folder, f"{listener}: 127.0.0.1:{port}")
            if listener != "containers":
                config = re.sub("containers: .*\n", "", config)
            if listener != "imds":
                config = config.replace("imds: {role: app}\n", "")
            file = self.write(f"{listener}.yaml", config)
            self.assertEqual(self.health("--config", file).returncode, 1)
            server = self.serve(config)
            self.assertEqual(set(server.listeners), {listener})
            self.assertEqual(self.health("--config", file).returncode, 0, listener)
            self.assertEqual(self.health(UNDERSTUDY_CONFIG=str(file)).returncode, 0, listener)
            server.stop()
            silent = self.health("--config", file)
            self.assertEqual(silent.returncode, 1)
            self.assertIn(f"nobody listens at 127.0.0.1:{port}", silent.stderr)

    def test_what_can_not_be_asked_is_no_success(self):
        file = self.write("understudy.yaml", configuration(self.folder))
        for arguments, words in ((("--config", file), "say --url"),
                                 (("--url", "nonsense"), "nonsense"),
                                 (("--url", "http://127.0.0.1:1/"), "127.0.0.1:1"),
                                 (("--config", self.folder / "not-there"), "not-there")):
            done = self.health(*arguments)
            self.assertEqual(done.returncode, 1, arguments)
            self.assertIn(words, done.stderr)


class Strictness(unittest.TestCase):
    def test_the_reader_refuses_what_is_malformed(self):
        good = "# HELP a_total Words.\n# TYPE a_total counter\na_total{x=\"y\"} 1\n"
        self.assertEqual(exposition.read(good), {"a_total": {frozenset({("x", "y")}): 1}})
        for bad in (good.rstrip("\n"), good + "a_total{x=\"y\"} 1\n", good + good, good.replace("counter", "gauge"),
                    good.replace('"y"', "y"), good.replace(" 1\n", " one\n"), good.replace("} 1", "}  1"),
                    good.replace("a_total{", "b_total{"), good.replace('"y"', '"y",'), good.replace('"y"', '"\\y"'),
                    "a_total 1\n", good.replace(" 1\n", " 1.5\n"), good + "\n", good.replace("Words.", ""),
                    "# HELP h Words.\n# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n"):
            with self.assertRaises(exposition.Malformed, msg=bad):
                exposition.read(bad)


if __name__ == "__main__":
    understudy.main()
