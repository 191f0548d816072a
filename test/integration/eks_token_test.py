#!/usr/bin/python3
"""`understudy eks-token`: what a cluster's authenticator makes of the token, and whether it is botocore's and the AWS CLI's."""

import base64
import json
import subprocess
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import understudy
from understudy import BASE, CHAIN, KEY_ID, SECRET, request

try:
    from botocore.auth import SigV4QueryAuth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
except ImportError:
    SigV4QueryAuth = None

AWS_CLI = Path("/usr/bin/aws")
PREFIX = "k8s-aws-v1."
API = "client.authentication.k8s.io/"
# What aws-iam-authenticator lets a URL hold (pkg/token/token.go).
PARAMETERS = {"Action", "Version", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-Security-Token",
              "X-Amz-Signature", "X-Amz-SignedHeaders"}
KEYS = f"region: eu-west-1\nroles:\n{BASE}"


def url_in(token):
    assert token.startswith(PREFIX)
    text = token[len(PREFIX):]
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()


class EksToken(understudy.TestCase):
    def document(self, *arguments, **environment):
        done = self.run_command("eks-token", *arguments, shows_secrets=True, **environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        document = json.loads(done.stdout)
        self.secrets.add(document["status"]["token"])
        return document

    def parameters(self, url):
        """Each once, as the authenticator demands it, and none that it does not know."""
        found = parse_qs(url.query, strict_parsing=True)
        self.assertLessEqual(set(found), PARAMETERS)
        self.assertEqual({len(values) for values in found.values()}, {1})
        return {name: values[0] for name, values in found.items()}

    def test_an_authenticator_learns_from_sts_who_the_role_is(self):
        server = self.serve(CHAIN)
        here = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://{server['containers']}/creds",
                "AWS_ENDPOINT_URL_STS": f"http://{server['sts']}", "AWS_REGION": "us-east-1"}
        token = self.document("--cluster", "demo", **here)["status"]["token"]
        self.assertLessEqual(len(token), 4096)
        url = urlsplit(url_in(token))
        self.assertEqual((url.scheme, url.netloc, url.path), ("http", server["sts"], "/"))
        said = self.parameters(url)
        self.secrets.add(said["X-Amz-Security-Token"])
        self.assertIn("x-k8s-aws-id", said["X-Amz-SignedHeaders"].split(";"))
        ask = {"accept": "application/json", "x-k8s-aws-id": "demo"}
        status, text, _ = request(server["sts"], "GET", f"/?{url.query}", ask)
        self.assertEqual(status, 200, text)
        who = json.loads(text)["GetCallerIdentityResponse"]["GetCallerIdentityResult"]
        self.assertEqual(who["Arn"], "arn:aws:sts::111122223333:assumed-role/app/understudy-app")
        self.assertEqual(who["Account"], "111122223333")

        status, text, _ = request(server["sts"], "GET", f"/?{url.query}", {**ask, "x-k8s-aws-id": "another"})
        self.assertEqual((status, json.loads(text)["Error"]["Code"]), (403, "SignatureDoesNotMatch"))

    def test_the_document_is_the_one_that_the_client_asks_for(self):
        config = self.write("understudy.yaml", KEYS)
        before = datetime.now(timezone.utc).replace(microsecond=0)
        document = self.document("--config", config, "--role", "base", "--cluster", "demo")
        self.assertEqual(list(document), ["kind", "apiVersion", "spec", "status"])
        self.assertEqual((document["kind"], document["apiVersion"], document["spec"]), ("ExecCredential", API + "v1beta1", {}))
        end = datetime.strptime(document["status"]["expirationTimestamp"], "%Y-%m-%dT%H:%M:%S%z")
        self.assertLessEqual(before + timedelta(minutes=14), end)
        self.assertLess(end, datetime.now(timezone.utc) + timedelta(minutes=14, seconds=1))
        for version in ("v1", "v1alpha1"):
            info = json.dumps({"kind": "ExecCredential", "apiVersion": API + version, "spec": {"interactive": False}})
            document = self.document("--config", config, "--cluster", "demo", KUBERNETES_EXEC_INFO=info)
            self.assertEqual(document["apiVersion"], API + version)

    @unittest.skipUnless(SigV4QueryAuth, "botocore is not installed (Debian: python3-botocore)")
    def test_the_url_is_botocore_s_to_the_last_byte(self):
        config = self.write("understudy.yaml", KEYS)
        ours = url_in(self.document("--config", config, "--cluster", "demo")["status"]["token"])
        auth = SigV4QueryAuth(Credentials(KEY_ID, SECRET), "sts", "eu-west-1", expires=60)
        theirs = AWSRequest(method="GET", url="https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15",
                            headers={"x-k8s-aws-id": "demo"})
        theirs.context["timestamp"] = self.parameters(urlsplit(ours))["X-Amz-Date"]
        auth._modify_request_before_signing(theirs)
        signature = auth.signature(auth.string_to_sign(theirs, auth.canonical_request(theirs)), theirs)
        auth._inject_signature_to_request(theirs, signature)
        self.assertEqual(ours, theirs.url)

    @unittest.skipUnless(AWS_CLI.exists(), "the AWS CLI is not installed (Debian: awscli)")
    def test_the_document_is_the_aws_cli_s_but_for_the_time(self):
        keys = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_SESSION_TOKEN": "a/token+=",
                "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}
        done = subprocess.run([AWS_CLI, "eks", "get-token", "--cluster-name", "demo", "--output", "json"], text=True,
                              env=understudy.environment_of(self.folder, keys), capture_output=True, timeout=understudy.PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)
        theirs = json.loads(done.stdout)
        ours = self.document("--cluster", "demo", **keys)
        without_time = []
        for document in (ours, theirs):
            url = urlsplit(url_in(document["status"].pop("token")))
            parameters = {**self.parameters(url), "X-Amz-Date": "", "X-Amz-Signature": "", "X-Amz-Credential": ""}
            without_time.append((url.scheme, url.netloc, url.path, parameters))
            del document["status"]["expirationTimestamp"]
        self.assertEqual(*without_time)
        self.assertEqual(ours, theirs)

    def test_where_no_cluster_could_use_it_there_is_no_token(self):
        embedded = self.write("chain.yaml", CHAIN)
        nowhere = self.write("keys.yaml", f"roles:\n{BASE}")
        for arguments, status, reason in (
                (("--config", embedded, "--role", "app", "--cluster", "demo"), 1, "the configuration embeds the STS"),
                (("--config", nowhere, "--cluster", "demo"), 1, "region"),
                (("--config", nowhere), 2, "needs the cluster"),
                (("--config", nowhere, "--cluster", "a b"), 2, "letters, digits, - and _")):
            done = self.run_command("eks-token", *arguments)
            self.assertEqual((done.returncode, done.stdout), (status, ""), done.stderr)
            self.assertIn(reason, done.stderr)


if __name__ == "__main__":
    understudy.main()
