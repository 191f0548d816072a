"""A running `understudy serve`."""

import json
import subprocess
import time
from pathlib import Path

START_TIMEOUT = 15  # seconds
STOP_TIMEOUT = 10


class ServerFailed(Exception):
    """The server did not come up. The text holds the end of its log."""


class Server:
    """`with Server(binary, yaml, folder) as server:` starts it and ends it with SIGTERM.

    `folder` is a private folder of this server's own for configuration, ready file and log; `prefix` goes before the command
    (to run it in a network namespace); `listeners` maps a listener's name to its real "address:port".
    """

    def __init__(self, binary, configuration, folder, prefix=()):
        self.listeners = {}
        self._folder = Path(folder)
        self._ready_file = self._folder / "ready.json"
        config = self._folder / "understudy.yaml"
        config.write_text(configuration)
        self._command = [*prefix, str(binary), "serve", "--config", str(config), "--ready-file", str(self._ready_file)]

    def __enter__(self):
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self._folder)}
        with open(self._folder / "log", "wb") as log:
            self._process = subprocess.Popen(self._command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            self.listeners = self._wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self._process.terminate()
        try:
            self._process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def url(self, listener):
        return f"http://{self.listeners[listener]}"

    def log_tail(self, lines=15):
        return "\n".join((self._folder / "log").read_text(errors="replace").splitlines()[-lines:])

    def _wait_until_ready(self):
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise ServerFailed(f"the server ended with status {self._process.returncode}:\n{self.log_tail()}")
            try:
                return json.loads(self._ready_file.read_text())["listeners"]
            except (FileNotFoundError, json.JSONDecodeError):
                time.sleep(0.02)
        raise ServerFailed(f"the server was not ready within {START_TIMEOUT} s:\n{self.log_tail()}")
