"""Promise 12 and load over TLS: what a crowd takes of the server before anybody has said who he is."""

import selectors
import ssl
import time

from holding import REQUEST, HoldCase, memory

import understudy
from understudy import PATIENCE

CROWD = 3000
FLEET = 1000


class Caller:
    """A client that says its greeting at once, and goes on whenever there is something to read, to the answer."""

    def __init__(self, address, context):
        self.socket = understudy.connect(address)
        self.socket.setblocking(False)
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._session = context.wrap_bio(self._in, self._out, server_hostname="127.0.0.1")
        self._is_done = False
        self.answer = b""
        self.go_on()

    def go_on(self):
        """Whether it waits for more."""
        try:
            if not self._is_done:
                self._session.do_handshake()
                self._session.write(REQUEST)
                self._is_done = True
            self.answer += self._session.read(65536)
        except ssl.SSLWantReadError:
            return True
        finally:
            self.socket.send(self._out.read())
        return False

    def take(self):
        """Whether it waits for more, after what has come."""
        came = self.socket.recv(65536)
        self._in.write(came)
        return bool(came) and self.go_on()


class CrowdsOverTls(HoldCase):
    def served(self):
        ca = self.folder / "ca"
        self.assertEqual(self.run_command("tls-ca", ca).returncode, 0)
        server = self.start(containers=f"tls: {{ca: {ca}}}, ")
        self.context = ssl.create_default_context(cafile=ca / "ca.pem")
        self.call_all(server, 1)
        return server

    def greeting(self):
        """What a client says first."""
        said = ssl.MemoryBIO()
        with self.assertRaises(ssl.SSLWantReadError):
            self.context.wrap_bio(ssl.MemoryBIO(), said, server_hostname="127.0.0.1").do_handshake()
        return said.read()

    def call_all(self, server, count):
        """So many clients greet at one moment, and each is given a good answer."""
        callers = [Caller(server["containers"], self.context) for _ in range(count)]
        with selectors.DefaultSelector() as waiting:
            for caller in callers:
                self.addCleanup(caller.socket.close)
                waiting.register(caller.socket, selectors.EVENT_READ, caller)
            while waiting.get_map():
                ready = waiting.select(PATIENCE)
                self.assertTrue(ready, "no answer comes any more")
                for key, _ in ready:
                    if not key.data.take():
                        waiting.unregister(key.fileobj)
        refused = [caller.answer[:20] for caller in callers if not caller.answer.startswith(b"HTTP/1.1 200 ")]
        self.assertEqual(refused, [])

    def assert_takes_little(self, sent, room):
        """So many MiB are enough for a crowd that sends that, beside which a fresh client is served."""
        self.need_descriptors(CROWD)
        server = self.served()
        before = memory(server)
        held = self.hold(server, CROWD, sent(self))
        started = time.monotonic()
        self.call_all(server, 1)
        self.assertLess(time.monotonic() - started, 2)
        self.assertLess(memory(server), before + room)
        self.assertGreaterEqual(self.figure(server, "understudy_open_connections", endpoint="containers"), CROWD * 0.9)
        for connection in held:
            connection.close()
        understudy.eventually(lambda: memory(server, "VmRSS") < before + 8, "memory is given back")

    def test_promise_12_a_crowd_that_has_begun_to_greet_takes_what_plain_connections_take(self):
        self.assert_takes_little(lambda _: b"\x16", 32)

    def test_promise_12_handshakes_of_a_crowd_take_little_memory_together_and_a_new_one_is_served(self):
        # Of handshakes it has 16; the others are what a connection itself takes.
        self.assert_takes_little(CrowdsOverTls.greeting, 64)

    def test_promise_12_a_fleet_that_greets_at_one_moment_is_served_to_the_last(self):
        self.need_descriptors(FLEET)
        server = self.served()
        self.call_all(server, FLEET)
        self.assertEqual(self.figure(server, "understudy_evictions_total", endpoint="containers"), 0)
