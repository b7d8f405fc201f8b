"""A small real HTTP proxy on this computer: it opens tunnels for CONNECT, and stores all that it could read."""

import contextlib
import socket
import threading

ANSWERS = {
    200: b"HTTP/1.1 200 Connection established\r\n\r\n",
    403: b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
    407: b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n",
}


class ConnectProxy:
    """Tunnel every name to one port of this computer; `heads` are the requests, `bytes_seen` all bytes."""

    def __init__(self, target_port, status=200):
        self.heads = []
        self.bytes_seen = bytearray()
        self._target_port = target_port
        self._status = status
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._open = []
        self._threads = [threading.Thread(target=self._accept, name="proxy")]
        self._threads[0].start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        for one in (self._socket, *self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()

    def _start(self, work, *arguments):
        thread = threading.Thread(target=work, args=arguments, name="proxy-tunnel")
        self._threads.append(thread)
        thread.start()

    def _accept(self):
        while True:
            try:
                client, _address = self._socket.accept()
            except OSError:
                return
            self._open.append(client)
            self._start(self._serve, client)

    def _serve(self, client):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            piece = client.recv(1)  # what follows the header belongs to the tunnel
            if not piece:
                return
            head += piece
        self.heads.append(head.decode("latin-1"))
        self.bytes_seen += head
        client.sendall(ANSWERS[self._status])
        if self._status != 200:
            client.close()
            return
        server = socket.create_connection(("127.0.0.1", self._target_port))
        self._open.append(server)
        self._start(self._carry, server, client)
        self._carry(client, server)

    def _carry(self, source, target):
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                self.bytes_seen += piece
                target.sendall(piece)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)
