"""What the tests of promises share: understudy's test harness, a server that tells its figures, and clients by the thousand."""

import contextlib
import resource
import socket
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))

import exposition
import understudy
from understudy import APP_ARN, BASE, request

APP = "/v2/credentials/app"
REQUEST = f"GET {APP} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
# So many descriptors does a test of thousands of clients take.
DESCRIPTORS = 8192


def raise_limit():
    """Of this process, as far as it may; gives what there is."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


class HoldCase(understudy.TestCase):
    def start(self, sts="embedded", containers="", **more):
        """A server of the role app through that STS, with an admin listener. `containers` are more keys of that section."""
        token_file = Path(tempfile.mkdtemp(dir=self.folder)) / "admin.token"
        server = self.serve(
            f"region: us-east-1\nlisten: {{imds: 127.0.0.1:0, containers: 127.0.0.1:0, admin: 127.0.0.1:0}}\n"
            f"admin: {{token_file: {token_file}}}\nsts: {{endpoint: '{sts}'}}\n"
            f"roles:\n{BASE}  app: {{assume_role: {APP_ARN}, source: base}}\n"
            f"imds: {{role: app, tokens: optional}}\ncontainers: {{{containers}credentials: {{app: {{role: app}}}}}}\n", **more)
        server.token_file = token_file
        return server

    def need_descriptors(self, clients):
        """Skips the test where the process may not have so many clients."""
        if raise_limit() < clients + 100:
            self.skipTest(f"the hard limit of descriptors (ulimit -Hn) is too low for {clients} clients")

    def admin(self, server, method, target, body=None):
        authorization = {"Authorization": "Bearer " + server.token_file.read_text()}
        status, text, _ = request(server["admin"], method, target, authorization, body)
        self.assertLess(status, 300, text)
        return text

    def figure(self, server, name, **labels):
        """The sum of a metric's samples that have those labels."""
        samples = exposition.read(self.admin(server, "GET", "/metrics"))[name]
        return sum(value for found, value in samples.items() if set(labels.items()) <= set(found))

    def failed_refreshes(self, server):
        return (self.figure(server, "understudy_refreshes_total", role="app")
                - self.figure(server, "understudy_refreshes_total", role="app", outcome="success"))

    def refresh(self, server):
        self.admin(server, "POST", "/v1/refresh", '{"role": "app"}')

    def hold(self, server, count, sent=b"", listener="containers"):
        """So many connections that wait, closed with the test. The server may close some before it has all of `sent`."""
        held = contextlib.ExitStack()
        self.addCleanup(held.close)
        connections = []
        for _ in range(count):
            connection = held.enter_context(understudy.connect(server[listener]))
            with contextlib.suppress(ConnectionError):
                connection.sendall(sent)
            connections.append(connection)
        return connections


def descriptors(server):
    return len(list(Path(f"/proc/{server.pid}/fd").iterdir()))


def memory(server, field="VmHWM"):
    """The most that it ever held, in MiB; what it holds now: VmRSS."""
    status = Path(f"/proc/{server.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(f"{field}:")) / 1024


def fresh_answer(server):
    """Milliseconds from a new client's first packet to the whole answer, which has to be a good one."""
    started = time.monotonic()
    with understudy.connect(server["containers"]) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.sendall(REQUEST)
        answer = client.recv(65536)
    assert answer.startswith(b"HTTP/1.1 200 "), answer[:20]
    return (time.monotonic() - started) * 1000


def reset(connection):
    """Closes it the rude way."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    connection.close()
