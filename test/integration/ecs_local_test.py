#!/usr/bin/python3
"""What users of amazon-ecs-local-container-endpoints rely on, asked of `understudy ecs-local`: its paths and its variables."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import understudy
from engine_stub import EngineStub
from understudy import KEY_ID, SECRET, environment_of, free_port, get

# An STS that knows the user.
STS = f"""region: us-east-1
listen: {{sts: 127.0.0.1:0}}
sts: {{endpoint: embedded}}
roles: {{base: {{static: {{access_key_id: {KEY_ID}, secret_access_key: {SECRET}}}}}}}
"""
PROFILE = f"[default]\naws_access_key_id = ASIAOFANOTHER0000001\naws_secret_access_key = fake\naws_session_token = fake\n" \
          f"[user]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"
OTHER_ARN = "arn:aws:iam::777788889999:role/team/reader"
WEB, JOB = "c1" * 32, "d2" * 32


def container(id, service, address):
    return {"Id": id, "Name": f"/shop-{service}-1", "Image": "sha256:00", "Created": "2026-11-20T08:00:00Z",
            "State": {"Status": "running", "Running": True, "StartedAt": "2026-11-20T08:00:01Z"},
            "Config": {"Image": service, "Labels": {"com.docker.compose.project": "shop", "com.docker.compose.service": service,
                                                    "com.docker.compose.container-number": "1"}},
            "HostConfig": {}, "Mounts": [],
            "NetworkSettings": {"Networks": {"shop_default": {"IPAddress": address}}}}


class EcsLocal(understudy.TestCase):
    def start(self, *flags, owner=(-1, -1), **variables):
        """Starts a server; gives its address on loopback, for it listens everywhere."""
        self.write(".aws/credentials", PROFILE)
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        os.chown(folder, *owner)  # of the ready file
        variables = {"ECS_LOCAL_METADATA_PORT": "0", "UNDERSTUDY_LOG_LEVEL": "debug", "AWS_REGION": "us-east-1",
                     "DOCKER_HOST": f"unix://{self.folder}/docker.sock", **variables}
        self.server = understudy.Server([understudy.BINARY, "ecs-local", *flags], environment_of(self.folder, variables), folder)
        self.watch(self.server.log)
        self.addCleanup(self.server.stop)
        return "127.0.0.1:" + self.server["containers"].rpartition(":")[2]

    def start_with_sts(self, **variables):
        sts = self.serve(STS)["sts"]
        return self.start(AWS_PROFILE="user", STS_ENDPOINT=f"http://{sts}", **variables)

    def start_with_engine(self, **variables):
        self.enterContext(EngineStub(self.folder / "docker.sock",
                                     [container(WEB, "web", "127.0.0.1"), container(JOB, "job", "127.0.0.5")]))
        address = self.start_with_sts(**variables)
        understudy.eventually(lambda: get(address, "/v3")[0] == 200, "the engine's containers are not known")
        return address

    def json(self, address, target, source=None):
        status, text = get(address, target, source=source)
        self.assertEqual(status, 200, text)
        return json.loads(text)

    def who_is(self, credentials, sts):
        """The ARN that credentials of the STS are of."""
        done = self.run_command("whoami", "me", "--config", self.write("me.yaml", json.dumps({
            "region": "us-east-1", "sts": {"endpoint": f"http://{sts}"},
            "roles": {"me": {"static": {"access_key_id": credentials["AccessKeyId"],
                                        "secret_access_key": credentials["SecretAccessKey"],
                                        "session_token": credentials["Token"]}}}})))
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def test_credentials_by_each_path_with_a_slash_at_its_end_or_none(self):
        sts = self.serve(STS)["sts"]
        address = self.start(AWS_PROFILE="user", STS_ENDPOINT=f"http://{sts}")
        for end in ("", "/"):
            session = self.credentials(address, "/creds" + end)
            self.assertNotEqual(session["AccessKeyId"], KEY_ID)
            self.assertRegex(session["Expiration"], r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")
            by_name = self.credentials(address, "/role/reader" + end)
            self.assertRegex(by_name["RoleArn"], r"\Aarn:aws:iam::\d{12}:role/reader\Z")
            self.assertEqual(self.credentials(address, f"/role-arn/{OTHER_ARN}{end}")["RoleArn"], OTHER_ARN)
        self.assertIn(":assumed-role/reader/ecs-local-reader", self.who_is(by_name, sts))

    def test_temporary_keys_are_given_as_they_are(self):
        address = self.start(STS_ENDPOINT="http://127.0.0.1:1")
        status, text = get(address, "/creds")
        self.assertEqual((status, json.loads(text)["AccessKeyId"]), (200, "ASIAOFANOTHER0000001"))

    def test_clients_may_call_it_by_address_and_by_the_services_name(self):
        address = self.start()
        for host in ("169.254.170.2", "ecs-local-endpoints", "endpoints:80", "localhost"):
            self.assertEqual(get(address, "/creds", {"Host": host})[0], 200, host)
        self.assertEqual(get(address, "/creds", {"Host": "rebound.example.com"})[0], 403)
        self.assertEqual(get(address, "/creds", {"Origin": "http://localhost"})[0], 403)

    def test_without_an_engine_there_are_credentials_and_no_metadata(self):
        address = self.start()
        self.assertEqual(get(address, "/creds")[0], 200)
        self.assertEqual([get(address, target)[0] for target in ("/v2/metadata", "/v3", "/v3/task", "/v4")], [400, 500, 500, 404])

    def test_an_engine_by_tcp_is_told_and_leaves_the_credentials(self):
        address = self.start_with_sts(DOCKER_HOST="tcp://127.0.0.1:1")
        line, = [line for line in self.server.log().splitlines() if line.startswith("warning: no task metadata")]
        self.assertIn("DOCKER_HOST does not name a Unix socket", line)
        for target in ("/creds", "/role/reader", f"/role-arn/{OTHER_ARN}"):
            self.credentials(address, target)
        self.assertEqual([get(address, target)[0] for target in ("/v2/metadata", "/v3", "/v3/task", "/v4")], [400, 500, 500, 404])
        done = self.run_local("--print-config", DOCKER_HOST="tcp://127.0.0.1:1")
        self.assertEqual((done.returncode, "docker" in json.loads(done.stdout)["containers"]), (0, False))
        self.assertIn("warning: no task metadata", done.stderr)

    def test_metadata_is_of_who_asks_or_of_a_part_of_a_name(self):
        address = self.start_with_engine()
        self.assertEqual(self.json(address, "/v3")["DockerName"], "shop-web-1")
        self.assertEqual(self.json(address, "/v3/", "127.0.0.5")["DockerName"], "shop-job-1")
        self.assertEqual(self.json(address, "/v3/containers/op-jo")["DockerId"], JOB)
        self.assertEqual(self.json(address, "/v4/containers/op-jo")["DockerId"], JOB)
        self.assertEqual(self.json(address, f"/v2/metadata/{JOB}")["Name"], "job")
        for target in ("/v2/metadata", "/v3/task", "/v3/containers/web/task/", "/v4/task"):
            task = self.json(address, target)
            self.assertEqual(task["TaskARN"], "arn:aws:ecs:us-west-2:111111111111:task/ecs-local-cluster/"
                                              "37e873f6-37b4-42a7-af47-eac7275c6152")
            self.assertEqual((task["Cluster"], task["Family"], task["Revision"]),
                             ("ecs-local-cluster", "esc-local-task-definition", "1"))
            self.assertEqual(sorted(one["DockerName"] for one in task["Containers"]), ["shop-job-1", "shop-web-1"])
        self.assertEqual(sorted(self.json(address, "/v3/task/stats")), [WEB, JOB])

    def test_variables_and_files_say_what_metadata_tells(self):
        task = self.write("task.json", '{"Limits": {"CPU": 0.25}, "Own": "yes"}')
        each = self.write("container.json", '{"Name": "cats"}')
        address = self.start_with_engine(
            CLUSTER_ARN="dev", TASK_ARN="arn:aws:ecs:eu-west-1:111122223333:task/dev/t", TASK_DEFINITION_FAMILY="web",
            TASK_DEFINITION_REVISION="7", TASK_TAGS_VAR="Team=a", CONTAINER_INSTANCE_TAGS="Rack=7",
            TASK_METADATA_PATH=str(task), CONTAINER_METADATA_PATH=str(each))
        told = self.json(address, "/v3/taskWithTags")
        self.assertEqual((told["Cluster"], told["TaskARN"], told["Family"], told["Revision"], told["Own"]),
                         ("dev", "arn:aws:ecs:eu-west-1:111122223333:task/dev/t", "web", "7", "yes"))
        self.assertEqual((told["TaskTags"], told["ContainerInstanceTags"]), ({"Team": "a"}, {"Rack": "7"}))
        self.assertEqual((told["Limits"], {one["Name"] for one in told["Containers"]}), ({"CPU": 0.25}, {"cats"}))
        self.assertEqual(self.json(address, "/v3")["Name"], "cats")

    def test_what_is_not_honoured_is_told_in_a_line(self):
        names = ("IAM_ENDPOINT", "IAM_CUSTOM_ENDPOINT", "STS_CUSTOM_ENDPOINT", "SHARED_TOKEN_EXPIRATION")
        self.start(**dict.fromkeys(names, "750s"))
        for name in names:
            line, = [line for line in self.server.log().splitlines() if line.startswith(f"warning: {name}")]
            self.assertIn("is not honoured", line)

    def test_a_variable_that_makes_no_sense_ends_it(self):
        done = self.run_local(ECS_LOCAL_METADATA_PORT="http")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("listen.containers (ECS_LOCAL_METADATA_PORT): ", done.stderr)

    def test_the_printed_configuration_is_one_that_serve_takes(self):
        done = self.run_local("--print-config", CLUSTER_ARN="dev", TASK_TAGS_VAR="Team=a")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        checked = self.run_command("serve", "--check", "--config", self.write("printed.yaml", done.stdout))
        self.assertEqual((checked.returncode, checked.stderr.count("\n")), (0, 1), checked.stderr)
        self.assertTrue(checked.stderr.startswith("warning: listen.containers: 0.0.0.0:80 is open to more than this host"))
        self.assertIn("The configuration is valid.", checked.stdout)

    def test_health_is_asked_of_the_same_variables(self):
        port = str(free_port())
        self.assertEqual(self.run_local("--health", ECS_LOCAL_METADATA_PORT=port).returncode, 1)
        self.start(ECS_LOCAL_METADATA_PORT=port)
        done = self.run_local("--health", ECS_LOCAL_METADATA_PORT=port)
        self.assertEqual((done.returncode, done.stdout), (0, "ready\n"), done.stderr)

    @unittest.skipUnless(os.geteuid() == 0, "only root can become another")
    def test_root_becomes_who_has_the_files(self):
        credentials = self.write(".aws/credentials", PROFILE)
        self.folder.chmod(0o755)
        for path in (credentials, credentials.parent):
            os.chown(path, 12345, 12346)
        address = self.start(owner=(12345, 12346))
        self.assertEqual(get(address, "/creds")[0], 200)
        status = self.status()
        self.assertEqual((status["Uid"].split(), status["Gid"].split(), status["CapEff"]),
                         (["12345"] * 4, ["12346"] * 4, "0" * 16))
        address = self.start(owner=(12345, 12346), UNDERSTUDY_PROCESS_USER="0")
        self.assertEqual((get(address, "/creds")[0], self.status()["Uid"].split()), (200, ["0"] * 4))

    def status(self):
        return dict(line.split(":\t", 1) for line in Path(f"/proc/{self.server.pid}/status").read_text().splitlines())

    def run_local(self, *flags, **variables):
        self.write(".aws/credentials", PROFILE)
        done = subprocess.run([understudy.BINARY, "ecs-local", *flags], env=environment_of(self.folder, variables),
                              capture_output=True, text=True, timeout=understudy.PATIENCE)
        self.watch(lambda: done.stdout + done.stderr)
        return done


understudy.main()
