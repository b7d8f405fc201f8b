from __future__ import annotations

import hashlib
import json
import re
import socket
import xml.etree.ElementTree as ET
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pytest
from practice_bench import NO_TLS, good_zip, wait_until

from segmind_studio.practice.database import PracticeDatabase
from segmind_studio.practice.signing import BadSignatureError, ExpiredError, Signer
from segmind_studio.practice.storage import ObjectStore


def code(answer):
    assert answer.headers["content-type"].startswith("application/xml")
    return answer.status_code, ET.fromstring(answer.content).findtext("Code")  # noqa: S314  # our own


@pytest.fixture(scope="module")
def download(shared):
    """Return the presigned address of a finished run's weights."""
    job = shared.wait_for(shared.submit())
    return link(shared, job["cloud_storage_url"]).text


def link(practice, url):
    return practice.client.request("GET", "/finetune/request/file/download", data={"cloud_storage_url": url})


def test_the_ticket_has_the_documented_shape_and_is_new_each_time(shared):
    ticket, other = shared.ticket("my-photos.zip"), shared.ticket("my-photos.zip")
    assert set(ticket) == {"presigned_url", "s3_url"}
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]+/uploads/[0-9a-f-]{36}/[0-9a-f-]{36}-my-photos\.zip",
                        ticket["s3_url"])
    assert ticket["s3_url"] != other["s3_url"]
    query = parse_qs(urlsplit(ticket["presigned_url"]).query)
    assert query["X-Amz-SignedHeaders"] == ["host"]
    assert int(query["X-Amz-Expires"][0]) == 900
    assert {"X-Amz-Date", "X-Amz-Signature", "X-Amz-Credential", "X-Amz-Algorithm"} < set(query)


def test_behind_a_relay_the_addresses_name_its_port_and_lead_to_what_was_sent(start):
    with socket.create_server(("127.0.0.1", 0)) as relay:
        port = relay.getsockname()[1]
        practice = start(speed=600.0, s3_relay_port=port)
        host = f"127.0.0.1:{port}"
        ticket = practice.ticket()
        assert urlsplit(ticket["presigned_url"]).netloc == urlsplit(ticket["s3_url"]).netloc == host
        assert urlsplit(practice.address.s3).netloc != host  # it tells where it listens itself
        passed_on = ticket["presigned_url"].replace(f"http://{host}", practice.address.s3)
        assert practice.put(passed_on, good_zip()).status_code == 403  # signed for the relay's name
        assert practice.put(passed_on, good_zip(), Host=host).status_code == 200
        taken = practice.post(data_source_path=ticket["s3_url"])
        job = practice.wait_for(taken.json()["finetune_id"])
        assert job["source_type"] == "AWS_S3"
        assert job["data_source_path"] == ticket["s3_url"]
        assert urlsplit(job["cloud_storage_url"]).netloc == host


@pytest.mark.parametrize("name", ["", ".zip", "a.rar", "a b.zip", "ü.zip", "../a.zip", "x" * 200 + ".zip", 5])
def test_an_upload_has_a_plain_name(shared, name):
    answer = shared.client.request("GET", "/finetune/request/upload/pre-signed-url", json={"name": name})
    assert answer.status_code == 400
    assert "ends in .zip" in answer.json()["error"]


def test_an_upload_needs_a_name(shared):
    answer = shared.client.request("GET", "/finetune/request/upload/pre-signed-url", json={})
    assert answer.json() == {"detail": [{"loc": ["body", "name"], "msg": "Field required"}]}


def test_a_put_is_answered_with_an_empty_200_and_its_md5_and_may_be_repeated(shared):
    ticket = shared.ticket()
    for data in (good_zip(), good_zip(), b"other"):
        answer = shared.put(ticket["presigned_url"], data)
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["etag"] == f'"{hashlib.md5(data).hexdigest()}"'  # noqa: S324  # as S3 does


def test_a_chunked_put_is_not_implemented(shared):
    assert code(shared.put(shared.ticket()["presigned_url"], iter([b"abc"]))) == (501, "NotImplemented")


def test_a_tampered_address_is_refused(shared):
    url = shared.ticket()["presigned_url"]
    for bad in (
        url[:-1] + ("0" if url[-1] != "0" else "1"), url.replace("Expires=900", "Expires=9000"),
        url.replace(".zip?", "2.zip?"), url + "&X-Amz-Expires=900", url + "&more=1",
        url.replace("SignedHeaders=host", "SignedHeaders=host%3Bcontent-type"),
        url.replace("X-Amz-Date=2", "X-Amz-Date=x"), url.replace("127.0.0.1", "localhost"),
    ):
        assert code(shared.put(bad, b"x")) == (403, "SignatureDoesNotMatch"), bad
    assert code(shared.get(url)) == (403, "SignatureDoesNotMatch")
    assert code(shared.put(url.split("?")[0], b"x")) == (403, "AccessDenied")


def test_the_key_is_never_taken_and_counted(practice):
    url = practice.ticket()["presigned_url"]
    assert practice.server.breaches() == ()
    assert code(practice.put(url, b"x", x_api_key=practice.address.key)) == (403, "AccessDenied")
    assert practice.server.breaches() == (urlsplit(url).path,)
    assert code(practice.put(url, b"x", Authorization="Bearer x")) == (400, "InvalidArgument")


def test_a_content_type_was_not_signed(shared):
    answer = shared.put(shared.ticket()["presigned_url"], b"x", Content_Type="application/zip")
    assert code(answer) == (403, "SignatureDoesNotMatch")


def test_other_methods_are_refused(shared):
    url = shared.ticket()["presigned_url"]
    with httpx.Client(trust_env=False, verify=NO_TLS) as client:
        assert code(client.post(url, content=b"x")) == (405, "MethodNotAllowed")
        assert client.delete(url).status_code == 405


def raw(practice, head):
    """Send the head of a request and give the first bytes of the answer, without ever sending a body."""
    url = urlsplit(practice.ticket()["presigned_url"])
    with socket.create_connection((url.hostname, url.port), timeout=5) as connection:
        connection.sendall(f"PUT {url.path}?{url.query} HTTP/1.1\r\nHost: {url.netloc}\r\n{head}\r\n".encode())
        return connection.recv(65536).decode()


def test_too_large_is_told_from_the_length_alone(shared):
    answer = raw(shared, "Content-Length: 100000001\r\n")
    assert answer.startswith("HTTP/1.1 400")
    assert "<Code>EntityTooLarge</Code>" in answer
    assert "<MaxSizeAllowed>100000000</MaxSizeAllowed>" in answer


def test_a_length_is_needed(shared):
    assert "<Code>MissingContentLength</Code>" in raw(shared, "")


def test_a_put_that_breaks_off_leaves_nothing(practice):
    ticket = practice.ticket()
    url = urlsplit(ticket["presigned_url"])
    with socket.create_connection((url.hostname, url.port), timeout=5) as connection:
        connection.sendall(
            f"PUT {url.path}?{url.query} HTTP/1.1\r\nHost: {url.netloc}\r\n"
            "Content-Length: 1000\r\n\r\nabc".encode())
        objects = practice.folder / "objects"
        wait_until(lambda: list(objects.glob("*.part")))
    wait_until(lambda: not list(objects.iterdir()))
    assert "no such upload" in practice.post(data_source_path=ticket["s3_url"]).json()["error"]


def test_old_objects_are_removed_while_it_runs(tmp_path):
    database = PracticeDatabase(tmp_path / "practice.sqlite3")
    store = ObjectStore(database, tmp_path / "objects", "b")

    def add(key):
        aside = store.aside()
        aside.write_bytes(b"data")
        store.add(key, aside, '"e"')
        return store.find(key) is not None

    keys = [f"uploads/me/{uuid4()}-{number}.zip" for number in range(23)]
    assert all(map(add, [*keys, "models/a"]))
    assert [key for key in keys if store.find(key)] == keys, "no run was made with them yet"
    database.run(
        "INSERT INTO runs (finetune_id, job_id, name, slug, body, source_type, public, status, error_message,"
        " created_at, updated_at) VALUES ('f', 'j', 'n', 's', ?, 'AWS_S3', 0, 'READY', '', 0, 0)",
        json.dumps([f"https://s3/{key}" for key in keys]),
    )
    store.renew(keys[0])
    assert add("pictures/a")
    assert [key for key in keys if store.find(key)] == [keys[0], *keys[4:]]
    database.run("UPDATE objects SET stored_at = stored_at - ? WHERE key = ?", 8 * 24 * 3600, keys[-1])
    assert add("pictures/b")
    assert [key for key in keys if store.find(key)] == [keys[0], *keys[4:-1]]
    assert len(list((tmp_path / "objects").iterdir())) == 19 + 3
    database.close()


def test_a_download_is_whole_and_marked(shared, download):
    answer = shared.get(download)
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.headers["etag"] == f'"{hashlib.md5(answer.content).hexdigest()}"'  # noqa: S324  # as S3 does
    assert answer.headers["accept-ranges"] == "bytes"
    assert shared.get(download).content == answer.content


@pytest.mark.parametrize(("asked", "part"), [
    ("bytes=0-0", slice(0, 1)), ("bytes=100-199", slice(100, 200)), ("bytes=1000-", slice(1000, None)),
    ("bytes=-10", slice(-10, None)), ("bytes=5-99999999", slice(5, None)),
])
def test_a_part_can_be_had(shared, download, asked, part):
    whole = shared.get(download)
    answer = shared.get(download, Range=asked, If_Range=whole.headers["etag"])
    assert answer.status_code == 206
    assert answer.content == whole.content[part]
    first = part.indices(len(whole.content))[0]
    assert answer.headers["content-range"] == (
        f"bytes {first}-{first + len(answer.content) - 1}/{len(whole.content)}")


@pytest.mark.parametrize("headers", [
    {"Range": "bytes=5-9", "If_Range": '"changed"'}, {"Range": "bytes=1-2,5-6"}, {"Range": "lines=1-2"},
    {"Range": "bytes=-"},
])
def test_a_part_that_does_not_count_gives_the_whole(shared, download, headers):
    answer = shared.get(download, **headers)
    assert answer.status_code == 200
    assert len(answer.content) == int(answer.headers["content-length"]) > 1000


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=9-5", "bytes=-0"])
def test_a_part_beyond_the_end_is_416(shared, download, asked):
    assert code(shared.get(download, Range=asked)) == (416, "InvalidRange")


def test_the_stored_address_itself_is_private(shared, download):
    assert code(shared.get(download.split("?")[0])) == (403, "AccessDenied")


def test_a_link_is_plain_text_for_known_weights_only(shared, download):
    stored = download.split("?")[0]
    again = link(shared, stored)
    assert again.headers["content-type"].startswith("text/plain")
    assert again.text.startswith(stored + "?X-Amz-")
    assert link(shared, re.sub(r":\d+/", ":9/", stored)).status_code == 200
    assert link(shared, "").status_code == 400
    for unknown in (stored + "x", "https://example.org/x.safetensors", shared.ticket()["s3_url"], "x"):
        assert link(shared, unknown).status_code == 404
    assert shared.client.request(
        "GET", "/finetune/request/file/download", data={"other": "x"}).status_code == 400


def test_weights_cannot_be_had_before_the_training_is_over(practice):
    finetune_id = practice.submit()
    url = practice.wait_for(finetune_id)["cloud_storage_url"]
    practice.server.set_speed(0.01)
    young = practice.submit()
    assert link(practice, url.replace(finetune_id, young)).status_code == 404


class TestSigner:
    """Amazon's own example of a presigned address, from its documentation of Signature Version 4."""

    signer = Signer("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    host = "examplebucket.s3.amazonaws.com"
    signed = signer.sign("GET", f"https://{host}", "/test.txt", at=1369353600, expires_s=86400)

    def test_it_signs_as_amazon_does(self):
        assert self.signed.endswith(
            "X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")

    def test_it_holds_until_it_expires(self):
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.signed).query).items()}
        self.signer.check("GET", self.host, "/test.txt", query, now=1369353600 + 86400)
        with pytest.raises(ExpiredError):
            self.signer.check("GET", self.host, "/test.txt", query, now=1369353600 + 86401)
        with pytest.raises(BadSignatureError):
            self.signer.check("PUT", self.host, "/test.txt", query, now=1369353600)
