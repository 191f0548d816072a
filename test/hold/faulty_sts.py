"""An STS that fails in every way that a network and a service can.

`with FaultySts() as sts:` serves on `sts.address`; `sts.behave(name)` says how from the next call on: `good`, or one of FAULTS.
"""

import contextlib
import datetime
import re
import socket
import ssl
import subprocess
import threading
import time

ANSWER = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><AssumedRoleUser>\
<AssumedRoleId>AROAEXAMPLE:hold</AssumedRoleId><Arn>arn:aws:sts::111122223333:assumed-role/app/hold</Arn></AssumedRoleUser>\
<Credentials><AccessKeyId>{key_id}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey><SessionToken>{token}</SessionToken>\
<Expiration>{expiration}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""
ERROR = """<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>{code}</Code>\
<Message>Words of the test</Message></Error><RequestId>0f8fad5b-d9cb-469f-a165-70867728950e</RequestId></ErrorResponse>"""
HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
FLOOD = 400_000_000  # bytes
PATIENCE = 30  # seconds: no connection is held for longer


def document(seconds=3600, number=1, **changed):
    """What a good AssumeRole answers, with credentials that last so long; the number tells one set from another."""
    ends = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    fields = {"key_id": f"ASIAIOSFODNN7EXA{number:04}", "secret": f"hold-secret-number-{number:04}-of-this-test",
              "token": f"hold-token-number-{number:04}-of-this-test", "expiration": ends.strftime("%Y-%m-%dT%H:%M:%SZ")}
    return ANSWER.format(**(fields | changed))


def message(body, status=200, *fields, length=None):
    head = [f"HTTP/1.1 {status} Word", "Content-Type: text/xml", f"Content-Length: {len(body) if length is None else length}",
            "Connection: close", *fields]
    return ("\r\n".join(head) + "\r\n\r\n" + body).encode()


def says(make):
    """A behaviour that answers with what `make(sts)` gives, and closes."""
    def behave(sts, client):
        client.sendall(make(sts))
    return behave


def hang(sts, client):
    sts.over.wait(PATIENCE)


def drip(sts, client):
    """One byte now and then, which keeps every timeout of a single read quiet."""
    for byte in message(document()):
        if sts.over.wait(0.1):
            return
        client.sendall(bytes([byte]))


def floods(head, piece):
    """A behaviour that sends 400 MB of one piece after another, if anybody takes them; `flooded` tells how many were taken."""
    block = piece * (65536 // len(piece))

    def behave(sts, client):
        client.sendall(head)
        while sts.flooded < FLOOD and not sts.over.is_set():
            client.sendall(block)
            sts.flooded += len(block)
    return behave


def slam(sts, client):
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


FLOODS = {
    "it floods": floods(message("", length=FLOOD), b"x"),
    "its status line does not end": floods(b"HTTP/1.1 200 ", b"a"),
    "a field does not end": floods(HEAD + b"X: ", b"a"),
    "its fields do not end": floods(HEAD, b"X-Field: a\r\n"),
    "its interim answers do not end": floods(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a chunk's size does not end": floods(CHUNKED, b"0"),
    "a chunk's extension does not end": floods(CHUNKED + b"1;", b"a"),
    "its chunks do not end": floods(CHUNKED, b"1\r\nx\r\n"),
    "a field behind its chunks does not end": floods(CHUNKED + b"0\r\nX: ", b"a"),
}
FAULTS = {
    "it closes without a word": slam,
    "it hangs": hang,
    "it drips": drip,
    "it breaks off": says(lambda sts: message(document()[:300], length=3000)),
    "429": says(lambda sts: message(ERROR.format(code="Throttling"), 429)),
    "500": says(lambda sts: message(ERROR.format(code="InternalFailure"), 500)),
    "503 of a proxy": says(lambda sts: message("<html>overloaded</html>", 503)),
    "a redirect": says(lambda sts: message("", 302, f"Location: http://{sts.address}/elsewhere")),
    "no XML": says(lambda sts: message("{\"Credentials\": 1}")),
    "half a document": says(lambda sts: message(document()[:300])),
    "a status line of 40,000 bytes": says(lambda sts: b"HTTP/1.1 200 " + b"a" * 40_000 + b"\r\n\r\n"),
    "no HTTP": says(lambda sts: b"\x16\x03\x01\x02\x00 SSH-2.0\r\n" * 10),
    "an end that is no time": says(lambda sts: message(document(expiration="tomorrow"))),
    "an empty key": says(lambda sts: message(document(secret=""))),
    "a key with a line's end in it": says(lambda sts: message(document(secret="two\nlines"))),
    "credentials that have ended": says(lambda sts: message(document(seconds=-60))),
    **FLOODS,
}


class FaultySts:
    """`calls` are the requests' heads in their order. With `certificate`, a (certificate, key) of PEM files, it speaks TLS."""

    def __init__(self, seconds=3600, certificate=None):
        self.over = threading.Event()
        self.flooded = 0
        self.calls = []
        self._seconds = seconds
        self._good = says(lambda sts: message(document(self._seconds, len(self.calls))))
        self._behave = self._good
        self._tls = None
        if certificate:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(*certificate)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = "{}:{}".format(*self._listener.getsockname())

    def behave(self, name):
        self._behave = self._good if name == "good" else FAULTS[name]

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self._listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        client.settimeout(PATIENCE)
        with client, contextlib.suppress(OSError):  # Clients give up: that is the test.
            if self._tls:
                with self._tls.wrap_socket(client, server_side=True) as secured:
                    self._answer(secured)
            else:
                self._answer(client)

    def _answer(self, client):
        text = b""
        while not is_whole(text):
            part = client.recv(65536)
            if not part:
                return
            text += part
        self.calls.append(text.split(b"\r\n\r\n")[0].decode())
        self._behave(self, client)


def is_whole(text):
    """Whether a request has been read with its body: who closes over what is unread resets, and that overtakes the answer."""
    head, end, body = text.partition(b"\r\n\r\n")
    length = re.search(rb"\r\nContent-Length: *(\d+)", head, re.IGNORECASE)
    return bool(end) and len(body) >= int(length[1] if length else 0)


def certificate(folder, name, host="127.0.0.1", days="1"):
    """(certificate, key) of a self-signed one for that address."""
    files = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", days, "-subj", f"/CN={host}", "-addext", f"subjectAltName=IP:{host}", "-out", files[0],
                    "-keyout", files[1]], check=True, capture_output=True)
    return files


def within(seconds, condition):
    """Whether `condition()` comes true in that time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
