#!/usr/bin/python3
"""configs/compose/callers: roles by label and address, and task metadata, of what a real engine runs.

Called by test/docker/run in a network namespace of its own, after image_test.py has made the images.
"""

import json
import os
import subprocess

import engine
from engine import docker, eventually, inspect
from example import APP, AUDIT, PROJECT, Example, socket_variables

HEALTH = {"healthy": "HEALTHY", "unhealthy": "UNHEALTHY", "starting": "UNKNOWN"}
VOLUME = {"DockerName": "Name", "Source": "Source", "Destination": "Destination"}


def to_the_millisecond(time):
    """An engine's time with no more digits than ours have."""
    seconds, _, fraction = time.removesuffix("Z").partition(".")
    fraction = fraction[:3].rstrip("0")
    return f"{seconds}.{fraction}Z" if fraction else f"{seconds}Z"


def setUpModule():
    engine.provide_images()


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
        """From the network namespace of the server, which for a rootless engine is not within reach; None for an error."""
        process = inspect(self.container("understudy"), "{{.State.Pid}}")
        done = subprocess.run(["nsenter", "--net", "--target", process, "curl", "--silent", "--fail", "--noproxy", "*", "--max-time", "10",
                               f"http://169.254.170.2{target}"], capture_output=True, text=True, check=False)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def bring_up_web(self):
        self.bring_up("callers", {"services": {"web": {
            "image": engine.CLIENT, "entrypoint": ["sleep", "600"], "init": True, "labels": {"team": "a"}, "mem_limit": "64m",
            "cpu_shares": 512, "restart": "on-failure", "expose": ["8000"], "volumes": ["/data", f"{self.folder}:/mnt:ro"],
            "healthcheck": {"test": ["CMD", "true"], "interval": "1s"},
            "depends_on": ["understudy"], "networks": ["credentials"]}}}, **socket_variables())
        web = self.container("web")
        eventually(lambda: self.ask(f"/v4/{web}"), lambda: self.compose("logs", "--no-color"))
        return web

    def test_of_a_container_it_tells_what_the_engine_does(self):
        web = self.bring_up_web()
        if os.environ["UNDERSTUDY_ENGINE"].endswith("docker"):  # Podman leaves the checks to systemd
            eventually(lambda: inspect(web, "{{.State.Health.Status}}") == "healthy", "it does not get well")
            eventually(lambda: self.ask(f"/v4/{web}")["Health"]["status"] == "HEALTHY", "nobody hears that it is well")
        its = json.loads(docker("inspect", web))[0]
        ours = self.ask(f"/v4/{its['Id']}")
        # What an engine has no word for is compared with what runs: these two, and the times, which come with fewer digits.
        self.assertEqual((ours.pop("Name"), ours.pop("Type")), ("web", "NORMAL"))
        self.assertEqual((ours.pop("DesiredStatus"), ours.pop("KnownStatus"), its["State"]["Status"]), ("RUNNING", "RUNNING", "running"))
        for our, time in ((ours.pop("CreatedAt"), its["Created"]), (ours.pop("StartedAt"), its["State"]["StartedAt"])):
            self.assertEqual(our, to_the_millisecond(time))
        labels = ours.pop("Labels")
        self.assertEqual(labels, {**labels, **its["Config"]["Labels"]})
        self.assertEqual(labels["team"], "a")
        self.assertEqual(ours.pop("ContainerARN").split(":")[:3], ["arn", "aws", "ecs"])
        self.assertEqual(ours.pop("Health", {}).get("status"), HEALTH.get(its["State"].get("Health", {}).get("Status")))
        host, volumes = its["HostConfig"], sorted(its["Mounts"], key=lambda one: one["Destination"])
        self.assertEqual([one["Destination"] for one in volumes], ["/data", "/mnt"])
        self.assertEqual(sorted(ours.pop("Volumes"), key=lambda one: one["Destination"]),
                         [{our: one[its_name] for our, its_name in VOLUME.items() if one.get(its_name)} for one in volumes])
        self.assertEqual(ours, {
            "DockerId": its["Id"], "DockerName": its["Name"].lstrip("/"), "Image": its["Config"]["Image"], "ImageID": its["Image"],
            "Ports": [{"ContainerPort": 8000, "Protocol": "tcp"}],
            "Limits": {"CPU": max(host["CpuShares"], 2), "Memory": host["Memory"] >> 20},
            "Networks": [{"NetworkMode": name, "IPv4Addresses": [network["IPAddress"]]}
                         for name, network in its["NetworkSettings"]["Networks"].items()],
            "LogDriver": host["LogConfig"]["Type"], "RestartCount": its["RestartCount"],
            **({"LogOptions": host["LogConfig"]["Config"]} if host["LogConfig"]["Config"] else {})})

    def test_a_task_is_the_project_and_what_ends_is_gone(self):
        web = inspect(self.bring_up_web(), "{{.Id}}")
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
