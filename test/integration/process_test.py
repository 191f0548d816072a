#!/usr/bin/python3
"""What the process of `understudy serve` may do, and how it gets on with a service manager."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import understudy
from understudy import CHAIN, PATIENCE, Server, environment_of, eventually, get

IS_ROOT = os.geteuid() == 0
NOBODY = 65534
# Becomes the command with the descriptors (a,b..) as 3, 4.. and their names, as a service manager starts it.
PASS = """
import fcntl, os, sys
kept = [fcntl.fcntl(int(one), fcntl.F_DUPFD_CLOEXEC, 100) for one in sys.argv[1].split(",")]
for place, one in enumerate(kept, 3):
    os.dup2(one, place)
os.environ.update(LISTEN_FDS=str(len(kept)), LISTEN_FDNAMES=sys.argv[2], LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[3], sys.argv[3:])
"""


def status_of(pid):
    """/proc/PID/status as a map."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.split() for name, value in (line.split(":", 1) for line in lines)}


def limit_of(pid, name):
    """(soft, hard) of /proc/PID/limits."""
    line = next(line for line in Path(f"/proc/{pid}/limits").read_text().splitlines() if line.startswith(name))
    return tuple(line.removeprefix(name).split()[:2])


def listening_socket():
    opened = socket.create_server(("127.0.0.1", 0))
    return opened, "127.0.0.1:{}".format(opened.getsockname()[1])


class Manager:
    """What systemd is to a service: a socket that notes come to, each a map."""

    def __init__(self, folder):
        self.path = folder / "notify"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self.path))
        self._socket.settimeout(PATIENCE)

    def hear(self):
        return dict(line.split("=", 1) for line in self._socket.recv(4096).decode().splitlines())

    def hear_of(self, name):
        while name not in (note := self.hear()):
            pass
        return note

    def close(self):
        self._socket.close()


class Privileges(understudy.TestCase):
    def test_it_leaves_no_core_file_can_win_nothing_and_has_room_for_connections(self):
        server = self.serve(CHAIN)
        self.assertEqual(status_of(server.pid)["NoNewPrivs"], ["1"])
        self.assertEqual(limit_of(server.pid, "Max core file size"), ("0", "0"))
        soft, hard = limit_of(server.pid, "Max open files")
        self.assertEqual(int(soft), max(min(int(hard), 65536), 1024))

    def test_its_memory_is_not_its_users_to_read(self):
        # What is root's belongs to root either way, so a test of root's starts it as another, who has to reach the program.
        user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if IS_ROOT else {}
        config = self.write("config.yaml", CHAIN)
        program = understudy.BINARY
        if IS_ROOT:
            program = shutil.copy(program, self.folder)
            os.chown(self.folder, NOBODY, NOBODY)
            os.chown(config, NOBODY, NOBODY)
        server = Server([program, "serve", "--config", str(config)], environment_of(self.folder, {}), self.folder, **user)
        self.watch(server.log)
        self.addCleanup(server.stop)
        for file in ("environ", "mem"):
            path = f"/proc/{server.pid}/{file}"
            self.assertEqual(os.stat(path).st_uid, 0)
            done = subprocess.run(["cat", path], env=environment_of(self.folder, {}), capture_output=True, timeout=PATIENCE, **user)
            self.assertEqual((done.returncode, done.stdout), (1, b""))
            self.assertIn(b"Permission denied", done.stderr)

    def test_a_configuration_can_come_through_a_descriptor(self):
        reading, writing = os.pipe()
        os.write(writing, CHAIN.encode())
        os.close(writing)
        done = subprocess.run([understudy.BINARY, "serve", "--check", "--config", f"/dev/fd/{reading}"], pass_fds=[reading],
                              env=environment_of(self.folder, {}), capture_output=True, text=True, timeout=PATIENCE)
        os.close(reading)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_privileges_can_be_left_to_its_commands(self):
        server = self.serve(CHAIN + "process: {no_new_privs: false}\n")
        self.assertEqual(status_of(server.pid)["NoNewPrivs"], ["0"])

    def test_a_user_that_is_not_there_ends_the_start(self):
        config = self.write("config.yaml", CHAIN)
        done = self.run_command("serve", "--config", config, "--user", "no-such-user")
        self.assertEqual(done.returncode, 1)
        self.assertIn('process.user: this machine knows no user "no-such-user"', done.stderr)

    @unittest.skipIf(IS_ROOT, "root can become anybody")
    def test_only_root_can_become_another(self):
        config = self.write("config.yaml", CHAIN)
        done = self.run_command("serve", "--config", config, "--user", "root")
        self.assertEqual(done.returncode, 1)
        self.assertIn("process.user: can not become root (0:0)", done.stderr)

    @unittest.skipUnless(IS_ROOT, "only root can become another")
    def test_root_becomes_another_for_good(self):
        config = self.write("config.yaml", CHAIN + "admin: {token_file: %s}\n" % (self.folder / "theirs/admin.token"))
        theirs = self.folder / "theirs"
        theirs.mkdir()
        for folder in (self.folder, theirs):
            os.chown(folder, NOBODY, NOBODY)
        user = pwd.getpwuid(NOBODY).pw_name
        server = Server([understudy.BINARY, "serve", "--config", str(config), "--user", user], environment_of("/root", {}), theirs)
        self.addCleanup(server.stop)
        status = status_of(server.pid)
        self.assertEqual(status["Uid"], [str(NOBODY)] * 4)
        self.assertEqual(status["Gid"], [str(pwd.getpwuid(NOBODY).pw_gid)] * 4)
        self.assertNotIn("0", status["Groups"])
        self.assertEqual((status["CapEff"], status["CapPrm"], status["NoNewPrivs"]), (["0" * 16], ["0" * 16], ["1"]))
        self.assertEqual(os.stat(f"/proc/{server.pid}/environ").st_uid, 0, "its memory is not its user's to read")
        self.assertEqual((theirs / "ready.json").stat().st_uid, NOBODY)
        self.credentials(server["containers"], "/v2/credentials/app")
        if not understudy.is_sanitized():  # which starts a thread to look for leaks
            # Its end needs no thread that is not there yet.
            subprocess.run(["prlimit", f"--pid={server.pid}", "--nproc=1:1"], check=True, user=NOBODY,
                           group=pwd.getpwuid(NOBODY).pw_gid, extra_groups=[])
        self.assertEqual(server.stop(), 0, server.log())


class TokenFiles(understudy.TestCase):
    def test_a_token_file_that_can_not_be_made_is_told_by_its_key_and_with_a_way_out(self):
        self.write("file", "")
        config = self.write("config.yaml", CHAIN.replace("{role: audit}", f"{{role: audit, token_file: {self.folder}/file/token}}"))
        done = self.run_command("serve", "--config", config)
        self.assertEqual(done.returncode, 1)
        self.assertIn("containers.credentials.audit.token_file: can not ", done.stderr)
        self.assertIn("name a file in a folder that this user may write", done.stderr)


class Sockets(understudy.TestCase):
    def start(self, configuration, passed, names, **environment):
        """A server that is given these sockets, which are closed here."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        config = folder / "config.yaml"
        config.write_text(configuration)
        config.chmod(0o600)
        numbers = [one.fileno() for one in passed]
        command = [sys.executable, "-c", PASS, ",".join(map(str, numbers)), names, understudy.BINARY, "serve",
                   "--config", str(config), "--log-level", "debug"]
        try:
            server = Server(command, environment_of(self.folder, environment), folder, pass_fds=numbers)
        finally:
            for one in passed:
                one.close()
        self._outputs.append(server.log)
        self.addCleanup(server.stop)
        return server

    def test_a_passed_socket_is_its_listener_by_name_and_who_connected_before_is_served(self):
        imds, imds_address = listening_socket()
        containers, containers_address = listening_socket()
        early = socket.create_connection(imds.getsockname())
        self.addCleanup(early.close)
        early.sendall(b"GET /latest/meta-data/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        server = self.start(CHAIN, [containers, imds], "containers:imds")
        self.assertEqual((server["imds"], server["containers"]), (imds_address, containers_address))
        self.assertTrue(early.recv(4096).startswith(b"HTTP/1.1 401 "))
        self.credentials(containers_address, "/v2/credentials/app")
        self.assertIn("sts", server.listeners, "what was not passed opens as ever")
        self.assertEqual(server.stop(), 0)
        with self.assertRaises(ConnectionRefusedError):
            get(containers_address, "/")

    def test_a_passed_socket_is_its_listener_by_address(self):
        containers, address = listening_socket()
        server = self.start(CHAIN.replace("containers: 127.0.0.1:0", "containers: " + address), [containers], "understudy.socket")
        self.assertEqual(server["containers"], address)
        self.credentials(address, "/v2/credentials/app")

    def test_a_socket_that_is_nobodys_ends_the_start(self):
        stray, address = listening_socket()
        with self.assertRaisesRegex(AssertionError, f'a socket on {address} is passed under the name "web"'):
            self.start(CHAIN, [stray], "web")
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with self.assertRaisesRegex(AssertionError, "is no listening stream socket"):
            self.start(CHAIN, [datagrams], "imds")

    def test_its_commands_get_neither_the_sockets_nor_the_variables(self):
        seen = self.folder / "seen"
        configuration = f"""region: us-east-1
listen: {{containers: 127.0.0.1:0}}
roles: {{told: {{process: "(env; ls -l /proc/self/fd; grep NoNewPrivs /proc/self/status) > {seen}.new; mv {seen}.new {seen}; exit 1"}}}}
containers: {{credentials: {{told: {{role: told}}}}}}
"""
        containers, _ = listening_socket()
        manager = Manager(self.folder)
        self.addCleanup(manager.close)
        self.start(configuration, [containers], "containers", NOTIFY_SOCKET=str(manager.path), WATCHDOG_USEC="30000000")
        eventually(seen.exists, "the command has not run")
        text = seen.read_text()
        for name in ("LISTEN_", "NOTIFY_SOCKET", "WATCHDOG_", "socket:"):
            self.assertNotIn(name, text)
        self.assertIn("NoNewPrivs:\t1", text)


class Notes(understudy.TestCase):
    def setUp(self):
        super().setUp()
        self.manager = Manager(self.folder)
        self.addCleanup(self.manager.close)

    def test_the_manager_hears_of_the_start_and_of_the_end(self):
        server = self.serve(CHAIN, NOTIFY_SOCKET=str(self.manager.path))
        note = self.manager.hear()
        self.assertEqual(note["READY"], "1")
        self.assertIn(f"imds on {server['imds']}", note["STATUS"])
        self.assertEqual(server.stop(), 0)
        self.assertEqual(self.manager.hear()["STOPPING"], "1")

    def test_the_manager_hears_of_a_reload_between_two_notes(self):
        server = self.serve(CHAIN, NOTIFY_SOCKET=str(self.manager.path))
        self.manager.hear_of("READY")
        before = time.monotonic_ns() // 1000
        server.process.send_signal(signal.SIGHUP)
        note = self.manager.hear()
        self.assertEqual(note["RELOADING"], "1")
        self.assertTrue(before <= int(note["MONOTONIC_USEC"]) <= time.monotonic_ns() // 1000, note)
        self.assertIn(f"imds on {server['imds']}", self.manager.hear_of("READY")["STATUS"])

    def test_the_manager_hears_that_it_is_well_as_often_as_it_wants(self):
        self.serve(CHAIN, NOTIFY_SOCKET=str(self.manager.path), WATCHDOG_USEC="20000")
        for _ in range(3):
            self.assertEqual(self.manager.hear_of("WATCHDOG"), {"WATCHDOG": "1"})

    def test_a_manager_that_is_gone_is_only_a_warning(self):
        server = self.serve(CHAIN, NOTIFY_SOCKET=str(self.folder / "nobody"))
        self.credentials(server["containers"], "/v2/credentials/app")
        self.assert_logged(server, "the service manager can not be told")


@unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not installed")
class Units(understudy.TestCase):
    def test_systemd_understands_the_units(self):
        units = Path(__file__).resolve().parents[2] / "configs" / "systemd"
        for unit in units.iterdir():
            self.write(unit.name, unit.read_text().replace("/usr/local/bin/understudy", understudy.BINARY))
        done = subprocess.run(["systemd-analyze", "verify", *(self.folder / unit.name for unit in units.iterdir())],
                              env=environment_of(self.folder, {"SYSTEMD_LOG_LEVEL": "warning"}), capture_output=True, text=True,
                              timeout=PATIENCE)
        self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    understudy.main()
