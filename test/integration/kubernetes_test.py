#!/usr/bin/python3
"""configs/kubernetes: the manifests are well-formed, fit together, and hold a configuration that the program takes."""

import json
import re
import subprocess
import unittest
from pathlib import Path

import understudy
from crawlers import Namespace, why_not
from understudy import PATIENCE, environment_of

try:
    import yaml
except ImportError:
    yaml = None

try:
    from cluster import Cluster
except ImportError:
    Cluster = None

MANIFEST = Path(__file__).resolve().parents[2] / "configs" / "kubernetes" / "pod-identity.yaml"
ADDRESS = "169.254.170.23"
# A pod's client: who it is by the variables that the pod has.
CLIENT = "region: eu-west-1\nroles: {pod: {container: true}}\n"


def without_account(text):
    """As somebody edits it who has none."""
    lines = []
    for line in text.splitlines():
        if instead := re.fullmatch(r"( *)# no account: (([\w]+:|-) .*)", line):
            indent, line, key = instead[1], instead[1] + instead[2], instead[3]
            lines = [before for before in lines if key == "-" or not before.startswith(indent + key)]
        lines.append(line)
    return "\n".join(lines)


@unittest.skipUnless(yaml, "PyYAML is not installed (Debian: python3-yaml)")
class Manifest(understudy.TestCase):
    def setUp(self):
        super().setUp()
        self.read(MANIFEST.read_text())

    def read(self, manifest):
        self.objects = {item["kind"]: item for item in yaml.safe_load_all(manifest)}
        self.text = self.objects["ConfigMap"]["data"]["understudy.yaml"]
        self.settings = yaml.safe_load(self.text)
        self.agent = self.objects["DaemonSet"]["spec"]["template"]["spec"]
        self.pod = self.objects["Pod"]["spec"]

    def test_it_has_what_is_needed_and_asks_for_no_rights(self):
        self.assertEqual(list(self.objects), ["Namespace", "ConfigMap", "DaemonSet", "ServiceAccount", "Pod"])
        for item in self.objects.values():
            self.assertIn("apiVersion", item)
            self.assertIn("name", item["metadata"])
        template = self.objects["DaemonSet"]["spec"]
        self.assertEqual(template["selector"]["matchLabels"], template["template"]["metadata"]["labels"])
        self.assertFalse(self.agent["automountServiceAccountToken"])

    def test_its_configuration_is_valid_with_an_account_and_without(self):
        for manifest in (MANIFEST.read_text(), without_account(MANIFEST.read_text())):
            self.read(manifest)
            done = self.run_command("serve", "--check", "--config", self.write("understudy.yaml", self.text, 0o600))
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertTrue(done.stdout.endswith("The configuration is valid.\n"))
        self.assertEqual(self.settings["sts"], {"endpoint": "embedded"})

    def test_every_file_that_is_read_is_mounted_so_that_changes_are_seen(self):
        container, = self.agent["containers"]
        mounts = {mount["mountPath"]: mount for mount in container["volumeMounts"]}
        for file in (container["args"][2], self.settings["pod_identity"]["jwks_file"]):
            folder, _, name = file.rpartition("/")
            self.assertNotIn("subPath", mounts[folder])
            self.assertTrue(name in self.objects["ConfigMap"]["data"] or f"--from-literal={name}=" in MANIFEST.read_text())
        volumes = {volume["name"] for volume in self.agent["volumes"]}
        self.assertEqual({mount["name"] for mount in mounts.values()}, volumes)

    def test_the_pod_asks_where_the_agent_listens_with_the_token_that_it_wants(self):
        container, = self.pod["containers"]
        variables = {variable["name"]: variable["value"] for variable in container["env"]}
        address = self.settings["listen"]["pod_identity"].removesuffix(":80")
        self.assertEqual(variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"], f"http://{address}/v1/credentials")
        self.assertIn(f"ip addr add {address}/32", self.agent["initContainers"][0]["command"][-1])
        agent, = self.agent["containers"]
        for probe, path in (("readinessProbe", "/readyz"), ("livenessProbe", "/healthz")):
            self.assertEqual(agent[probe]["httpGet"], {"host": address, "port": 80, "path": path})
        volume, = self.pod["volumes"]
        token = volume["projected"]["sources"][0]["serviceAccountToken"]
        self.assertEqual(token["audience"], "pods.eks.amazonaws.com")
        mount, = container["volumeMounts"]
        self.assertEqual(mount["name"], volume["name"])
        self.assertEqual(variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"], f"{mount['mountPath']}/{token['path']}")

    def node(self):
        """What goes before a command that runs on the node."""
        if reason := why_not():
            self.skipTest(reason)
        return self.enterContext(Namespace([]))

    def on(self, node, *command, **variables):
        done = subprocess.run([*node, "/usr/bin/env", "PATH=/usr/sbin:/sbin:/usr/bin:/bin", *map(str, command)],
                              env=environment_of(self.folder, variables), capture_output=True, text=True, timeout=PATIENCE,
                              stdin=subprocess.DEVNULL)
        self.watch(lambda: done.stdout + done.stderr)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def give_address(self, node):
        """Runs what the init container does, with a bridge on a kernel that has no dummy links."""
        *shell, script = self.agent["initContainers"][0]["command"]
        probe = "for kind in dummy bridge; do ip link add probe type $kind && ip link delete probe && echo $kind; done; true"
        kinds = self.on(node, "sh", "-c", probe).split()
        if not kinds:
            self.skipTest("this kernel makes neither a dummy link nor a bridge")
        self.on(node, *shell, script.replace("type dummy", f"type {kinds[0]}"))

    def test_the_init_container_gives_the_node_the_address_once(self):
        node = self.node()
        for _ in range(2):
            self.give_address(node)
            link, = json.loads(self.on(node, "ip", "-json", "addr", "show", "dev", "understudy0"))
            self.assertEqual([(one["local"], one["prefixlen"]) for one in link["addr_info"] if one["family"] == "inet"],
                             [(ADDRESS, 32)])
            self.assertIn("UP", link["flags"])

    @unittest.skipUnless(Cluster, "cryptography is not installed (Debian: python3-cryptography)")
    def test_a_pod_without_an_account_plays_its_role(self):
        node, cluster = self.node(), Cluster()
        self.read(without_account(MANIFEST.read_text()))
        self.give_address(node)
        token = cluster.token()
        self.secrets.add(token)
        keys = self.write("jwks.json", cluster.jwks())
        self.serve(self.text.replace(self.settings["pod_identity"]["jwks_file"], str(keys)), prefix=node)
        variables = {variable["name"]: variable["value"] for variable in self.pod["containers"][0]["env"]}
        variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = str(self.write("token", token))
        said = self.on(node, understudy.BINARY, "whoami", "--config", self.write("client.yaml", CLIENT), "pod", **variables)
        self.assertEqual(said, "arn:aws:sts::111122223333:assumed-role/app/understudy-app\n")

    def test_the_pods_service_account_has_a_role(self):
        account = self.objects["ServiceAccount"]["metadata"]
        association, = self.settings["pod_identity"]["associations"]
        self.assertEqual(self.pod["serviceAccountName"], account["name"])
        self.assertEqual((association["namespace"], association["service_account"]), (account["namespace"], account["name"]))


understudy.main()
