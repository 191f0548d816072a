#!/usr/bin/python3
"""`understudy decode` against an STS that checks the call as botocore signs it, and against the embedded one."""

import json
import unittest
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

import understudy
from json_service import JsonService, Refused
from understudy import BASE, CHAIN, KEY_ID, SECRET

try:
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
except ImportError:
    SigV4Auth = None

ENCODED = "4y3dJq-_Zm9vYmFy" * 40
DECODED = {"allowed": False, "explicitDeny": True, "matchedStatements": {"items": []}, "failures": {"items": []},
           "context": {"principal": {"id": "AIDAEXAMPLE", "name": "<jane> & \"co\""}, "action": "ec2:RunInstances"}}


class Sts(JsonService):
    """Knows one message, and the keys of the role base."""

    def answer(self, call):
        form = {name: values[0] for name, values in parse_qs(call.body.decode(), strict_parsing=True).items()}
        if not self._is_signed(call):
            raise self._refusal(403, "SignatureDoesNotMatch", "The request signature we calculated does not match.")
        if form != {"Action": "DecodeAuthorizationMessage", "Version": "2011-06-15", "EncodedMessage": ENCODED}:
            raise self._refusal(400, "InvalidAuthorizationMessageException", "Message is not valid")
        decoded = escape(json.dumps(DECODED, separators=(",", ":")))
        return 200, ('<DecodeAuthorizationMessageResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
                     f"<DecodeAuthorizationMessageResult><DecodedMessage>{decoded}</DecodedMessage>"
                     "</DecodeAuthorizationMessageResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>"
                     "</DecodeAuthorizationMessageResponse>")

    def _is_signed(self, call):
        """botocore signs the same headers of the same call at the same time, and comes to the same."""
        said = call.headers["Authorization"]
        names = said.partition("SignedHeaders=")[2].partition(",")[0].split(";")
        theirs = AWSRequest(method=call.method, url=f"http://{self.address}{call.target}", data=call.body,
                            headers={name: call.headers[name] for name in names})
        theirs.context["timestamp"] = call.headers["X-Amz-Date"]
        auth = SigV4Auth(Credentials(KEY_ID, SECRET), "sts", "us-east-1")
        return said.endswith("Signature=" + auth.signature(auth.string_to_sign(theirs, auth.canonical_request(theirs)), theirs))

    @staticmethod
    def _refusal(status, code, message):
        return Refused(status, f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
                               "<RequestId>1</RequestId></ErrorResponse>")


class Decode(understudy.TestCase):
    def decode(self, configuration, *arguments, stdin=None):
        return self.run_command("decode", "--config", self.write("understudy.yaml", configuration), *arguments, stdin=stdin)


@unittest.skipUnless(SigV4Auth, "botocore is not installed (Debian: python3-botocore)")
class Decoded(Decode):
    def setUp(self):
        super().setUp()
        self.sts = self.enterContext(Sts())
        self.keys = f"region: us-east-1\nsts: {{endpoint: 'http://{self.sts.address}'}}\nroles:\n{BASE}"

    def test_the_message_is_taken_from_wherever_it_stands(self):
        error = ("An error occurred (UnauthorizedOperation) when calling the RunInstances operation: You are not authorized to "
                 f"perform this operation. Encoded authorization failure message: {ENCODED}\n")
        for arguments, stdin in (((ENCODED,), None), ((error,), None), ((), error), (("-",), ENCODED + "\n"),
                                 (("--role", "base"), "\n".join(ENCODED[i:i + 76] for i in range(0, len(ENCODED), 76)))):
            done = self.decode(self.keys, *arguments, stdin=stdin)
            self.assertEqual((done.returncode, done.stdout), (0, json.dumps(DECODED, indent=4) + "\n"), done.stderr)

    def test_what_sts_refuses_is_told(self):
        done = self.decode(self.keys, ENCODED[1:])
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("understudy: InvalidAuthorizationMessage: Message is not valid", done.stderr)
        done = self.decode(self.keys.replace(SECRET, SECRET[::-1]), ENCODED)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("SignatureDoesNotMatch", done.stderr)


class Undecoded(Decode):
    def test_the_embedded_sts_knows_no_message(self):
        done = self.decode(CHAIN, ENCODED, "--role", "app")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("InvalidAuthorizationMessage: Message is not valid", done.stderr)

    def test_a_text_without_a_message_is_told(self):
        for arguments, stdin in ((("You are not authorized.",), None), ((), "")):
            done = self.decode(CHAIN, *arguments, stdin=stdin)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn("The text holds no encoded message", done.stderr)


if __name__ == "__main__":
    understudy.main()
