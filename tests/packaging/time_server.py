"""A time-stamping authority (RFC 3161) on this machine: openssl answers, with the test CA's certificate."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import trial_ca

SETTINGS = """
[tsa]
default_tsa = here
[here]
serial = serial
digests = sha256, sha384, sha512
signer_digest = sha256
default_policy = 1.2.3.4.1
ess_cert_id_alg = sha256
ess_cert_id_chain = yes
"""


@contextmanager
def time_server(authority: Path) -> Iterator[tuple[str, list[str]]]:
    """Its address, and the kinds of questions that it was asked."""
    made = trial_ca.make(authority)
    (authority / "tsa.conf").write_text(SETTINGS, encoding="utf-8")
    (authority / "serial").write_text("01\n", encoding="ascii")
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.headers["Content-Type"])
            question = self.rfile.read(int(self.headers["Content-Length"]))
            (authority / "question.tsq").write_bytes(question)
            words = ["-config", "tsa.conf", "-queryfile", "question.tsq", "-out", "answer.tsr"]
            keys = ["-signer", str(made.time_certificate), "-inkey", str(made.time_key), "-chain", str(made.roots)]
            subprocess.run(["openssl", "ts", "-reply", *words, *keys], cwd=authority, check=True, capture_output=True)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write((authority / "answer.tsr").read_bytes())

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing: the test looks at `asked`."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
