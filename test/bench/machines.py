"""The servers under measurement, each with a private folder, and what the machine is."""

import http.client
import json
import os
import platform
import re
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PATH = "/v2/credentials/app"
TREE_PATHS = ["/latest/meta-data/placement/region", "/latest/meta-data/iam/security-credentials/app"]
# AWS's documented example key: it opens nothing.
CONFIGURATION = """\
region: us-east-1
listen: {{imds: 127.0.0.1:{imds_port}, containers: 127.0.0.1:{port}{sts_listener}}}
sts: {{endpoint: {endpoint}}}
roles:
 base: {{static: {{access_key_id: AKIAIOSFODNN7EXAMPLE, secret_access_key: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY}}}}
 app: {{assume_role: "arn:aws:iam::111122223333:role/app", source: base, duration: 1h}}
imds: {{role: app, tokens: optional}}
containers:
 credentials:
  app: {{role: app}}
"""
NGINX = """\
worker_processes 2;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} backlog=1024;
    default_type application/json;
    location / {{ return 200 '{body}'; }}
  }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fetch(port):
    """The endpoint's (status, body)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", PATH)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


class Server:
    """A child process that answers on `port`; its own pid is ended, and its folder removed, at the end of `with`."""

    def __init__(self, port):
        self.port = port
        self.folder = tempfile.TemporaryDirectory(prefix="understudy-bench-")
        self.process = None

    def command(self):
        raise NotImplementedError

    def __enter__(self):
        with open(self.path("output"), "wb") as output:
            self.process = subprocess.Popen(self.command(), stdout=output, stderr=output, close_fds=False)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()

    def path(self, name):
        return Path(self.folder.name) / name

    def wait(self, patience=10.0):
        """Returns the first good body; a server that ends or stays silent is an error with what it printed."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                status, body = fetch(self.port)
                if status == 200:
                    return body
            except OSError:
                pass
            time.sleep(0.0005)
        raise RuntimeError(f"{self.command()[0]} does not answer:\n" + self.path("output").read_text(errors="replace"))

    def resident_kib(self):
        """Of the process and its children."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        total = 0
        for pid in [str(self.process.pid), *children]:
            total += int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1])
        return total


def with_more_roles(configuration, count):
    """The configuration with so many roles beside `app`, each served; short lines: a mebibyte is the limit."""
    roles = [f" r{i}: {{assume_role: arn:aws:iam::111122223333:role/r{i}, source: base}}\n" for i in range(count)]
    entries = [f"  r{i}: {{role: r{i}}}\n" for i in range(count)]
    return configuration.replace("roles:\n", "roles:\n" + "".join(roles)) + "".join(entries)


class Understudy(Server):
    name = "understudy"

    def __init__(self, binary, endpoint="embedded", roles=1):
        super().__init__(free_port())
        self.binary = binary
        self.imds_port = free_port()
        configuration = self.path("understudy.yaml")
        sts_listener = ", sts: 127.0.0.1:0" if endpoint == "embedded" else ""
        text = CONFIGURATION.format(port=self.port, imds_port=self.imds_port, endpoint=endpoint, sts_listener=sts_listener)
        configuration.write_text(with_more_roles(text, roles - 1))
        configuration.chmod(0o600)

    def command(self):
        return [self.binary, "serve", "--config", str(self.path("understudy.yaml")),
                "--ready-file", str(self.path("ready.json"))]

    def sts_address(self, patience=5.0):
        """Where the embedded STS listens. The ready file is written once everything listens: a moment after the first
        answer."""
        deadline = time.monotonic() + patience
        while True:
            try:
                return json.loads(self.path("ready.json").read_text())["listeners"]["sts"]
            except (FileNotFoundError, json.JSONDecodeError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.005)


class Nginx(Server):
    name = "nginx"

    def __init__(self, body):
        super().__init__(free_port())
        text = body.decode()
        if any(sign in text for sign in "'\\$"):
            raise ValueError("these bytes can not stand in an nginx configuration")
        # Its workers are another user's, who has to reach the folder.
        os.chmod(self.folder.name, 0o755)
        self.path("nginx.conf").write_text(NGINX.format(folder=self.folder.name, port=self.port, body=text))

    def command(self):
        return ["nginx", "-c", str(self.path("nginx.conf")), "-e", str(self.path("error.log"))]


def shape():
    """The machine and the tools, in a line."""
    memory = int(re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())[1])
    kernel = re.match(r"[\d.]+", platform.release())[0]
    system = re.search(r'PRETTY_NAME="(.*)"', Path("/etc/os-release").read_text())[1]
    nginx = re.search(r"nginx/(\S+)", subprocess.run(["nginx", "-v"], capture_output=True, text=True).stderr)[1]
    return (f"{os.cpu_count()} cores, {memory / 1048576:.0f} GiB, Linux {kernel}, {system}; nginx {nginx} with 2 workers, "
            "wrk with 2 threads on the same machine")
