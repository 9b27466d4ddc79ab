"""Requests to a receiver on this machine that speaks TLS."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cloudops.platform.webhooks import Destination, NoAnswerError, post

HOST = "hooks.acme.example"


@dataclass
class Receiver:
    port: int
    trust: ssl.SSLContext
    status: int = 204
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def to(self, host: str = HOST) -> Destination:
        return Destination(host=host, path="/cloudops?team=finops", port=self.port)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For HOST alone, with its key, and trusted by nobody else."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def receiver(certificate: Path) -> Iterator[Receiver]:
    with serving(certificate) as receiver:
        yield receiver


@contextmanager
def serving(certificate: Path) -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.requests.append((self.path, dict(self.headers), body))
            self.send_response(receiver.status)
            self.send_header("Location", f"https://{HOST}:{receiver.port}/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """The test's output is its own."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    trust = ssl.create_default_context(cafile=str(certificate))
    receiver = Receiver(port=server.server_port, trust=trust)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_request_reaches_the_address_under_the_hosts_name(receiver: Receiver) -> None:
    status = post(
        receiver.to(), b'{"id": "1"}', {"X-Test": "yes"}, address="127.0.0.1", context=receiver.trust
    )

    ((path, headers, body),) = receiver.requests
    assert (status, path, body) == (204, "/cloudops?team=finops", b'{"id": "1"}')
    assert (headers["Host"], headers["X-Test"]) == (f"{HOST}:{receiver.port}", "yes")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(receiver: Receiver, status: int) -> None:
    receiver.status = status

    assert post(receiver.to(), b"{}", {}, address="127.0.0.1", context=receiver.trust) == status
    assert len(receiver.requests) == 1


def test_a_certificate_of_another_name_is_refused(receiver: Receiver) -> None:
    with pytest.raises(NoAnswerError, match="SSLCertVerificationError"):
        post(receiver.to("other.acme.example"), b"{}", {}, address="127.0.0.1", context=receiver.trust)
    assert receiver.requests == []


def test_a_certificate_that_nobody_vouches_for_is_refused(receiver: Receiver) -> None:
    with pytest.raises(NoAnswerError, match="SSLCertVerificationError"):
        post(receiver.to(), b"{}", {}, address="127.0.0.1")


def test_a_receiver_that_is_not_there_is_told(certificate: Path) -> None:
    with serving(certificate) as receiver:
        gone = receiver
    with pytest.raises(NoAnswerError, match=f"{HOST} does not answer"):
        post(gone.to(), b"{}", {}, address="127.0.0.1", context=gone.trust)
