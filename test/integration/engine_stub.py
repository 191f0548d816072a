"""The part of a container engine's API that is asked for, over a Unix socket: running containers, and what a test has happen."""

import json
import re
import socketserver
import threading
import time
from http.server import BaseHTTPRequestHandler


class EngineStub:
    """`with EngineStub(path, containers):` listens there. `containers`: as GET /containers/<id>/json tells them, each `delay`
    seconds after it is asked for."""

    def __init__(self, path, containers):
        over = self._over = threading.Event()
        self._told = {one["Id"]: one for one in containers}
        news = self._news = []
        stub, self.delay = self, 0

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                path = re.sub(r"^/v[\d.]+(?=/)", "", self.path.partition("?")[0])
                if path == "/events":
                    return self.tell_news()
                if re.fullmatch("/containers/[^/]+/json", path):
                    time.sleep(stub.delay)
                told = dict(stub._told)
                answers = {"/version": {"ApiVersion": "1.47", "MinAPIVersion": "1.24"},
                           "/containers/json": [{"Id": id} for id in told],
                           **{f"/containers/{id}/json": one for id, one in told.items()},
                           # None of the labels is its image's.
                           **{f"/images/{one['Image']}/json": {"Id": one['Image'], "Config": {"Labels": None}} for one in told.values()},
                           **{f"/containers/{id}/stats": {"read": "2026-11-20T08:00:00Z", "networks": {}} for id in told}}
                return self.answer(answers.get(path))

            def answer(self, document):
                body = json.dumps({"message": "no such thing"} if document is None else document).encode()
                self.send_response(404 if document is None else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def tell_news(self):
                next_one = len(news)
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                self.wfile.flush()
                self.close_connection = True
                while not over.wait(0.01):
                    for line in news[next_one:]:
                        next_one += 1
                        try:
                            self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
                        except OSError:
                            return

            def address_string(self):
                return "engine"

            def log_message(self, *_):
                pass

        class Listener(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
            daemon_threads = True

        self._server = Listener(str(path), Handler)

    def start(self, container):
        """From now on it runs."""
        self._told[container["Id"]] = container
        self._tell("start", container["Id"])

    def end(self, id):
        del self._told[id]
        self._tell("die", id)

    def _tell(self, action, id):
        self._news.append(json.dumps({"Type": "container", "Action": action, "Actor": {"ID": id}}).encode() + b"\n")

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
