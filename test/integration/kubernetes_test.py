#!/usr/bin/python3
"""configs/kubernetes: the manifests are well-formed, fit together, and hold a configuration that the program takes."""

import unittest
from pathlib import Path

import understudy

try:
    import yaml
except ImportError:
    yaml = None

MANIFEST = Path(__file__).resolve().parents[2] / "configs" / "kubernetes" / "pod-identity.yaml"


@unittest.skipUnless(yaml, "PyYAML is not installed (Debian: python3-yaml)")
class Manifest(understudy.TestCase):
    def setUp(self):
        super().setUp()
        self.objects = {item["kind"]: item for item in yaml.safe_load_all(MANIFEST.read_text())}
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

    def test_its_configuration_is_valid(self):
        done = self.run_command("serve", "--check", "--config", self.write("understudy.yaml", self.text, 0o600))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue(done.stdout.endswith("The configuration is valid.\n"))

    def test_every_file_that_is_read_is_mounted(self):
        container, = self.agent["containers"]
        mounts = {mount["mountPath"]: mount for mount in container["volumeMounts"]}
        self.assertIn(container["args"][2], mounts)
        folder, _, name = self.settings["pod_identity"]["jwks_file"].rpartition("/")
        self.assertEqual(name, "jwks.json")
        self.assertIn(f"--from-literal={name}=", MANIFEST.read_text())
        self.assertNotIn("subPath", mounts[folder])
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

    def test_the_pods_service_account_has_a_role(self):
        account = self.objects["ServiceAccount"]["metadata"]
        association, = self.settings["pod_identity"]["associations"]
        self.assertEqual(self.pod["serviceAccountName"], account["name"])
        self.assertEqual((association["namespace"], association["service_account"]), (account["namespace"], account["name"]))


understudy.main()
