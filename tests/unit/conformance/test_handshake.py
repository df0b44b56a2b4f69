"""TLS asked like any other question: accepted, refused, recorded."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from digione_conformance.evidence.handshake import handshake

from digione_sdk.errors import ConfigurationError, ConnectionFailed


@pytest.fixture(name="served", scope="module")
def _served(tmp_path_factory):
    """A TLS listener that takes TLS 1.2 and later; returns its address and certificate."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "suite")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(certificate.public_bytes(form))
    plain, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(form, plain, none))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                try:
                    context.wrap_socket(connection, server_side=True).close()
                except OSError:
                    connection.close()

        threading.Thread(target=serve, daemon=True).start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}", folder / "cert.pem"
        listener.shutdown(socket.SHUT_RDWR)


def asked(served, *, most=None, trusted=True):
    url, certificate = served
    return json.loads(handshake(url, most=most, ca_file=certificate if trusted else None).content)


def test_a_current_version_is_accepted(served):
    assert asked(served) == {"accepted": True, "version": "TLSv1.3"}
    assert asked(served, most="TLSv1.2") == {"accepted": True, "version": "TLSv1.2"}


@pytest.mark.parametrize("most", ["TLSv1", "TLSv1.1"])
def test_an_old_version_is_refused(served, most):
    assert asked(served, most=most)["accepted"] is False


def test_an_unknown_certificate_is_refused_with_a_reason(served):
    assert asked(served, trusted=False) == {"accepted": False, "reason": "CERTIFICATE_VERIFY_FAILED"}


def test_plain_http_cannot_be_asked():
    with pytest.raises(ConfigurationError, match="https"):
        handshake("http://127.0.0.1:1", most=None, ca_file=None)


def test_a_closed_port_is_a_failed_connection():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(ConnectionFailed):
        handshake(f"https://127.0.0.1:{port}", most=None, ca_file=None)
