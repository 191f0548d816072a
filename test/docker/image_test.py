#!/usr/bin/python3
"""The Dockerfile's images: built, looked into and run with no rights. Called by test/docker/run."""

import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import unittest
from pathlib import Path

import engine
from engine import CHECKOUT, CLIENT, UNPRIVILEGED, docker, inspect

SMALL = "understudy"
SHELL = "understudy:shell"
ECS_LOCAL = "understudy:ecs-local"
BUILD_PATIENCE = 3600
# Into every container, by the engine.
PUT_THERE = {".dockerenv", "dev/console", "etc/hostname", "etc/hosts", "etc/resolv.conf"}
REVISION = "0123456789abcdef0123456789abcdef01234567"
# The role's credentials come from a command, so it takes a shell.
PROCESS = """region: us-east-1
roles:
  app:
    process: >-
      printf '{"Version": 1, "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "fake"}'
"""


def build(name, *arguments):
    docker("build", "--network", "host", "--tag", name, *arguments, timeout=BUILD_PATIENCE)


def setUpModule():
    # An import is always another image than the last one, and nothing that was built upon that would be used again.
    if not docker("images", "--quiet", "debian:13-slim"):
        docker("import", Path(sys.argv[1]).parent / "base.tar", "debian:13-slim")
    settings = ["--build-arg", f"DEBIAN={os.environ['UNDERSTUDY_MIRROR']}", "--build-arg", f"REVISION={REVISION}"]
    build(SMALL, *settings, CHECKOUT)
    build(SHELL, *settings, "--target", "shell", CHECKOUT)
    build(ECS_LOCAL, *settings, "--target", "ecs-local", CHECKOUT)
    build(CLIENT, "--file", CHECKOUT / "test/docker/client.Dockerfile", CHECKOUT / "test/docker")


def tearDownModule():
    engine.keep_images(Path(sys.argv[1]), SMALL, CLIENT)


def files_of(image):
    """{path: entry} of an image, with what the engine puts into a container; and the texts of the small ones."""
    container = docker("create", image).strip()
    entries, texts = {}, {}
    with subprocess.Popen(["docker", "export", container], stdout=subprocess.PIPE) as export:
        with tarfile.open(fileobj=export.stdout, mode="r|") as archive:
            for entry in archive:
                entries[entry.name] = entry
                if entry.isfile() and entry.size < 1_000_000:
                    texts[entry.name] = archive.extractfile(entry).read()
    docker("rm", container)
    return entries, texts


class Image(unittest.TestCase):
    def unprivileged(self, image, *arguments, **more):
        return docker("run", "--rm", "--network", "none", *UNPRIVILEGED, image, *arguments, **more)

    def test_both_start_with_no_rights_and_say_their_version(self):
        for image in (SMALL, SHELL):
            with self.subTest(image):
                self.assertEqual(self.unprivileged(image, "--version"), f"understudy {engine.version()}\n")

    def test_both_run_as_a_number_and_say_what_they_are(self):
        for image in (SMALL, SHELL):
            with self.subTest(image):
                settings = json.loads(inspect(image, "{{json .Config}}"))
                self.assertEqual(settings["User"], "65532:65532")
                self.assertEqual(settings["Healthcheck"]["Test"], ["CMD", "/usr/local/bin/understudy", "health"])
                labels = {name.removeprefix("org.opencontainers.image."): text for name, text in settings["Labels"].items()}
                self.assertEqual(labels["title"], "understudy")
                self.assertEqual(labels["licenses"], "Apache-2.0")
                self.assertEqual(labels["version"], engine.version())
                self.assertEqual(labels["revision"], REVISION)

    def test_the_one_in_another_servers_place_is_as_that_one_is_used(self):
        settings = json.loads(inspect(ECS_LOCAL, "{{json .Config}}"))
        self.assertEqual((settings["User"], settings["Cmd"], list(settings["ExposedPorts"])), ("0:0", ["ecs-local"], ["80/tcp"]))
        self.assertIn("HOME=/home", settings["Env"])
        self.assertEqual(settings["Healthcheck"]["Test"], ["CMD", "/usr/local/bin/understudy", "ecs-local", "--health"])
        printed = json.loads(self.unprivileged(ECS_LOCAL, "ecs-local", "--print-config"))
        self.assertEqual(printed["listen"], {"containers": "0.0.0.0:80"})
        self.assertEqual(printed["process"], {"user": "65532", "group": "65532", "home": "/home"})

    def test_the_small_one_is_small_and_holds_nothing_but_the_program_and_what_it_needs(self):
        entries, texts = files_of(SMALL)
        size = sum(entry.size for entry in entries.values() if entry.isfile())
        print(f"[{SMALL}: {size / 1e6:.1f} MB]", end=" ", file=sys.stderr)
        self.assertLess(size, 40e6)
        programs = {path for path, entry in entries.items() if entry.isfile() and entry.mode & 0o111 and ".so" not in path}
        self.assertEqual(programs - PUT_THERE, {"usr/local/bin/understudy"})
        self.assertFalse(any(entry.mode & 0o6000 for entry in entries.values() if entry.isfile()))
        self.assertIn(b"-----BEGIN CERTIFICATE-----", texts["etc/ssl/certs/ca-certificates.crt"])
        self.assertEqual(texts["usr/share/doc/understudy/LICENSE"], (CHECKOUT / "LICENSE").read_bytes())
        # The same build gives the same files, however long it took.
        times = {entry.mtime for path, entry in entries.items() if entry.isfile() and path.startswith("usr/")}
        self.assertEqual(times, {0})

    def test_each_library_has_its_licence_and_its_entry_for_scanners(self):
        entries, texts = files_of(SMALL)
        libraries = [path for path in entries if ".so" in path]
        packages = [path.rpartition("/")[2] for path, entry in entries.items() if "/status.d/" in path and entry.isfile()]
        self.assertGreater(len(libraries), 5)
        for package in packages:
            with self.subTest(package):
                self.assertIn(f"Package: {package}\n".encode(), texts[f"var/lib/dpkg/status.d/{package}"])
                if package not in ("libgcc-s1", "libstdc++6"):  # theirs is gcc-*-base's
                    self.assertTrue(texts[f"usr/share/doc/{package}/copyright"])
        self.assertTrue(any(re.fullmatch(r"gcc-\d+-base", package) for package in packages))
        for name in ("libc6", "libssl3t64", "libstdc++6", "ca-certificates"):
            self.assertIn(name, packages)

    def test_nothing_in_it_depends_on_the_architecture(self):
        self.assertIsNone(re.search(r"x86_64|aarch64|lib64|linux-gnu", (CHECKOUT / "Dockerfile").read_text()))

    def test_commands_need_the_image_with_a_shell(self):
        with tempfile.TemporaryDirectory(dir=sys.argv[1]) as folder:
            config = Path(folder) / "understudy.yaml"
            config.write_text(PROCESS)
            Path(folder).chmod(0o755)
            config.chmod(0o644)
            mounted = ["--volume", f"{config}:/etc/understudy.yaml:ro", "--env", "UNDERSTUDY_CONFIG=/etc/understudy.yaml"]
            command = ["run", "--rm", "--network", "none", *UNPRIVILEGED, *mounted]
            printed = json.loads(docker(*command, SHELL, "credentials", "app"))
            self.assertEqual(printed["AccessKeyId"], "AKIAIOSFODNN7EXAMPLE")
            self.assertIn("/bin/sh: No such file or directory", docker(*command, SMALL, "credentials", "app", status=1))

    def test_nothing_of_the_build_is_left_in_either(self):
        script = "! command -v g++ meson ninja && ! ls /src /build /tmp/packages 2>/dev/null"
        docker("run", "--rm", "--network", "none", "--entrypoint", "/bin/sh", SHELL, "-c", script)
        docker("run", "--rm", "--network", "none", "--entrypoint", "/bin/sh", SMALL, "-c", script, status=127)


engine.main()
