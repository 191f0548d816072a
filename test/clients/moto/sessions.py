"""Plays what moto's STS gives by its calls other than AssumeRole, beside boto3 making the same calls.

    sessions.py UNDERSTUDY

prints a JSON line {"name", "outcome", "note"} per test. Run by test/clients/run in its virtual environment.
"""

import base64
import json
import signal
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from botocore import xform_name

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from client import boto3_whoami, fetch  # noqa: E402
from harness.checking import expect, run_check  # noqa: E402
from harness.server import Server  # noqa: E402
from peer import ACCOUNT, REGION, Moto, make_user  # noqa: E402

ROLE = f"arn:aws:iam::{ACCOUNT}:role/stage"
IDP = f"arn:aws:iam::{ACCOUNT}:saml-provider/corp"
MFA = f"arn:aws:iam::{ACCOUNT}:mfa/alice"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}'
TOKEN = "header.claims.signature"
ASSERTION = f"""\
<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">
  <saml:Assertion><saml:AttributeStatement>
    <saml:Attribute Name="https://aws.amazon.com/SAML/Attributes/Role">
      <saml:AttributeValue>{ROLE},{IDP}</saml:AttributeValue></saml:Attribute>
    <saml:Attribute Name="https://aws.amazon.com/SAML/Attributes/RoleSessionName">
      <saml:AttributeValue>carol@corp.example</saml:AttributeValue></saml:Attribute>
  </saml:AttributeStatement></saml:Assertion>
</samlp:Response>"""
FILES = {"token": TOKEN + "\n", "assertion": ASSERTION, "policy": POLICY}


@dataclass(frozen=True)
class Call:
    title: str
    action: str
    role: dict  # its entry in the configuration
    parameters: dict  # the same for boto3
    whoami: str  # whose the session is to moto
    is_signed: bool = False  # by alice


def calls_for_anybody(folder):
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/stage"
    yield Call("web identity", "AssumeRoleWithWebIdentity",
               {"web_identity": {"role_arn": ROLE, "session_name": "builder", "token_file": f"{folder}/token",
                                 "duration": "30m", "policy": POLICY, "policy_arns": [READ_ONLY]}},
               {"RoleArn": ROLE, "RoleSessionName": "builder", "WebIdentityToken": TOKEN, "DurationSeconds": 1800,
                "Policy": POLICY, "PolicyArns": [{"arn": READ_ONLY}]},
               f"{session}/builder")
    for title, origin in (("SAML, XML in a file", {"assertion_file": f"{folder}/assertion"}),
                          ("SAML, base64 from a command", {"assertion_command": f"base64 --wrap=0 {folder}/assertion"})):
        yield Call(title, "AssumeRoleWithSAML",
                   {"saml": {"role_arn": ROLE, "principal_arn": IDP, "duration": "30m", "policy_file": f"{folder}/policy",
                             **origin}},
                   {"RoleArn": ROLE, "PrincipalArn": IDP, "DurationSeconds": 1800, "Policy": POLICY,
                    "SAMLAssertion": base64.b64encode(ASSERTION.encode()).decode()},
                   f"{session}/carol@corp.example")


def calls_for_users(folder):
    unknown = f"arn:aws:sts::{ACCOUNT}:user/moto"  # moto remembers no session of a user
    yield Call("session token", "GetSessionToken",
               {"source": "alice", "session_token": {"duration": "30m", "mfa": {"serial": MFA, "command": "echo 123456"}}},
               {"DurationSeconds": 1800, "SerialNumber": MFA, "TokenCode": "123456"}, unknown, is_signed=True)
    yield Call("federation token", "GetFederationToken",
               {"source": "alice", "federation_token": {"name": "guest", "duration": "30m", "tags": {"cost centre": "4/2"},
                                                        "policy_file": f"{folder}/policy", "policy_arns": [READ_ONLY]}},
               {"Name": "guest", "DurationSeconds": 1800, "Tags": [{"Key": "cost centre", "Value": "4/2"}],
                "Policy": POLICY, "PolicyArns": [{"arn": READ_ONLY}]}, unknown, is_signed=True)


class Stage:
    """moto, its users' keys by name, and the program that plays what they get."""

    def __init__(self, moto, users, understudy, folder):
        self.moto, self.users, self._understudy, self._folder = moto, users, understudy, folder
        self._server = None

    def serve(self, role):
        """A server that plays `role` on its container endpoint; it fetches before it is ready."""
        keys = {name: {"static": {"access_key_id": key, "secret_access_key": secret}}
                for name, (key, secret) in self.users.items()}
        configuration = {"region": REGION, "listen": {"containers": "127.0.0.1:0"}, "sts": {"endpoint": self.moto.url},
                         "roles": {**keys, "played": role}, "containers": {"credentials": {"played": {"role": "played"}}}}
        self._server = Server(self._understudy, json.dumps(configuration), tempfile.mkdtemp(dir=self._folder))
        return self._server

    def log_tail(self):
        return self._server.log_tail()

    def ask_by_boto3(self, call):
        client = self.moto.client("sts", self.users["alice"])
        return getattr(client, xform_name(call.action))(**call.parameters)["Credentials"]

    def expect_call(self, call):
        """Verifies from now on; only where `call` is unsigned by its nature, one is taken as it comes."""
        self.moto.verify_after(0 if call.is_signed else 1)


def url_of(server):
    return f"{server.url('containers')}/v2/credentials/played"


def is_asked_for_as_boto3_asks(stage, call):
    stage.expect_call(call)
    with stage.serve(call.role):
        pass
    stage.expect_call(call)
    stage.ask_by_boto3(call)
    ours, theirs = stage.moto.recorded(call.action)[-2:]
    expect(ours, theirs)
    expect(theirs.key_id, stage.users["alice"][0] if call.is_signed else None)


def is_played_to_boto3(stage, call):
    stage.expect_call(call)
    with stage.serve(call.role) as server:
        if call.is_signed:
            # moto gives all users the same keys, and refuses them when it verifies.
            _, played = fetch(url_of(server))
            given = stage.ask_by_boto3(call)
            expect([played[name] for name in ("AccessKeyId", "SecretAccessKey", "Token")],
                   [given[name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")])
            stage.moto.verify_after(1)
        expect(boto3_whoami(url_of(server), stage.moto.url), call.whoami)
        _, played = fetch(url_of(server))
        asked = stage.moto.recorded("GetCallerIdentity")[-1]
        expect((asked.key_id, asked.session_token), (played["AccessKeyId"], played["Token"]))


def is_refused_to_a_wrong_secret(stage, call):
    stage.expect_call(call)
    with stage.serve({**call.role, "source": "forger"}) as server:
        status, answer = fetch(url_of(server))
        expect((status, answer["code"]), (403, "SignatureDoesNotMatch"))


def is_refused_to_a_user_without_leave(stage, call):
    stage.expect_call(call)
    with stage.serve({**call.role, "source": "bob"}) as server:
        status, answer = fetch(url_of(server))
        expect((status, answer["code"]), (403, "AccessDenied"))


def checks(folder):
    for call in (*calls_for_anybody(folder), *calls_for_users(folder)):
        for check in (is_asked_for_as_boto3_asks, is_played_to_boto3):
            yield check, call
    for call in calls_for_users(folder):
        for check in (is_refused_to_a_wrong_secret, is_refused_to_a_user_without_leave):
            yield check, call


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # its servers end with it
    with tempfile.TemporaryDirectory(prefix="understudy-sessions-") as name, Moto(name) as moto:
        folder = Path(name)
        for file, text in FILES.items():
            (folder / file).write_text(text)
        alice = make_user(moto, "alice", ["sts:GetSessionToken", "sts:GetFederationToken"])
        users = {"alice": alice, "bob": make_user(moto, "bob", "sts:GetCallerIdentity"),
                 "forger": (alice[0], "not-the-secret-of-this-key")}
        stage = Stage(moto, users, sys.argv[1], folder)
        for check, call in checks(folder):
            run_check(f"sessions, {call.title} {check.__name__.replace('_', ' ')}", check, stage, call,
                      log_tail=stage.log_tail)


if __name__ == "__main__":
    main()
