"""What the integration tests share: understudy's commands in a private folder, and HTTP as plain as a test needs it.

A test file ends with `understudy.main()` and is called with the path of the binary. Whatever has a log has it at level
debug, and at the end of each test all that was printed is searched for secrets: those that went through this module
(secrecy.py finds them by itself) and those that a test adds to `secrets`. What all tests of all files printed is searched
for the secrets of all of them by suite_secrecy_test.py, which meson runs last; each file leaves both for it in the folder
that UNDERSTUDY_PRINTED names.
"""

import atexit
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import secrecy
import telling

# AWS's documentation uses these.
KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
APP_ARN = "arn:aws:iam::111122223333:role/app"
AUDIT_ARN = "arn:aws:iam::444455556666:role/audit"

PATIENCE = 30  # seconds: for what should happen at once, on a busy machine, under a sanitizer
BASE = f"  base: {{static: {{access_key_id: {KEY_ID}, secret_access_key: {SECRET}}}}}\n"
# The role app and a chain, on ports that the system chooses.
CHAIN = f"""region: us-east-1
listen: {{imds: 127.0.0.1:0, containers: 127.0.0.1:0, sts: 127.0.0.1:0}}
sts: {{endpoint: embedded}}
roles:
{BASE}  app: {{assume_role: {APP_ARN}, source: base}}
  audit: {{assume_role: {{arn: {AUDIT_ARN}, session_name: me}}, source: app}}
imds: {{role: app}}
containers:
  credentials:
    app: {{role: app, path: /creds}}
    audit: {{role: audit}}
"""

BINARY = None
HANDED_OUT = set()  # secrets that went by in the test under way
PRINTED = {"secrets": set(), "outputs": []}  # of all tests of this file, the outputs with their tests' names


def environment_of(home, extra):
    """Nothing of the user's but the way to programs, and how sanitizers are to behave."""
    kept = {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
    return {"PATH": "/usr/bin:/bin", "HOME": str(home), **kept, **extra}


def request(address, method, target, headers=None, body=None, source=None):
    """(status, text, headers) of one HTTP request to "address:port", from the address `source` of this host."""
    connection = http.client.HTTPConnection(address, timeout=PATIENCE, source_address=source and (source, 0))
    try:
        HANDED_OUT.update(secrecy.in_headers(headers), secrecy.in_text(body) if isinstance(body, str) else ())
        connection.request(method, target, body, headers or {})
        answer = connection.getresponse()
        text = answer.read().decode()
        HANDED_OUT.update(secrecy.in_text(text))
        if method == "PUT" and answer.status == 200:
            HANDED_OUT.add(text)  # a metadata token
        return answer.status, text, answer.headers
    finally:
        connection.close()


def get(address, target, headers=None, source=None):
    return request(address, "GET", target, headers, source=source)[:2]


def is_sanitized():
    """Whether the program has a sanitizer in it: that wants descriptors and memory of its own."""
    return b"__sanitizer_" in Path(BINARY).read_bytes()


def is_emulated():
    """Whether it is another processor's program, in whose place a script starts an emulator."""
    return Path(BINARY).read_bytes()[:2] == b"#!"


def eventually(condition, what):
    """Waits until `condition()` is true and returns its value."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError(f"waited {PATIENCE} s in vain: {what}")


def connect(address):
    """A raw connection to "address:port"."""
    host, port = address.rsplit(":", 1)
    return socket.create_connection((host, int(port)), timeout=PATIENCE)


def hold_connections(address, count):
    """So many, with nothing sent on them."""
    return [connect(address) for _ in range(count)]


def free_port():
    """One that nobody has at the moment, for a server whose port a command has to know beforehand."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def document(name):
    """The text of that file of docs/."""
    return (Path(__file__).resolve().parents[2] / "docs" / name).read_text()


class Server:
    """A running `understudy serve` or `understudy sts`; `listeners` maps their names to "address:port"."""

    def __init__(self, command, environment, folder, **how):
        self._log = folder / "log"
        ready = folder / "ready.json"
        with open(self._log, "ab") as log:
            self.process = subprocess.Popen([*command, "--ready-file", str(ready)], env=environment, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, **how)
        try:
            eventually(lambda: ready.exists() or self.process.poll() is not None, "the server is not ready")
            if not ready.exists():
                raise AssertionError(f"the server ended with status {self.process.returncode}:\n{self.log()}")
            told = json.loads(ready.read_text())
            self.listeners, self.pid = told["listeners"], told["pid"]
        except BaseException:
            self.stop()
            raise

    def __getitem__(self, listener):
        return self.listeners[listener]

    def log(self):
        return self._log.read_text(errors="replace")

    def stop(self):
        """Ends it, in an orderly way if it still can, and gives its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
        return self.process.wait()


class TestCase(unittest.TestCase):
    maxDiff = None
    tells_on_purpose = False  # a test of the search itself

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="understudy-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.secrets = {KEY_ID, SECRET}
        HANDED_OUT.clear()
        self._outputs = []
        self.addCleanup(self._no_secret_was_told)

    def watch(self, output):
        """`output()` is text that somebody may read; it is searched for secrets when the test has ended."""
        self._outputs.append(output)

    def assert_logged(self, server, line):
        """A thread of its own writes the log: what is told may stand there later than what it is told of can be seen."""
        eventually(lambda: line in server.log(), f"the log does not say: {line}")

    def write(self, name, text, mode=0o600):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return path

    def serve(self, configuration, *flags, command="serve", prefix=(), **environment):
        """Starts a server that ends with the test. `prefix` goes before the command, to run it in a network namespace."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        config = folder / "understudy.yaml"
        config.write_text(configuration)
        config.chmod(0o600)
        server = Server([*prefix, BINARY, command, "--config", str(config), "--log-level", "debug", *flags],
                        environment_of(self.folder, environment), folder)
        self.watch(server.log)
        self.addCleanup(server.stop)
        return server

    def command(self, *arguments):
        """The whole command line of a subcommand."""
        has_none = ("doctor", "health", "login", "mfa", "play", "profiles", "status", "tls-ca")
        level = [] if arguments[0] in has_none else ["--log-level", "debug"]
        return [BINARY, arguments[0], *level, *map(str, arguments[1:])]

    def run_command(self, *arguments, shows_secrets=False, stdin=None, **environment):
        """Runs a command to its end. `shows_secrets`: its standard output is meant to hold some."""
        done = subprocess.run(self.command(*arguments), env=environment_of(self.folder, environment), input=stdin,
                              capture_output=True, text=True, timeout=PATIENCE)
        HANDED_OUT.update(secrecy.in_text(done.stdout) if shows_secrets else ())
        self.watch(lambda: done.stderr + ("" if shows_secrets else done.stdout))
        return done

    def run_python(self, program, *arguments, **environment):
        """The JSON that a Python program of the test's prints: a client in a process and an environment of its own."""
        done = subprocess.run([sys.executable, "-c", program, *map(str, arguments)],
                              env=environment_of(self.folder, environment), capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def credentials(self, address, target, headers=None):
        """The document of a good answer; its secrets are from now on looked for in what is printed."""
        status, text = get(address, target, headers)
        self.assertEqual(status, 200, text)
        document = json.loads(text)
        self.secrets |= {document["SecretAccessKey"], document["Token"]}
        return document

    def imds_token(self, address):
        status, token, _ = request(address, "PUT", "/latest/api/token", {"X-aws-ec2-metadata-token-ttl-seconds": "60"})
        self.assertEqual(status, 200)
        return {"X-aws-ec2-metadata-token": token}

    def _no_secret_was_told(self):
        secrets = self.secrets | HANDED_OUT | secrecy.in_folder(self.folder)
        outputs = [output() for output in self._outputs]
        if not self.tells_on_purpose:
            PRINTED["secrets"] |= secrets
            PRINTED["outputs"] += [(self.id(), output) for output in outputs]
        for output in outputs:
            self.assertEqual(secrecy.lines_that_tell(secrets, output), [])


def leave_printed():
    if folder := os.environ.get("UNDERSTUDY_PRINTED"):
        os.makedirs(folder, 0o700, exist_ok=True)
        place = Path(folder, Path(sys.argv[0]).stem + ".json")
        with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump({"secrets": sorted(PRINTED["secrets"]), "outputs": PRINTED["outputs"]}, file)


def main():
    """Runs the tests of the file that was started."""
    global BINARY
    if len(sys.argv) < 2:
        sys.exit(f"usage: {sys.argv[0]} UNDERSTUDY [TEST..]")
    BINARY = os.path.abspath(sys.argv[1])
    atexit.register(leave_printed)
    telling.main(sys.argv[2:])
