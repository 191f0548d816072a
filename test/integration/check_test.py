#!/usr/bin/python3
"""Configurations, good and bad: what `understudy serve --check` says of them."""

from pathlib import Path

import understudy
from understudy import APP_ARN, BASE, CHAIN, SECRET

ROLES = f"roles:\n{BASE}  app: {{assume_role: {APP_ARN}, source: base}}\n"


class Check(understudy.TestCase):
    def check(self, text, *flags, **environment):
        return self.run_command("serve", "--check", "--config", self.write("a.yaml", text), *flags, **environment)

    def assert_refused(self, text, place, *words, **environment):
        """Refused with a line that begins with the file, `place` (line and key), and holds `words`."""
        done = self.check(text, **environment)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertEqual(done.stdout, "")
        lines = done.stderr.splitlines()
        found = [line for line in lines if line.startswith(f"{self.folder}/a.yaml:{place}")]
        self.assertEqual(len(found), 1, done.stderr)
        for word in words:
            self.assertIn(word, found[0])

    def test_a_good_one_is_described_and_nothing_is_opened_or_made(self):
        text = CHAIN.replace("{role: audit}", f"{{role: audit, token_file: {self.folder}/run/token}}")
        done = self.check(text)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"app: assume role {APP_ARN}, with the credentials of base\n", done.stdout)
        self.assertTrue(done.stdout.endswith("The configuration is valid.\n"))
        self.assertFalse((self.folder / "run").exists())

    def test_text_that_is_no_yaml(self):
        self.assert_refused("region: us-east-1\nroles: {app: [\n", "3: expected YAML")
        self.assert_refused("region: 'us\n", "")
        self.assert_refused("listen: {imds: [::1]:1338}\n", "1: ", "quote")

    def test_an_unknown_key_is_told_with_the_nearest_one(self):
        self.assert_refused("regin: us-east-1\n" + ROLES, "1: regin: ", 'did you mean "region"?')
        self.assert_refused(ROLES.replace("source:", "sorce:"), "3: roles.app.sorce: ", 'did you mean "source"?')
        self.assert_refused(ROLES + "imds: {role: app, tokns: required}\n", "4: imds.tokns: ", 'did you mean "tokens"?')

    def test_an_unknown_role_is_told_wherever_it_is_named(self):
        self.assert_refused(ROLES + "imds: {role: apq}\n", "4: imds.role: ", "expected the name of a role",
                            'did you mean "app"?')
        self.assert_refused(ROLES + "containers: {credentials: {x: {role: bse}}}\n", "4: containers.credentials.x.role: ")
        self.assert_refused(ROLES.replace("source: base", "source: bas"), "3: roles.app.source: ", 'did you mean "base"?')

    def test_values_of_another_kind_are_told_with_what_was_expected(self):
        self.assert_refused(ROLES + "imds: {role: app, tokens: maybe}\n", "4: imds.tokens: ", "expected", "required")
        self.assert_refused("listen: {imds: localhost:1338}\n" + ROLES, "1: listen.imds: ", "expected")
        self.assert_refused(ROLES.replace("source: base", "source: base, duration: 13h"), "3: roles.app.duration: ",
                            "15m to 12h")
        self.assert_refused(ROLES.replace(APP_ARN, "app"), "3: roles.app.assume_role: ")

    def test_every_problem_is_told_in_one_run(self):
        done = self.check("regin: x\n" + ROLES + "imds: {role: no}\ncontainers: []\n")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(len(done.stderr.splitlines()), 3, done.stderr)

    def test_permanent_keys_are_not_served(self):
        self.assert_refused(ROLES + "imds: {role: base}\n", "4: imds.role: ", "session_token", "assume_role")

    def test_a_secret_in_the_wrong_place_is_not_repeated(self):
        for text in (f"roles: {{base: {{static: {SECRET}}}}}\n",
                     f"roles:\n  base: {{static: {{access_key_id: {SECRET}, secret_acess_key: {SECRET}}}}}\n"):
            self.assertEqual(self.check(text).returncode, 2)

    def test_a_file_that_is_not_there(self):
        done = self.run_command("serve", "--check", "--config", self.folder / "none.yaml")
        self.assertEqual(done.returncode, 2)
        self.assertIn(f"{self.folder}/none.yaml", done.stderr)

    def test_a_file_that_everybody_may_write_is_not_read(self):
        done = self.run_command("serve", "--check", "--config", self.write("open.yaml", CHAIN, 0o666))
        self.assertEqual(done.returncode, 2)
        self.assertIn("chmod o-w", done.stderr)

    def test_keys_that_others_may_read_are_told(self):
        done = self.run_command("serve", "--check", "--config", self.write("loose.yaml", CHAIN, 0o644))
        self.assertEqual(done.returncode, 0)
        self.assertIn("chmod 600", done.stderr)

    def test_variables_lie_over_the_file_and_flags_over_them(self):
        other = APP_ARN.replace("/app", "/other")
        done = self.check(ROLES, UNDERSTUDY_ROLES_APP_ASSUME_ROLE=other)
        self.assertIn(f"app: assume role {other}", done.stdout)
        bad = self.check(ROLES, UNDERSTUDY_REGION="not a region")
        self.assertEqual(bad.returncode, 2)
        self.assertIn("region (UNDERSTUDY_REGION): ", bad.stderr)
        self.assertEqual(self.check(ROLES, "--region", "eu-west-1", UNDERSTUDY_REGION="not a region").returncode, 0)

    def test_every_role_whose_profile_leads_nowhere_is_told(self):
        self.write(".aws/config", "[profile good]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n"
                   f"aws_secret_access_key = {SECRET}\n[profile half]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n"
                   "[profile far]\nregion = eu-west-1\n  aws_secret_access_key = indented by mistake\n"
                   "[profile loop]\nrole_arn = arn:aws:iam::111122223333:role/a\nsource_profile = back\n"
                   "[profile back]\nrole_arn = arn:aws:iam::111122223333:role/b\nsource_profile = loop\n")
        names = ["good", "half", "gone", "loop", "far"]
        text = "region: us-east-1\nroles:\n" + "".join(f"  {name}: {{profile: {name}}}\n" for name in names)
        done = self.check(text)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        told = [line.removeprefix(f"{self.folder}/a.yaml:") for line in done.stderr.splitlines()]
        shared = f"{self.folder}/.aws/config"
        for line, start in zip(told, [f"4: roles.half.profile: HalfAPair: {shared}:5: profile half has",
                                      "5: roles.gone.profile: NoSuchProfile: the shared config files have no profile gone",
                                      f"6: roles.loop.profile: ProfileLoop: {shared}:14: the source_profile chain",
                                      f"7: roles.far.profile: BadProfile: {shared}:7: region goes on in the line below"],
                               strict=True):
            self.assertTrue(line.startswith(start), line)
        self.assertEqual(self.check("roles: {good: {profile: good}}\n").returncode, 0)
        by_flag = self.run_command("serve", "--check", "--profile", "goood")
        self.assertEqual(by_flag.returncode, 2)
        self.assertEqual(by_flag.stderr, "roles.default.profile (--profile): NoSuchProfile: the shared config files have no "
                         f"profile goood; did you mean good? understudy profiles shows those of {shared}\n")

    def test_a_listener_that_is_open_to_more_than_this_host_is_told_of(self):
        line = ("listen.containers: 0.0.0.0:0 is open to more than this host, and whoever reaches it gets the credentials of app "
                "and audit, which ask for no token: give each entry a token_file, listen on 127.0.0.1 or 169.254.170.2, or keep "
                "others off that network")
        text = CHAIN.replace("containers: 127.0.0.1:0", "containers: 0.0.0.0:0")
        for flags in ((), ("--containers", "0.0.0.0:0")):
            done = self.check(CHAIN if flags else text, *flags)
            self.assertEqual((done.returncode, done.stderr), (0, f"warning: {line}\n"))
        self.assertEqual(self.check(CHAIN).stderr, "")
        server = self.serve(text)
        self.assert_logged(server, "open to more")
        told = [each for each in server.log().splitlines() if "open to more" in each]
        self.assertEqual(len(told), 1, server.log())
        self.assertIn("warning", told[0])
        self.assertIn(line, told[0])
        self.assertNotIn("open to more", self.serve(CHAIN).log())

    def test_callers_that_others_paths_go_round_or_that_nobody_can_know_are_told_of(self):
        text = ROLES + "containers: {compat: true, callers: {labels: true}}\n"
        done = self.check(text)
        self.assertEqual(done.returncode, 0, done.stderr)
        server = self.serve(text + "listen: {containers: 127.0.0.1:0}\nsts: {endpoint: embedded}\n")
        for warning in ("4: containers.compat: beside callers, any caller gets any role by /role/<name>",
                        "4: containers.callers: labels and services are those of containers, and none are known here"):
            self.assertIn(f"a.yaml:{warning}", done.stderr)
            self.assert_logged(server, warning)
        good = ROLES + "containers: {docker: /nowhere/docker.sock, callers: {labels: true}}\n"
        self.assertEqual(self.check(good).stderr, "")

    def test_each_compose_example_is_open_to_nobody_else(self):
        examples = sorted((Path(__file__).resolve().parents[2] / "configs").rglob("understudy.yaml"))
        self.assertGreater(len(examples), 5)
        for example in examples:
            with self.subTest(example.parent.name):
                done = self.check(example.read_text())
                # There is no profile dev here.
                self.assertEqual(done.returncode, 2 if example.parent.name == "sso" else 0, done.stderr)
                self.assertNotIn("open to more", done.stderr)

    def test_a_role_whose_profile_leads_nowhere_fails_alone(self):
        text = CHAIN.replace("roles:\n", "roles:\n  gone: {profile: gone}\n")
        self.assertEqual(self.check(text).returncode, 2)
        server = self.serve(text)
        self.assertEqual(self.credentials(server["containers"], "/creds")["RoleArn"], APP_ARN)

    def test_a_variable_for_nothing_is_told_with_the_nearest_key(self):
        done = self.check(ROLES, UNDERSTUDY_REGOIN="eu-west-1")
        self.assertEqual(done.returncode, 2)
        self.assertIn('regoin (UNDERSTUDY_REGOIN): unknown key; did you mean "region"?', done.stderr)

    def test_a_mistyped_command_line_is_told_with_the_nearest_word(self):
        done = self.run_command("serve", "--chekc")
        self.assertEqual(done.returncode, 2)
        self.assertIn('did you mean "--check"?', done.stderr)


if __name__ == "__main__":
    understudy.main()
