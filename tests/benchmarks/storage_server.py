"""A fast storage on this computer, in a process of its own: it discards what is PUT and serves one file.

  python -m tests.benchmarks.storage_server FOLDER [FILE]

FOLDER may hold `cert` and `key` for TLS. It prints its port, and ends when its standard input does. A GET of
LINK_PATH answers with the address of FILE, as Segmind's own API does for weights.
"""

import contextlib
import os
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from tests.fakes.typed import known

LINK_PATH = "/finetune/request/file/download"
_PIECE = 1024 * 1024


@contextlib.contextmanager
def storage(folder: Path, file: Path | None = None, *, tls: bool = False) -> Iterator[str]:
    """Run one; yield its address."""
    command = [sys.executable, "-m", __name__, str(folder if tls else ""), str(file or "")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603  # ourselves
        port = int(known(server.stdout).readline())
        try:
            yield f"{'https' if tls else 'http'}://127.0.0.1:{port}"
        finally:
            known(server.stdin).close()
            server.wait(10)


class Server:
    """Serve each connection on a thread."""

    def __init__(self, certificates: str, file: str) -> None:
        self._context = None
        if certificates:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(Path(certificates, "cert"), Path(certificates, "key"))
        self._file = file
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]

    def run(self) -> None:
        while True:
            connection, _address = self._socket.accept()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(OSError), self._secured(plain) as connection:
            while self._answer(connection):
                pass

    def _secured(self, plain: socket.socket) -> socket.socket:
        return self._context.wrap_socket(plain, server_side=True) if self._context else plain

    def _answer(self, connection: socket.socket) -> bool:
        head = b""
        while b"\r\n\r\n" not in head:
            data = connection.recv(65536)
            if not data:
                return False
            head += data
        head, _, body = head.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _version = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if headers.get("expect"):
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        self._swallow(connection, int(headers.get("content-length", 0)) - len(body))
        if method == "PUT":
            connection.sendall(b'HTTP/1.1 200 OK\r\nETag: "e"\r\nContent-Length: 0\r\n\r\n')
        elif path.partition("?")[0] == LINK_PATH:
            words = f"http://127.0.0.1:{self.port}/file".encode()
            head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % len(words)
            connection.sendall(head + words)
        else:
            self._give(connection)
        return True

    @staticmethod
    def _swallow(connection: socket.socket, left: int) -> None:
        room = bytearray(_PIECE)
        while left > 0:
            taken = connection.recv_into(room, min(left, _PIECE))
            if not taken:
                raise ConnectionError
            left -= taken

    def _give(self, connection: socket.socket) -> None:
        with open(self._file, "rb") as file:  # noqa: PTH123  # socket.sendfile needs an unwrapped file
            size = os.fstat(file.fileno()).st_size
            connection.sendall(b'HTTP/1.1 200 OK\r\nETag: "e"\r\nContent-Length: %d\r\n\r\n' % size)
            connection.sendfile(file)


def main(certificates: str, file: str) -> None:
    """Serve until standard input ends."""
    server = Server(certificates, file)
    print(server.port, flush=True)
    threading.Thread(target=server.run, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
