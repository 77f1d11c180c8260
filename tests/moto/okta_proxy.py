"""Stands between a function and the simulated org, and changes answers: the simulator has no such mischief."""

import json
import threading
from collections.abc import Callable
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class OktaProxy:
    """`edit` gets the path and the JSON of each answer, and may change the JSON in place."""

    def __init__(self, org_url: str, edit: Callable[[str, list | dict], None]):
        self._org, self._edit = org_url, edit
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        # A function that is stopped leaves its connections as they are.
        self._server.handle_error = lambda *_: None
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = "http://%s:%d" % self._server.server_address[:2]

    def stop(self) -> None:
        """Stops listening."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, content: bytes) -> bytes:
        """What the function gets to see."""
        # Links to the next page must lead back here.
        content = content.replace(self._org.encode(), self.url.encode())
        try:
            body = json.loads(content)
        except ValueError:
            return content
        self._edit(urlsplit(path).path, body)
        return json.dumps(body).encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Proxy(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def forward(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                # Answers are to be read here, so they must not be compressed.
                headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "accept-encoding")}
                connection = HTTPConnection(urlsplit(proxy._org).netloc, timeout=60)
                connection.request(self.command, self.path, body, headers)
                answer = connection.getresponse()
                content = proxy.answer(self.path, answer.read())
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("content-length", "transfer-encoding", "connection", "server"):
                        self.send_header(name, value.replace(proxy._org, proxy.url))
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = forward

            def log_message(self, *_) -> None:
                pass

        return Proxy
