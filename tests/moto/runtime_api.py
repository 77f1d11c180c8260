"""Runs a Lambda function's binary, by serving it the Lambda Runtime API (version 2018-06-01) on loopback."""

import json
import os
import queue
import subprocess
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

INVOCATION = "/2018-06-01/runtime/invocation/"


class FunctionError(Exception):
    """The function crashed, timed out, or answered with an error."""


class Function:
    """A running function; `with Function(binary, env) as function: function.invoke(event)`."""

    def __init__(self, binary: Path, env: dict[str, str], timeout_seconds: int = 60):
        self.log: list[str] = []
        self._timeout = timeout_seconds
        self._events: queue.Queue = queue.Queue()
        self._answers: queue.Queue = queue.Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        # A function that is stopped leaves its connections as they are.
        self._server.handle_error = lambda *_: None
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self._process = self._start(binary, env)
        threading.Thread(target=self._read_log, daemon=True).start()

    def __enter__(self) -> "Function":
        return self

    def __exit__(self, *_) -> None:
        self._process.kill()
        self._process.wait()
        self._server.shutdown()
        self._server.server_close()

    def invoke(self, event: dict) -> dict:
        """The function's answer to `event`."""
        request_id = str(uuid.uuid4())
        self._events.put((request_id, json.dumps(event).encode()))
        deadline = time.monotonic() + self._timeout
        while time.monotonic() < deadline:
            try:
                kind, answered_id, body = self._answers.get(timeout=0.2)
            except queue.Empty:
                if self._process.poll() is not None:
                    raise FunctionError(f"the function exited with {self._process.returncode}:\n{self.last_log()}") from None
                continue
            if kind != "response" or answered_id != request_id:
                raise FunctionError(f"{kind} for {answered_id}: {body}\n{self.last_log()}")
            return json.loads(body)
        raise FunctionError(f"no answer within {self._timeout} seconds\n{self.last_log()}")

    def last_log(self) -> str:
        """The last lines that the function wrote."""
        return "\n".join(self.log[-20:])

    def metric(self, name: str) -> float:
        """Sum of an EMF metric over all invocations so far."""
        documents = [json.loads(line) for line in self.log if '"_aws"' in line]
        return sum(document.get(name, 0) for document in documents)

    def _start(self, binary: Path, env: dict[str, str]) -> subprocess.Popen:
        lambda_env = {
            "PATH": os.environ["PATH"],
            "AWS_LAMBDA_RUNTIME_API": "%s:%d" % self._server.server_address[:2],
            "AWS_LAMBDA_FUNCTION_NAME": "stream",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_LAMBDA_LOG_GROUP_NAME": "stream",
            "AWS_LAMBDA_LOG_STREAM_NAME": "stream",
        }
        return subprocess.Popen(
            [binary], env=lambda_env | env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def _read_log(self) -> None:
        for line in self._process.stdout:
            self.log.append(line.rstrip("\n"))

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        events, answers, timeout = self._events, self._answers, self._timeout

        class RuntimeApi(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                """`next`: waits for an event, as Lambda does while the function is frozen."""
                request_id, body = events.get()
                self.send_response(200)
                self.send_header("Lambda-Runtime-Aws-Request-Id", request_id)
                self.send_header("Lambda-Runtime-Deadline-Ms", str(int((time.time() + timeout) * 1000)))
                self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:123456789012:function:stream")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                """`response`, `error` and `init/error`."""
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                if self.path.startswith(INVOCATION):
                    request_id, kind = self.path.removeprefix(INVOCATION).split("/")
                else:
                    request_id, kind = "", "init error"
                answers.put((kind, request_id, body))
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_) -> None:
                """Silent: what matters is in the function's own log."""

        return RuntimeApi
