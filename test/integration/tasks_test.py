#!/usr/bin/python3
"""Task metadata, and roles by who asks: containers of the configuration, told apart by loopback addresses of their own."""

import http.client
import json
import os
import socket

import understudy
from engine_stub import EngineStub
from understudy import APP_ARN, AUDIT_ARN, BASE, PATIENCE, get

LABEL = "understudy.role"
WEB, JOB, FIXED, STRANGER = "127.0.0.1", "127.0.0.5", "127.0.0.7", "127.0.0.9"
CONFIG = f"""region: eu-west-1
listen: {{containers: 127.0.0.1:0}}
sts: {{endpoint: embedded}}
roles:
{BASE}  app: {{assume_role: {APP_ARN}, source: base}}
  audit: {{assume_role: {AUDIT_ARN}, source: base}}
containers:
  credentials: {{app: {{role: app}}}}
  ecs: {{cluster: dev, vpc_id: vpc-0123456789abcdef0}}
  tasks:
    shop:
      revision: "3"
      cpu: 512
      tags: {{Team: a}}
      containers:
        web: {{image: "nginx:1.27", addresses: [{WEB}], labels: {{{LABEL}: app}}}}
        job: {{addresses: [{JOB}], memory: 64}}
"""
CALLERS = f"  callers: {{labels: true, addresses: {{{FIXED}: audit}}}}\n"


def get_from(source, address, target, headers=None):
    """(status, text) of a GET that comes from another address of this machine."""
    host, port = address.rsplit(":", 1)
    connection = http.client.HTTPConnection(host, int(port), timeout=PATIENCE, source_address=(source, 0))
    try:
        connection.request("GET", target, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


class TaskMetadata(understudy.TestCase):
    def start(self, more=""):
        return self.serve(CONFIG + more)["containers"]

    def json(self, address, target):
        status, text = get(address, target)
        self.assertEqual(status, 200, text)
        return json.loads(text)

    def test_a_container_and_its_task_in_the_agents_order(self):
        containers = self.start()
        web = self.json(containers, "/v4/web")
        self.assertEqual(list(web), ["DockerId", "Name", "DockerName", "Image", "ImageID", "Labels", "DesiredStatus", "KnownStatus",
                                     "Limits", "CreatedAt", "StartedAt", "Type", "Networks", "ContainerARN"])
        self.assertEqual((web["Name"], web["DockerName"], web["Image"]), ("web", "shop-web-1", "nginx:1.27"))
        self.assertEqual(web["Labels"]["com.amazonaws.ecs.task-definition-family"], "shop")
        self.assertEqual(web["Labels"][LABEL], "app")
        self.assertEqual(web["Networks"], [{"NetworkMode": "bridge", "IPv4Addresses": [WEB]}])
        task = self.json(containers, "/v4/web/task")
        self.assertEqual(list(task), ["Cluster", "TaskARN", "Family", "Revision", "DesiredStatus", "KnownStatus", "Containers", "Limits",
                                      "PullStartedAt", "PullStoppedAt", "AvailabilityZone", "LaunchType", "VPCID",
                                      "FaultInjectionEnabled"])
        self.assertRegex(task["TaskARN"], r"\Aarn:aws:ecs:eu-west-1:111122223333:task/dev/[0-9a-f]{32}\Z")
        self.assertEqual((task["Revision"], task["Limits"], task["AvailabilityZone"]), ("3", {"CPU": 0.5}, "eu-west-1a"))
        self.assertEqual({one["Name"] for one in task["Containers"]}, {"web", "job"})
        self.assertIn(web, task["Containers"])
        self.assertEqual(self.json(containers, f"/v4/{web['DockerId']}/taskWithTags")["TaskTags"], {"Team": "a"})
        self.assertEqual(self.json(containers, "/v4/job")["Limits"], {"CPU": 2, "Memory": 64})
        self.assertEqual(self.json(containers, "/v4/web/task/stats").keys(), {one["DockerId"] for one in task["Containers"]})

    def test_the_older_versions_too(self):
        containers = self.start()
        self.assertNotIn("ContainerARN", self.json(containers, "/v3/web"))
        self.assertNotIn("LaunchType", self.json(containers, "/v3/web/task"))
        self.assertEqual(self.json(containers, "/v2/metadata")["Family"], "shop")
        self.assertEqual(get_from(STRANGER, containers, "/v2/metadata"),
                         (400, f"\"Unable to get task arn from request: unable to associate '{STRANGER}' with task\""))

    def test_whom_nobody_knows_gets_the_agents_error(self):
        containers = self.start()
        self.assertEqual([get(containers, target)[0] for target in ("/v4/x", "/v4/x/task", "/v3/x", "/v3/x/stats", "/v4")],
                         [404, 404, 500, 400, 404])

    def test_names_stay_the_same_over_a_restart(self):
        first, second = (self.json(self.start(), "/v4/web") for _ in range(2))
        for key in ("DockerId", "ContainerARN", "ImageID"):
            self.assertEqual(first[key], second[key])

    def test_an_engine_that_is_not_there_hinders_nobody(self):
        containers = self.start("  docker: /nowhere/docker.sock\n")
        self.assertEqual(self.credentials(containers, "/v2/credentials/app")["RoleArn"], APP_ARN)
        self.assertEqual(get(containers, "/v4/web")[0], 404)


def container(digit, project, service, address, started="2026-11-20T08:00:01Z"):
    return {"Id": digit * 64, "Name": f"/{project}-{service}-1", "Image": "sha256:00", "Created": "2026-11-20T08:00:00Z",
            "State": {"Status": "running", "Running": True, "StartedAt": started},
            "Config": {"Image": service, "Labels": {"com.docker.compose.project": project, "com.docker.compose.service": service,
                                                    "com.docker.compose.container-number": "1"}},
            "HostConfig": {}, "Mounts": [], "NetworkSettings": {"Networks": {f"{project}_default": {"IPAddress": address}}}}


class Engine(understudy.TestCase):
    """Containers that an engine tells of: two projects, of which each has a service `web`."""

    WEB, OTHER, DB = JOB, "127.0.0.6", "127.0.0.8"
    STATE = "task-protection/v1/state"

    def setUp(self):
        super().setUp()
        self.engine = self.enterContext(EngineStub(self.folder / "docker.sock", [
            container("a", "shop", "web", self.WEB), container("b", "blog", "web", self.OTHER),
            container("d", "blog", "db", self.DB)]))
        head = CONFIG[:CONFIG.index("  ecs:")]
        self.containers = self.serve(f"{head}  docker: {self.folder}/docker.sock\n  compat: true\n")["containers"]
        understudy.eventually(lambda: get_from(self.WEB, self.containers, "/v4/self")[0] == 200, "nobody is known")

    def name(self, source, target):
        """That of the container which is told of, or the status."""
        status, text = get_from(source, self.containers, target)
        return json.loads(text)["DockerName"] if status == 200 else status

    def put(self, source, target):
        return understudy.request(self.containers, "PUT", target, body='{"ProtectionEnabled":true}', source=source)[0]

    def test_by_a_name_nobody_reads_or_protects_another_project(self):
        for target, told in (("/v4/web", "shop-web-1"), ("/v4/self", "shop-web-1"), ("/v4/db", 404), ("/v3/db", 500),
                             ("/v4/blog-db-1", 404), (f"/v4/{'d' * 12}", 404), (f"/v4/{'d' * 64}", "blog-db-1"),
                             ("/v3/containers/log-d", 500), ("/v2/metadata/blog-db-1", 400),
                             ("/v3/containers/nobody", "shop-web-1")):
            with self.subTest(target):
                self.assertEqual(self.name(self.WEB, target), told)
        self.assertEqual(self.name(self.DB, "/v4/web"), "blog-web-1")
        for name, status in (("db", 404), ("blog-db-1", 404), ("web", 200)):
            self.assertEqual(self.put(self.WEB, f"/api/{name}/{self.STATE}"), status, name)
        self.assertIn('"ProtectionEnabled":false', get_from(self.DB, self.containers, f"/api/self/{self.STATE}")[1])
        # Who is no container, such as the host, finds all of them.
        self.assertEqual((self.name(STRANGER, "/v4/db"), self.name(STRANGER, "/v4/web")), ("blog-db-1", 404))

    def test_a_container_that_has_just_started_waits_for_what_is_its_own(self):
        self.engine.delay = 0.1
        for digit, target in zip("456789", ("/v4/self", "/v4/self/task", "/v2/metadata", "/v3/task", "/v3/containers/late",
                                            f"/api/self/{self.STATE}")):
            with self.subTest(target):
                self.engine.start(container(digit, "shop", f"late{digit}", f"127.0.0.2{digit}"))
                status, text = get_from(f"127.0.0.2{digit}", self.containers, target)
                self.assertEqual(status, 200, text)

    def test_protection_ends_with_its_task_though_one_of_the_same_name_comes_after_it(self):
        self.assertEqual(self.put(self.WEB, f"/api/self/{self.STATE}"), 200)
        again = "2026-11-20T09:00:00Z"
        self.engine.end("a" * 64)
        self.engine.start(container("a", "shop", "web", self.WEB, again))
        understudy.eventually(lambda: again in get_from(self.WEB, self.containers, "/v4/self")[1], "it is not started again")
        self.assertIn('"ProtectionEnabled":false', get_from(self.WEB, self.containers, f"/api/self/{self.STATE}")[1])


class Agent(understudy.TestCase):
    def test_a_task_protects_itself(self):
        containers = self.serve(CONFIG)["containers"]
        state = "/api/self/task-protection/v1/state"
        body = json.dumps({"ProtectionEnabled": True, "ExpiresInMinutes": 60})
        status, text, _ = understudy.request(containers, "PUT", state, {"Content-Type": "application/json"}, body)
        self.assertEqual(status, 200, text)
        told = json.loads(text)["protection"]
        self.assertEqual((told["ProtectionEnabled"], told["TaskArn"]),
                         (True, json.loads(get(containers, "/v4/web/task")[1])["TaskARN"]))
        self.assertEqual(get(containers, "/api/job/task-protection/v1/state"), (200, text))
        self.assertEqual(understudy.request(containers, "DELETE", state)[0], 405)
        fault = understudy.request(containers, "POST", "/api/web/fault/v1/network-latency/start", body="{}")
        self.assertEqual(fault[:2], (400, f'{{"Error":"enableFaultInjection is not enabled for task: {told["TaskArn"]}"}}'))

    def test_the_agents_limit_where_it_is_wanted(self):
        self.assertNotIn("X-Rate-Limit-Limit", understudy.request(self.serve(CONFIG)["containers"], "GET", "/v4/web")[2])
        containers = self.serve(CONFIG + "  rate_limit: {per_second: 1, burst: 2}\n")["containers"]
        answers = [understudy.request(containers, "GET", "/v4/web") for _ in range(9)]
        self.assertEqual([status for status, _, _ in answers[:2]], [200, 200])
        status, text, headers = answers[-1]
        self.assertEqual((status, text, headers["Content-Type"]),
                         (429, "You have reached maximum request limit.", "text/plain; charset=utf-8"))
        self.assertEqual((headers["X-Rate-Limit-Limit"], headers["X-Rate-Limit-Duration"]), ("1.00", "1"))
        self.assertRegex(headers["X-Rate-Limit-Request-Remote-Addr"], r"\A127\.0\.0\.1:\d+\Z")
        self.assertEqual(get(containers, "/v4/job")[0], 200)
        for probe in ("/healthz", "/readyz"):
            answers = [understudy.request(containers, "GET", probe) for _ in range(9)]
            for status, _, headers in answers:
                self.assertEqual("X-Rate-Limit-Limit" in headers, status == 429, probe)
            self.assertEqual((answers[0][0], answers[-1][0]), (200, 429), probe)

    def test_the_audit_log_where_it_is_wanted(self):
        server = self.serve(CONFIG + "  audit_log: true\n")
        self.credentials(server["containers"], "/v2/credentials/app", {"User-Agent": "test/1"})
        get(server["containers"], "/v2/credentials/guess")
        get(server["containers"], "/v4/web")
        server.stop()
        lines = [line[line.index("audit: "):] for line in server.log().splitlines() if "audit: " in line]
        self.assertEqual(len(lines), 2)
        self.assertRegex(lines[0], r"\Aaudit: \S+Z 200 127\.0\.0\.1:\d+ \"/v2/credentials\" \"test/1\" "
                                   r"arn:aws:ecs:eu-west-1:111122223333:task/dev/[0-9a-f]{32} GetCredentials 2 dev -\Z")
        self.assertRegex(lines[1], r" 400 \S+ \"/v2/credentials\" \"-\" - GetCredentialsInvalidRoleType 2 dev -\Z")


class Callers(understudy.TestCase):
    def role_of(self, source, address, target="/creds", headers=None):
        """The ARN of the role that is answered, or the error's code."""
        status, text = get_from(source, address, target, headers)
        body = json.loads(text)
        if status == 200:
            self.secrets |= {body["SecretAccessKey"], body["Token"]}
        return body.get("RoleArn") or body["code"]

    def test_each_gets_its_own_role_and_a_stranger_none(self):
        containers = self.serve(CONFIG + CALLERS)["containers"]
        self.assertEqual(self.role_of(WEB, containers), APP_ARN)
        self.assertEqual(self.role_of(FIXED, containers), AUDIT_ARN)
        self.assertEqual(self.role_of(JOB, containers), "CallerHasNoRole")
        self.assertEqual(self.role_of(STRANGER, containers), "CallerUnknown")
        self.assertEqual(self.role_of(STRANGER, containers, headers={"Authorization": "wrong"}), "AuthorizationFailed")
        self.assertEqual(self.role_of(STRANGER, containers, "/v2/credentials/app"), APP_ARN)

    def test_addresses_alone_need_no_engine_and_no_tasks(self):
        mapped = CONFIG[:CONFIG.index("  ecs:")] + "  callers: {path: /mine, addresses: {127.0.0.0/29: app, 127.0.0.5: audit}}\n"
        containers = self.serve(mapped)["containers"]
        self.assertEqual(self.role_of(WEB, containers, "/mine"), APP_ARN)
        self.assertEqual(self.role_of(JOB, containers, "/mine"), AUDIT_ARN)
        self.assertEqual(self.role_of(STRANGER, containers, "/mine"), "CallerUnknown")
        self.assertEqual(get(containers, "/v4/web")[0], 404)

    def test_an_engine_that_is_not_there_fails_those_alone_who_need_it(self):
        # It listens and never answers.
        path = str(self.folder / "engine.sock")
        with socket.socket(socket.AF_UNIX) as engine:
            engine.bind(path)
            engine.listen()
            containers = self.serve(CONFIG + CALLERS + f"  docker: {path}\n")["containers"]
            self.assertEqual(self.role_of(FIXED, containers), AUDIT_ARN)
            self.assertEqual(self.role_of(WEB, containers), "CallersUnknown")
            self.assertEqual(self.role_of(STRANGER, containers, "/v2/credentials/app"), APP_ARN)
        os.unlink(path)

    def test_one_token_for_two_roles_is_refused_at_the_start_and_later(self):
        app, audit = (self.write(f"{name}.token", "a-token-that-is-the-same") for name in ("app", "audit"))
        config = CONFIG.replace("{app: {role: app}}", f"{{app: {{role: app, token_file: {app}}}, "
                                                      f"audit: {{role: audit, token_file: {audit}}}}}")
        done = self.run_command("serve", "--config", self.write("a.yaml", config + CALLERS))
        refusal = "credentials.audit.token_file: has the same content as that of entry app, whose role is another (app)"
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(refusal, done.stderr)
        self.serve(config)  # Without callers each path has its own role.
        audit.write_text("a-token-of-its-own")
        server = self.serve(config + CALLERS)
        mine = {"Authorization": "a-token-of-its-own"}
        self.assertEqual(self.role_of(STRANGER, server["containers"], headers=mine), AUDIT_ARN)
        audit.write_text("a-token-that-is-the-same")
        self.assert_logged(server, refusal)
        self.assertEqual(self.role_of(STRANGER, server["containers"], headers=mine), AUDIT_ARN)

    def test_there_is_no_default_role_for_strangers(self):
        callers = "listen: {containers: 127.0.0.1:0}\ncontainers: {callers: {labels: true}}\n"
        containers = self.serve(callers, AWS_ACCESS_KEY_ID=understudy.KEY_ID, AWS_SECRET_ACCESS_KEY=understudy.SECRET,
                                AWS_SESSION_TOKEN="token-of-a-session")["containers"]
        self.assertEqual(self.role_of(STRANGER, containers), "CallerUnknown")
        self.assertEqual(self.role_of(STRANGER, containers, "/v2/credentials/default"), "InvalidIdInRequest")

    def test_mistakes_are_told(self):
        wrong = CONFIG + "  callers: {addresses: {10.0.0.1: ap}, services: {web: base}, path: /mine}\n"
        wrong = wrong.replace("app: {role: app}", "app: {role: app, path: /mine}")
        done = self.run_command("serve", "--check", "--config", self.write("a.yaml", wrong))
        self.assertEqual(done.returncode, 2)
        for part in ('did you mean "app"?', "containers.callers.services.web: expected a role with temporary credentials",
                     "containers.credentials.app.path: "):
            self.assertIn(part, done.stderr)


understudy.main()
