"""The clients of the matrix: how each is had, and what its release is known not to do.

Every client is a program of a few lines in its language's ordinary form. It has no credentials configuration: it takes what
the SDK's default chain finds, calls GetCallerIdentity and prints the ARN.
"""

import shutil
import sys
from dataclasses import dataclass
from typing import Callable

from . import builds
from .builds import Unavailable, demand_version, numbers, stated, tool, version_of

# What old releases lack, as the table's footnotes.
NO_TOKEN_FILE = "knows AWS_CONTAINER_AUTHORIZATION_TOKEN only, not the file"
NO_POD_ADDRESS = "takes no AWS_CONTAINER_CREDENTIALS_FULL_URI at 169.254.170.23, and no token file"
NO_FULL_URI = "knows no AWS_CONTAINER_CREDENTIALS_FULL_URI"
NO_CA_BUNDLE = "looks at no AWS_CA_BUNDLE on its way to containers' credentials: its own file of authorities has to have ours"
NO_IMDS_PORT = "takes only the host of AWS_EC2_METADATA_SERVICE_ENDPOINT, and port 80"


@dataclass(frozen=True)
class Program:
    """A client that is ready to run."""

    version: str
    command: tuple  # argv; prints the ARN
    endpoint_flag: tuple | None = None  # put before the address of STS; None: the client reads AWS_ENDPOINT_URL_STS
    limits: dict | None = None  # path key -> why this release cannot take it
    reader: tuple = ()  # argv without its argument (reads.READS); prints what the SDK's IMDS client read

    def argv(self, sts):
        return [*self.command, *(() if self.endpoint_flag is None else (*self.endpoint_flag, sts))]


@dataclass(frozen=True)
class Client:
    key: str  # what --only names
    title: str
    prepare: Callable[[], Program]  # raises Unavailable or BuildFailed
    quick: bool = False  # needs no build
    reads: bool = False  # its program has a reader


def botocore_limits(version, eks):
    """`eks`: the program's first release whose changelog has "Added Support for EKS container credentials", a token file and
    169.254.170.23 at once."""
    if numbers(version) >= eks:
        return {"https": NO_CA_BUNDLE}
    return {"https": NO_CA_BUNDLE, "token-file": NO_TOKEN_FILE, "pod-identity": NO_POD_ADDRESS}


def debian_cli():
    version = version_of(_debian("/usr/bin/aws", "awscli"), "--version")
    return Program(version, ("/usr/bin/aws", *_CLI_CALL), ("--endpoint-url",), botocore_limits(version, (2, 15)))


def debian_boto3():
    python = _debian("/usr/bin/python3", "python3-boto3")
    try:
        version = version_of(python, "-c", "import boto3; print(boto3.__version__)")
    except Unavailable:
        raise Unavailable("/usr/bin/python3 has no boto3 (apt-get install python3-boto3)") from None
    return Program(version, (python, "-B", str(builds.SOURCES / "python/whoami.py")), (), botocore_limits(version, (1, 29)))


def debian_ruby():
    ruby = _debian("/usr/bin/ruby", "ruby-aws-sdk-core")
    try:
        version = version_of(ruby, "-e", 'require "aws-sdk-core"; puts Aws::CORE_GEM_VERSION')
    except Unavailable:
        raise Unavailable("/usr/bin/ruby has no aws-sdk-core (apt-get install ruby-aws-sdk-core)") from None
    limits = {"imds-variable": NO_IMDS_PORT, **dict.fromkeys(("token-file", "token", "pod-identity", "https"), NO_FULL_URI)}
    if numbers(version) >= (3, 188):
        limits = {}
    return Program(version, (ruby, str(builds.SOURCES / "ruby/whoami.rb")), (), limits)


def python_environment(name="python"):
    """A virtual environment with what that folder's requirements.txt names: the newest Python clients and moto."""
    # Debian's interpreter where it can make environments, else the one on PATH.
    python = shutil.which("python3", path="/usr/bin") or sys.executable

    def steps(folder):
        builds.run([python, "-m", "venv", "venv"], folder)
        builds.run(["venv/bin/pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"], folder)

    return builds.cached(name, f"{python} {version_of(python, '--version')}", steps)


def newest_cli():
    folder = python_environment()
    version = stated("python/requirements.txt", r"^awscli==(.*)$")
    return Program(version, (str(folder / "venv/bin/aws"), *_CLI_CALL), limits={"https": NO_CA_BUNDLE})


def newest_boto3():
    folder = python_environment()
    version = stated("python/requirements.txt", r"^boto3==(.*)$")
    return Program(version, (str(folder / "venv/bin/python"), "-B", str(folder / "whoami.py")), limits={"https": NO_CA_BUNDLE})


def node_program(name, script, package):
    """A script of that folder, with what its package-lock.json names; its version is the one of `package`."""
    node, npm = tool("node", "nodejs"), tool("npm", "npm")
    have = version_of(node, "--version")
    demand_version("node", have, stated(f"{name}/package.json", r'"node": ">=([\d.]+)"'))
    folder = builds.cached(name, have, lambda place: builds.run([npm, "ci", "--no-audit", "--no-fund"], place))
    return Program(stated(f"{name}/package.json", rf'"{package}": "([\d.]+)"'), (node, str(folder / script)))


def javascript():
    return node_program("javascript", "whoami.mjs", "@aws-sdk/client-sts")


def go():
    compiler = tool("go", "golang-go")
    have = version_of(compiler, "version")
    demand_version("go", have, stated("go/go.mod", r"^go ([\d.]+)$"))
    # GOTOOLCHAIN: an old compiler is skipped by name, it does not fetch another one.
    folder = builds.cached("go", have, lambda place: builds.run([compiler, "build", "-o", "bin/", "./..."], place,
                                                               GOTOOLCHAIN="local"))
    return Program(stated("go/go.mod", r"aws-sdk-go-v2/service/sts v([\d.]+)"), (str(folder / "bin/whoami"),),
                   reader=(str(folder / "bin/metadata"),))


def rust():
    cargo = tool("cargo", "cargo")
    have = version_of(tool("rustc", "rustc"), "--version")
    demand_version("rustc", have, stated("rust/Cargo.toml", r'^rust-version = "([\d.]+)"'))

    def steps(folder):
        builds.run([cargo, "build", "--quiet", "--target-dir", "target"], folder)
        for name in ("whoami", "metadata"):
            shutil.move(folder / "target/debug" / name, folder / name)
        shutil.rmtree(folder / "target")  # some hundred megabytes that nothing needs any more

    folder = builds.cached("rust", have, steps)
    return Program(stated("rust/Cargo.toml", r'^aws-sdk-sts = \{ version = "=([\d.]+)"'), (str(folder / "whoami"),),
                   reader=(str(folder / "metadata"),))


def java():
    maven, machine = tool("mvn", "maven"), tool("java", "default-jdk-headless")
    have = version_of(tool("javac", "default-jdk-headless"), "-version")
    demand_version("javac", have, stated("java/pom.xml", r"<maven.compiler.release>(\d+)<"))
    goals = ["compile", "dependency:copy-dependencies", "-DincludeScope=runtime"]
    folder = builds.cached("java", have, lambda place: builds.run([maven, "-q", "-B", *goals], place))
    version = stated("java/pom.xml", r"<artifactId>sts</artifactId>\s*<version>([\d.]+)<")
    path = f"{folder}/target/classes:{folder}/target/dependency/*"
    return Program(version, (machine, "-XX:TieredStopAtLevel=1", "-cp", path, "WhoAmI"))


def _debian(path, package):
    if shutil.which(path) is None:
        raise Unavailable(f"{path} is not there (apt-get install {package})")
    return path


_CLI_CALL = ("sts", "get-caller-identity", "--query", "Arn", "--output", "text")

CLIENTS = (
    Client("awscli-debian", "AWS CLI v2 (Debian)", debian_cli, quick=True),
    Client("awscli", "AWS CLI v1 (newest)", newest_cli),
    Client("boto3-debian", "boto3 (Debian)", debian_boto3, quick=True),
    Client("boto3", "boto3 (newest)", newest_boto3),
    Client("javascript", "JavaScript v3", javascript),
    Client("go", "Go v2", go, reads=True),
    Client("rust", "Rust", rust, reads=True),
    Client("java", "Java v2", java),
    Client("ruby-debian", "Ruby (Debian)", debian_ruby, quick=True),
)
