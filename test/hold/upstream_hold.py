"""Promises 7 and 8: whatever STS does, what clients get is good or an error, and soon."""

import json
import statistics
import threading
import time

from faulty_sts import FAULTS, FLOODS, FaultySts, certificate, within
from holding import APP, HoldCase, memory

import understudy
from understudy import get

ONCE = {"AWS_MAX_ATTEMPTS": "1"}
ATTEMPT = 10  # seconds: the most that one call takes
IMDS = "/latest/meta-data/iam/security-credentials/app"


def at_once(actions):
    """Runs them beside each other, and raises what one of them raises."""
    problems = []

    def run(action):
        try:
            action()
        except BaseException as problem:
            problems.append(problem)
    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]


class WhileStsFails(HoldCase):
    def start_both(self, *arguments):
        """(STS, server that has credentials of it)"""
        sts = self.enterContext(FaultySts(*arguments))
        return sts, self.start(f"http://{sts.address}", **ONCE)

    def test_promise_07_through_every_fault_of_sts_the_old_credentials_are_served(self):
        def hold(name):
            sts, server = self.start_both()
            before = json.loads(get(server["containers"], APP)[1])
            sts.behave(name)
            self.refresh(server)
            self.assertTrue(within(ATTEMPT + 5, lambda: self.failed_refreshes(server) >= 1), name)
            self.assertEqual(json.loads(get(server["containers"], APP)[1]), before, name)
            self.assertIn(before["AccessKeyId"], get(server["imds"], IMDS)[1], name)
            self.assertEqual(get(server["admin"], "/readyz")[0], 200, name)
            sts.behave("good")
            self.refresh(server)
            self.assertTrue(within(5, lambda: json.loads(get(server["containers"], APP)[1]) != before), name)
        at_once([lambda name=name: hold(name) for name in FAULTS])

    def test_promise_07_started_in_any_fault_it_answers_503_and_recovers_by_itself(self):
        def hold(name):
            sts = self.enterContext(FaultySts())
            sts.behave(name)
            server = self.start(f"http://{sts.address}", **ONCE)
            status, text = get(server["containers"], APP)
            self.assertEqual(status, 503, (name, text))
            self.assertNotIn("AccessKeyId", text)
            self.assertEqual(get(server["imds"], IMDS), (503, ""), name)
            sts.behave("good")
            # A call under way, and the longest wait between two.
            self.assertTrue(within(ATTEMPT + 40, lambda: get(server["containers"], APP)[0] == 200), name)
        at_once([lambda name=name: hold(name) for name in ("500", "429", "half a document", "it closes without a word",
                                                            "credentials that have ended", "an empty key")])

    def test_promise_07_ended_credentials_are_never_served(self):
        sts, server = self.start_both(4)
        ends = time.monotonic() + 4
        sts.behave("500")
        answers = []
        while time.monotonic() < ends + 2:
            answers.append((time.monotonic(), get(server["containers"], APP), get(server["imds"], IMDS)))
        served = [at for at, container, _ in answers if container[0] == 200]
        self.assertGreater(len(served), 10)
        # STS's times have whole seconds, so they end up to one before.
        self.assertLess(max(served), ends + 0.1)
        for _, container, instance in answers:
            self.assertIn(container[0], (200, 503))
            self.assertEqual(instance[0] == 200, '"Code" : "Success"' in instance[1])
        self.assertEqual((answers[-1][1][0], answers[-1][2]), (503, (503, "")))

    def test_promise_07_no_client_waits_for_sts_longer_than_sdks_do(self):
        sts = self.enterContext(FaultySts())
        sts.behave("it hangs")
        server = self.start(f"http://{sts.address}", **ONCE)
        waits = []
        for address, target in ((server["containers"], APP), (server["imds"], IMDS)) * 3:
            before = time.monotonic()
            self.assertEqual(get(address, target)[0], 503)
            waits.append(time.monotonic() - before)
        self.assertLess(statistics.median(waits), 0.9)
        self.assertLess(max(waits), 1.5)

    def test_promise_07_a_failing_sts_is_called_at_a_bounded_rate(self):
        # Nothing to serve, so that every question is one that a call could answer.
        sts = self.enterContext(FaultySts())
        sts.behave("500")
        server = self.start(f"http://{sts.address}", **ONCE)
        calls, asked = len(sts.calls), 0
        deadline = time.monotonic() + 4
        while time.monotonic() < deadline:
            self.assertEqual(get(server["containers"], APP)[0], 503)
            asked += 1
        self.assertGreater(asked, 100)
        self.assertLessEqual(len(sts.calls) - calls, 3)

    def test_promise_08_a_flood_is_cut_at_once_and_costs_no_memory(self):
        def hold(name):
            sts, server = self.start_both()
            before = memory(server)
            sts.behave(name)
            self.refresh(server)
            self.assertTrue(within(5, lambda: self.failed_refreshes(server) >= 1), name)
            self.assertLess(memory(server) - before, 8, name)
            # What the kernel's buffers took is among it.
            self.assertLess(sts.flooded, 16_000_000, name)
        at_once([lambda name=name: hold(name) for name in FLOODS])

    def test_promise_08_a_flood_of_a_proxy_is_cut_likewise(self):
        def hold(name):
            proxy = self.enterContext(FaultySts())
            proxy.behave(name)
            server = self.start("https://sts.example", HTTPS_PROXY=f"http://{proxy.address}", **ONCE)
            self.assertTrue(within(5, lambda: self.failed_refreshes(server) >= 1), name)
            self.assertTrue(proxy.calls[0].startswith("CONNECT sts.example:443 "), name)
            self.assertLess(memory(server), 40, name)
            self.assertLess(proxy.flooded, 16_000_000, name)
        at_once([lambda name=name: hold(name) for name in ("its status line does not end", "a field does not end",
                                                            "its fields do not end", "a status line of 40,000 bytes")])

    def test_promise_08_no_redirect_is_followed(self):
        sts, server = self.start_both()
        sts.behave("a redirect")
        self.refresh(server)
        self.assertTrue(within(5, lambda: self.failed_refreshes(server) >= 1))
        self.assertFalse([head for head in sts.calls if "/elsewhere" in head])

    def test_promise_08_a_bad_certificate_gets_no_call(self):
        good = certificate(self.folder, "good")
        other = certificate(self.folder, "other")
        wrong_host = certificate(self.folder, "wrong-host", host="127.0.0.2")
        for shown, trusted, is_called in ((good, good, True), (other, good, False), (wrong_host, wrong_host, False)):
            sts = self.enterContext(FaultySts(certificate=shown))
            server = self.start(f"https://{sts.address}", AWS_CA_BUNDLE=str(trusted[0]), **ONCE)
            if is_called:
                understudy.eventually(lambda at=server["containers"]: get(at, APP)[0] == 200, "the good one is called")
            else:
                self.assertIn("certificate", get(server["containers"], APP)[1])
                self.assertEqual(sts.calls, [])
