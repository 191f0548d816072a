#!/usr/bin/python3
"""Holds the documentation to the program.

    docs_test.py UNDERSTUDY

- Each ```yaml block below `<!-- check: valid -->` in README.md and docs/ is a whole configuration that `serve --check` takes;
  below `<!-- check: refused -->` one that it refuses with the lines of the ```text block behind it (FILE is its name there).
- docs/configuration.md has a table row for every key that the program knows, and for no other.
- docs/imds.md names every path of an instance that has everything, and no other.
- systemd understands the units.
- Links inside the repository lead somewhere.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import telling

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "configuration.md"
IMDS = ROOT / "docs" / "imds.md"
UNDERSTUDY = ""

BLOCK = re.compile(r"^<!-- check: (valid|refused) -->\n```yaml\n(.*?)^```\n(?:```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
UNIT = re.compile(r"^```ini\n(\[Unit\]\n.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
KNOWN = re.compile(r"^\S+?:\d+: (?:(.+)\.)?unheard_of: unknown key; known here: (.+)$", re.MULTILINE)

# An unknown key wherever there is a map; each is answered with the keys that are known there.
PROBE = """
unheard_of: 1
config: {unheard_of: 1}
listen: {unheard_of: 1}
sts:
  unheard_of: 1
  users: [{unheard_of: 1}]
  trust: {<role ARN>: {unheard_of: 1}}
roles:
  <role>: {unheard_of: 1}
  b: {assume_role: {mfa: {unheard_of: 1}, provided_contexts: [{unheard_of: 1}]}}
  c: {session_token: {mfa: {unheard_of: 1}}}
imds: {unheard_of: 1, instance: {unheard_of: 1, placement: {unheard_of: 1}, vpc: {unheard_of: 1}, subnet: {unheard_of: 1}, interfaces: [{unheard_of: 1}]}}
identity: {unheard_of: 1}
containers: {unheard_of: 1, credentials: {<id>: {unheard_of: 1}}, compat: {unheard_of: 1}, ecs: {unheard_of: 1},
             tasks: {<task>: {unheard_of: 1, containers: {<name>: {unheard_of: 1}}}}, callers: {unheard_of: 1},
             rate_limit: {unheard_of: 1}, tls: {unheard_of: 1}}
pod_identity: {unheard_of: 1, associations: [{unheard_of: 1}], tls: {unheard_of: 1}}
admin: {unheard_of: 1}
process: {unheard_of: 1}
link_local: {unheard_of: 1}
events: [{unheard_of: 1}]
"""
# The profiles and the session that the documentation speaks of.
SHARED = ("[profile dev]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = fake\n"
          "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n")
# An instance that has everything.
FULL_INSTANCE = """
roles: {app: {environment: true}}
imds:
  role: app
  extended_credentials: true
  instance: {ancestor_image_ids: [ami-0123456789abcdef1], auto_scaling: InService, hibernation: true, kernel_id: aki-1, ramdisk_id: ari-1,
             placement: {group: a, host_id: h-0123456789abcdef0, partition: 1}, product_codes: [abc], public_ip: true, ipv6: true,
             public_keys: {mine: ssh-ed25519 AAAA me}, tags: {Name: web}, security_groups: [web],
             interfaces: [{ipv4_prefixes: [10.0.12.16/28], ipv6_prefixes: ["2001:db8::/80"]}]}
"""
BESIDE_A_WAY = {"duration", "session_name", "source"}


def documents():
    return [ROOT / "README.md", ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md",
            *sorted((ROOT / "docs").glob("*.md"))]


def check(yaml):
    """The configuration's verdict: exit status and what is said on standard error, with FILE for its name."""
    with tempfile.TemporaryDirectory(prefix="understudy-docs-") as folder:
        file = Path(folder) / "understudy.yaml"
        file.write_text(yaml)
        file.chmod(0o600)
        shared = Path(folder) / ".aws" / "config"
        shared.parent.mkdir()
        shared.write_text(SHARED)
        run = subprocess.run([UNDERSTUDY, "serve", "--check", "--config", file], capture_output=True, text=True, timeout=30,
                             env={"PATH": "/usr/bin:/bin", "HOME": folder}, check=False)
        return run.returncode, run.stderr.replace(str(file), "FILE")


def known_by(yaml):
    """`imds.role` and so on: what the program knows beside each `unheard_of` of the file."""
    found = set()
    for path, keys in KNOWN.findall(check(yaml)[1]):
        where = re.sub(r"\[\d+\]", "[]", path)
        found |= {f"{where}.{key}".lstrip(".") for key in keys.split(", ")}
    return found


def known_keys():
    known = known_by(PROBE)
    ways = {key.rpartition(".")[2] for key in known if key.startswith("roles.<role>.")} - BESIDE_A_WAY
    for way in ways:
        known |= known_by(f"roles: {{<role>: {{{way}: {{unheard_of: 1}}}}}}")
    return {re.sub(r"^roles\.[bc]\.", "roles.<role>.", key) for key in known}


def documented_keys():
    """The first cells of the tables below headings that are a path, such as ## `imds`."""
    sections = re.split(r"^#+ ", REFERENCE.read_text(), flags=re.MULTILINE)
    keys = set()
    for section in sections:
        title = section.partition("\n")[0]
        path = re.fullmatch(r"`(.+)`", title)
        if path or title == "Top level":
            prefix = path[1] + "." if path else ""
            keys |= {prefix + key for key in re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)}
    return keys


def instance_paths():
    """What `understudy instance` has below meta-data/."""
    with tempfile.TemporaryDirectory(prefix="understudy-docs-") as folder:
        file = Path(folder) / "understudy.yaml"
        file.write_text(FULL_INSTANCE)
        file.chmod(0o600)
        run = subprocess.run([UNDERSTUDY, "instance", "--config", file, "meta-data"], capture_output=True, text=True,
                             timeout=30, env={"PATH": "/usr/bin:/bin", "HOME": folder}, check=True)
    return set(re.findall(r"^meta-data/((?:[^\s:]|:(?!\s))+):(?:\s|$)", run.stdout, re.MULTILINE))


def documented_paths():
    """The first cells of the table of meta-data/, and of that of an interface, as patterns by the path that stands there."""
    text = IMDS.read_text()
    top = text.partition("| below `meta-data/` |")[2].partition("\n\n")[0]
    below = text.partition("### An interface")[2].partition("\n### ")[0]
    paths = re.findall(r"`([^`]+)`", " ".join(re.findall(r"^\| (`.+?) \|", top, re.MULTILINE)))
    paths.remove("network/interfaces/macs/MAC/..")
    paths += ["network/interfaces/macs/MAC/" + path
              for path in re.findall(r"`([^`]+)`", " ".join(re.findall(r"^\| (`.+?) \|", below, re.MULTILINE)))]
    return {path: re.compile(re.sub(r"[A-Z]{2,}", "[^/]+", path)) for path in paths}


def is_above(key, others):
    return any(other.startswith((key + ".", key + "[")) for other in others)


def anchor(heading):
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


class Documentation(unittest.TestCase):
    def test_whole_configurations_are_what_they_are_said_to_be(self):
        blocks = [(document.name, *block) for document in documents() for block in BLOCK.findall(document.read_text())]
        self.assertGreaterEqual({kind for _, kind, _, _ in blocks}, {"valid", "refused"})
        for name, kind, yaml, expected in blocks:
            with self.subTest(document=name, yaml=yaml):
                self.assertEqual(check(yaml), (0, "") if kind == "valid" else (2, expected))

    def test_every_key_is_documented(self):
        known, documented = known_keys(), documented_keys()
        self.assertIn("roles.<role>.assume_role.external_id", known)
        self.assertEqual(sorted(key for key in known - documented if not is_above(key, documented)), [])

    def test_no_key_is_documented_that_is_not_there(self):
        self.assertEqual(sorted(documented_keys() - known_keys()), [])

    def test_every_path_of_the_instance_is_documented_and_no_other(self):
        paths, documented = instance_paths(), documented_paths()
        self.assertGreater(len(paths), 60)
        self.assertEqual([path for path in sorted(paths) if not any(one.fullmatch(path) for one in documented.values())], [])
        self.assertEqual([name for name, one in documented.items() if not any(map(one.fullmatch, paths))], [])

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not installed")
    def test_systemd_understands_the_units(self):
        units = [unit for document in documents() for unit in UNIT.findall(document.read_text())]
        self.assertGreater(len(units), 0)
        for unit in units:
            with tempfile.TemporaryDirectory(prefix="understudy-docs-") as folder:
                file = Path(folder) / "understudy.service"
                file.write_text(unit.replace("/usr/local/bin/understudy", str(Path(UNDERSTUDY).resolve())))
                run = subprocess.run(["systemd-analyze", "--user", "verify", file], capture_output=True, text=True, timeout=30,
                                     env={"PATH": "/usr/bin:/bin", "HOME": folder, "XDG_RUNTIME_DIR": folder}, check=False)
                self.assertEqual((run.returncode, run.stderr), (0, ""))

    def test_links_lead_somewhere(self):
        for document in documents():
            for link in LINK.findall(document.read_text()):
                if ":" in link:
                    continue
                with self.subTest(document=document.name, link=link):
                    path, _, fragment = link.partition("#")
                    target = document.parent / path if path else document
                    self.assertTrue(target.exists())
                    if fragment:
                        self.assertIn(fragment, map(anchor, HEADING.findall(target.read_text())))


if __name__ == "__main__":
    UNDERSTUDY = sys.argv.pop(1)
    telling.main(sys.argv[1:])
