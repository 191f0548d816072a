"""IAM Roles Anywhere: what AWS's own Python client signs, the service of the integration tests takes, and so does it take
the same certificate from understudy."""

import json
import subprocess
import tempfile
import urllib.request
from pathlib import Path

from anywhere import ANCHOR, PROFILE, REGION, ROLE, RolesAnywhere
from botocore.awsrequest import AWSRequest
from iam_rolesanywhere_session.iam_rolesanywhere_session import IAMRolesAnywhereSigner

TIMEOUT = 60  # seconds
KEYS = {"RSA": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        "P-256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]}


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=TIMEOUT)


def make_certificates(folder, kind):
    """authority.pem, between.pem and host.pem, each issued by the one before, and the key of each."""
    issuer = ()
    for name, authority in (("authority", True), ("between", True), ("host", False)):
        key, pem, request = (folder / f"{name}.{ending}" for ending in ("key", "pem", "csr"))
        openssl("genpkey", *KEYS[kind], "-out", key)
        openssl("req", "-new", "-key", key, "-subj", f"/CN={name}", "-out", request)
        extensions = folder / "extensions"
        extensions.write_text(f"basicConstraints = critical,CA:{str(authority).upper()}\n")
        by = ("-CA", issuer[0], "-CAkey", issuer[1]) if issuer else ("-signkey", key)
        openssl("x509", "-req", "-in", request, *by, "-extfile", extensions, "-days", 1, "-out", pem)
        issuer = (pem, key)


def ask_by_their_client(folder, service):
    signer = IAMRolesAnywhereSigner(certificate=str(folder / "host.pem"), private_key=str(folder / "host.key"),
                                    certificate_chain=str(folder / "between.pem"), region=REGION)
    body = {"durationSeconds": 900, "profileArn": PROFILE, "roleArn": ROLE, "trustAnchorArn": ANCHOR}
    request = AWSRequest(method="POST", url=f"http://{service.address}/sessions", data=json.dumps(body))
    signer.add_auth(request)
    sent = request.prepare()
    with urllib.request.urlopen(urllib.request.Request(sent.url, sent.body.encode(), dict(sent.headers)), timeout=TIMEOUT) as answer:
        return json.load(answer)["credentialSet"][0]["credentials"]["accessKeyId"]


def ask_by_ours(folder, service, understudy):
    entry = {"trust_anchor_arn": ANCHOR, "profile_arn": PROFILE, "role_arn": ROLE, "certificate": str(folder / "host.pem"),
             "private_key": str(folder / "host.key"), "chain": str(folder / "between.pem"), "duration": "15m"}
    config = folder / "understudy.yaml"
    config.write_text(json.dumps({"roles": {"edge": {"roles_anywhere": entry}}}))
    config.chmod(0o600)
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "AWS_ENDPOINT_URL_ROLESANYWHERE": f"http://{service.address}"}
    done = subprocess.run([understudy, "credentials", "--config", config, "edge"], env=environment, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=TIMEOUT)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["AccessKeyId"]


def both_are_taken(understudy, kind):
    with tempfile.TemporaryDirectory(prefix="understudy-anywhere-") as name:
        folder = Path(name)
        make_certificates(folder, kind)
        with RolesAnywhere((folder / "authority.pem").read_bytes()) as service:
            assert ask_by_their_client(folder, service) == "ASIAANYWHERE00000001"
            assert ask_by_ours(folder, service, understudy) == "ASIAANYWHERE00000002"
            theirs, ours = (call.headers["Authorization"] for call in service.calls)
            # The same algorithm, and the same serial number.
            assert theirs.partition("/")[0] == ours.partition("/")[0], (theirs, ours)


def checks():
    for kind in KEYS:
        yield (f"roles anywhere, the signatures of AWS's client and of understudy are taken alike, {kind}",
               lambda understudy, kind=kind: both_are_taken(understudy, kind))
