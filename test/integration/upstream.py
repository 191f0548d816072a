"""An STS for tests that says whatever the test wants, or what a real one behind it says."""

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DENIED = """<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>\
<Code>AccessDenied</Code><Message>User: arn:aws:iam::111122223333:user/x is not authorized</Message></Error>\
<RequestId>0f8fad5b-d9cb-469f-a165-70867728950e</RequestId></ErrorResponse>"""

# What an answer may be instead of STS's: (status, content type, body).
RUBBISH = {
    "a web page": (200, "text/html", "<!DOCTYPE html><html><body>Sign in to the hotel's network</body></html>"),
    "nothing": (200, "text/xml", ""),
    "half a document": (200, "text/xml", "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA"),
    "no credentials in it": (200, "text/xml", "<AssumeRoleResponse><AssumeRoleResult/></AssumeRoleResponse>"),
    "bytes": (200, "application/octet-stream", "\x00\x01\x02\x7f" * 100),
    "an error without a form": (500, "text/plain", "oops"),
    "a redirect": (302, "text/plain", ""),
}


class Upstream:
    """`with Upstream() as sts:` serves on `sts.address`. `sts.answer` is (status, content type, body), `Upstream.SILENCE`
    (no answer until the end) or the address of another STS that is asked instead. `sts.calls` counts."""

    SILENCE = object()

    def __init__(self, answer=SILENCE):
        self.answer = answer
        self.calls = 0
        self._over = threading.Event()
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                upstream.calls += 1
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, kind, text = upstream.say(self, body)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.handle_error = lambda *_: None  # Clients go before they are answered: that is the test.
        self.address = "{}:{}".format(*self._server.server_address)

    def say(self, handler, body):
        answer = self.answer
        if answer is Upstream.SILENCE:
            self._over.wait(60)
            return 503, "text/plain", b""
        if isinstance(answer, str):
            return ask(answer, handler, body)
        status, kind, text = answer
        return status, kind, text.encode()

    def __enter__(self):
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def ask(address, handler, body):
    """What the STS there says to the same request; the signature is over the old Host."""
    connection = http.client.HTTPConnection(address, timeout=10)
    try:
        connection.putrequest("POST", handler.path, skip_host=True, skip_accept_encoding=True)
        for name, value in handler.headers.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Content-Type", ""), answer.read()
    finally:
        connection.close()
