#!/usr/bin/python3
"""The identity document's signatures, verified with OpenSSL's command as AWS's user guide has it
(https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/verify-iid.html)."""

import base64
import re
import stat
import subprocess

import understudy
from understudy import BASE, eventually, get

CONFIG = f"""region: eu-west-1
listen: {{imds: 127.0.0.1:0}}
sts: {{endpoint: embedded}}
roles:
{BASE}  app: {{assume_role: arn:aws:iam::111122223333:role/app, source: base}}
imds: {{role: app, instance: {{id: i-0123456789abcdef0}}}}
"""
NAMES = ["signature", "pkcs7", "rsa2048"]
MESSAGES = ["pkcs7", "rsa2048"]
FOLDER = "/latest/dynamic/instance-identity/"

# Word for word, save the address and -sS for curl, which else tells its progress.
FETCH_MESSAGE = """
echo "-----BEGIN PKCS7-----" >> {name} \\
&& TOKEN=`curl -sS -X PUT "http://{imds}/latest/api/token" -H "X-aws-ec2-metadata-token-ttl-seconds: 21600"` \\
&& curl -sS -H "X-aws-ec2-metadata-token: $TOKEN" http://{imds}/latest/dynamic/instance-identity/{name} >> {name} \\
&& echo "" >> {name} \\
&& echo "-----END PKCS7-----" >> {name}
"""
VERIFY_MESSAGE = "openssl smime -verify -in {name} -inform PEM -certfile certificate -noverify | tee document"
FETCH_SIGNATURE = """
TOKEN=`curl -sS -X PUT "http://{imds}/latest/api/token" -H "X-aws-ec2-metadata-token-ttl-seconds: 21600"` \\
&& curl -sS -H "X-aws-ec2-metadata-token: $TOKEN" http://{imds}/latest/dynamic/instance-identity/signature | base64 -d >> signature \\
&& curl -sS -H "X-aws-ec2-metadata-token: $TOKEN" http://{imds}/latest/dynamic/instance-identity/document >> document
"""
VERIFY_SIGNATURE = """
openssl x509 -pubkey -noout -in certificate >> key
openssl dgst -sha256 -verify key -signature signature document
"""


class Identity(understudy.TestCase):
    def setUp(self):
        super().setUp()
        self.keys = self.folder / "made" / "identity"
        self.secrets.add("PRIVATE KEY")
        self.kept = CONFIG + f"identity: {{keys: {self.keys}}}\n"

    def ready(self, configuration):
        """The address of a server that has its keys: under a sanitizer the search takes longer than a request may wait."""
        imds = self.serve(configuration)["imds"]
        token = self.imds_token(imds)
        eventually(lambda: get(imds, FOLDER + "rsa2048", token)[0] == 200, "the document is not signed")
        return imds

    def read(self, imds, name):
        status, text = get(imds, FOLDER + name, self.imds_token(imds))
        self.assertEqual(status, 200)
        return text

    def certificates(self, *arguments, **environment):
        done = self.run_command("identity-certs", *arguments, **environment)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def command(self, *arguments):
        """`identity-certs` has no --log-level."""
        return [understudy.BINARY, *map(str, arguments)] if arguments[0] == "identity-certs" else super().command(*arguments)

    def in_shell(self, place, commands, **names):
        return subprocess.run(["bash", "-c", commands.format(**names)], cwd=place, capture_output=True, text=True,
                              timeout=understudy.PATIENCE)

    def place(self, name, certificate):
        place = self.folder / name
        place.mkdir()
        (place / "certificate").write_text(certificate)
        return place

    def verify_all(self, imds, certificate_of):
        """Checks each signature with the certificate that `certificate_of(name)` gives."""
        document = self.read(imds, "document")
        for name in MESSAGES:
            with self.subTest(name):
                place = self.place(name, certificate_of(name))
                self.assertEqual(self.in_shell(place, FETCH_MESSAGE, name=name, imds=imds).stderr, "")
                verified = self.in_shell(place, VERIFY_MESSAGE, name=name)
                self.assertIn("Verification successful", verified.stderr)
                self.assertEqual(verified.stdout, document)
        place = self.place("signature", certificate_of("signature"))
        self.assertEqual(self.in_shell(place, FETCH_SIGNATURE, imds=imds).stderr, "")
        self.assertEqual(self.in_shell(place, VERIFY_SIGNATURE).stdout, "Verified OK\n")

    def test_keys_that_the_server_makes_are_verified_by_what_is_printed_afterwards(self):
        imds = self.ready(self.kept)
        config = self.write("kept.yaml", self.kept)
        self.verify_all(imds, lambda name: self.certificates(name, "--config", config))
        self.assertEqual(stat.S_IMODE(self.keys.stat().st_mode), 0o700)
        self.assertEqual({file.name: stat.S_IMODE(file.stat().st_mode) for file in self.keys.iterdir()},
                         {f"{name}.pem": 0o600 for name in NAMES})

    def test_certificates_that_were_printed_before_the_start_verify_over_restarts(self):
        printed = self.certificates("--keys", self.keys)
        self.assertEqual(re.findall(r"^# (.*)$", printed, re.MULTILINE), NAMES)
        first = self.serve(self.kept)
        first.stop()
        # All in one file do, too: openssl looks for the signer's among them, and `openssl x509` reads the first.
        self.verify_all(self.ready(self.kept), lambda _: printed)
        self.assertEqual(self.certificates(UNDERSTUDY_IDENTITY_KEYS=str(self.keys)), printed)

    def test_a_document_that_was_tampered_with_is_found_out(self):
        imds = self.ready(self.kept)
        certificates = self.certificates("--keys", self.keys)
        for name in MESSAGES:
            with self.subTest(name):
                message = base64.b64decode(self.read(imds, name))
                self.assertIn(b"i-0123456789abcdef0", message)
                forged = base64.encodebytes(message.replace(b"i-0123456789abcdef0", b"i-0123456789abcdef1")).decode()
                place = self.place(name, certificates)
                (place / name).write_text(f"-----BEGIN PKCS7-----\n{forged}-----END PKCS7-----\n")
                verified = self.in_shell(place, VERIFY_MESSAGE, name=name)
                self.assertIn("Verification failure", verified.stderr)
        place = self.place("signature", certificates)
        self.in_shell(place, FETCH_SIGNATURE, imds=imds)
        document = (place / "document").read_text()
        (place / "document").write_text(document.replace("i-0123456789abcdef0", "i-0123456789abcdef1"))
        verified = self.in_shell(place, VERIFY_SIGNATURE)
        self.assertEqual((verified.returncode, verified.stdout), (1, "Verification failure\n"))

    def test_another_signatures_certificate_does_not_verify(self):
        imds = self.ready(self.kept)
        place = self.place("wrong", self.certificates("pkcs7", "--keys", self.keys))
        self.in_shell(place, FETCH_MESSAGE, name="rsa2048", imds=imds)
        verified = self.in_shell(place, VERIFY_MESSAGE, name="rsa2048")
        self.assertNotIn("Verification successful", verified.stderr)

    def test_without_a_folder_the_keys_are_the_processs_own(self):
        imds, other = self.ready(CONFIG), self.ready(CONFIG)
        self.assertEqual(self.read(imds, ""), "document\npkcs7\nrsa2048\nsignature")
        for name in NAMES:
            with self.subTest(name):
                text = self.read(imds, name)
                self.assertRegex(text, r"\A([A-Za-z0-9+/]{76}\n)+[A-Za-z0-9+/]{1,76}={0,2}\Z")
                self.assertEqual(self.read(imds, name), text)
                self.assertNotEqual(self.read(other, name), text)
        self.assertEqual(len(base64.b64decode(self.read(imds, "signature"))), 128)
        for name in MESSAGES:
            message = base64.b64decode(self.read(imds, name))
            self.assertIn(self.read(imds, "document").encode(), message)
        done = self.run_command("identity-certs", "--config", self.write("own.yaml", CONFIG))
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("identity: {keys: DIR}", done.stderr)

    def test_keys_are_not_made_before_somebody_asks(self):
        server = self.serve(self.kept)
        self.read(server["imds"], "document")
        self.assertEqual(list(self.keys.iterdir()), [])

    def test_a_folder_that_can_not_be_used_is_an_error_at_the_start(self):
        self.keys.mkdir(parents=True)
        (self.keys / "pkcs7.pem").write_text("not for your eyes")
        self.secrets.add("not for your eyes")
        config = self.write("kept.yaml", self.kept)
        for command in ("serve", "identity-certs"):
            done = self.run_command(command, "--config", config)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn(f"{self.keys}/pkcs7.pem does not hold what it should", done.stderr)
            self.assertIn("delete the file", done.stderr)

    def test_the_folder_that_is_gone_when_the_keys_are_made_is_a_503_and_a_line_in_the_log(self):
        server = self.serve(self.kept)
        self.keys.rmdir()
        self.keys.write_text("in the way")
        self.assertEqual(get(server["imds"], FOLDER + "pkcs7", self.imds_token(server["imds"]))[0], 503)
        eventually(lambda: str(self.keys) in server.log(), "the log does not say why")


understudy.main()
