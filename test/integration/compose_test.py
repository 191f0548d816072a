#!/usr/bin/python3
"""configs/compose: each example's files fit together, and the configuration is one that the program takes. Whether containers play
them is for `./dev docker`."""

import re
import unittest
from pathlib import Path

import understudy

try:
    import yaml
except ImportError:
    yaml = None

FOLDER = Path(__file__).resolve().parents[2] / "configs" / "compose"
EXAMPLES = ["callers", "ecs", "imds", "offline", "sidecar", "sso"]
PROFILE = "[profile dev]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = fake\n"


@unittest.skipUnless(yaml, "PyYAML is not installed (Debian: python3-yaml)")
class Examples(understudy.TestCase):
    def each(self):
        """(name, services, settings) of each example."""
        for name in EXAMPLES:
            with self.subTest(name):
                compose = yaml.safe_load((FOLDER / name / "compose.yaml").read_text())
                yield name, compose["services"], yaml.safe_load((FOLDER / name / "understudy.yaml").read_text())

    def test_these_are_all_and_each_begins_with_what_to_type(self):
        self.assertEqual(sorted(path.name for path in FOLDER.iterdir()), EXAMPLES)
        for name, _, _ in self.each():
            head = (FOLDER / name / "compose.yaml").read_text().partition("\nservices:")[0].splitlines()
            self.assertTrue(all(line.startswith("#") for line in head))
            self.assertTrue(any(re.search(r"docker compose up\s+prints", line) for line in head))

    def test_each_configuration_is_valid(self):
        self.write(".aws/config", PROFILE)
        for name, services, _ in self.each():
            self.assertEqual(services["understudy"]["environment"], {"UNDERSTUDY_CONFIG": "/etc/understudy.yaml"})
            self.assertIn("./understudy.yaml:/etc/understudy.yaml:ro", services["understudy"]["volumes"])
            text = (FOLDER / name / "understudy.yaml").read_text()
            done = self.run_command("serve", "--check", "--config", self.write(f"{name}.yaml", text))
            self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_understudy_has_no_rights_and_the_address_that_it_listens_at(self):
        for _, services, settings in self.each():
            service = services["understudy"]
            self.assertTrue(service["read_only"])
            self.assertEqual((service["cap_drop"], service["security_opt"]), (["ALL"], ["no-new-privileges:true"]))
            listens = {address.rpartition(":")[0] for address in settings["listen"].values()}
            networks = service.get("networks", {"": {"ipv4_address": "127.0.0.1"}})
            self.assertEqual(listens, {network["ipv4_address"] for network in networks.values() if network})
            has_low_port = any(address.endswith(":80") for address in settings["listen"].values())
            self.assertEqual(has_low_port, "sysctls" in service)

    def test_services_ask_for_entries_that_are_there_and_past_every_proxy(self):
        for _, services, settings in self.each():
            listens = settings["listen"]
            for service in (service for name, service in services.items() if name != "understudy"):
                variables = service["environment"]
                address = listens.get("containers", listens.get("imds"))
                self.assertIn(address.rpartition(":")[0], variables["NO_PROXY"].split(","))
                full = variables.get("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"http://{address}").removeprefix("http://")
                self.assertEqual(full.partition("/")[0], address)
                asked = variables.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") or full.partition("/")[2]
                callers = settings.get("containers", {}).get("callers")
                if callers:
                    self.assertEqual(asked, callers.get("path", "/creds"))
                    self.assertIn(service["labels"]["understudy.role"], settings["roles"])
                elif asked:
                    self.assertIn(asked.rpartition("/")[2], settings["containers"]["credentials"])
                else:
                    self.assertIn(settings["imds"]["role"], settings["roles"])


understudy.main()
