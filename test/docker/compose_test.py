#!/usr/bin/python3
"""configs/compose: each example brought up as its first lines say, with an unmodified AWS CLI that prints who it is, and stopped.

Called by test/docker/run in a network namespace of its own, after image_test.py has made the images.
"""

import hashlib
import json
import os
import re
import sys
from pathlib import Path

import engine
from engine import CHECKOUT, UNPRIVILEGED, docker, eventually, inspect, run
from example import APP, AUDIT, PROJECT, Example, socket_variables

sys.path.append(str(CHECKOUT / "test/integration"))
from identity_center import SHARED, IdentityCenter  # noqa: E402
from json_service import JsonService, Refused  # noqa: E402

SSO = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Dev_0123456789abcdef/jane"
GATEWAY = "169.254.170.1"  # of the network `credentials`: the test's own address there
OWNER = 12345


class Ecs(Example):
    def test_two_services_get_a_role_each(self):
        self.bring_up("ecs")
        self.assert_prints("app", APP)
        self.assert_prints("audit", AUDIT)
        self.assert_confined()
        self.assert_stops_at_once()

    def test_the_address_is_the_same_after_a_restart_and_a_new_beginning(self):
        self.bring_up("ecs")
        self.assert_prints("app", APP)
        docker("restart", self.container("understudy"))
        self.assert_prints_again("app", APP)
        self.compose("down")
        self.compose("up", "-d", "--no-build")
        self.assert_prints("app", APP)
        networks = json.loads(inspect(self.container("understudy"), "{{json .NetworkSettings.Networks}}"))
        self.assertEqual([network["IPAddress"] for network in networks.values()], ["169.254.170.2"])

    def test_the_small_image_resolves_names(self):
        self.bring_up("ecs")
        config = (CHECKOUT / "configs/compose/ecs/understudy.yaml").read_text()
        config = re.sub(r"^  sts: .*\n", "", config, flags=re.MULTILINE)  # the listener
        for name in ("understudy", "sts-by-file"):  # the engine's DNS, and /etc/hosts
            with self.subTest(name):
                file = self.folder / f"{name}.yaml"
                file.write_text(config.replace("endpoint: embedded", f"endpoint: http://{name}:1341"))
                said = docker("run", "--rm", "--network", f"{PROJECT}_credentials", "--add-host", "sts-by-file:169.254.170.2",
                              "--volume", f"{file}:/etc/understudy.yaml:ro", *UNPRIVILEGED,
                              "understudy", "whoami", "app", "--config", "/etc/understudy.yaml")
                self.assertEqual(said.strip(), APP)


class Imds(Example):
    def test_a_service_with_no_variable_gets_the_role(self):
        self.bring_up("imds")
        variables = json.loads(inspect(self.container("app"), "{{json .Config.Env}}"))
        self.assertEqual([one for one in variables if "CREDENTIALS" in one or "METADATA" in one or "ACCESS_KEY" in one], [])
        self.assert_prints("app", APP)
        self.assert_confined()


class Sidecar(Example):
    def test_a_service_finds_its_sidecar_on_loopback(self):
        self.bring_up("sidecar")
        self.assert_prints("app", APP)
        self.assert_confined()


class Offline(Example):
    def test_a_chain_of_roles_is_played_with_no_way_out(self):
        self.bring_up("offline")
        self.assert_prints("app", "arn:aws:sts::444455556666:assumed-role/app/ci")
        # What keeps it in are rules of the engine's, which ours is not allowed to make: it is told to, at least.
        self.assertEqual(inspect(f"{PROJECT}_offline", "{{.Internal}}"), "true")
        self.assert_confined()


class Health(Example):
    """The image's own HEALTHCHECK, of each kind of server."""

    def check(self, name, **variables):
        self.bring_up(name, **variables)
        container = self.container("understudy")
        eventually(lambda: inspect(container, "{{.State.Health.Status}}") == "healthy",
                   lambda: inspect(container, "{{json .State.Health}}"))

    def test_of_containers(self):
        self.check("ecs")

    def test_of_callers(self):
        self.check("callers", **socket_variables())

    def test_of_an_instance(self):
        self.check("imds")

    def test_of_a_sidecar(self):
        self.check("sidecar")


class SecurityTokenService(JsonService):
    """Knows whom Identity Center's credentials are of, and nobody else."""

    HOST = "0.0.0.0"

    def answer(self, call):
        if not re.search(r"Credential=ASIASSO\d+/", call.headers.get("Authorization", "")):
            raise Refused(403, {"message": "not a key of Identity Center's"})
        return 200, f"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>\
<Arn>{SSO}</Arn><UserId>AROA:jane</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"""


class PublicIdentityCenter(IdentityCenter):
    HOST = "0.0.0.0"


class Sso(Example):
    def setUp(self):
        super().setUp()
        self.certificate, key = self.folder / "authority.pem", self.folder / "key.pem"
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=understudy's test", "-addext", "subjectAltName=DNS:identity-center.test",
            "-keyout", key, "-out", self.certificate)
        self.center, self.sts = PublicIdentityCenter(), SecurityTokenService()
        self.center.use_tls(self.certificate, key)
        self.enterContext(self.center)
        self.enterContext(self.sts)
        # A log-in that comes to its end: it has to be renewed to be of use.
        self.cache = self.folder / ".aws/sso/cache" / (hashlib.sha1(b"corp").hexdigest() + ".json")
        self.cache.parent.mkdir(parents=True)
        self.cache.write_text(json.dumps(self.center.log_in(600)))
        config = self.folder / ".aws/config"
        config.write_text(SHARED)
        for path in (self.cache, config):
            path.chmod(0o600)
        for path in (self.folder / ".aws", *(self.folder / ".aws").rglob("*")):
            os.chown(path, OWNER, OWNER)

    def test_a_log_in_of_the_host_serves_and_is_renewed_there(self):
        before = json.loads(self.cache.read_text())
        port = self.center.address.rpartition(":")[2]
        at_center = f"https://identity-center.test:{port}"
        self.bring_up("sso", {"services": {
            "understudy": {
                "environment": {"AWS_ENDPOINT_URL_SSO": at_center, "AWS_ENDPOINT_URL_SSO_OIDC": at_center},
                "extra_hosts": {"identity-center.test": GATEWAY},
                # In the place of the image's authorities.
                "volumes": [f"{self.certificate}:/etc/ssl/certs/ca-certificates.crt:ro"]},
            "app": {"environment": {"AWS_ENDPOINT_URL_STS": f"http://{GATEWAY}:{self.sts.address.rpartition(':')[2]}"}},
        }}, HOME=str(self.folder), OWNER=f"{OWNER}:{OWNER}")
        self.assert_prints("app", SSO)
        self.assert_confined(OWNER)
        after = json.loads(self.cache.read_text())
        self.assertNotEqual(after["refreshToken"], before["refreshToken"])
        status = self.cache.stat()
        self.assertEqual((status.st_uid, status.st_mode & 0o777), (OWNER, 0o600))


class EcsLocal(Example):
    """A project that was made for amazon-ecs-local-container-endpoints, with nothing but the image's name changed."""

    KEYS = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"
    # A container may ask before the server listens, and on a busy machine too long before the engine tells of it.
    FAMILY = """
import json, time, urllib.request
for _ in range(300):
    try:
        print(json.load(urllib.request.urlopen("http://169.254.170.2/v3/task"))["Family"])
        break
    except OSError:
        time.sleep(0.2)
"""

    def project(self):
        def client(address, path):
            return {"image": "amazon/aws-cli", "command": "sts get-caller-identity --query Arn --output text",
                    "depends_on": ["ecs-local-endpoints", "sts"], "networks": {"credentials_network": {"ipv4_address": address}},
                    "environment": {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ENDPOINT_URL_STS": "http://sts:1341",
                                    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": path}}
        return {
            "networks": {"credentials_network": {"driver": "bridge", "ipam": {"config": [
                {"subnet": "169.254.170.0/24", "gateway": GATEWAY}]}}},
            "services": {
                "ecs-local-endpoints": {
                    "image": "understudy:ecs-local",
                    # In the place of /var/run:/var/run, for this engine has its socket elsewhere.
                    "volumes": [f"{sys.argv[1]}/docker.sock:/var/run/docker.sock", f"{self.folder}/.aws/:/home/.aws/"],
                    "environment": {"AWS_PROFILE": "dev", "STS_ENDPOINT": "http://sts:1341", "AWS_REGION": "us-east-1"},
                    "networks": {"credentials_network": {"ipv4_address": "169.254.170.2"}}},
                "app": client("169.254.170.3", "/role-arn/arn:aws:iam::111122223333:role/app"),
                "metadata": {**client("169.254.170.4", "/creds"), "entrypoint": ["python3", "-c", self.FAMILY], "command": []},
                # In the place of AWS's.
                "sts": {"image": "understudy", "command": "sts --listen 0.0.0.0:1341",
                        "networks": {"credentials_network": {"ipv4_address": "169.254.170.5"}},
                        "healthcheck": {"disable": True},
                        "environment": {name.upper(): value for name, value in (line.split(" = ") for line in self.KEYS.splitlines())}},
            }}

    def test_changing_the_image_is_enough(self):
        folder = self.folder / ".aws"
        folder.mkdir(mode=0o700)
        (folder / "credentials").write_text("[dev]\n" + self.KEYS)
        (folder / "credentials").chmod(0o600)
        for path in (folder, folder / "credentials"):
            os.chown(path, OWNER, OWNER)
        file = self.folder / "docker-compose.json"
        file.write_text(json.dumps(self.project()))
        self.bring_up_file(file)
        self.assert_prints("app", "arn:aws:sts::111122223333:assumed-role/app/ecs-local-app")
        self.assert_prints("metadata", "esc-local-task-definition")
        status = dict(re.findall(r"^(\w+):\s+(\w+)", self.of_process("ecs-local-endpoints", "status"), re.MULTILINE))
        self.assertEqual((status["Uid"], status["CapEff"]), (str(OWNER), "0" * 16))
        container = self.container("ecs-local-endpoints")
        eventually(lambda: inspect(container, "{{.State.Health.Status}}") == "healthy",
                   lambda: inspect(container, "{{json .State.Health}}"))


engine.main()
