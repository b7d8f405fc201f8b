"""A real practice service and a client for it, zips to train on, a webhook receiver, a web server."""

from __future__ import annotations

import io
import json
import ssl
import threading
import time
import zipfile
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from typing_extensions import override

from segmind_studio.practice.server import PracticeServer
from tests.fakes.typed import the

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # never used, and made in no time
BODY: Mapping[str, Any] = {
    "name": "fluxprotest", "instance_prompt": "1MAN, running in brown suit", "trigger_word": "1MAN",
    "base_model": "FLUX_PRO", "theme": "GENERAL", "segmind_public": False,
    "advance_parameters": {
        "iterations": 300, "captioning": True, "priority": "QUALITY", "finetune_type": "FULL", "lora_rank": 32,
        "learning_rate": 0.00001,
    },
}


def wait_until(condition: Callable[[], Any], within_s: float = 8.0) -> Any:
    """Ask again and again until the answer is true; fails when it never is."""
    pause = threading.Event()
    end = time.monotonic() + within_s
    while not (found := condition()):
        assert time.monotonic() < end, "it never came true"
        pause.wait(0.005)
    return found


def photo(
    colour: tuple[int, int, int] = (200, 90, 30), kind: str = "JPEG", side: int = 96, *, spot: bool = False,
) -> bytes:
    """Return a picture of one colour, with a grey spot below if so wanted."""
    target = io.BytesIO()
    picture = Image.new("RGB", (side, side), colour)
    if spot:
        picture.paste((128, 128, 128), (side // 3, side // 2, side // 2, side * 3 // 4))
    picture.save(target, kind)
    return target.getvalue()


def zip_of(files: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def good_zip() -> bytes:
    return zip_of({"a.jpg": photo(), "a.txt": b"1MAN", "b.png": photo((10, 90, 200), "PNG"),
                   "c.webp": photo((10, 200, 90), "WEBP")})


class Practice:
    """A server of one data folder and the calls that most tests need."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.folder = folder
        self.options = options
        self.server = PracticeServer(folder, **options)
        self._connect()

    def _connect(self) -> None:
        self.address = self.server.start()
        self.client = httpx.Client(
            base_url=self.address.api, headers={"x-api-key": self.address.key}, trust_env=False,
            verify=NO_TLS, timeout=10.0,
        )

    def restart(self, **options: Any) -> None:
        self.close()
        self.server = PracticeServer(self.folder, **(self.options | options))
        self._connect()

    def close(self) -> None:
        self.client.close()
        self.server.stop()

    def ticket(self, name: str = "dataset.zip") -> dict[str, str]:
        answer = self.client.request("GET", "/finetune/request/upload/pre-signed-url", json={"name": name})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def put(self, url: str, content: Any, **headers: str) -> httpx.Response:
        """Send to storage, without the key; header names with underscores for dashes."""
        with httpx.Client(trust_env=False, verify=NO_TLS, timeout=10.0) as client:
            return client.put(url, content=content, headers=_dashed(headers))

    def get(self, url: str, **headers: str) -> httpx.Response:
        """Read from storage, without the key."""
        with httpx.Client(trust_env=False, verify=NO_TLS, timeout=10.0) as client:
            return client.get(url, headers=_dashed(headers))

    def upload(self, data: bytes | None = None) -> str:
        ticket = self.ticket()
        answer = self.put(ticket["presigned_url"], good_zip() if data is None else data)
        assert answer.status_code == 200, answer.text
        return ticket["s3_url"]

    def post(self, **changes: Any) -> httpx.Response:
        advance = BODY["advance_parameters"] | changes.pop("advance_parameters", {})
        body = {**BODY, "advance_parameters": advance, **changes}
        return self.client.post("/finetune/request/submit", json=body)

    def submit(self, **changes: Any) -> str:
        """Start a run and give its id."""
        answer = self.post(**({"data_source_path": self.upload()} | changes))
        assert answer.status_code == 200, answer.text
        return answer.json()["finetune_id"]

    def details(self, finetune_id: str) -> dict[str, Any]:
        answer = self.client.request("GET", "/finetune/request/details", json={"request_id": finetune_id})
        assert answer.status_code == 200, answer.text
        return answer.json()["finetune"]

    def jobs(self) -> list[dict[str, Any]]:
        return self.client.get("/finetune/request/list").json()

    def credits(self) -> float:
        return self.client.get("/v1/get-user-credits").json()["credits"]

    def wait_for(self, finetune_id: str, status: str = "AVAILABLE") -> dict[str, Any]:
        def reached() -> dict[str, Any] | None:
            job = self.details(finetune_id)
            return job if job["status"] == status else None
        return wait_until(reached)


def _dashed(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


class Receiver(ThreadingHTTPServer):
    """A webhook receiver: keeps every payload, answers with the statuses it is told, then with 200."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _ReceiverHandler)
        self.payloads: list[dict[str, Any]] = []
        self.statuses: list[int] = []
        self.hold = threading.Event()
        self.hold.set()
        self.url = f"http://127.0.0.1:{self.server_address[1]}/hook"

    def statuses_seen(self) -> list[str]:
        return [payload["status"] for payload in self.payloads]


class _ReceiverHandler(BaseHTTPRequestHandler):
    @property
    def receiver(self) -> Receiver:
        return the(Receiver, self.server)

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        self.receiver.payloads.append(json.loads(data))
        self.receiver.hold.wait(5)
        status = self.receiver.statuses.pop(0) if self.receiver.statuses else 200
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", self.receiver.url)
        self.send_header("Content-Length", "0")
        self.end_headers()

    @override
    def log_message(self, *_arguments: object, **_more: object) -> None:
        """Keep quiet."""


class ZipHost(ThreadingHTTPServer):
    """A web server on this computer that gives one zip; `faulty` says in which way it does not."""

    daemon_threads = True

    def __init__(self, data: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _ZipHandler)
        self.data = data
        self.faulty = ""
        self.url = f"http://127.0.0.1:{self.server_address[1]}/photos.zip"


class _ZipHandler(BaseHTTPRequestHandler):
    @property
    def host(self) -> ZipHost:
        return the(ZipHost, self.server)

    def do_HEAD(self) -> None:
        self._head(length=self.host.faulty != "no length in HEAD")

    def do_GET(self) -> None:
        self._head(length=self.host.faulty != "no length in GET")
        self.wfile.write(self.host.data)

    def _head(self, *, length: bool) -> None:
        faulty = self.host.faulty
        self.send_response({"redirect": 302, "gone": 404}.get(faulty, 200))
        if faulty == "redirect":
            self.send_header("Location", self.host.url)
        if length:
            self.send_header("Content-Length", "100000000" if faulty == "large" else str(len(self.host.data)))
        self.end_headers()

    @override
    def log_message(self, *_arguments: object, **_more: object) -> None:
        """Keep quiet."""
