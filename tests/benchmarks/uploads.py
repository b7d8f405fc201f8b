"""Archive and upload: the photos from the disk into the storage, against `zip -0` and `curl -T`."""

import contextlib
import os
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from segmind_studio.api.storage import StorageClient
from segmind_studio.api.values import UploadTicket
from segmind_studio.core.datasets import Dataset, PackageOptions
from segmind_studio.dataset.archive import PlanCache, manifest_of, plan
from segmind_studio.services.runs.submission_steps import put_archive
from tests.benchmarks.report import Goal, Limit, Line, Race
from tests.benchmarks.sets import as_photos, phone_photos
from tests.benchmarks.storage_server import storage
from tests.fakes.certificates import server_context

MEGABYTE = 1e6


class Upload:
    """One set of photos and one storage for them."""

    def __init__(self, folder: Path, paths: Sequence[Path], url: str) -> None:
        self._folder = folder
        self._paths = list(paths)
        self._items = manifest_of(Dataset("", "", as_photos(self._paths)))
        self._url = f"{url}/photos.zip"
        self._plans = PlanCache()  # from before, as the window has it: it shows the size of the package
        plan(self._items, PackageOptions(), self._folder, self._plans)

    def product(self) -> dict[str, float]:
        """Plan and send as a submission does."""
        begun = time.perf_counter()
        package = plan(self._items, PackageOptions(), self._folder, self._plans)
        package.files(_never)
        with StorageClient(loopback=True) as client:
            put_archive(client, UploadTicket(self._url, self._url), package, _ignore, _never)
        return {"time": time.perf_counter() - begun}

    def cold(self) -> dict[str, float]:
        """Do the same with photos that must be read from the disk."""
        forget(self._paths)
        return self.product()

    def bare(self) -> dict[str, float]:
        """Send the same bytes with nothing around them: by the kernel from the disk's cache, or over TLS."""
        address = urlsplit(self._url)
        size = sum(path.stat().st_size for path in self._paths)
        begun = time.perf_counter()
        plain = socket.create_connection((address.hostname, address.port))
        with ssl.create_default_context().wrap_socket(plain, server_hostname=address.hostname) if (
            address.scheme == "https"
        ) else plain as connection:
            connection.sendall(f"PUT / HTTP/1.1\r\nContent-Length: {size}\r\n\r\n".encode())
            for path in self._paths:
                with path.open("rb", buffering=0) as file:
                    connection.sendfile(file)
            assert connection.recv(65536)
        return {"time": time.perf_counter() - begun}

    def read(self) -> dict[str, float]:
        """Read the photos once from the disk."""
        forget(self._paths)
        room = bytearray(1024 * 1024)
        begun = time.perf_counter()
        for path in self._paths:
            with path.open("rb", buffering=0) as file:
                while file.readinto(room):
                    pass
        return {"time": time.perf_counter() - begun}

    def memory(self) -> dict[str, float]:
        """Return how much the process grew at its largest, in MB; {} where the system does not report it."""
        try:
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak starts again
            before = peak()
        except OSError:
            return {}
        self.product()
        return {"memory": (peak() - before) / MEGABYTE}

    def zip_and_curl(self) -> dict[str, float]:
        return self._pack_and_curl("zip", "-q", "-0", "-j")

    def seven_zip_cold(self) -> dict[str, float]:
        forget(self._paths)
        return self._pack_and_curl("7zz", "a", "-bso0", "-bsp0", "-mx0", "-tzip")

    def _pack_and_curl(self, *pack: str) -> dict[str, float]:
        target = self._folder / "peer.zip"
        target.unlink(missing_ok=True)
        begun = time.perf_counter()
        subprocess.run([*pack, target, *self._paths], check=True)  # noqa: S603  # the peer
        curl(self._url, "-T", str(target))
        return {"time": time.perf_counter() - begun}


@contextlib.contextmanager
def races(folder: Path, *, count: int = 28, size: tuple[int, int] = (4000, 3000)) -> Iterator[list[Race]]:
    """Yield the races while their storages run."""
    paths = phone_photos(folder / "photos", count, size)
    server_context(folder, "127.0.0.1")
    with trusting(folder / "cert"), storage(folder) as plain_url, storage(folder, tls=True) as tls_url:
        plain, tls = Upload(folder, paths, plain_url), Upload(folder, paths, tls_url)
        peer, loopback = "zip -0, curl -T", "loopback, sendfile"
        yield [
            Race(
                [Line("archive and upload", "time", "s", peer, Goal(0.18), Limit(loopback))],
                plain.product, plain.zip_and_curl, limit=plain.bare,
            ),
            Race(
                [Line("archive and upload, TLS", "time", "s", peer, Goal(0.30), Limit("loopback, TLS"))],
                tls.product, tls.zip_and_curl, limit=tls.bare,
            ),
            Race(
                [Line(
                    "archive and upload, photos not in memory", "time", "s", "7zz -mx0, curl -T", Goal(1.0),
                    Limit("the disk, read once"),
                )],
                plain.cold, plain.seven_zip_cold, limit=plain.read,
            ),
            Race(
                [Line("archive and upload: growth in memory", "memory", "MB", "", Goal(10, own=True))],
                plain.memory, rounds=3, seconds=5, timed=False,
            ),
        ]


@contextlib.contextmanager
def trusting(certificate: Path) -> Iterator[None]:
    """Make the product, and our curl, trust this certificate alone."""
    before = os.environ.get("SSL_CERT_FILE")
    os.environ["SSL_CERT_FILE"] = str(certificate)
    try:
        yield
    finally:
        del os.environ["SSL_CERT_FILE"]
        if before is not None:
            os.environ["SSL_CERT_FILE"] = before


def curl(url: str, *more: str, output: str = os.devnull) -> None:
    """Run the peer of all transfers; it trusts the same certificate as the product."""
    trust = ["--cacert", os.environ["SSL_CERT_FILE"]] if url.startswith("https") else []
    command = ["curl", "--silent", "--fail", "--output", output, *trust, *more, url]
    subprocess.run(command, check=True)  # noqa: S603  # the peer


def forget(paths: Sequence[Path]) -> None:
    """Remove these files from the system's cache."""
    for path in paths:
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def peak() -> float:
    """Return the most bytes that this process held since the peak was reset."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM"):
            return float(line.split()[1]) * 1024
    raise OSError("no VmHWM")


def _ignore(_sent: int) -> None:
    """Ignore the progress."""


def _never() -> bool:
    return False
