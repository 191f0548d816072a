"""An example of configs/compose, brought up and looked at."""

import json
import os
import re
import sys
import tempfile
import time
import unittest
from pathlib import Path

import engine
from daemons import compose_program
from engine import CHECKOUT, docker, inspect, run

PROJECT = "understudy-test"
APP = "arn:aws:sts::111122223333:assumed-role/app/understudy-app"
AUDIT = "arn:aws:sts::444455556666:assumed-role/audit/understudy-audit"
SUBORDINATE_IDS = 1000000  # the first of test/docker/run's user


def socket_variables():
    socket = os.environ["DOCKER_HOST"].removeprefix("unix://")
    return {"DOCKER_SOCKET": socket, "DOCKER_GID": str(group_inside(os.stat(socket)))}


def group_inside(socket):
    """What the socket's group is to a container: a rootless engine's see who runs it as root, and its further ids from 1 on."""
    if socket.st_gid >= SUBORDINATE_IDS:
        return socket.st_gid - SUBORDINATE_IDS + 1
    return 0 if socket.st_uid else socket.st_gid


class Example(unittest.TestCase):
    """One folder of configs/compose; `override` is what a second compose file says."""

    def bring_up(self, name, override=None, **variables):
        self.bring_up_file(CHECKOUT / "configs/compose" / name / "compose.yaml", override, **variables)

    def bring_up_file(self, file, override=None, **variables):
        self.command = [*compose_program(), "--project-name", PROJECT, "--file", file]
        if override:
            second = self.folder / "override.json"
            second.write_text(json.dumps(override))
            self.command += ["--file", second]
        self.environment = {**os.environ, **variables}
        self.addCleanup(self.compose, "down", "--volumes")
        self.compose("up", "-d", "--no-build")

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory(dir=sys.argv[1])))
        self.folder.chmod(0o755)

    def compose(self, *arguments):
        return run(*self.command, *arguments, env=self.environment)

    def container(self, service):
        # Not every Compose lists those that have ended.
        return docker("ps", "--all", "--quiet", "--filter", f"label=com.docker.compose.project={PROJECT}",
                      "--filter", f"label=com.docker.compose.service={service}").strip()

    def assert_prints(self, service, arn):
        """The service has ended well, and that was its last line."""
        container = self.container(service)
        status = docker("wait", container).strip()
        self.assertEqual((status, docker("logs", container).splitlines()[-1:]), ("0", [arn]),
                         self.compose("logs", "--no-color"))

    def assert_prints_again(self, service, arn):
        docker("start", self.container(service))
        self.assert_prints(service, arn)

    def of_process(self, service, file):
        """A file of /proc/PID: what the kernel says, not what was asked for."""
        return Path("/proc", inspect(self.container(service), "{{.State.Pid}}"), file).read_text()

    def user_of_process(self, user):
        """Who the container's user is outside of it."""
        for line in self.of_process("understudy", "uid_map").splitlines():
            inside, outside, count = map(int, line.split())
            if inside <= user < inside + count:
                return outside + user - inside
        raise AssertionError(f"the container has no user {user}")

    def assert_confined(self, user=65532):
        user = self.user_of_process(user)
        status = dict(re.findall(r"^(\w+):\s+(\w+)", self.of_process("understudy", "status"), re.MULTILINE))
        self.assertEqual((status["Uid"], status["CapEff"], status["CapBnd"], status["NoNewPrivs"]), (str(user), "0" * 16, "0" * 16, "1"))
        root, = [line.split()[5] for line in self.of_process("understudy", "mountinfo").splitlines() if line.split()[4] == "/"]
        self.assertEqual(root.split(",")[0], "ro")

    def assert_stops_at_once(self):
        container = self.container("understudy")
        started = time.monotonic()
        docker("stop", "--time", "20", container)
        self.assertEqual(inspect(container, "{{.State.ExitCode}}"), "0")
        self.assertLess(time.monotonic() - started, 8)
