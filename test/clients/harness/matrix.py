"""The cells of the client x path table: each is one run of one client against a server that offers that path alone."""

import contextlib
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from . import pods
from .builds import Unavailable
from .namespace import Namespace, why_not
from .server import Server, ServerFailed

ARN = "arn:aws:sts::111122223333:assumed-role/app/understudy-app"
CELL_TIMEOUT = 30  # seconds

CONFIGURATION = """\
region: us-east-1
listen: {{{listen}}}
sts: {{endpoint: embedded}}
roles:
  base: {{static: {{access_key_id: AKIAIOSFODNN7EXAMPLE, secret_access_key: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY}}}}
  app: {{assume_role: arn:aws:iam::111122223333:role/app, source: base, duration: 1h}}
imds: {{role: app, tokens: required}}
containers:
  credentials:
    app: {{role: app}}
    locked: {{role: app, token_file: {token_file}}}
"""  # ends in `containers`: what a route prepares may go on there


def _no_more(*_):
    return ""


@dataclass(frozen=True)
class Route:
    """One way for a client to find the server. The server listens on `listen` and STS only, so that a client which fails here
    cannot find its credentials by another way."""

    key: str
    title: str
    listen: str  # entries of the configuration's `listen`
    variables: Callable[[Server, Path], dict]  # the server, its token file -> the client's variables
    addresses: tuple = ()  # of its own network namespace; none: the machine's loopback
    # The program, the server's folder -> more of the configuration; makes what that names. Raises Unavailable.
    prepare: Callable[[Path, Path], str] = _no_more


def _imds_variable(server, _):
    # The slash: old releases put the path straight behind the value.
    return {"AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url("imds") + "/"}


def _full_uri(server, scheme="http"):
    # Where the machine is an instance, a client must not fall back on the real endpoint.
    uri = f"{scheme}://{server.listeners['containers']}/v2/credentials/locked"
    return {"AWS_CONTAINER_CREDENTIALS_FULL_URI": uri, "AWS_EC2_METADATA_DISABLED": "true"}


def _token_file(server, token_file):
    return {**_full_uri(server), "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(token_file)}


def _token(server, token_file):
    return {**_full_uri(server), "AWS_CONTAINER_AUTHORIZATION_TOKEN": token_file.read_text()}


def _pod(_, token_file):
    """What EKS puts into a pod."""
    return {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(token_file.with_name(pods.TOKEN)), "AWS_EC2_METADATA_DISABLED": "true"}


def _make_authority(binary, folder):
    """`ca` in the folder, and `trust.p12` with its certificate where Java is there."""
    subprocess.run([binary, "tls-ca", folder / "ca"], check=True, capture_output=True)
    keytool = shutil.which("keytool")
    if keytool:
        subprocess.run([keytool, "-importcert", "-noprompt", "-alias", "understudy", "-file", folder / "ca/ca.pem", "-keystore",
                        folder / "trust.p12", "-storetype", "PKCS12", "-storepass", "changeit"], check=True, capture_output=True)
    return f"  tls: {{ca: {folder}/ca}}\n"


def _https(server, token_file):
    """Every variable by which some SDK is told of an authority."""
    folder = token_file.parent
    pem = str(folder / "ca/ca.pem")
    store = folder / "trust.p12"
    java = {"JAVA_TOOL_OPTIONS": f"-Djavax.net.ssl.trustStore={store} -Djavax.net.ssl.trustStorePassword=changeit"} if store.exists() else {}
    return {**_full_uri(server, "https"), "AWS_CONTAINER_AUTHORIZATION_TOKEN": token_file.read_text(), "AWS_CA_BUNDLE": pem,
            "NODE_EXTRA_CA_CERTS": pem, "SSL_CERT_FILE": pem, **java}


def _relative_uri(*_):
    return {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/app"}


def _nothing(*_):
    return {}


ROUTES = (
    Route("imds-variable", "IMDS by variable", 'imds: "127.0.0.1:0"', _imds_variable),
    Route("token-file", "FULL_URI, token file", 'containers: "127.0.0.1:0"', _token_file),
    Route("token", "FULL_URI, token", 'containers: "127.0.0.1:0"', _token),
    Route("relative-uri", "RELATIVE_URI", 'containers: "169.254.170.2:80"', _relative_uri, ("169.254.170.2",)),
    Route("pod-identity", "EKS Pod Identity", 'pod_identity: "169.254.170.23:80"', _pod, ("169.254.170.23",), pods.prepare),
    Route("https", "FULL_URI, https", 'containers: "10.20.30.40:8443"', _https, ("10.20.30.40",), _make_authority),
    Route("imds-address", "IMDS, no variable", 'imds: "169.254.169.254:80"', _nothing, ("169.254.169.254",)),
)


@dataclass(frozen=True)
class Cell:
    client: str  # key
    route: str  # key
    outcome: str  # passed | failed | skipped
    note: str = ""  # of a passed one: the known limit; else the reason
    seconds: float = 0.0


def verdict(limit, status, output):
    """What is wrong with a client's answer, or None. With a known limit the right outcome is that it gets nothing: a release
    that has outgrown its limit fails here, so that the table is put right."""
    printed = output.strip()
    if limit:
        return f"was to fail ({limit}) and printed {printed!r}" if status == 0 or printed == ARN else None
    if status != 0:
        return f"ended with status {status}"
    return None if printed == ARN else f"printed {printed!r}"


def run_route(route, programs, binary):
    """Runs every program of `programs` (client key -> Program) by one route; yields a Cell for each."""
    reason = why_not() if route.addresses else None
    if reason:
        yield from (Cell(key, route.key, "skipped", reason) for key in programs)
        return
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="understudy-clients-")))
        prefix = stack.enter_context(Namespace(route.addresses)) if route.addresses else []
        token_file = folder / "token"
        listen = f'{route.listen}, sts: "127.0.0.1:0"'
        try:
            configuration = CONFIGURATION.format(listen=listen, token_file=token_file) + route.prepare(binary, folder)
            server = stack.enter_context(Server(binary, configuration, folder, prefix))
        except Unavailable as error:
            yield from (Cell(key, route.key, "skipped", str(error)) for key in programs)
            return
        except (ServerFailed, subprocess.CalledProcessError) as error:
            yield from (Cell(key, route.key, "failed", str(error)) for key in programs)
            return
        variables = route.variables(server, token_file)
        for key, program in programs.items():
            yield _run_cell(route, key, program, [*prefix, *program.argv(server.url("sts"))],
                            {**variables, "AWS_ENDPOINT_URL_STS": server.url("sts")})


def _run_cell(route, key, program, command, variables):
    limit = (program.limits or {}).get(route.key)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="understudy-home-") as home:
        clean = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": home, "AWS_REGION": "us-east-1",
                 "AWS_DEFAULT_REGION": "us-east-1"}
        try:
            done = subprocess.run(command, env={**clean, **variables}, cwd=home, text=True, capture_output=True,
                                  stdin=subprocess.DEVNULL, timeout=CELL_TIMEOUT)
            wrong, said = verdict(limit, done.returncode, done.stdout), done.stderr
        except subprocess.TimeoutExpired as late:
            wrong, said = f"did not end within {CELL_TIMEOUT} s", (late.stderr or b"").decode(errors="replace")
    seconds = time.monotonic() - started
    if wrong is None:
        return Cell(key, route.key, "passed", limit or "", seconds)
    return Cell(key, route.key, "failed", f"{wrong}\n{_gist(said)}".rstrip(), seconds)


def _gist(said):
    """Python's errors end with what matters, Ruby's and Go's begin with it."""
    lines = said.strip().splitlines()
    return "\n".join(lines if len(lines) <= 8 else [*lines[:3], "..", *lines[-4:]])
