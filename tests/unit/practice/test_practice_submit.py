from __future__ import annotations

import re

import pytest
from practice_bench import good_zip, photo, zip_of

from segmind_studio.practice import finetunes

UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
SAMPLE_KEYS = {
    "id", "finetune_id", "name", "data_source_path", "instance_prompt", "status", "source_type", "base_model",
    "slug", "public_model", "error_message", "cloud_storage_url", "created_ts", "updated_ts",
}


@pytest.fixture
def slow(start):
    """A service in which runs stay where they are."""
    return start(speed=0.01)


def test_a_run_is_started_and_told(slow):
    url = slow.upload()
    answer = slow.post(data_source_path=url)
    assert answer.status_code == 200
    finetune_id = answer.json()["finetune_id"]
    assert answer.json() == {"status": "REQUESTED", "finetune_id": finetune_id, "name": "fluxprotest"}
    job = slow.details(finetune_id)
    assert set(job) == SAMPLE_KEYS
    assert re.fullmatch(UUID, job["id"])
    assert job["id"] != job["finetune_id"] == finetune_id
    assert (job["data_source_path"], job["instance_prompt"]) == (url, "1MAN, running in brown suit")
    assert (job["status"], job["source_type"], job["base_model"]) == ("REQUESTED", "AWS_S3", "FLUX_PRO")
    assert (job["public_model"], job["slug"], job["error_message"], job["cloud_storage_url"]) == (
        False, None, None, None)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", job["created_ts"])


def test_the_list_is_bare_and_newest_first(slow):
    assert slow.jobs() == []
    ids = [slow.submit(name=f"run{number}") for number in range(3)]
    listed = slow.jobs()
    assert [job["finetune_id"] for job in listed] == ids[::-1]
    assert listed[0] == slow.details(ids[2])


@pytest.mark.parametrize(("iterations", "price"), [(120, 2.0), (300, 4.0), (600, 6.0)])
def test_a_run_costs_its_list_price(slow, iterations, price):
    slow.submit(advance_parameters={"iterations": iterations})
    assert slow.client.get("/v1/get-user-credits").json() == {"credits": 100.0 - price, "free-credits": 0.0}


def test_too_few_credits_is_406_with_its_own_words(start):
    practice = start(speed=0.01, credits=5.0)
    practice.submit()
    answer = practice.post(data_source_path=practice.upload())
    assert answer.status_code == 406
    assert "Insufficient credits" in answer.json()["error"]
    assert "Content-Type" not in answer.text
    assert (practice.credits(), len(practice.jobs())) == (1.0, 1)
    missing = practice.ticket()["s3_url"]
    assert practice.post(data_source_path=missing).status_code == 406  # money is asked for first


def test_an_older_run_keeps_one_copy_of_its_photos(start, monkeypatch):
    monkeypatch.setattr(finetunes, "RUNS_WITH_COPIES", 1)
    practice = start(speed=0.01)
    copies = [practice.folder / "datasets" / practice.submit() for _run in range(2)]
    assert [len(list(folder.glob("*.jpg"))) for folder in copies] == [1, 3]


def test_a_refused_run_costs_nothing(slow):
    assert slow.post(data_source_path=slow.upload(), theme="x").status_code == 400
    assert slow.post(data_source_path=slow.upload(b"no zip")).status_code == 400
    assert (slow.credits(), slow.jobs()) == (100.0, [])
    assert not list((slow.folder / "datasets").glob("*"))


@pytest.mark.parametrize(("data", "words"), [
    (b"no zip", "not a valid zip"),
    (good_zip()[:-30], "not a valid zip"),
    (zip_of({"a.txt": b"x", "b.gif": photo(kind="GIF"), "__MACOSX/a.jpg": b"", ".a.png": b""}), "no images"),
    (zip_of({"a.jpg": photo(), "b.jpg": b"no picture"}), "b.jpg in the zip cannot be opened"),
    (zip_of({"a.jpg": photo(kind="GIF")}), "a.jpg in the zip cannot be opened"),
    (zip_of({"a.png": photo(kind="PNG")[:60]}), "a.png in the zip cannot be opened"),
])
def test_a_zip_must_be_one_and_hold_pictures(slow, data, words):
    answer = slow.post(data_source_path=slow.upload(data))
    assert answer.status_code == 400
    assert words in answer.json()["error"]


def test_an_upload_must_be_there(slow):
    answer = slow.post(data_source_path=slow.ticket()["s3_url"])
    assert answer.status_code == 400
    assert "no such upload" in answer.json()["error"]


def test_an_upload_is_found_by_its_path_after_the_port_changed(slow):
    url = slow.upload()
    moved = re.sub(r":\d+/", ":9/", url)
    assert slow.details(slow.submit(data_source_path=moved))["data_source_path"] == moved


def test_a_zip_elsewhere_on_this_computer_is_fetched(slow, zip_host):
    job = slow.details(slow.submit(data_source_path=zip_host.url))
    assert (job["data_source_path"], job["source_type"]) == (zip_host.url, "URL")


@pytest.mark.parametrize(("faulty", "words"), [
    ("no length in HEAD", "HEAD gave no Content-Length"), ("no length in GET", "GET gave no Content-Length"),
    ("large", "under 100 MB"), ("redirect", "HEAD gave 302"), ("gone", "HEAD gave 404"),
])
def test_a_zip_elsewhere_must_keep_the_rules(slow, zip_host, faulty, words):
    zip_host.faulty = faulty
    answer = slow.post(data_source_path=zip_host.url)
    assert answer.status_code == 400
    assert words in answer.json()["error"]


@pytest.mark.parametrize(("url", "words"), [
    ("https://example.org/photos.zip", "does not fetch from example.org"),
    ("http://127.0.0.1.example.org/photos.zip", "does not fetch from 127.0.0.1.example.org"),
    ("file:///etc/passwd", "not a valid http(s) URL"), ("photos.zip", "not a valid http(s) URL"),
    ("http://[::1/x.zip", "not a valid URL"), ("http://127.0.0.1:99999/x.zip", "not a valid URL"),
    ("http://127.0.0.1:1/photos.zip", "could not be read"),
])
def test_practice_stays_on_this_computer(slow, url, words):
    answer = slow.post(data_source_path=url)
    assert answer.status_code == 400
    assert words in answer.json()["error"]


def test_more_than_twenty_pictures_and_captions_are_taken(slow):
    files = {f"{number}.jpg": photo(side=16) for number in range(30)}
    slow.submit(data_source_path=slow.upload(zip_of(files | {"0.txt": b"x"})))


def test_details_want_an_id_that_is_known(slow):
    def ask(**options):
        return slow.client.request("GET", "/finetune/request/details", **options)
    finetune_id = slow.submit()
    assert ask(json={}).status_code == 400
    assert ask(params={"request_id": finetune_id}).status_code == 406
    assert ask(json={"request_id": finetune_id}, params={"request_id": finetune_id}).status_code == 200
    for unknown in ("x", 5, slow.details(finetune_id)["id"]):
        answer = ask(json={"request_id": unknown})
        assert (answer.status_code, answer.json()) == (404, {"error": "Finetune request not found"})


def test_access_is_changed_by_a_form_and_answers_nothing(slow):
    def update(**form):
        return slow.client.put("/finetune/request/access-update", data=form)
    finetune_id = slow.submit()
    answer = update(request_id=finetune_id, segmind_public="True")
    assert (answer.status_code, answer.content) == (200, b"")
    assert slow.details(finetune_id)["public_model"] is True
    assert update(request_id=finetune_id, segmind_public="False").status_code == 200
    assert slow.details(finetune_id)["public_model"] is False
    for public in ("true", "1", "", "yes"):
        assert update(request_id=finetune_id, segmind_public=public).status_code == 400
    assert update(segmind_public="True").status_code == 400
    assert update(request_id="x", segmind_public="True").status_code == 404


def test_a_public_run_is_public_from_the_start(slow):
    assert slow.details(slow.submit(segmind_public=True))["public_model"] is True
