#!/usr/bin/python3
"""What users of amazon-ec2-metadata-mock rely on, asked of `understudy ec2-mock`: its paths, defaults, flags, variables
and file, each with IMDSv1 and with tokens required."""

import base64
import calendar
import json
import socket
import tempfile
import time
from pathlib import Path

import understudy
from understudy import environment_of, eventually, get, request

SPOT = "/latest/meta-data/spot/instance-action"
SPOT_TIME = "/latest/meta-data/spot/termination-time"
REBALANCE = "/latest/meta-data/events/recommendations/rebalance"
EVENTS = "/latest/meta-data/events/maintenance/scheduled"
TARGET_STATE = "/latest/meta-data/autoscaling/target-lifecycle-state"
DOCUMENT = "/latest/dynamic/instance-identity/document"
MACS = "/latest/meta-data/network/interfaces/macs/"
DELAY = 5  # seconds: longer than a start takes on a busy machine

ALWAYS = """ami-id ami-launch-index ami-manifest-path block-device-mapping/ elastic-inference/ hostname iam/ instance-action
instance-id instance-life-cycle instance-type kernel-id local-hostname local-ipv4 mac network/ placement/ product-codes
public-hostname public-ipv4 public-keys/ ramdisk-id reservation-id security-groups services/ tags/""".split()
CONFIGURATION = {
    "metadata": {"values": {"mac": "0e:49:61:0f:c3:77", "public-ipv4": "54.92.157.77",
                            "tags-instance": {"Team": "blue"}}},
    "spot": {"action": "terminate", "time": "2020-01-07T01:03:47Z"},
    "dynamic": {"values": {"instance-identity-document": {
        "accountId": "9876543210", "instanceId": "i-0fedcba0987654321", "kernelId": None,
        "marketplaceProductCodes": ["4i20ezfza3p7xx2kt2g8weu2u"]}}},
    "userdata": {"values": {"userdata": base64.b64encode(b"1234").decode()}},
}


def seconds_of(text):
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


class Mock:
    """A running ec2-mock, asked as its clients do."""

    def __init__(self, server, token):
        self.server, self.address, self.token = server, server["imds"], token

    def status(self, path, source=None):
        return get(self.address, path, self.token, source)[0]

    def text(self, path):
        status, text = get(self.address, path, self.token)
        assert status == 200, f"{path}: {status} {text}"
        return text

    def json(self, path):
        return json.loads(self.text(path))


class Ec2Mock(understudy.TestCase):
    def mock(self, *words, token=True, **variables):
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        server = understudy.Server([understudy.BINARY, "ec2-mock", *words, "--port", "0"],
                                   environment_of(self.folder, {"UNDERSTUDY_LOG_LEVEL": "debug", **variables}), folder)
        self.watch(server.log)
        self.addCleanup(server.stop)
        return Mock(server, self.imds_token(server["imds"]) if token else {})

    def both(self, *words, **variables):
        """With IMDSv1 and with tokens required."""
        for wanted in (False, True):
            with self.subTest(imdsv2=wanted):
                yield self.mock(*words, *(["--imdsv2"] if wanted else []), token=wanted, **variables)

    def configuration(self):
        return str(self.write("aemm.json", json.dumps(CONFIGURATION)))

    def refused(self, *words, **variables):
        done = self.run_mock(*words, **variables)
        self.assertEqual(done.returncode, 2, done.stderr)
        return done.stderr

    def run_mock(self, *words, **variables):
        return understudy.subprocess.run([understudy.BINARY, "ec2-mock", *words], capture_output=True, text=True,
                                         env=environment_of(self.folder, variables), timeout=understudy.PATIENCE)

    def test_each_command_lists_its_own_paths_from_the_start(self):
        for words, added in (([], {"autoscaling/", "events/", "spot/"}), (["spot"], {"events/", "spot/"}),
                             (["events"], {"events/"}), (["asglifecycle"], {"autoscaling/"}),
                             (["--mock-delay-sec", "600"], {"autoscaling/", "events/", "spot/"})):
            with self.subTest(words=words):
                mock = self.mock(*words)
                self.assertEqual(mock.text("/latest/meta-data").split("\n"), sorted({*ALWAYS, *added}))
                self.assertEqual(mock.text("/latest/meta-data/"), mock.text("/latest/meta-data"))

    def test_folders_below_are_listed_as_well(self):
        mock = self.mock()
        self.assertEqual(mock.text("/"), "latest")
        self.assertEqual(mock.text("/latest/dynamic"), "fws/\ninstance-identity/")
        self.assertEqual(mock.text("/latest/dynamic/fws"), "instance-monitoring")
        self.assertEqual(mock.text("/latest/dynamic/instance-identity"), "document\npkcs7\nsignature")
        self.assertEqual(mock.text("/latest/meta-data/spot/"), "instance-action\ntermination-time")
        self.assertEqual(mock.text(MACS + "0e:49:61:0f:c3:11").split("\n"), """device-number interface-id
            ipv4-associations/ ipv6s local-hostname local-ipv4s mac network-card owner-id public-hostname public-ipv4s
            security-group-ids security-groups subnet-id subnet-ipv4-cidr-block subnet-ipv6-cidr-blocks vpc-id
            vpc-ipv4-cidr-block vpc-ipv4-cidr-blocks vpc-ipv6-cidr-blocks""".split())

    def test_what_is_not_there_has_the_page_that_it_has_there(self):
        mock = self.mock()
        status, text = get(mock.address, "/womp", mock.token)
        self.assertEqual(status, 404)
        self.assertIn("<title>404 - Not Found</title>", text)
        self.assertIn('\n\t"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n', text)

    def test_static_metadata_is_there_whatever_is_mocked(self):
        for words in ([], ["spot", "-a", "hibernate"], ["events", "--code", "instance-stop"]):
            mock = self.mock(*words)
            self.assertEqual(mock.text("/latest/meta-data/mac"), "0e:49:61:0f:c3:11")
            macs = MACS + "0e:49:61:0f:c3:11"
            self.assertEqual(mock.text(macs + "/interface-id"), "eni-0f95d3625f5c521cc")
            self.assertEqual(mock.text(macs + "/ipv4-associations/192.0.2.54"), "192.0.2.54")
            self.assertEqual(mock.text("/latest/user-data"), "1234,john,reboot,true\n")
            self.assertEqual(mock.text("/latest/meta-data/iam/security-credentials/"), "baskinc-role")
            document = mock.json(DOCUMENT)
            self.assertEqual((document["accountId"], document["instanceId"]), ("0123456789", "i-1234567890abcdef0"))

    def test_the_file_overrides_static_metadata(self):
        for mock in self.both("-c", self.configuration()):
            macs = MACS + "0e:49:61:0f:c3:77"
            self.assertEqual(mock.text("/latest/meta-data/mac"), "0e:49:61:0f:c3:77")
            self.assertEqual(mock.text(macs + "/interface-id"), "eni-0f95d3625f5c521cc")
            self.assertEqual(mock.text(macs + "/ipv4-associations/54.92.157.77"), "192.0.2.54")
            self.assertEqual(mock.status(MACS + "0e:49:61:0f:c3:11/interface-id"), 404)
            self.assertEqual(mock.text("/latest/user-data"), "1234")
            self.assertEqual(mock.text("/latest/meta-data/tags/instance/Team"), "blue")
            document = mock.json(DOCUMENT)
            self.assertEqual((document["accountId"], document["instanceId"]), ("9876543210", "i-0fedcba0987654321"))
            self.assertEqual(document["marketplaceProductCodes"], ["4i20ezfza3p7xx2kt2g8weu2u"])
            self.assertIn('\t"accountId": "9876543210",\n', mock.text(DOCUMENT))

    def test_a_spot_interruption_with_its_defaults(self):
        for mock in self.both("spot"):
            notice = mock.json(SPOT)
            self.assertEqual(notice["action"], "terminate")
            self.assertTrue(60 < seconds_of(notice["time"]) - time.time() <= 121, notice)
            self.assertEqual(mock.text(SPOT_TIME), notice["time"])
            self.assertEqual(mock.json(SPOT + "/"), notice)
            self.assertEqual(mock.status(EVENTS), 404)

    def test_flag_variable_and_file_in_this_order(self):
        said = "2025-05-05T05:05:55Z"
        stop = {"AEMM_SPOT_ACTION": "stop"}
        for words, variables, action, moment in (
                (["-a", "hibernate", "-t", said], {}, "hibernate", said),
                (["-t", said], stop, "stop", said),
                (["-c", self.configuration()], stop, "stop", "2020-01-07T01:03:47Z"),
                (["-a", "hibernate", "-c", self.configuration()], stop, "hibernate", "2020-01-07T01:03:47Z"),
                ([], {"AEMM_CONFIG_FILE": self.configuration()}, "terminate", "2020-01-07T01:03:47Z")):
            with self.subTest(words=words, variables=variables):
                mock = self.mock("spot", *words, **variables)
                self.assertEqual(mock.json(SPOT), {"action": action, "time": moment})
                self.assertEqual(mock.text(SPOT_TIME), moment)

    def test_the_rebalance_recommendation_does_not_wait_for_the_delay(self):
        mock = self.mock("spot", "-r", "2010-10-26T11:11:11Z", "--mock-delay-sec", str(DELAY))
        self.assertEqual(mock.status(SPOT), 404)
        self.assertEqual(mock.json(REBALANCE), {"noticeTime": "2010-10-26T11:11:11Z"})
        eventually(lambda: mock.status(SPOT) == 200, "no notice after the delay")
        mock = self.mock("spot", "-t", "2025-05-05T05:05:55Z", AEMM_SPOT_REBALANCE_REC_TIME="2111-11-11T11:11:12Z")
        self.assertEqual(mock.json(REBALANCE), {"noticeTime": "2111-11-11T11:11:12Z"})

    def test_delay_and_trigger_time_hold_back_what_is_mocked_alone(self):
        for flag in ("--mock-delay-sec", "--mock-trigger-time"):
            with self.subTest(flag=flag):
                start = time.time()
                when = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(start + 2 * DELAY))
                mock = self.mock(flag, str(DELAY) if flag == "--mock-delay-sec" else when)
                self.assertEqual(mock.status(SPOT), 404)
                self.assertEqual(mock.status("/latest/meta-data/mac"), 200)
                eventually(lambda: mock.status(SPOT) == 200, "no notice after its time")
                self.assertGreater(time.time() - start, DELAY - 1)
                eventually(lambda: mock.status(EVENTS) == 200, "no event after its time")

    def test_scheduled_events(self):
        for mock in self.both("events"):
            [event] = mock.json(EVENTS)
            self.assertEqual((event["Code"], event["State"]), ("system-reboot", "active"))
            self.assertEqual(event["EventId"], "instance-event-1234567890abcdef0")
            self.assertEqual(event["Description"], "The instance is scheduled for system-reboot")
            for name in ("NotBefore", "NotAfter", "NotBeforeDeadline"):
                self.assertRegex(event[name], r"^\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$")
            self.assertEqual((mock.status(SPOT), mock.status(SPOT_TIME)), (404, 404))
            self.assertIn('"Code": "system-reboot"', mock.text(EVENTS))

    def test_scheduled_events_are_as_flags_and_variables_say(self):
        mock = self.mock("events", "--code", "instance-stop", "-a", "2020-01-07T01:03:47Z", "-b", "2020-01-01T01:03:47Z",
                         "-l", "2020-01-10T01:03:47Z")
        [event] = mock.json(EVENTS)
        self.assertEqual([event["Code"], event["NotBefore"], event["NotAfter"], event["NotBeforeDeadline"]],
                         ["instance-stop", "1 Jan 2020 01:03:47 GMT", "7 Jan 2020 01:03:47 GMT",
                          "10 Jan 2020 01:03:47 GMT"])
        mock = self.mock("se", "--state", "canceled", AEMM_EVENTS_STATE="completed", AEMM_EVENTS_CODE="instance-reboot")
        [event] = mock.json(EVENTS)
        self.assertEqual((event["Code"], event["State"]), ("instance-reboot", "canceled"))

    def test_the_count_of_clients_that_see_it(self):
        for count, first, second in ((-1, 200, 200), (0, 404, 404), (1, 200, 404), (2, 200, 200)):
            for command, path in (("spot", SPOT), ("events", EVENTS)):
                with self.subTest(command=command, count=count):
                    mock = self.mock(command, f"-x={count}")
                    self.assertEqual(mock.status(path), first)
                    self.assertEqual(mock.status(path, "127.0.0.2"), second)
                    self.assertEqual(mock.status(path), first)

    def test_auto_scaling_goes_from_service_to_its_end(self):
        mock = self.mock("asglifecycle", "--asg-termination-delay-sec", str(DELAY))
        self.assertEqual(mock.text(TARGET_STATE), "InService")
        eventually(lambda: mock.text(TARGET_STATE) == "Terminated", "no end after the delay")
        self.assertEqual(self.mock("asglifecycle").text(TARGET_STATE), "Terminated")

    def test_with_imdsv2_a_token_is_needed_and_ends(self):
        mock = self.mock("--imdsv2", token=False)
        status, text = get(mock.address, "/latest/meta-data/mac")
        self.assertEqual(status, 401)
        self.assertIn("<h1>401 - Unauthorized</h1>", text)
        ttl = "X-aws-ec2-metadata-token-ttl-seconds"
        for life in ("0", "21601"):
            status, text, _ = request(mock.address, "PUT", "/latest/api/token", {ttl: life})
            self.assertEqual(status, 400)
            self.assertIn("<h1>400 - Bad Request</h1>", text)
        mock.token = {"X-aws-ec2-metadata-token": request(mock.address, "PUT", "/latest/api/token", {ttl: "1"})[1]}
        eventually(lambda: mock.status("/latest/meta-data/mac") == 401, "a token of a second does not end")

    def test_a_page_in_the_place_of_a_token_is_answered_as_by_go(self):
        mock = self.mock("--imdsv2", token=False)
        host, port = mock.address.rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=understudy.PATIENCE) as client:
            client.sendall(b"GET /latest/meta-data HTTP/1.1\r\nHost: localhost\r\n"
                           b"X-aws-ec2-metadata-token: <html>\n<h1>400 - Bad Request</h1>\r\n\r\n")
            answer = b"".join(iter(lambda: client.recv(4096), b""))
        head, _, body = answer.partition(b"\r\n\r\n")
        self.assertTrue(head.startswith(b"HTTP/1.1 400 "), answer)
        self.assertEqual(body, b"400 Bad Request")

    def test_the_role_hands_out_keys_that_an_sdk_takes(self):
        mock = self.mock()
        document = self.credentials(mock.address, "/latest/meta-data/iam/security-credentials/baskinc-role", mock.token)
        self.assertEqual((document["Code"], document["AccessKeyId"]), ("Success", "12345678901"))
        self.assertGreater(seconds_of(document["Expiration"]), time.time())
        self.assertEqual(mock.json("/latest/meta-data/iam/info")["InstanceProfileId"], "AIPA5BOGHHXZELSK34VU4")

    def test_the_configuration_is_saved_and_read_again(self):
        mock = self.mock("spot", "-s", "-a", "stop", "-d", "8")
        mock.server.stop()
        saved = self.folder / ".ec2-metadata-mock/.aemm-config-used.json"
        kept = json.loads(saved.read_text())
        self.assertEqual((kept["spot"]["action"], kept["mock-delay-sec"], kept["mock-ip-count"]), ("stop", 8, 2))
        again = self.mock("spot", "-c", str(saved), "-d", "0")
        self.assertEqual(again.json(SPOT)["action"], "stop")
        self.assertNotIn("warning", again.server.log())

    def test_the_default_file_is_that_of_home(self):
        self.write("aemm-config.json", json.dumps({"spot": {"action": "stop"}}))
        self.assertEqual(self.mock("spot").json(SPOT)["action"], "stop")

    def test_what_can_not_be_honoured_is_told(self):
        file = self.write("odd.json", json.dumps({"metadata": {"paths": {"events": "/latest/meta-data/other"}},
                                                  "spott": {"action": "stop"}}))
        log = self.mock("-w", "-c", str(file), AEMM_SPOT_ACTON="stop").server.log()
        for part in ("watch-config-file: the file is read once", "metadata.paths.events: it stays",
                     "the file's key spott.action is not known; did you mean spot.action?",
                     "the variable AEMM_SPOT_ACTON is not known; did you mean AEMM_SPOT_ACTION?"):
            self.assertEqual(log.count("warning: " + part), 1, log)

    def test_what_is_wrong_ends_with_status_2(self):
        self.assertIn("unknown flag --cod; did you mean --code?", self.refused("events", "--cod", "x"))
        self.assertIn("events.code: expected one of instance-reboot,", self.refused("events", "--code", "FOO"))
        self.assertIn("mock-trigger-time: expected a time such as", self.refused("--mock-trigger-time", "soon"))
        self.assertIn("nowhere.json", self.refused("-c", str(self.folder / "nowhere.json")))
        self.assertIn("expected a JSON object", self.refused("-c", str(self.write("bad.json", "[]"))))
        self.assertIn("listen.imds", self.refused("--hostname", "not an address"))

    def test_help_teaches_its_flags(self):
        for words in (["--help"], ["spot", "-h"], ["help"]):
            done = self.run_mock(*words)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("-x, --mock-ip-count", done.stdout)


if __name__ == "__main__":
    understudy.main()
