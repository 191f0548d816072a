#!/usr/bin/python3
"""Listeners on Unix sockets, as programs reach them that share a folder with the server."""

import http.client
import json
import os
import signal
import socket
import stat

import understudy
from understudy import APP_ARN, BASE, PATIENCE, eventually

APP = "/v2/credentials/app"


class Connection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=PATIENCE)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(str(self._path))


class Unix(understudy.TestCase):
    def setUp(self):
        super().setUp()
        self.sockets = self.folder / "s"
        self.sockets.mkdir()

    def configuration(self, mode="", containers="containers.sock"):
        return f"""region: us-east-1
listen:
  imds: unix:{self.sockets}/imds.sock
  containers: unix:{self.sockets}/{containers}{mode}
  sts: unix:{self.sockets}/sts.sock
  admin: unix:{self.sockets}/admin.sock
admin: {{token_file: {self.folder}/admin.token}}
sts: {{endpoint: embedded}}
roles:
{BASE}  app: {{assume_role: {APP_ARN}, source: base}}
imds: {{role: app}}
containers: {{credentials: {{app: {{role: app}}}}}}
"""

    def ask(self, name, target, method="GET", headers=None):
        connection = Connection(self.sockets / name)
        try:
            connection.request(method, target, headers=headers or {})
            answer = connection.getresponse()
            text = answer.read().decode()
            understudy.HANDED_OUT.update(understudy.secrecy.in_text(text))
            return answer.status, text
        finally:
            connection.close()

    def test_every_endpoint_is_served_and_nothing_is_left_behind(self):
        server = self.serve(self.configuration())
        self.assertEqual(server["containers"], f"unix:{self.sockets}/containers.sock")
        status, text = self.ask("containers.sock", APP)
        self.assertEqual((status, json.loads(text)["RoleArn"]), (200, APP_ARN))
        status, token = self.ask("imds.sock", "/latest/api/token", "PUT", {"X-aws-ec2-metadata-token-ttl-seconds": "60"})
        self.assertEqual(status, 200)
        understudy.HANDED_OUT.add(token)
        self.assertEqual(self.ask("imds.sock", "/latest/meta-data/", headers={"X-aws-ec2-metadata-token": token})[0], 200)
        self.assertEqual(self.ask("sts.sock", "/")[0], 400)
        self.assert_logged(server, f"containers   unix:{self.sockets}/containers.sock")
        self.assertEqual(server.stop(), 0)
        self.assertEqual(os.listdir(self.sockets), [])

    def test_the_operators_commands_find_their_way(self):
        config = self.write("understudy.yaml", self.configuration())
        self.serve(self.configuration())
        for arguments in (["status"], ["health"], ["play", "deny", "app"]):
            done = self.run_command(arguments[0], "--config", config, *arguments[1:])
            self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        done = self.run_command("status", "--admin", f"unix:{self.sockets}/admin.sock", "--admin-token-file",
                                self.folder / "admin.token")
        self.assertRegex(done.stdout, r"(?m)^  app +refused$")

    def test_the_file_of_a_killed_server_is_replaced_and_a_live_one_is_not(self):
        config = self.write("understudy.yaml", self.configuration())
        server = self.serve(self.configuration())
        done = self.run_command("serve", "--config", config)
        self.assertEqual(done.returncode, 1)
        self.assertIn("imds can not listen on unix:", done.stderr)
        self.assertEqual(self.ask("containers.sock", APP)[0], 200)
        server.process.kill()
        server.process.wait()
        self.assertTrue((self.sockets / "containers.sock").exists())
        self.serve(self.configuration())
        self.assertEqual(self.ask("containers.sock", APP)[0], 200)

    def test_a_reload_moves_a_socket_and_changes_its_mode(self):
        server = self.serve(self.configuration())
        config = next(self.folder.glob("*/understudy.yaml"))

        def mode(name):
            return stat.S_IMODE((self.sockets / name).stat().st_mode)

        self.assertEqual(mode("containers.sock"), 0o660)
        config.write_text(self.configuration(mode="?mode=0666"))
        eventually(lambda: mode("containers.sock") == 0o666, server.log())
        config.write_text(self.configuration(containers="other.sock"))
        eventually(lambda: (self.sockets / "other.sock").exists() and not (self.sockets / "containers.sock").exists(),
                   server.log())
        self.assertEqual(self.ask("other.sock", APP)[0], 200)
        server.process.send_signal(signal.SIGTERM)
        self.assertEqual(server.process.wait(PATIENCE), 0)
        self.assertEqual(os.listdir(self.sockets), [])


if __name__ == "__main__":
    understudy.main()
