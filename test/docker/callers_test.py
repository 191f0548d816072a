#!/usr/bin/python3
"""configs/compose/callers: roles by label and address, and task metadata, of what a real engine runs.

Called by test/docker/run in a network namespace of its own, after image_test.py has made the images.
"""

import json
import urllib.error
import urllib.request

import engine
from engine import docker, eventually, inspect
from example import APP, AUDIT, PROJECT, Example, socket_variables

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def to_the_millisecond(time):
    """An engine's time with no more digits than ours have."""
    seconds, _, fraction = time.removesuffix("Z").partition(".")
    fraction = fraction[:3].rstrip("0")
    return f"{seconds}.{fraction}Z" if fraction else f"{seconds}Z"


class Callers(Example):
    def bring_up_here(self, override=None):
        self.bring_up("callers", override, **socket_variables())

    def test_two_services_get_the_roles_of_their_labels(self):
        self.bring_up_here()
        self.assert_prints("app", APP)
        self.assert_prints("audit", AUDIT)
        self.assert_confined()
        self.assert_stops_at_once()

    def test_a_service_that_starts_later_and_again_is_known(self):
        self.bring_up_here()
        self.assert_prints("audit", AUDIT)
        docker("restart", self.container("understudy"))
        self.assert_prints_again("audit", AUDIT)
        self.assert_prints_again("app", APP)

    def test_an_image_chooses_no_role(self):
        image = "understudy-test-labelled"
        (self.folder / "Dockerfile").write_text(f"FROM {engine.CLIENT}\nLABEL understudy.role=audit\n")
        docker("build", "--tag", image, self.folder)
        self.addCleanup(docker, "rmi", "--force", image)
        environment = {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/creds", "AWS_ENDPOINT_URL_STS": "http://169.254.170.2:1341",
                       "AWS_REGION": "us-east-1", "NO_PROXY": "169.254.170.2"}
        self.bring_up_here({"services": {
            "app": {"image": image},  # whose own label says otherwise
            "other": {"image": image, "depends_on": ["understudy"], "command": "sts get-caller-identity --query Arn --output text",
                      "environment": environment, "networks": ["credentials", "default"]}}})
        self.assert_prints("app", APP)
        other = self.container("other")
        self.assertNotEqual(docker("wait", other).strip(), "0", docker("logs", other))
        self.assertNotIn("arn:", docker("logs", other))


    # Prints the status, and whose credentials they are or which error it is; 503 is not an answer yet.
    ASK = """
import json, time, urllib.error, urllib.request
for _ in range(100):
    try:
        answer = urllib.request.urlopen("http://169.254.170.2/creds")
        print(answer.status, json.load(answer)["RoleArn"])
        break
    except urllib.error.HTTPError as error:
        if error.code != 503:
            print(error.code, json.load(error)["code"])
            break
    time.sleep(0.1)
"""

    def test_who_has_an_address_next_does_not_inherit_its_role(self):
        self.bring_up_here()
        self.assert_prints("app", APP)  # the server is up
        app, audit = (f"arn:aws:iam::{account}:role/{name}" for account, name in ((111122223333, "app"), (444455556666, "audit")))
        for label, expected in (("app", f"200 {app}"), (None, "403 CallerHasNoRole"), ("audit", f"200 {audit}"),
                                ("app", f"200 {app}"), ("nobody", "403 UnknownRole"), (None, "403 CallerHasNoRole")):
            with self.subTest(label):
                said = docker("run", "--rm", "--network", f"{PROJECT}_credentials", "--ip", "169.254.170.99", "--entrypoint", "python3",
                              *(["--label", f"understudy.role={label}"] if label else []), engine.CLIENT, "-c", self.ASK)
                self.assertEqual(said.strip(), expected)


class Metadata(Example):
    def ask(self, target):
        try:
            with DIRECT.open(f"http://169.254.170.2{target}", timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError:
            return None

    def bring_up_web(self):
        self.bring_up("callers", {"services": {"web": {
            "image": engine.CLIENT, "entrypoint": ["sleep", "600"], "init": True, "labels": {"team": "a"}, "mem_limit": "64m",
            "depends_on": ["understudy"], "networks": ["credentials"]}}}, **socket_variables())
        web = self.container("web")
        eventually(lambda: self.ask(f"/v4/{web}"), lambda: self.compose("logs", "--no-color"))
        return json.loads(docker("inspect", web))[0]

    def test_of_a_container_it_tells_what_the_engine_does(self):
        engines = self.bring_up_web()
        network = engines["NetworkSettings"]["Networks"][f"{PROJECT}_credentials"]
        ours = self.ask(f"/v4/{engines['Id']}")
        self.assertEqual((ours["DockerId"], ours["DockerName"], ours["Name"]), (engines["Id"], engines["Name"].lstrip("/"), "web"))
        self.assertEqual((ours["Image"], ours["ImageID"]), (engines["Config"]["Image"], engines["Image"]))
        self.assertEqual(ours["Labels"], {**ours["Labels"], **engines["Config"]["Labels"]})
        self.assertEqual(ours["Labels"]["team"], "a")
        self.assertEqual(ours["Limits"].get("Memory", 0) << 20, engines["HostConfig"]["Memory"])
        for our, its in ((ours["CreatedAt"], engines["Created"]), (ours["StartedAt"], engines["State"]["StartedAt"])):
            self.assertEqual(our, to_the_millisecond(its))
        self.assertEqual((ours["DesiredStatus"], ours["KnownStatus"]), ("RUNNING", "RUNNING"))
        self.assertEqual([one["IPv4Addresses"] for one in ours["Networks"]], [[network["IPAddress"]]])

    def test_a_task_is_the_project_and_what_ends_is_gone(self):
        web = self.bring_up_web()["Id"]
        self.assert_prints("app", APP)
        self.assert_prints("audit", AUDIT)

        def members():
            task = self.ask("/v4/understudy/task")
            return {one["DockerId"] for one in task["Containers"]} if task else None
        running = {web, inspect(self.container("understudy"), "{{.Id}}")}
        eventually(lambda: members() == running, members)
        # The engine is asked for them once somebody wants them.
        eventually(lambda: self.ask(f"/v4/{web}/stats").get("id") == web, "no statistics")
        docker("stop", "--time", "1", web)
        eventually(lambda: self.ask(f"/v4/{web}") is None, "it has ended and is told of")
        self.assertEqual(members(), running - {web})


engine.main()
