"""Tests of the harness itself: python3 -B test/clients/harness_test.py"""

import contextlib
import dataclasses
import io
import json
import os
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import aemm, builds, clients, matrix, peers, pods, reads, report  # noqa: E402


class Verdicts(unittest.TestCase):
    def test_the_roles_arn_passes(self):
        self.assertIsNone(matrix.verdict(None, 0, matrix.ARN + "\n"))

    def test_everything_else_fails(self):
        other = matrix.ARN.replace("app", "audit")
        for status, output in ((0, other), (0, ""), (1, matrix.ARN), (0, f"{matrix.ARN}\n{matrix.ARN}")):
            self.assertIsNotNone(matrix.verdict(None, status, output), (status, output))

    def test_a_known_limit_passes_when_the_client_gets_nothing(self):
        self.assertIsNone(matrix.verdict(clients.NO_FULL_URI, 1, ""))

    def test_a_known_limit_that_is_no_more_fails(self):
        self.assertIn(clients.NO_FULL_URI, matrix.verdict(clients.NO_FULL_URI, 0, matrix.ARN))


class Reads(unittest.TestCase):
    def wrong_with(self, what, status, output):
        [read] = [read for read in reads.READS if read.what == what]
        return reads.wrong_with(read, status, output, "said why")

    def test_what_was_configured_passes(self):
        document = json.dumps({**reads.DOCUMENT, "kernelId": None})
        for what, output in (("document", document), ("region", "eu-west-1"), ("user-data", reads.USER_DATA)):
            self.assertIsNone(self.wrong_with(what, 0, output), what)

    def test_everything_else_fails(self):
        for what, status, output in (("region", 0, "eu-west-1\n"), ("region", 0, ""), ("region", 1, "eu-west-1"),
                                     ("user-data", 0, reads.USER_DATA.strip()), ("document", 0, "{}"),
                                     ("document", 0, "no JSON"), ("document", 0, json.dumps({**reads.DOCUMENT, "region": ""}))):
            self.assertIsNotNone(self.wrong_with(what, status, output), (what, output))


class Aemm(unittest.TestCase):
    def test_a_module_that_can_not_be_had_is_skipped_by_name(self):
        for output in ('{"Error": "reading it:\\n\\tserver response: not available"}', ""):
            with self.assertRaisesRegex(builds.Unavailable, "amazon-ec2-metadata-mock@v.* can not be had: (server|no go)"):
                aemm.folder_in(output, "no go")
        self.assertEqual(aemm.folder_in('{"Dir": "/m"}', ""), "/m")

    def test_the_suites_lines_are_judged_as_it_judges(self):
        output = "\n".join(("\x1b[31m🥑 Starting", "\x1b[32m✅ Verified test_spot_paths", "✅ Validated time format",
                            "❌ Failed action verification. Actual: a Expected: b", "✅ All tests passed! ✅",
                            "❌ One or more tests failed ❌"))
        self.assertEqual(list(aemm.outcomes(output)),
                         [("test_spot_paths", "passed", ""), ("time format", "passed", ""),
                          ("Failed action verification", "failed", "Failed action verification. Actual: a Expected: b")])

    def test_a_copy_can_be_written_and_run(self):
        with tempfile.TemporaryDirectory() as folder:
            module = Path(folder) / "module"
            (module / "test").mkdir(parents=True)
            (module / "test/run").write_text("#!/bin/sh\n")
            (module / "test/run").chmod(0o444)
            aemm.copy_of(module, Path(folder) / "copy")
            self.assertTrue(os.access(Path(folder) / "copy/test/run", os.X_OK))


class Versions(unittest.TestCase):
    def test_numbers_are_compared_not_letters(self):
        builds.demand_version("go", "1.100.0", "1.24")
        with self.assertRaisesRegex(builds.Unavailable, "go 1.9 is too old, the SDK needs 1.24"):
            builds.demand_version("go", "1.9", "1.24")

    def test_every_manifest_states_what_the_harness_reads(self):
        for path, pattern in (("go/go.mod", r"^go ([\d.]+)$"), ("rust/Cargo.toml", r'^rust-version = "([\d.]+)"'),
                              ("javascript/package.json", r'"node": ">=([\d.]+)"'),
                              ("oidc/package.json", r'"oidc-provider": "([\d.]+)"'),
                              ("java/pom.xml", r"<artifactId>sts</artifactId>\s*<version>([\d.]+)<"),
                              ("python/requirements.txt", r"^awscli==(.*)$")):
            self.assertTrue(builds.numbers(builds.stated(path, pattern)), path)


class Limits(unittest.TestCase):
    def test_a_release_with_pod_identity_has_outgrown_two(self):
        for version, limits in (("2.9.19", ["https", "pod-identity", "token-file"]), ("2.14.6", ["https", "pod-identity", "token-file"]),
                                ("2.15.0", ["https"]), ("2.23.6", ["https"])):
            self.assertEqual(sorted(clients.botocore_limits(version, (2, 15))), limits, version)


class Builds(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.sources = Path(folder.name) / "sources"
        (self.sources / "c").mkdir(parents=True)
        (self.sources / "c/main").write_text("one")
        for patch in (mock.patch.object(builds, "SOURCES", self.sources),
                      mock.patch.dict(os.environ, {"XDG_CACHE_HOME": f"{folder.name}/cache"})):
            patch.start()
            self.addCleanup(patch.stop)
        self.built = []

    def build(self, toolchain="1.0", steps=None):
        with contextlib.redirect_stdout(io.StringIO()):
            return builds.cached("c", toolchain, steps or self.built.append)

    def test_a_build_is_made_once_and_outside_the_sources(self):
        self.assertEqual(self.build(), self.build())
        self.assertEqual(len(self.built), 1)
        self.assertNotIn(self.sources, self.built[0].parents)

    def test_changed_sources_and_another_toolchain_are_other_builds(self):
        folders = [self.build(), self.build(toolchain="1.1")]
        (self.sources / "c/main").write_text("two")
        folders.append(self.build())
        self.assertEqual(len(set(folders)), 3)

    def test_a_broken_build_starts_anew(self):
        def broken(folder):
            (folder / "half").touch()
            raise builds.BuildFailed("the disk is full")

        with self.assertRaises(builds.BuildFailed):
            self.build(steps=broken)
        self.assertFalse((self.build() / "half").exists())


class Routes(unittest.TestCase):
    def run_route(self, server, route=matrix.ROUTES[0]):
        """The route with one client that prints the ARN, and `server` (a shell script) as the program under test."""
        program = clients.Program("1.0", ("/bin/echo", matrix.ARN))
        with tempfile.TemporaryDirectory() as folder:
            binary = Path(folder) / "server"
            binary.write_text(f"#!/bin/sh\n{server}\n")
            binary.chmod(0o755)
            return list(matrix.run_route(route, {"echo": program}, binary))

    def test_a_client_runs_once_the_server_is_ready(self):
        ready = """printf '{"listeners": {"imds": "127.0.0.1:1", "sts": "127.0.0.1:2"}}' > "$5"; exec sleep 60"""
        self.assertEqual([(cell.client, cell.outcome) for cell in self.run_route(ready)], [("echo", "passed")])

    def test_a_server_that_does_not_start_fails_its_cells_with_its_log(self):
        [cell] = self.run_route("echo no such role >&2; exit 3")
        self.assertEqual(cell.outcome, "failed")
        self.assertIn("status 3:\nno such role", cell.note)

    def test_what_a_route_prepares_is_in_its_servers_configuration(self):
        route = dataclasses.replace(matrix.ROUTES[0], prepare=lambda binary, folder: f"made: {binary.name} {folder.is_dir()}\n")
        [cell] = self.run_route('tail -n 1 "$3" >&2; exit 3', route)
        self.assertIn("made: server True", cell.note)

    def test_one_that_can_not_be_prepared_is_skipped(self):
        route = dataclasses.replace(matrix.ROUTES[0], prepare=pods.prepare)
        with mock.patch.dict(sys.modules, {"cluster": None}):
            [cell] = self.run_route("exit 3", route)
        self.assertEqual(cell.outcome, "skipped")
        self.assertIn("python3-cryptography", cell.note)


class Peers(unittest.TestCase):
    def run_peer(self, program, script=""):
        """The totals after a peer with `program`; its script stands in an environment of its own."""
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            (Path(folder) / "venv/bin").mkdir(parents=True)
            (Path(folder) / "venv/bin/python").symlink_to(sys.executable)
            (Path(folder) / "script").write_text(script)
            results = report.Report()
            with mock.patch.object(clients, "python_environment", return_value=Path(folder)), \
                    mock.patch.dict(peers.PEERS, {"peer": peers.Peer("python", f"{folder}/script", program)}):
                peers.run("peer", "/bin/false", results)
        return results.totals()

    def test_its_script_is_given_the_command_of_its_program(self):
        script = """import json, sys
assert sys.argv[1:] == ["/bin/false", "/bin/echo", "x"], sys.argv
print(json.dumps({"name": "a", "outcome": "passed"}))"""
        self.assertEqual(self.run_peer(lambda: clients.Program("1", ("/bin/echo", "x")), script),
                         "1 passed, 0 failed, 0 skipped")

    def test_one_whose_program_cannot_be_had_is_skipped(self):
        self.assertEqual(self.run_peer(mock.Mock(side_effect=builds.Unavailable("node is not on PATH"))),
                         "0 passed, 0 failed, 1 skipped")

    def test_one_whose_program_does_not_build_fails(self):
        self.assertEqual(self.run_peer(mock.Mock(side_effect=builds.BuildFailed("no network"))),
                         "0 passed, 1 failed, 0 skipped")

    def test_one_that_runs_by_name_runs_only_where_it_is_named(self):
        self.assertEqual(peers.wanted(None, quick=False), ["moto", "sessions", "oidc", "proofs"])
        self.assertEqual(peers.wanted(["aemm", "moto", "go"], quick=False), ["moto", "aemm"])
        self.assertEqual(peers.wanted(["aemm"], quick=True), ["aemm"])
        self.assertEqual(peers.wanted(None, quick=True), [])


class Reports(unittest.TestCase):
    def totals(self, demand):
        results = report.Report(demand)
        with contextlib.redirect_stdout(io.StringIO()):
            results.add("a", "passed")
            results.add("b", "skipped", "go is not on PATH")
        return results.totals()

    def test_a_skipped_test_fails_only_where_it_is_demanded(self):
        self.assertEqual(self.totals(demand=False), "1 passed, 0 failed, 1 skipped")
        self.assertEqual(self.totals(demand=True), "1 passed, 1 failed, 0 skipped")

    def test_limits_become_footnotes_once(self):
        def client(key):
            return clients.Client(key, key.title(), lambda: None)

        routes = matrix.ROUTES[:2]
        cells = {("old", routes[0].key): matrix.Cell("old", routes[0].key, "passed", "knows no X"),
                 ("old", routes[1].key): matrix.Cell("old", routes[1].key, "passed", "knows no X"),
                 ("new", routes[0].key): matrix.Cell("new", routes[0].key, "passed"),
                 ("new", routes[1].key): matrix.Cell("new", routes[1].key, "failed", "late")}
        text = report.table([client("old"), client("new")], routes, {"old": "1", "new": None}, cells)
        self.assertEqual(text.splitlines()[2:], ["| Old | 1 | no (1) | no (1) |", "| New | - | yes | failed |", "",
                                                 "1. Knows no X."])

    def test_only_what_is_between_the_markers_is_replaced(self):
        text = f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n"
        self.assertEqual(report.replace_between_markers(text, "new"), text.replace("old", "new"))
        for broken in ("no markers", f"{report.BEGIN} alone"):
            with self.assertRaises(ValueError):
                report.replace_between_markers(broken, "new")


if __name__ == "__main__":
    unittest.main()
