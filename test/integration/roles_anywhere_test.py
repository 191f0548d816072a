#!/usr/bin/python3
"""IAM Roles Anywhere: certificates and keys as openssl makes them, before a service that verifies every signature and chain."""

import json
import subprocess
import unittest

import understudy
from understudy import PATIENCE, eventually, get, request

try:
    from anywhere import ANCHOR, PROFILE, ROLE, RolesAnywhere
except ImportError:
    RolesAnywhere = None

SERVED = "/v2/credentials/edge"
# How openssl makes a key of each kind, in each form that it writes.
KEYS = {
    "RSA, PKCS#8": ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    "RSA, PKCS#1": ["genrsa", "-traditional", "2048"],
    "P-256, PKCS#8": ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "P-256, SEC 1 behind its parameters": ["ecparam", "-genkey", "-name", "prime256v1"],
    "P-384, SEC 1": ["ecparam", "-genkey", "-noout", "-name", "secp384r1"],
}
AUTHORITY = "basicConstraints = critical,CA:TRUE\nkeyUsage = critical,keyCertSign\n"
HOST = "basicConstraints = critical,CA:FALSE\nkeyUsage = critical,digitalSignature\n"


@unittest.skipUnless(RolesAnywhere, "cryptography is not installed (Debian: python3-cryptography)")
class Anywhere(understudy.TestCase):
    def setUp(self):
        super().setUp()
        self.key("ca.key")
        self.openssl("req", "-x509", "-key", self.folder / "ca.key", "-subj", "/CN=authority", "-days", 2, "-out",
                     self.folder / "ca.pem")
        self.key("k.pem")
        self.certificate("c.pem", "k.pem")
        self.service = RolesAnywhere((self.folder / "ca.pem").read_bytes()).__enter__()
        self.addCleanup(self.service.__exit__)
        self.environment = {"AWS_ENDPOINT_URL_ROLESANYWHERE": f"http://{self.service.address}", "AWS_MAX_ATTEMPTS": "1"}

    def tearDown(self):
        self.secrets |= self.service.secrets

    def openssl(self, *arguments):
        done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def key(self, name, kind="P-256, PKCS#8"):
        pem = self.openssl(*KEYS[kind])
        self.secrets |= {line for line in pem.splitlines() if len(line) > 32 and "-" not in line}
        self.write(name, pem)

    def certificate(self, name, key, issuer=("ca.pem", "ca.key"), extensions=HOST, days=1):
        """A certificate for that key, with a serial number of 20 bytes, as openssl chooses them."""
        by, by_key = (self.folder / part for part in issuer)
        request_file = self.folder / "request"
        self.openssl("req", "-new", "-key", self.folder / key, "-subj", f"/CN={name}", "-out", request_file)
        self.openssl("x509", "-req", "-in", request_file, "-CA", by, "-CAkey", by_key, "-extfile",
                     self.write("extensions", extensions), "-days", days, "-out", self.folder / name)

    def config(self, **more):
        entry = {"trust_anchor_arn": ANCHOR, "profile_arn": PROFILE, "role_arn": ROLE, "certificate": str(self.folder / "c.pem"),
                 "private_key": str(self.folder / "k.pem"), **more}
        return json.dumps({"listen": {"containers": "127.0.0.1:0"}, "roles": {"edge": {"roles_anywhere": entry}},
                           "containers": {"credentials": {"edge": {"role": "edge"}}}})

    def command_with(self, **more):
        config = self.write("understudy.yaml", self.config(**more))
        return self.run_command("credentials", "--config", config, "edge", shows_secrets=True, **self.environment)

    def printed(self, **more):
        done = self.command_with(**more)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_every_kind_of_key_signs_what_the_service_verifies(self):
        for kind in KEYS:
            with self.subTest(kind):
                self.key("k.pem", kind)
                self.certificate("c.pem", "k.pem")
                document = self.printed()
                self.assertEqual(document["AccessKeyId"], f"ASIAANYWHERE{len(self.service.serials):08}")
                self.assertEqual(document["AccountId"], "111122223333")
        self.assertEqual(len(set(self.service.serials)), len(KEYS))

    def test_certificates_between_the_host_s_and_the_authority_s_go_along(self):
        self.key("between.key", "RSA, PKCS#8")
        self.certificate("between.pem", "between.key", extensions=AUTHORITY)
        self.certificate("c.pem", "k.pem", issuer=("between.pem", "between.key"))
        done = self.command_with()
        self.assertEqual(done.returncode, 1)
        self.assertIn('Untrusted Signing Certificate (the trust anchor\'s authority has to have issued', done.stderr)
        self.printed(chain=str(self.folder / "between.pem"))
        both = (self.folder / "c.pem").read_text() + (self.folder / "between.pem").read_text()
        self.printed(certificate=str(self.write("full.pem", both)))
        self.printed(certificate=str(self.folder / "c.pem"), chain=str(self.folder / "full.pem"))

    def test_what_is_asked_for_is_sent(self):
        refused = self.command_with(session_name="edge-1")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("Not authorized to set roleSessionName. (leave session_name out", refused.stderr)
        self.service.accepts_session_names = True
        self.printed(session_name="edge-1", duration="15m")
        self.assertEqual(json.loads(self.service.calls[-1].body), {"durationSeconds": 900, "roleSessionName": "edge-1"})
        other = self.command_with(role_arn="arn:aws:iam::111122223333:role/other")
        self.assertIn("(the role has to trust rolesanywhere.amazonaws.com", other.stderr)

    def test_a_server_renews_with_the_certificate_that_is_there_then(self):
        self.service.life = 6
        server = self.serve(self.config(), **self.environment)
        first = self.credentials(server["containers"], SERVED)
        self.assertEqual(first["RoleArn"], ROLE)
        self.key("new.key", "RSA, PKCS#1")
        self.certificate("new.pem", "new.key")
        # Between the two the key is not the certificate's: that is no call, and no loss.
        (self.folder / "new.pem").rename(self.folder / "c.pem")
        (self.folder / "new.key").rename(self.folder / "k.pem")
        eventually(lambda: len(set(self.service.serials)) == 2, "a session of the new certificate")
        eventually(lambda: get(server["containers"], SERVED)[0] == 200, "its credentials")

    def test_clients_hear_why_there_is_nothing(self):
        self.key("other.key")
        server = self.serve(self.config(private_key=str(self.folder / "other.key")), **self.environment)
        status, text = get(server["containers"], SERVED)
        self.assertEqual(status, 503, text)
        self.assertIn("other.key is not the private key of the certificate in", json.loads(text)["message"])
        self.certificate("c.pem", "k.pem", days=0)
        server = self.serve(self.config(), **self.environment)
        status, text = get(server["containers"], SERVED)
        self.assertEqual(status, 503, text)
        self.assertRegex(json.loads(text)["message"], r"c\.pem ended at \d{4}-.*: put a newer one there")
        self.assertEqual(self.service.calls, [])

    def test_a_foreign_authority_is_refused(self):
        self.key("other.key")
        self.openssl("req", "-x509", "-key", self.folder / "other.key", "-subj", "/CN=authority", "-days", 2, "-out",
                     self.folder / "other.pem")
        self.certificate("c.pem", "k.pem", issuer=("other.pem", "other.key"))
        server = self.serve(self.config(), **self.environment)
        status, text = get(server["containers"], SERVED)
        self.assertEqual(status, 403, text)
        self.assertEqual(json.loads(text)["code"], "AccessDenied")
        self.assertIn("Untrusted Signing Certificate", json.loads(text)["message"])

    def test_a_key_that_others_may_read_is_warned_of(self):
        (self.folder / "k.pem").chmod(0o644)
        done = self.command_with()
        self.assertEqual(done.returncode, 0)
        self.assertIn("k.pem: others may read this private key; type: chmod 600", done.stderr)

    def test_the_service_of_this_test_takes_nothing_that_was_changed(self):
        self.printed(duration="1h")
        call = self.service.calls[-1]
        headers = dict(call.headers.items())
        self.assertEqual(request(self.service.address, "POST", call.target, headers, call.body)[0], 201)
        longer = call.body.replace(b"3600", b"7200")
        for target, body, changes in ((call.target, longer, {"Content-Length": str(len(longer))}),
                                      (call.target + "&a=b", call.body, {}),
                                      (call.target, call.body, {"Content-Type": "text/plain"})):
            with self.subTest(target=target, body=body, changes=changes):
                status, text, _ = request(self.service.address, "POST", target, {**headers, **changes}, body)
                self.assertEqual(status, 403)
                self.assertIn("InvalidSignature", text)


if __name__ == "__main__":
    understudy.main()
