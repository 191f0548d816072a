"""amazon-ec2-metadata-mock's own end-to-end tests, which its module brings along."""

import json
import shutil
import subprocess
import tempfile

from . import builds, namespace
from .clients import Program

MODULE = "github.com/aws/amazon-ec2-metadata-mock"
VERSION = "v1.13.0"


def suite():
    """A Program whose command is the folder of the unpacked module, which is read only."""
    go = builds.tool("go", "golang-go")
    for program, package in (("jq", "jq"), ("curl", "curl"), ("tput", "ncurses-bin"), ("unshare", "util-linux")):
        builds.tool(program, package)
    if reason := namespace.why_not():
        raise builds.Unavailable(reason)
    with tempfile.TemporaryDirectory(prefix="understudy-aemm-") as folder:
        done = subprocess.run([go, "mod", "download", "-json", f"{MODULE}@{VERSION}"], cwd=folder, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=builds.BUILD_TIMEOUT, check=False)
    return Program(VERSION, (folder_in(done.stdout, done.stderr),))


def folder_in(output, errors):
    """The folder that `go mod download -json` tells of."""
    try:
        answer = json.loads(output)
    except ValueError:
        answer = {"Error": errors.strip() or "go mod download said nothing"}
    if "Error" in answer:
        raise builds.Unavailable(f"{MODULE}@{VERSION} can not be had: {answer['Error'].splitlines()[-1].strip()}")
    return answer["Dir"]


def copy_of(module, target):
    """The module as a checkout has it: writable, its scripts executable, which modules forget."""
    shutil.copytree(module, target, copy_function=shutil.copyfile)
    for path in (target, *target.rglob("*")):
        path.chmod(0o755)


def outcomes(output):
    """(name, outcome, note) of each line of the suite that judges something."""
    for line in output.splitlines():
        mark, _, rest = line.partition(" ")
        mark = mark[mark.find("✅"):] if "✅" in mark else mark[mark.find("❌"):]
        if mark == "✅" and rest.startswith(("Verified ", "Validated ")):
            yield rest.partition(" ")[2], "passed", ""
        elif mark == "❌" and not rest.startswith("One or more"):
            yield rest.partition(". Actual:")[0], "failed", rest
