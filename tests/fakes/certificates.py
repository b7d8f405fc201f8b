"""Self-signed certificates for servers on this computer, made by the openssl command."""

import shutil
import ssl
import subprocess


def server_context(folder, host):
    """Return a server's TLS context for `host`; `folder / "cert"` is what a client has to trust."""
    openssl = shutil.which("openssl")
    assert openssl, "the openssl command is needed"
    name = "IP" if host[0].isdigit() else "DNS"
    subprocess.run([  # noqa: S603  # a command of the system with our own words
        openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={host}",
        "-addext", f"subjectAltName={name}:{host}", "-keyout", str(folder / "key"), "-out", str(folder / "cert"),
    ], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert", folder / "key")
    return context
