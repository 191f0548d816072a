"""A service of AWS's that speaks JSON, or XML as STS, for tests: what it answers is a method."""

import json
import ssl
import threading
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Call:
    """A GET or POST as it came."""
    method: str
    target: str
    headers: Message
    body: bytes


class Refused(Exception):
    """The answer is an error: `Refused(403, {"message": ..})`."""

    def __init__(self, status, body):
        super().__init__(body)
        self.answer = status, body


class JsonService:
    """`with Service() as service:` serves on `service.address`. `service.calls` came one after the other;
    `service.answer(call)`, for a subclass to define, gives (status, body), or raises Refused. A body that is a text already
    is XML."""

    HOST = "127.0.0.1"

    def __init__(self):
        self.calls = []
        self._one_at_a_time = threading.Lock()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.do_POST()

            def do_POST(self):
                length = int(self.headers.get("Content-Length", 0))
                call = Call(self.command, self.path, self.headers, self.rfile.read(length))
                status, body = service.say(call)
                is_xml = isinstance(body, str)
                text = (body if is_xml else json.dumps(body)).encode()
                self.send_response(status)
                self.send_header("Content-Type", "text/xml" if is_xml else "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer((self.HOST, 0), Handler)
        self.address = "{}:{}".format(*self._server.server_address)

    def use_tls(self, certificate, key):
        """https from now on. REQUIRES: it does not serve yet."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def say(self, call):
        with self._one_at_a_time:
            self.calls.append(call)
            try:
                return self.answer(call)
            except Refused as refused:
                return refused.answer

    def __enter__(self):
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
