#!/usr/bin/python3
"""TLS for the containers' endpoint: the authority of `understudy tls-ca`, judged by OpenSSL's command, curl and Python's ssl."""

import http.client
import signal
import socket
import ssl
import stat
import subprocess
import warnings

import understudy
from understudy import APP_ARN, CHAIN, PATIENCE, eventually, free_port

TLS = CHAIN.replace("containers:\n", "containers:\n  tls: {tls}\n")
FULL = "/creds"


def run(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=PATIENCE, check=False)


class Tls(understudy.TestCase):
    def setUp(self):
        super().setUp()
        self.secrets.add("PRIVATE KEY")
        self.ca = self.folder / "made" / "ca"
        self.pem = self.ca / "ca.pem"

    def make_ca(self, *more):
        done = self.run_command("tls-ca", self.ca, *more)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def serve_tls(self, tls=None, **environment):
        return self.serve(TLS.replace("{tls}", tls or f"{{ca: {self.ca}, names: [understudy]}}"), **environment)

    def ask(self, address, name, context=None, target=FULL):
        """(status, text) by https with the name that the certificate has to have."""
        context = context or ssl.create_default_context(cafile=self.pem)
        context.verify_flags |= ssl.VERIFY_X509_STRICT  # Newer releases of Python do so by themselves.
        host, port = address.rsplit(":", 1)
        connection = http.client.HTTPSConnection(name, int(port), timeout=PATIENCE, context=context)
        connection.sock = context.wrap_socket(socket.create_connection((host, int(port)), PATIENCE), server_hostname=name)
        try:
            connection.request("GET", target)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def leaf(self, address):
        """The server's own certificate, in a file."""
        host, port = address.rsplit(":", 1)
        return self.write("leaf.pem", ssl.get_server_certificate((host, int(port))))

    def make_pair(self, names, days=365):
        """A certificate of the test's own, self-signed, and its key."""
        done = run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", days,
                   "-subj", "/CN=own", "-addext", f"subjectAltName={names}", "-addext",
                   "keyUsage=critical,digitalSignature,keyCertSign", "-keyout", self.folder / "own.key",
                   "-out", self.folder / "own.pem")
        self.assertEqual(done.returncode, 0, done.stderr)
        return f"{{certificate: {self.folder}/own.pem, private_key: {self.folder}/own.key}}"

    def test_the_authority_is_made_for_its_owner_and_stays(self):
        said = self.make_ca()
        self.assertIn(f"{self.pem} is the certificate of an authority until 20", said)
        for way in ("NODE_EXTRA_CA_CERTS=", "update-ca-certificates", "keytool -importcert", "SSL_CERT_FILE=",
                    "botocore.httpsession"):
            self.assertIn(way, said)
        key, pem = self.ca / "ca.key", self.pem.read_text()
        self.assertEqual(stat.S_IMODE(key.stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(self.pem.stat().st_mode), 0o644)
        self.assertEqual(self.make_ca(), said)
        self.assertEqual(self.pem.read_text(), pem)
        refused = self.run_command("tls-ca", self.ca, "--name", "web.example")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("--force makes another", refused.stderr)
        self.assertEqual(self.pem.read_text(), pem)
        self.assertIn("kill -HUP ", self.make_ca("--name", "web.example", "--force"))
        self.assertNotEqual(self.pem.read_text(), pem)

    def test_who_comes_at_the_same_time_gets_the_same_authority(self):
        command = [understudy.BINARY, "tls-ca", str(self.ca)]
        environment = understudy.environment_of(self.folder, {})
        several = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(4)]
        texts = {one.communicate(timeout=PATIENCE)[0] for one in several}
        self.assertEqual([one.returncode for one in several], [0] * 4)
        self.assertEqual(len(texts), 1, texts)
        self.pem.unlink()
        self.assertIn("--force makes another", self.run_command("tls-ca", self.ca).stderr)

    def test_its_text_has_an_address_that_clients_can_call(self):
        self.assertIn("_URI=https://[fd00::5]:8443/creds\n", self.make_ca("--name", "fd00::5"))
        self.assertIn("https://understudy.team.internal:8443/creds\n", self.make_ca("--name", "*.team.internal"))

    def test_its_place_is_among_the_users_data(self):
        done = self.run_command("tls-ca", XDG_DATA_HOME=str(self.folder / "data"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((self.folder / "data/understudy/ca/ca.pem").exists())
        self.assertEqual(self.run_command("tls-ca", "--name", "a:1").returncode, 2)

    def test_the_certificates_hold_by_the_strictest_rules(self):
        self.make_ca()
        leaf = self.leaf(self.serve_tls()["containers"])
        verified = run("openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", self.pem, leaf)
        self.assertEqual((verified.returncode, verified.stdout), (0, f"{leaf}: OK\n"), verified.stderr)
        strict = run("openssl", "verify", "-x509_strict", "-CAfile", self.pem, self.pem)
        self.assertEqual(strict.returncode, 0, strict.stderr)
        text = run("openssl", "x509", "-in", leaf, "-noout", "-text").stdout
        self.assertIn("DNS:understudy, IP Address:127.0.0.1, DNS:localhost, IP Address:0:0:0:0:0:0:0:1", text)
        self.assertIn("NIST CURVE: P-256", text)
        self.assertEqual(run("openssl", "x509", "-in", leaf, "-noout", "-checkend", 397 * 86400).returncode, 1)
        self.assertEqual(run("openssl", "x509", "-in", leaf, "-noout", "-checkend", 390 * 86400).returncode, 0)

    def test_clients_that_trust_it_get_credentials_by_each_name_and_by_no_other(self):
        self.make_ca()
        server = self.serve_tls()
        for name in ("understudy", "localhost", "127.0.0.1"):
            status, text = self.ask(server["containers"], name)
            self.assertEqual(status, 200)
            self.assertIn(APP_ARN, text)
        with self.assertRaisesRegex(ssl.SSLCertVerificationError, "Hostname mismatch"):
            self.ask(server["containers"], "elsewhere")
        with self.assertRaisesRegex(ssl.SSLCertVerificationError, "unable to get local issuer"):
            self.ask(server["containers"], "understudy", ssl.create_default_context())
        self.assert_logged(server, "give it the authority's ca.pem")
        url = f"https://{server['containers']}{FULL}"
        self.assertIn(APP_ARN, run("curl", "-sS", "--cacert", self.pem, url).stdout)
        self.assertEqual(run("curl", "-sS", url).returncode, 60)  # an issuer that it does not know
        self.assert_logged(server, f"  containers   https://{server['containers']}\n")
        self.assert_logged(server, f"CREDENTIALS_FULL_URI={url}")
        self.assert_logged(server, f"understudy tls-ca {self.ca}")

    def test_old_tls_is_refused_and_http_1_1_is_agreed_on(self):
        self.make_ca()
        server = self.serve_tls()
        old = ssl.create_default_context(cafile=self.pem)
        with warnings.catch_warnings():  # It is deprecated, which is why.
            warnings.simplefilter("ignore")
            old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        old.set_ciphers("DEFAULT@SECLEVEL=0")
        with self.assertRaises(ssl.SSLError):
            self.ask(server["containers"], "understudy", old)
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = ssl.create_default_context(cafile=self.pem)
            context.minimum_version = context.maximum_version = version
            context.set_alpn_protocols(["h2", "http/1.1"])
            host, port = server["containers"].rsplit(":", 1)
            with context.wrap_socket(socket.create_connection((host, int(port)), PATIENCE), server_hostname="understudy") as peer:
                self.assertEqual(peer.selected_alpn_protocol(), "http/1.1")

    def test_plain_http_is_closed_with_a_line_that_says_what_to_write(self):
        self.make_ca()
        server = self.serve_tls()
        with self.assertRaises((ConnectionError, http.client.HTTPException)):
            understudy.get(server["containers"], FULL)
        self.assert_logged(server, "it speaks plain HTTP, and this port TLS: write https://")
        self.assertEqual(server.stop(), 0)

    def test_a_pair_of_ones_own(self):
        server = self.serve_tls(self.make_pair("DNS:web.example"))
        context = ssl.create_default_context(cafile=self.folder / "own.pem")
        status, text = self.ask(server["containers"], "web.example", context)  # and Host: web.example is no stranger's
        self.assertEqual(status, 200)
        self.assertIn(APP_ARN, text)
        port = server["containers"].rpartition(":")[2]
        self.assert_logged(server, f"CREDENTIALS_FULL_URI=https://web.example:{port}{FULL}")

    def test_variables_set_it_too(self):
        self.make_ca()
        server = self.serve(CHAIN, UNDERSTUDY_CONTAINERS_TLS_CA=str(self.ca), UNDERSTUDY_CONTAINERS_TLS_NAMES="my.internal")
        self.assertEqual(self.ask(server["containers"], "my.internal")[0], 200)

    def test_what_is_wrong_with_the_files_is_told_before_the_start(self):
        config = TLS.replace("{tls}", f"{{ca: {self.ca}}}")
        place = f"{self.folder}/a.yaml:10: containers.tls: "

        def check(text):
            return self.run_command("serve", "--check", "--config", self.write("a.yaml", text))

        missing = check(config)
        self.assertEqual(missing.returncode, 2)
        self.assertIn(place, missing.stderr)
        self.assertIn(f"make one: understudy tls-ca {self.ca}", missing.stderr)
        refused = self.run_command("serve", "--config", self.folder / "a.yaml")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("containers.tls: ", refused.stderr)
        self.make_ca()
        self.assertEqual(check(config).returncode, 0)
        self.assertIn("may not name web.example", check(config.replace("}\n  cred", ", names: [web.example]}\n  cred")).stderr)

        pair = self.make_pair("DNS:web.example", days=20)
        soon = check(TLS.replace("{tls}", pair))
        self.assertEqual(soon.returncode, 0)
        self.assertIn(f"warning: {place}{self.folder}/own.pem holds a certificate that ends at ", soon.stderr)
        wrong = check(TLS.replace("{tls}", pair.replace(f"private_key: {self.folder}/own.key", f"private_key: {self.ca}/ca.key")))
        self.assertEqual(wrong.returncode, 2)
        self.assertIn(f"{place}{self.ca}/ca.key is not the key of the first certificate in {self.folder}/own.pem", wrong.stderr)

    def test_the_commands_beside_it_speak_tls_too(self):
        self.make_ca()
        port = free_port()
        text = TLS.replace("{tls}", f"{{ca: {self.ca}}}").replace("containers: 127.0.0.1:0", f"containers: 127.0.0.1:{port}")
        config = self.write("understudy.yaml", text)
        url = f"https://127.0.0.1:{port}/creds"
        self.serve(text)
        self.assertEqual(self.run_command("health", "--config", config).stdout, "ready\n")
        self.assertEqual(self.run_command("health", "--url", f"https://127.0.0.1:{port}").returncode, 1)
        self.assertEqual(self.run_command("health", "--url", f"https://localhost:{port}", SSL_CERT_FILE=str(self.pem)).stdout, "ready\n")
        told = self.run_command("doctor", "--config", config)
        self.assertIn(f"export AWS_CONTAINER_CREDENTIALS_FULL_URI={url}\n", told.stdout)
        self.assertIn(f"Clients have to trust {self.pem}; how, says: understudy tls-ca {self.ca}\n", told.stdout)
        self.assertNotIn("understudy serve &", told.stdout)
        told = self.run_command("doctor", "--config", config, AWS_CONTAINER_CREDENTIALS_FULL_URI=url)
        self.assertEqual(told.returncode, 0, told.stdout)
        self.assertIn(f"{url} gives {APP_ARN}", told.stdout)
        told = self.run_command("doctor", AWS_CONTAINER_CREDENTIALS_FULL_URI=url)  # As in a client's container.
        self.assertEqual(told.returncode, 1, told.stdout)
        self.assertIn("export NODE_EXTRA_CA_CERTS=ca.pem\n", told.stdout)
        self.assertNotIn("understudy serve", told.stdout)

    def test_health_asks_by_a_certificate_of_ones_own(self):
        port = free_port()
        text = TLS.replace("{tls}", self.make_pair("DNS:web.example")).replace("containers: 127.0.0.1:0", f"containers: 127.0.0.1:{port}")
        self.serve(text)
        done = self.run_command("health", "--config", self.write("understudy.yaml", text))
        self.assertEqual((done.returncode, done.stdout), (0, "ready\n"), done.stderr)

    def test_a_new_certificate_is_taken_up_by_sighup_and_open_connections_stay(self):
        server = self.serve_tls(self.make_pair("DNS:web.example"))
        host, port = server["containers"].rsplit(":", 1)
        context = ssl.create_default_context(cafile=self.folder / "own.pem")
        with context.wrap_socket(socket.create_connection((host, int(port)), PATIENCE), server_hostname="web.example") as before:
            self.make_pair("DNS:new.example")
            server.process.send_signal(signal.SIGHUP)

            def is_new():
                return ssl.get_server_certificate((host, int(port))) == (self.folder / "own.pem").read_text()

            eventually(is_new, "the new certificate is not shown")
            before.sendall(f"GET {FULL} HTTP/1.1\r\nHost: web.example\r\n\r\n".encode())
            self.assertIn(b" 403 ", before.recv(65536))  # The name is nobody's any more.
        self.assertEqual(self.ask(server["containers"], "new.example", ssl.create_default_context(
            cafile=self.folder / "own.pem"))[0], 200)

    def test_who_is_in_the_handshake_at_the_end_is_answered(self):
        self.make_ca()
        server = self.serve_tls()
        address = server["containers"].rsplit(":", 1)
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = ssl.create_default_context(cafile=self.pem)
        context.maximum_version = ssl.TLSVersion.TLSv1_2  # Its client can send no request before the handshake is done.
        client = context.wrap_bio(incoming, outgoing, server_hostname="understudy")

        def go_on(step):
            """What the step gives, when enough has come for it."""
            while True:
                try:
                    return step()
                except ssl.SSLWantReadError:
                    peer.sendall(outgoing.read())
                    came = peer.recv(65536)
                    incoming.write(came) if came else incoming.write_eof()

        def is_closed():
            with socket.socket() as other:
                return other.connect_ex((address[0], int(address[1]))) != 0

        with socket.create_connection(address, PATIENCE) as peer:
            with self.assertRaises(ssl.SSLWantReadError):
                client.do_handshake()
            peer.sendall(outgoing.read())
            incoming.write(peer.recv(65536))
            server.process.send_signal(signal.SIGTERM)
            eventually(is_closed, "it still listens")
            go_on(client.do_handshake)
            client.write(f"GET {FULL} HTTP/1.1\r\nHost: understudy\r\n\r\n".encode())
            self.assertIn(b" 200 OK", go_on(lambda: client.read(65536)))

    def test_commands_for_one_role_need_none(self):
        config = self.write("understudy.yaml", TLS.replace("{tls}", f"{{ca: {self.ca}}}"))
        done = self.run_command("credentials", "app", "--config", config, shows_secrets=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_exec_needs_none(self):
        config = self.write("understudy.yaml", TLS.replace("{tls}", f"{{ca: {self.ca}}}"))
        done = self.run_command("exec", "--config", config, "--role", "app", "--", "env", shows_secrets=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:", done.stdout)


if __name__ == "__main__":
    understudy.main()
