"""A network namespace of the test's own, where the well-known addresses are free to be taken."""

import os
import shutil
import subprocess

_SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


class Namespace:
    """`with Namespace(["169.254.170.2", "fd00:ec2::254"]) as prefix:`; what runs with `prefix` before its command has loopback and these
    addresses, and reaches nothing else.

    A process that waits for the end of its input keeps the namespace. It ends with us whatever ends us, so nothing can be
    left behind. Without root it is root in a user namespace of its own, where the system allows that; one that is made
    `within` another (its prefix) is in the user namespace of that.
    """

    def __init__(self, addresses, within=()):
        self._addresses = addresses
        self._within = list(within)
        self._keeper = None

    def __enter__(self):
        user = [] if os.geteuid() == 0 or self._within else ["--user", "--map-root-user"]
        command = [*self._within, _system("unshare"), "--net", *user, "sh", "-c", "echo; exec cat"]
        self._keeper = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            if not self._keeper.stdout.readline():
                raise OSError(self._keeper.stderr.read().decode().strip())
            prefix = self._prefix()
            self._run(prefix, "link", "set", "lo", "up")
            for address in self._addresses:
                self._run(prefix, "address", "add", f"{address}/{128 if ':' in address else 32}", "dev", "lo")
        except BaseException:
            self.__exit__()
            raise
        return prefix

    def __exit__(self, *_):
        for stream in (self._keeper.stdin, self._keeper.stdout, self._keeper.stderr):
            stream.close()
        self._keeper.wait()

    @property
    def pid(self):
        """By which `ip link set NAME netns PID` finds it."""
        return self._keeper.pid

    def _prefix(self):
        user = [] if os.geteuid() == 0 or self._within else ["--user", "--preserve-credentials"]
        return [*self._within, _system("nsenter"), "--target", str(self._keeper.pid), "--net", *user, "--"]

    def _run(self, prefix, *arguments):
        subprocess.run([*prefix, _system("ip"), *arguments], check=True, capture_output=True, stdin=subprocess.DEVNULL)


def why_not():
    """Why this machine lets us make no network namespace, or None."""
    try:
        with Namespace([]):
            return None
    except (OSError, subprocess.CalledProcessError) as error:
        return f"no network namespace can be made here: {error}"


def _system(name):
    path = shutil.which(name, path=_SYSTEM_PATH)
    if path is None:
        raise FileNotFoundError(f"{name} is not there (apt-get install util-linux iproute2)")
    return path
