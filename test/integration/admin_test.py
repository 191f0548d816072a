#!/usr/bin/python3
"""What the operator does to a running server: asks how it stands, and says MFA codes."""

import json
import os
import pty
import select
import signal

import understudy
from understudy import APP_ARN, eventually, get, request

SERIAL = "arn:aws:iam::111122223333:mfa/me"
ADMIN = "listen: {containers: 127.0.0.1:0, admin: 127.0.0.1:0}\n"


def waiting_for_code(token_file=None):
    """The role app starts from a session that needs a code."""
    file = f"admin: {{token_file: {token_file}}}\n" if token_file else ""
    return f"""region: us-east-1
{ADMIN}{file}sts:
  endpoint: embedded
  trust: {{{APP_ARN}: {{principals: ["111122223333"], mfa_serial: "{SERIAL}"}}}}
roles:
  base: {{static: {{access_key_id: {understudy.KEY_ID}, secret_access_key: {understudy.SECRET}, account_id: "111122223333"}}}}
  app: {{assume_role: {{arn: "{APP_ARN}", mfa: {{serial: "{SERIAL}"}}}}, source: base}}
containers: {{credentials: {{app: {{role: app}}}}}}
"""


class Terminal:
    """A pseudo terminal whose foreground process is ours."""

    def __init__(self, command, environment):
        pid, self.end = pty.fork()
        if pid == 0:
            os.execve(command[0], command, environment)
        self.pid = pid
        self.said = ""

    def until(self, words):
        def has_come():
            if select.select([self.end], [], [], 0)[0]:
                try:
                    self.said += os.read(self.end, 65536).decode(errors="replace")
                except OSError:
                    return words in self.said or None
            return words in self.said
        eventually(has_come, f"the terminal does not say {words!r}, but {self.said!r}")

    def type(self, text):
        os.write(self.end, text.encode())

    def wait(self):
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


class Admin(understudy.TestCase):
    def admin(self, server, *arguments, **more):
        """A command of the operator's, told where the server is."""
        return self.run_command(arguments[0], "--admin", server["admin"], "--admin-token-file", self.folder / "admin.token",
                                *arguments[1:], **more)

    def served(self, server):
        return get(server["containers"], "/v2/credentials/app")

    def test_the_status_of_a_thousand_roles_is_shown(self):
        keys = "static: {access_key_id: ASIAIOSFODNN7EXAMPLE, secret_access_key: fake, session_token: fake-token}"
        roles = "".join(f"  role-{i:04}: {{{keys}}}\n" for i in range(1000))
        server = self.serve(f"region: us-east-1\n{ADMIN}admin: {{token_file: {self.folder}/admin.token}}\nroles:\n{roles}containers: {{credentials: {{a: {{role: role-0000}}}}}}\n")
        shown = self.admin(server, "status")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn("role-0999", shown.stdout)

    def test_a_posted_code_lets_the_role_play(self):
        server = self.serve(waiting_for_code(self.folder / "admin.token"))
        status, body = self.served(server)
        self.assertEqual((status, json.loads(body)["code"]), (503, "MfaRequired"))
        self.assertIn("understudy mfa app CODE", body)
        status, text = get(server["admin"], "/readyz")
        self.assertEqual(status, 503)
        self.assertTrue(text.startswith("role app has no credentials: MfaRequired: "), text)
        shown = self.admin(server, "status")
        self.assertIn(f"waits for a code of {SERIAL}: understudy mfa app CODE", shown.stdout)

        self.assertEqual(self.admin(server, "mfa", "app", "000000").returncode, 0)
        eventually(lambda: "MultiFactorAuthentication failed" in self.served(server)[1], "the wrong code is not refused")
        self.assertEqual(self.admin(server, "mfa", "app", "123456").returncode, 0)
        eventually(lambda: self.served(server)[0] == 200, "the role has no credentials")
        self.assertEqual(get(server["admin"], "/readyz"), (200, "ready\n"))
        status = json.loads(self.admin(server, "status", "--json").stdout)
        self.assertEqual([(role["role"], role["state"]) for role in status["roles"]], [("app", "good"), ("base", "permanent")])

        again = self.admin(server, "mfa", "app", stdin="123456\n")
        self.assertEqual(again.returncode, 1)
        self.assertIn("used before", again.stderr)

    def test_the_token_is_asked_for(self):
        # Else it would take up the token that is written below.
        server = self.serve(waiting_for_code(self.folder / "admin.token") + "watch: false\n")
        self.assertEqual((self.folder / "admin.token").stat().st_mode & 0o777, 0o600)
        self.assertEqual(get(server["admin"], "/v1/status")[0], 401)
        self.assertEqual(get(server["admin"], "/healthz"), (200, "ok\n"))
        self.assertEqual(request(server["admin"], "GET", "/healthz", {"X-Forwarded-For": "10.0.0.1"})[0], 403)
        self.write("admin.token", "another")
        refused = self.admin(server, "status")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("admin.token_file", refused.stderr)

    def test_a_line_s_end_behind_the_token_is_no_part_of_it(self):
        server = self.serve(waiting_for_code(self.folder / "admin.token"))
        (self.folder / "admin.token").write_text((self.folder / "admin.token").read_text() + "\n")
        done = self.admin(server, "status")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_server_and_commands_agree_on_where_the_token_is(self):
        runtime = self.folder / "run"
        server = self.serve(waiting_for_code(), XDG_RUNTIME_DIR=str(runtime))
        self.assertTrue((runtime / "understudy" / "admin.token").exists())
        done = self.run_command("status", "--admin", server["admin"], XDG_RUNTIME_DIR=str(runtime))
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_without_a_place_for_the_token_it_serves_all_the_same(self):
        self.write("file", "")
        server = self.serve(understudy.CHAIN.replace("listen: {", "listen: {admin: 127.0.0.1:0, "),
                            XDG_RUNTIME_DIR=str(self.folder / "file"))
        self.assertNotIn("admin", server.listeners)
        self.assert_logged(server, "no admin listener opens")

    def test_a_command_without_a_server_says_so(self):
        self.write("admin.token", "x")
        done = self.run_command("status", "--admin", "127.0.0.1:1", "--admin-token-file", self.folder / "admin.token")
        self.assertEqual(done.returncode, 1)
        self.assertIn("is the server running", done.stderr)

    def test_a_code_on_the_command_line_is_the_first_roles(self):
        server = self.serve(waiting_for_code(self.folder / "admin.token"), "--mfa-token", "234567")
        eventually(lambda: self.served(server)[0] == 200, "the role has no credentials")
        bad = self.run_command("whoami", "app", "--mfa-token", "12345")
        self.assertEqual(bad.returncode, 2)
        self.assertIn("six digits", bad.stderr)

    def test_a_command_asks_at_the_terminal(self):
        config = self.write("understudy.yaml", waiting_for_code())
        terminal = Terminal([understudy.BINARY, "whoami", "app", "--config", str(config)],
                            understudy.environment_of(self.folder, {}))
        self.watch(lambda: terminal.said)
        terminal.until(f"MFA code of {SERIAL} for role app: ")
        terminal.type("nonsense\n")
        terminal.until("nonsense\r\nMFA code of ")
        terminal.type("345678\n")
        terminal.until("assumed-role/app/")
        self.assertEqual(terminal.wait(), 0)

    def test_somebody_types_beside_the_server(self):
        config = self.write("understudy.yaml", waiting_for_code(self.folder / "admin.token"))
        ready = self.folder / "ready.json"
        terminal = Terminal([understudy.BINARY, "serve", "--config", str(config), "--ready-file", str(ready)],
                            understudy.environment_of(self.folder, {}))
        self.watch(lambda: terminal.said)
        try:
            terminal.until("MfaRequired")
            eventually(ready.exists, "the server is not ready")
            address = json.loads(ready.read_text())["listeners"]["containers"]
            terminal.type("456789\n")
            terminal.until("role app: credentials")
            self.assertEqual(get(address, "/v2/credentials/app")[0], 200)
        finally:
            os.kill(terminal.pid, signal.SIGTERM)
            self.assertEqual(terminal.wait(), 0)


if __name__ == "__main__":
    understudy.main()
