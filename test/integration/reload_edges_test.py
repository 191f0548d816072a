#!/usr/bin/python3
"""The configuration is read anew where something is amiss: what was served is served on."""

import json
import os
import resource
import signal
import unittest

import understudy
from engine_stub import EngineStub
from reload_test import APP, NOBODY, Client, Reload, configuration
from understudy import eventually, get, request

WEB = {"Id": "c1" * 32, "Name": "/shop-web-1", "Image": "sha256:00", "Created": "2026-11-20T08:00:00Z",
       "State": {"Status": "running", "Running": True, "StartedAt": "2026-11-20T08:00:01Z"},
       "Config": {"Image": "web", "Labels": None}, "HostConfig": {}, "Mounts": [],
       "NetworkSettings": {"Networks": {"shop_default": {"IPAddress": "127.0.0.1"}}}}


class Edges(Reload):
    def test_containers_are_known_all_the_time(self):
        self.enterContext(EngineStub(self.folder / "docker.sock", [WEB]))
        text = configuration(self.folder).replace("containers: {cred", f"containers: {{docker: {self.folder}/docker.sock, cred")
        server = self.served(text, "--no-watch")
        client = Client(server["containers"], "/v2/metadata")
        for _ in range(10):
            self.hang_up(server)
        client.end()
        self.assertEqual(client.failures, [])

    def test_a_task_stays_protected(self):
        text = configuration(self.folder).replace(
            "containers: {cred", "containers: {tasks: {shop: {containers: {web: {addresses: [127.0.0.1]}}}}, cred")
        server = self.served(text, "--no-watch")
        state = "/api/self/task-protection/v1/state"
        status, told, _ = request(server["containers"], "PUT", state, body='{"ProtectionEnabled":true}')
        self.assertEqual(status, 200, told)
        self.assertIn('"ProtectionEnabled":true', told)
        for change in (text, text.replace("{shop:", "{blog: {containers: {job: {addresses: [127.0.0.5]}}}, shop:")):
            self.change(server, change)
            self.assertEqual(get(server["containers"], state), (200, told))

    def test_a_strict_configuration_is_not_taken_from_a_file_that_lets_others_in(self):
        text = configuration(self.folder, more="config: {strict: true}\n")
        refusal = (f"{self.folder}/etc/understudy.yaml: others may read the keys in this file (mode 0640), which config.strict "
                   f"refuses; type: chmod 600 {self.folder}/etc/understudy.yaml\n")
        for command in ("serve", "--check"), ("serve",):
            done = self.run_command(*command, "--config", self.write("etc/understudy.yaml", text, mode=0o640))
            self.assertEqual((done.returncode, done.stdout, done.stderr), (2, "", refusal))
        server = self.served(text)
        kept = self.credentials(server["containers"], APP)
        self.file.chmod(0o640)
        eventually(lambda: self.reloads(server) == [0, 1], "a looser mode is not seen")
        eventually(lambda: refusal in server.log(), "the log does not say why")
        self.assertEqual(self.credentials(server["containers"], APP), kept)
        self.file.chmod(0o600)
        eventually(lambda: self.reloads(server) == [1, 1], "the mode that was asked for is not seen")

    def test_a_file_that_says_nothing_is_not_served(self):
        server = self.served(configuration(self.folder))
        listeners = dict(server.listeners)
        for count, text in enumerate(["", "# made by a program that failed\n\n---\n"], 1):
            self.file.write_text(text)
            eventually(lambda: self.reloads(server) == [0, count], server.log())
        self.assert_logged(server, f"{self.file}: is empty")
        self.credentials(server["containers"], APP)
        self.assertEqual(json.loads(self.ready.read_text())["listeners"], listeners)

    @unittest.skipUnless(os.geteuid() == 0, "only root can become another")
    def test_the_region_is_that_of_the_users_profile_from_the_start(self):
        (self.folder / "run").mkdir()
        (self.folder / "home").mkdir()
        for folder in (self.folder, self.folder / "run"):
            os.chown(folder, NOBODY, NOBODY)
        self.write(".aws/config", "[default]\nregion = eu-west-1\n")
        self.write("home/.aws/config", "[default]\nregion = eu-west-2\n", mode=0o644)
        text = configuration(self.folder, more=f"process: {{user: {NOBODY}, group: {NOBODY}, home: {self.folder}/home}}\n")
        text = text.replace("region: us-east-1\n", "")
        self.file = self.write("etc/understudy.yaml", text, mode=0o644)
        server = self.served(text, "--no-watch")
        self.file.chmod(0o644)
        region = "/latest/meta-data/placement/region"
        self.assertEqual(get(server["imds"], region), (200, "eu-west-2"))
        kept = self.credentials(server["containers"], APP)
        self.hang_up(server)
        self.assertEqual(get(server["imds"], region), (200, "eu-west-2"))
        self.assertEqual(self.credentials(server["containers"], APP), kept)

    def test_without_descriptors_it_serves_on(self):
        if understudy.is_sanitized():
            self.skipTest("without descriptors the sanitizer takes good objects for bad ones")
        server = self.served(configuration(self.folder, more="watch: false\n"))
        limits = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
        self.file.write_text(configuration(self.folder))  # From now on it is to be watched, for which it takes some.
        for spare in (0, 1, 2, 4):
            told = server.log().count("the configuration was read anew")
            count = len(os.listdir(f"/proc/{server.pid}/fd"))
            resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (count + spare, limits[1]))
            server.process.send_signal(signal.SIGHUP)
            eventually(lambda: server.log().count("the configuration was read anew") > told or server.process.poll() is not None,
                       "nothing became of the signal")
            resource.prlimit(server.pid, resource.RLIMIT_NOFILE, limits)
            self.assertIsNone(server.process.poll(), server.log())
            self.credentials(server["containers"], APP)


if __name__ == "__main__":
    understudy.main()
