"""Plays roles that moto's STS hands out, with moto's signature checks on.

    checks.py UNDERSTUDY

prints a JSON line {"name", "outcome", "note"} per test. Run by test/clients/run in its virtual environment.
"""

import datetime
import signal
import sys
import tempfile
import urllib.request
from pathlib import Path

from botocore.exceptions import ClientError

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from client import fetch  # noqa: E402
from harness.checking import expect, run_check  # noqa: E402
from harness.server import Server  # noqa: E402
from peer import ACCOUNT, REGION, Moto, make_role, make_user  # noqa: E402

CONFIGURATION = """\
region: {region}
listen: {{imds: "127.0.0.1:0", containers: "127.0.0.1:0"}}
sts: {{endpoint: {sts}}}
roles:
  user: {{static: {{access_key_id: {key}, secret_access_key: {secret}}}}}
  forger: {{static: {{access_key_id: {key}, secret_access_key: not-the-secret-of-this-key}}}}
  direct:
    assume_role:
      arn: {direct}
      external_id: stage-door
      session_name: alice
      duration: 30m
      tags: {{team: a, "cost centre": "4/2"}}
      policy: '{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"*","Resource":"*"}}]}}'
    source: user
  chained: {{assume_role: {chained}, source: direct, session_name: bob}}
  stranger: {{assume_role: {{arn: {direct}, external_id: front-door}}, source: user}}
  forged: {{assume_role: {{arn: {direct}, external_id: stage-door}}, source: forger}}
imds: {{role: forged}}
containers:
  credentials: {{direct: {{role: direct}}, chained: {{role: chained}}, stranger: {{role: stranger}}, forged: {{role: forged}}}}
"""


class Stage:
    """moto with its user and roles, and a server that plays them."""

    def __init__(self, moto, server, user):
        self.moto, self.server, self.user = moto, server, user

    def container(self, name):
        return fetch(f"{self.server.url('containers')}/v2/credentials/{name}")

    def imds(self, path):
        put = urllib.request.Request(f"{self.server.url('imds')}/latest/api/token", method="PUT",
                                     headers={"X-aws-ec2-metadata-token-ttl-seconds": "60"})
        token = urllib.request.urlopen(put, timeout=10).read().decode()
        url = f"{self.server.url('imds')}/latest/meta-data/iam/security-credentials/{path}"
        return fetch(urllib.request.Request(url, headers={"X-aws-ec2-metadata-token": token}))

    def caller(self, credentials):
        keys = [credentials[field] for field in ("AccessKeyId", "SecretAccessKey", "Token")]
        return self.moto.client("sts", keys).get_caller_identity()["Arn"]


def its_signature_checks_are_on(stage):
    try:
        stage.moto.client("sts", (stage.user[0], "not-the-secret-of-this-key")).get_caller_identity()
    except ClientError as error:
        expect(error.response["Error"]["Code"], "SignatureDoesNotMatch")
    else:
        raise AssertionError("it takes any signature: the other tests would show nothing")


def a_role_with_parameters_is_played(stage):
    status, credentials = stage.container("direct")
    expect(status, 200)
    expect(stage.caller(credentials), f"arn:aws:sts::{ACCOUNT}:assumed-role/direct/alice")


def the_asked_duration_reaches_sts(stage):
    _, credentials = stage.container("direct")
    ends = datetime.datetime.strptime(credentials["Expiration"], "%Y-%m-%dT%H:%M:%SZ")
    left = ends.replace(tzinfo=datetime.timezone.utc) - datetime.datetime.now(datetime.timezone.utc)
    if not datetime.timedelta(minutes=28) < left <= datetime.timedelta(minutes=30):
        raise AssertionError(f"30 minutes were asked for, {left} are left")


def a_chain_of_two_is_played(stage):
    # The second role trusts the first one's session alone.
    status, credentials = stage.container("chained")
    expect(status, 200)
    expect(stage.caller(credentials), f"arn:aws:sts::{ACCOUNT}:assumed-role/chained/bob")


def a_wrong_external_id_is_refused(stage):
    status, answer = stage.container("stranger")
    expect((status, answer["code"]), (403, "AccessDenied"))


def a_wrong_secret_is_refused_on_the_container_endpoint(stage):
    status, answer = stage.container("forged")
    expect((status, answer["code"]), (403, "SignatureDoesNotMatch"))


def a_wrong_secret_is_refused_on_imds(stage):
    status, answer = stage.imds("direct")
    expect((status, answer["Code"]), (200, "AssumeRoleUnauthorizedAccess"))
    expect([name for name in ("AccessKeyId", "SecretAccessKey", "Token") if name in answer], [])


CHECKS = (
    its_signature_checks_are_on,
    a_role_with_parameters_is_played,
    the_asked_duration_reaches_sts,
    a_chain_of_two_is_played,
    a_wrong_external_id_is_refused,
    a_wrong_secret_is_refused_on_the_container_endpoint,
    a_wrong_secret_is_refused_on_imds,
)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # its two servers end with it
    with tempfile.TemporaryDirectory(prefix="understudy-moto-") as folder, Moto(folder) as moto:
        user = make_user(moto, "alice")
        direct = make_role(moto, "direct", f"arn:aws:iam::{ACCOUNT}:user/alice", external_id="stage-door")
        chained = make_role(moto, "chained", f"arn:aws:sts::{ACCOUNT}:assumed-role/direct/alice")
        moto.verify_after(0)
        configuration = CONFIGURATION.format(region=REGION, sts=moto.url, key=user[0], secret=user[1], direct=direct,
                                             chained=chained)
        with Server(sys.argv[1], configuration, folder) as server:
            for check in CHECKS:
                name = f"moto, {check.__name__.replace('_', ' ')}"
                run_check(name, check, Stage(moto, server, user), log_tail=server.log_tail)


if __name__ == "__main__":
    main()
