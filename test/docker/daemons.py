"""The container engines that examples are played on, by the names that test/docker/run has for them: Docker's, and others that speak
its API. Each is a context manager that starts one in this process's network namespace, with all that it keeps in a folder, at the
socket that DOCKER_HOST names.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

PATIENCE = 90  # seconds, for what takes one or two
ROOTLESS = "/usr/share/docker.io/contrib/dockerd-rootless.sh"  # Debian's place for it
PODMAN_SETTINGS = {
    "containers.conf": '[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\ntmp_dir = "{folder}/tmp"\n'
                       '[network]\nnetwork_config_dir = "{folder}/networks"\nfirewall_driver = "none"\n',
    "storage.conf": '[storage]\ndriver = "overlay"\ngraphroot = "{folder}/data"\nrunroot = "{folder}/run"\n',
}


class Daemon:
    def __init__(self, folder, command, **more):
        self._log, self._command, self._more = folder / "engine.log", list(map(str, command)), more

    def __enter__(self):
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self._more)
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            sys.stderr.write("".join(self._log.read_text().splitlines(keepends=True)[-30:]))
            raise
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait()

    def _wait(self):
        deadline = time.monotonic() + PATIENCE
        while subprocess.run(["docker", "version"], capture_output=True, check=False).returncode != 0:
            if self._process.poll() is not None:
                raise AssertionError(f"{self._command[0]} ended with status {self._process.returncode}")
            if time.monotonic() > deadline:
                raise AssertionError(f"{self._command[0]} does not start")
            time.sleep(0.2)


def owner_of(folder):
    """How to run a command as who has the folder, for whom it is the home, too."""
    owner = folder.stat()
    # Where it may not enter what XDG_CACHE_HOME names, a rootless Podman finds no image by its name.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    # Where a log in would make it. Below a longer path Podman keeps the networks of containers that have ended, for its clean-up
    # refuses more than 50 characters.
    runtime = Path(f"/run/user/{owner.st_uid}")
    for path in (folder / "home", runtime):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.chown(path, owner.st_uid, owner.st_gid)
    return {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": [],
            "env": {**environment, "HOME": str(folder / "home"), "XDG_RUNTIME_DIR": str(runtime)}}


class Docker(Daemon):
    """With neither bridge nor rules of its own: builds use the network as it is, and nothing of the machine's is changed."""

    def __init__(self, folder):
        data = os.environ.get("UNDERSTUDY_DOCKER_DATA") or folder / "data"
        super().__init__(folder, ["dockerd", "--host", os.environ["DOCKER_HOST"], "--data-root", data, "--exec-root", folder / "exec",
                                  "--pidfile", folder / "dockerd.pid", "--bridge", "none", "--iptables=false", "--ip-forward=false",
                                  "--cgroup-parent", f"/{folder.parent.name}"])


class RootlessDocker(Daemon):
    def __init__(self, folder):
        super().__init__(folder, [ROOTLESS, "--host", os.environ["DOCKER_HOST"], "--data-root", folder / "data",
                                  "--bridge", "none", "--iptables=false"], **owner_of(folder))


class Podman(Daemon):
    """Root's, or rootless in a folder of somebody else's."""

    def __init__(self, folder):
        how = owner_of(folder)
        for name, text in PODMAN_SETTINGS.items():
            (folder / name).write_text(text.format(folder=folder))
        how["env"].update(CONTAINERS_CONF=str(folder / "containers.conf"), CONTAINERS_STORAGE_CONF=str(folder / "storage.conf"))
        super().__init__(folder, ["podman", "system", "service", "--time", "0", os.environ["DOCKER_HOST"]], **how)

    def _wait(self):
        super()._wait()
        # As systemd's unit of it makes it.
        os.chmod(os.environ["DOCKER_HOST"].removeprefix("unix://"), 0o660)


ENGINES = {"docker": Docker, "rootless-docker": RootlessDocker, "podman": Podman, "rootless-podman": Podman}


def compose_program():
    """docker-compose, or the client's own command."""
    return ["docker-compose"] if shutil.which("docker-compose") else ["docker", "compose"]
