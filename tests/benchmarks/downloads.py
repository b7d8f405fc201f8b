"""A download that is received, hashed, flushed, checked and named, against `curl -o`."""

import contextlib
import itertools
import json
import os
import shutil
import socket
import struct
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from segmind_studio.core.accounts import Account, AccountKind, ApiKey, Connection
from segmind_studio.core.runs import Phase, Run
from segmind_studio.services.runs.download_steps import Download
from segmind_studio.services.system.transfer_stop import TransferStop
from segmind_studio.store.database import Database
from segmind_studio.store.journal import Journal
from tests.benchmarks.report import Goal, Limit, Line, Race
from tests.benchmarks.storage_server import storage
from tests.benchmarks.uploads import curl

SIZE = 500 * 1024 * 1024
COPIES = 4  # the source, the product's and the peer's, and one more in reserve
RAM_DISK = Path("/dev/shm")  # noqa: S108  # neither link nor disk may limit the speed


class WeightsDownload:
    """One file in the storage, and a run that it belongs to."""

    def __init__(self, folder: Path, url: str, size: int) -> None:
        self._folder = folder
        self._size = size
        self._url = url
        account = Account("bench", "Bench", AccountKind.PRACTICE)
        self._connection = Connection(account, url, url, ApiKey("SG_0000000000000000"))
        self._database = Database(folder / "studio.sqlite3")
        self._journal = Journal(self._database)
        now = time.time()
        self._journal.save(Run(
            "run", "bench", "bench", Phase.ADOPTED, now, now, service_id="job", status="AVAILABLE",
            cloud_storage_url=f"{url}/weights.safetensors",
        ), now)
        self._numbers = itertools.count()

    def product(self) -> dict[str, float]:
        """Download as the app does, from the request for the link to the entry in the journal."""
        target = self._folder / f"product-{next(self._numbers)}" / "weights.safetensors"
        begun = time.perf_counter()
        download = Download(self._journal, self._connection, progress=_ignore, stop=TransferStop())
        _run, result = download.run("run", target)
        spent = time.perf_counter() - begun
        assert result.sha256
        shutil.rmtree(target.parent)
        return {"time": spent}

    def curl(self) -> dict[str, float]:
        target = self._folder / "peer"
        begun = time.perf_counter()
        curl(f"{self._url}/file", output=str(target))
        spent = time.perf_counter() - begun
        target.unlink()
        return {"time": spent}

    def bare(self) -> dict[str, float]:
        """Receive the same bytes into a file, with nothing around them."""
        address = urlsplit(self._url)
        room = bytearray(1024 * 1024)
        begun = time.perf_counter()
        with (
            socket.create_connection((address.hostname, address.port)) as connection,
            (self._folder / "bare").open("wb", buffering=0) as file,
        ):
            connection.sendall(b"GET /file HTTP/1.1\r\n\r\n")
            left = self._size
            while left > 0:
                taken = connection.recv_into(room)
                file.write(memoryview(room)[:taken])
                left -= taken
        spent = time.perf_counter() - begun
        (self._folder / "bare").unlink()
        return {"time": spent}

    def close(self) -> None:
        self._database.close()


@contextlib.contextmanager
def races(folder: Path, *, size: int = SIZE) -> Iterator[list[Race]]:
    """Yield the race while its storage runs."""
    with tempfile.TemporaryDirectory(dir=quick_place(folder, size)) as quick:
        source = Path(quick, "source")
        write_weights(source, size)
        with storage(folder, source) as url:
            download = WeightsDownload(Path(quick), url, size)
            try:
                limit = Limit("loopback into the file")
                line = Line("download, verified", "time", "s", "curl -o", Goal(1.3), limit)
                yield [Race([line], download.product, download.curl, limit=download.bare)]
            finally:
                download.close()


def quick_place(folder: Path, size: int, ram_disk: Path = RAM_DISK) -> Path:
    """Return the RAM disk where it has space for the source and both copies, otherwise `folder`."""
    try:
        roomy = os.access(ram_disk, os.W_OK) and shutil.disk_usage(ram_disk).free > COPIES * size
    except OSError:
        roomy = False
    return ram_disk if roomy else folder


def write_weights(path: Path, size: int) -> None:
    """Write a complete safetensors file with one tensor of `size` bytes."""
    head = json.dumps({"weights": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}).encode()
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(head)) + head)
        for start in range(0, size, 1024 * 1024):
            file.write(bytes(min(1024 * 1024, size - start)))


def _ignore(_received: int, _total: int | None) -> None:
    """Ignore the progress."""
