"""Every reader of foreign data, each as a function of bytes that may raise only our own errors."""

import io
import json
import socket
import threading
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path

from segmind_studio.api import decode
from segmind_studio.api.answers import Answer
from segmind_studio.api.client import SegmindClient
from segmind_studio.api.error_text import clean_error_text
from segmind_studio.api.generation import image_in
from segmind_studio.api.hosts import may_have_key, safe_url
from segmind_studio.api.presigned import binds_content_type, expires_at
from segmind_studio.api.problems import problem_of
from segmind_studio.api.reading import json_of
from segmind_studio.api.retry_after import retry_after
from segmind_studio.api.safetensors import facts_of, metadata_of, read_header
from segmind_studio.api.storage import StorageClient
from segmind_studio.api.storage_problems import storage_problem
from segmind_studio.core.accounts import checked_api_url
from segmind_studio.core.errors import StudioError
from segmind_studio.core.moments import seconds_of
from segmind_studio.core.proxies import checked_proxy_url
from segmind_studio.core.webhook_receiver import checked_host, public_host, read_payload, verdict_of
from segmind_studio.core.webhooks import indented, read_event
from segmind_studio.dataset.captions import caption_bytes, decode_caption
from segmind_studio.dataset.conversion import exact_changes
from segmind_studio.dataset.damage import LookKey, plain_look
from segmind_studio.dataset.inspection import inspect
from segmind_studio.dataset.picture_traits import says_place
from segmind_studio.dataset.scan import scan
from segmind_studio.dataset.strip import layout_of
from segmind_studio.store.logs import masked_text
from segmind_studio.store.part_file import PartFile
from segmind_studio.store.redaction import clean_text
from segmind_studio.store.settings_file import SettingsFile
from segmind_studio.store.sheet_reading import sheet_of
from tests.fakes.connections import KEY, connection_to
from tests.fakes.heif_files import HEIFS
from tests.fakes.image_files import encode, exif, jpeg, many_scans, photo, png, webp

JOB = {
    "id": "row-1", "finetune_id": "f1", "name": "cat", "data_source_path": "https://b/x.zip",
    "instance_prompt": "TOK", "status": "AVAILABLE", "slug": "cat-1", "public_model": False,
    "error_message": {"error": ["x", {"msg": "y"}]},
    "cloud_storage_url": "https://b/x.safetensors?X-Amz-Signature=5", "created_ts": "2025-01-01T00:00:00Z",
}
JSONS = tuple(json.dumps(value).encode() for value in (
    [JOB, {**JOB, "id": "r2"}], {"finetune": JOB}, {"data": {"finetunes": [JOB]}},
    {"credits": 1.5, "free-credits": "2"},
    {"presigned_url": "https://b/x?X-Amz-Expires=900&X-Amz-Date=20250101T000000Z", "s3_url": "https://b/x"},
    {"error": "x", "detail": [{"loc": ["body", "name"], "msg": "field required"}]},
    {"message": "No. &#65; <b>no</b>"}, {"image": "data:image/png;base64,aGk="},
    {"webhooks": [{"webhook_id": "w", "webhook_url": "https://h/x", "event": {"types": ["A"]}}]},
    {"event": {"type": "X"}, "data": {"finetune_id": "f1", "status": "AVAILABLE"}},
))
PAGES = (
    b"<!DOCTYPE html><html><title>502 Bad Gateway</title><body><h1>502 &amp; more &#65;</h1></body></html>",
    b'<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Request has expired &lt;</Message></Error>',
    *JSONS,
)
HEAD = b"HTTP/1.1 %s\r\nDate: Wed, 01 Jan 2025 00:00:00 GMT\r\nContent-Type: application/json\r\n%s\r\n"
WIRE = (
    HEAD % (b"200 OK", b"Content-Length: 2\r\nSet-Cookie: a=b; Path=/\r\n") + b"[]",
    HEAD % (b"200 OK", b"Transfer-Encoding: chunked\r\n") + b"2;a=b\r\n[]\r\n0\r\nX: y\r\n\r\n",
    HEAD % (b"429 No", b"Retry-After: 5\r\nx-rate-limit-reset-at-utc: 2025-01-01 00:00:00 UTC\r\n")
    + b'{"message":"x"}',
    HEAD % (b"206 Partial", b'ETag: "a"\r\nContent-Range: bytes 2-3/4\r\nContent-Length: 2\r\n') + b"cd",
    HEAD % (b"200 OK", b"x-cost: 0.04\r\nx-remaining-credits: 3\r\n") + b"\x89PNG\r\n\x1a\n",
    b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + HEAD % (b"500 Broken", b"") + PAGES[0],
    HEAD % (b"302 Found", b"Location: https://example.org/\r\n"), HEAD % (b"403 No", b"") + PAGES[1],
)
LINES = (
    b"https://api.segmind.com/v1/x?a=b#c", b"https://u:p@proxy.example.org:3128/", b"socks5://127.0.0.1:1080",
    b"http://[::1]:80/x", b"Bearer SG_0123456789abcdef and https://b/x?X-Amz-Signature=5ecre7&X-Amz-Expires=900",
    b"/home/somebody/photos/cat.jpg", b"2025-01-01T00:00:00.123+02:00", b"Wed, 01 Jan 2025 00:00:00 GMT", b"120",
    b'{"x-api-key": "SG_0123456789abcdef"}', b"SG_\xe2\x80\xae0123456789abcdef",
    formatdate(0, usegmt=True).encode(),
)


@dataclass(frozen=True)
class Target:
    """One reader: `run` gets the input and a folder of its own."""

    name: str
    samples: tuple
    run: Callable[[bytes, Path], object]


def ours(action, *arguments, **named):
    """Call a reader that may raise our own errors."""
    try:
        return action(*arguments, **named)
    except StudioError:
        return None


def _one_of(data, *choices):
    """Return a choice that depends on the input only, so that it is the same on the next try."""
    return choices[zlib.crc32(data) % len(choices)]


def _answers(data, _folder):
    answer = Answer(200, {"content-type": _one_of(data, "application/json", "text/html", "")}, data, secret=KEY)
    ours(decode.jobs_of, answer, loopback=False)
    ours(decode.details_of, answer, "f1", loopback=False)
    ours(decode.submitted_of, answer)
    ours(decode.refuse_reported_error, answer)
    ours(decode.ticket_of, answer, loopback=True)
    ours(decode.credits_of, answer)
    ours(decode.link_of, answer, loopback=False)
    value = ours(json_of, Answer(200, {}, data))
    read_event(value)
    image_in(value, loopback=False)


def _deliveries(data, _folder):
    payload = read_payload(data)
    verdict_of(payload.event, None)
    if payload.event is not None:
        assert len(payload.event.service_id + payload.event.status) <= 400
    assert len(indented(payload.text)) < 100 * len(data) + 1000
    public_host(payload.text)
    ours(checked_host, payload.text)


def _problems(data, _folder):
    headers = {"content-type": _one_of(data, "application/json", "text/html", "application/xml")}
    error = problem_of(Answer(_one_of(data, 302, 400, 406, 429, 500), headers, data, acts=True, secret=KEY))
    assert len(str(error) + error.detail) < 5000
    assert len(storage_problem(Answer(403, {"content-type": "application/xml"}, data)).detail) < 5000


def _headers(data, _folder):
    text = data.decode("latin-1")
    for name in ("retry-after", "x-rate-limit-reset-at-utc", "date"):
        wait = retry_after({"retry-after": "5", name: text}, 1e9)
        assert wait is None or 0 <= wait <= 24 * 3600


def _lines(data, _folder):
    text = data.decode("utf-8", "surrogateescape")
    ours(checked_api_url, text)
    ours(checked_proxy_url, text)
    safe_url(text, loopback=True)
    may_have_key(text, connection_to("https://api.segmind.com"))
    expires_at(text)
    binds_content_type(text)
    seconds_of(text)
    clean_error_text(text, KEY)
    assert KEY not in masked_text(text, (KEY,))
    assert KEY not in clean_text(text, (KEY,))


def _captions(data, _folder):
    text = ours(decode_caption, data)
    if text is not None:
        caption_bytes(text)


def _pictures(data, folder):
    path = folder / "a.jpg"
    path.write_bytes(data)
    facts = inspect(path)
    assert facts.problem or (facts.width and facts.height and facts.image_format)
    file = io.BytesIO(data)
    ours(lambda: layout_of(file, len(data), whole=True))
    ours(exact_changes, path)
    says_place(path)
    assert plain_look(LookKey(str(path), facts.size, facts.mtime_ns)).final


def _zips(data, folder):
    path = folder / "a.zip"
    path.write_bytes(data)
    scan([path], {}, folder / "imports", lambda _name: None, bool)
    for left in sorted(folder.rglob("*"), reverse=True):
        assert folder in left.resolve().parents
        left.unlink() if left.is_file() else left.rmdir()


def _sheets(data, _folder):
    ours(sheet_of, data, 1e9)


def _settings(data, folder):
    path = folder / "settings.json"
    path.write_bytes(data)
    SettingsFile(path).load()
    for left in folder.iterdir():
        left.unlink()


def _files(data, folder):
    path = folder / "a.safetensors"
    path.write_bytes(data)
    header = ours(read_header, path)
    if header is not None:
        metadata_of(header)
        facts_of(header)
    note = folder / "b.part.json"
    note.write_bytes(data)
    ours(PartFile.beside, folder / "b", "r1")
    for left in folder.iterdir():
        left.unlink()


class Wire:
    """A server that answers each request with the last given bytes, and both clients that call it."""

    def __init__(self):
        self._answer = b""
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, name="fuzz-wire", daemon=True).start()
        self._client = SegmindClient(connection_to(self._url), timeout=5.0)
        self._turn = 0

    def _serve(self):
        while True:
            connection, _address = self._socket.accept()
            try:
                with connection:
                    connection.settimeout(5)
                    connection.recv(65536)
                    connection.sendall(self._answer)
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(65536):
                        pass
            except OSError:
                continue

    def __call__(self, data, _folder):
        self._answer = data
        self._turn += 1
        client = self._client
        turns = (
            client.list_jobs, client.credits, client.webhooks, lambda: client.dispatch_logs("w"),
            lambda: client.details("f1"), lambda: client.upload_ticket("a.zip"),
            lambda: client.generate("cat", {"prompt": "x"}), lambda: client.submit({"name": "x"}),
            lambda: self._download(0, ""), lambda: self._download(2, '"a"'), self._upload,
        )
        ours(turns[self._turn % len(turns)])

    def _download(self, offset, etag):
        target = io.BytesIO(b"ab")
        with StorageClient(loopback=True) as storage:
            storage.download(f"{self._url}/w", target, offset=offset, etag=etag,
                             progress=lambda *_seen: None, cancelled=bool)

    def _upload(self):
        with StorageClient(loopback=True) as storage:
            storage.put(f"{self._url}/a.zip", [b"abc"], 3, lambda _sent: None, bool)


def every():
    """Return all targets; the samples of some take a moment to make."""
    small = photo().resize((60, 40))
    images = (
        jpeg(small), jpeg(small, progressive=True), many_scans(40, side=8),
        many_scans(5, side=8, progressive=False), png(small), webp(small), webp(small, lossless=True), exif(6),
        *(encode(small.quantize(9), kind) for kind in ("GIF", "BMP")), encode(small, "AVIF"),
        *(encode(small, "TIFF", compression=packing) for packing in ("raw", "tiff_lzw", "jpeg")), *HEIFS.values(),
    )
    tensor = {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]}
    head = json.dumps({"__metadata__": {"a": "b"}, "t": tensor}).encode()
    weights = len(head).to_bytes(8, "little") + head + b"abcd"
    sheet = {
        "segmind_studio_sheet": 1, "run": {"run_id": "a" * 32, "phase": "adopted", "service_id": "f1"},
        "times": {"created": "2025-01-01T00:00:00Z"}, "body": {"name": "x"}, "answer": JOB,
        "dataset": {"photos": [{"name": "a.jpg", "size": 1, "caption": "x"}]},
        "timeline": [{"at": "2025-01-01T00:00:00Z", "what": "y"}],
    }
    account = {"account_id": "a", "name": "b", "kind": "segmind", "kept_in": "keyring"}
    settings = {
        "version": 1, "accounts": [account], "current_account": "a", "appearance": "dark", "api_url": "https://x",
        "proxy": "own", "budget": {},
    }
    captions = (b"a cat, TOK", "Bär".encode("utf-16"), "Bär".encode("cp1252"), b"\xef\xbb\xbfx\r\ny")
    return (
        Target("answers", JSONS, _answers), Target("deliveries", JSONS, _deliveries),
        Target("problems", PAGES, _problems),
        Target("headers", LINES, _headers), Target("lines", LINES, _lines), Target("wire", WIRE, Wire()),
        Target("captions", captions, _captions),
        Target("pictures", images, _pictures), Target("zips", _archives(images), _zips),
        Target("sheets", (json.dumps(sheet).encode(), *JSONS), _sheets),
        Target("settings", (json.dumps(settings).encode(), *JSONS), _settings),
        Target("files", (weights, *JSONS, b'{"run_id": "r1", "etag": "x"}'), _files),
    )


def _archives(images):
    found = []
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", method) as archive:
            archive.writestr("a/cat.jpg", images[0])
            archive.writestr("a/cat.txt", "é" * 300)
            archive.writestr("../b.png", images[4])
            archive.comment = b"x"
        found.append(target.getvalue())
    return tuple(found)
