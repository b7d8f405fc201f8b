from __future__ import annotations

import time
from datetime import UTC, datetime

import httpx
import pytest
from practice_bench import NO_TLS, good_zip, wait_until

from segmind_studio.core.practice import FAULT_WORDS, Fault
from segmind_studio.core.runs import STATUS_ORDER, Stage, stage_of_status


@pytest.fixture
def misbehave(practice):
    def on(fault):
        practice.server.set_fault(fault, on=True)
        return practice
    return on


def test_every_fault_has_words_and_can_be_set_from_the_start(start):
    assert set(FAULT_WORDS) == set(Fault)
    practice = start(faults=[Fault.RETIRED, Fault.SLOW_DOWN])
    assert practice.server.faults() == {Fault.RETIRED, Fault.SLOW_DOWN}
    practice.server.set_fault(Fault.RETIRED, on=False)
    assert practice.server.faults() == {Fault.SLOW_DOWN}


def test_lost_answer_takes_the_run_and_the_money_and_says_nothing(misbehave):
    practice = misbehave(Fault.LOST_ANSWER)
    url = practice.upload()
    assert practice.post(data_source_path=url, theme="x").status_code == 400  # still on: nothing was taken
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        practice.post(data_source_path=url)
    assert [job["data_source_path"] for job in practice.jobs()] == [url]
    assert practice.credits() == 96.0
    assert practice.server.faults() == frozenset()
    statuses = [request.status for request in practice.server.requests() if request.path.endswith("/submit")]
    assert statuses == [400, 0]
    assert practice.post(data_source_path=url).status_code == 200


def test_a_page_in_place_of_the_answer_comes_once_and_the_run_was_taken(misbehave):
    practice = misbehave(Fault.HTML_ANSWER)
    url = practice.upload()
    assert practice.post(data_source_path=url, theme="x").status_code == 400  # still on: nothing was taken
    answer = practice.post(data_source_path=url)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "<html>" in answer.text
    assert [job["data_source_path"] for job in practice.jobs()] == [url]
    assert practice.credits() == 96.0
    assert practice.server.faults() == frozenset()
    assert practice.post(data_source_path=url).json()["status"] == "REQUESTED"


def test_a_list_that_lags_leaves_out_what_is_new(start):
    practice = start(speed=100.0)  # twenty seconds are a fifth of one
    old = practice.submit()
    practice.wait_for(old)
    practice.server.set_fault(Fault.LAGGING_LIST, on=True)
    new = practice.submit()
    assert [job["finetune_id"] for job in practice.jobs()] == [old]
    assert practice.details(new)["finetune_id"] == new
    wait_until(lambda: len(practice.jobs()) == 2)
    assert practice.jobs()[0]["finetune_id"] == new
    newest = practice.submit()
    practice.server.set_fault(Fault.LAGGING_LIST, on=False)
    assert practice.jobs()[0]["finetune_id"] == newest


def test_a_download_is_cut_half_way_once(practice):
    job = practice.wait_for(practice.submit())
    link = practice.client.request(
        "GET", "/finetune/request/file/download", data={"cloud_storage_url": job["trained_model_url"]}).text
    practice.server.set_fault(Fault.CUT_DOWNLOAD, on=True)
    pieces = []
    with (
        httpx.Client(trust_env=False, verify=NO_TLS) as client, client.stream("GET", link) as answer,
        pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"),
    ):
        pieces.extend(answer.iter_raw())
    came = b"".join(pieces)
    size = int(answer.headers["content-length"])
    assert len(came) == size // 2
    assert practice.server.faults() == frozenset()
    rest = practice.get(link, Range=f"bytes={len(came)}-", If_Range=answer.headers["etag"])
    assert rest.status_code == 206
    assert came + rest.content == practice.get(link).content
    statuses = [request.status for request in practice.server.requests() if request.path.endswith(".safetensors")]
    assert statuses == [0, 206, 200]


def test_rate_limit_tells_when_it_ends(misbehave):
    practice = misbehave(Fault.RATE_LIMIT)
    for _ in range(2):
        answer = practice.client.get("/finetune/request/list")
        assert answer.status_code == 429
        reset = datetime.fromisoformat(answer.headers["x-rate-limit-reset-at-utc"])
        assert 1 < (reset - datetime.now(UTC)).total_seconds() < 10
        assert "retry-after" not in answer.headers
        assert "Rate limit" in answer.json()["message"]
    practice.server.set_fault(Fault.RATE_LIMIT, on=False)
    assert practice.client.get("/finetune/request/list").status_code == 200


def test_server_error_is_json_and_takes_no_run(misbehave):
    practice = misbehave(Fault.SERVER_ERROR)
    answer = practice.client.get("/v1/get-user-credits")
    assert (answer.status_code, answer.json()) == (500, {"error": "Internal server error"})
    assert practice.post(data_source_path="x").status_code == 500
    practice.server.set_fault(Fault.SERVER_ERROR, on=False)
    assert practice.jobs() == []


def test_unavailable_is_html(misbehave):
    answer = misbehave(Fault.UNAVAILABLE).client.get("/finetune/request/list")
    assert answer.status_code == 503
    assert answer.headers["content-type"].startswith("text/html")
    assert "<html>" in answer.text


def test_slow_answers_are_slow_on_both_sides(misbehave):
    practice = misbehave(Fault.SLOW)
    begin = time.monotonic()
    assert practice.client.get("/nowhere").status_code == 404
    assert practice.get(practice.address.s3).status_code == 403
    assert time.monotonic() - begin > 0.9


def test_an_expired_upload_address_is_given_once(misbehave):
    practice = misbehave(Fault.EXPIRED_UPLOAD)
    answer = practice.put(practice.ticket()["presigned_url"], good_zip())
    assert answer.status_code == 403
    assert "<Code>AccessDenied</Code><Message>Request has expired</Message>" in answer.text
    assert "<X-Amz-Expires>900</X-Amz-Expires>" in answer.text
    assert practice.server.faults() == frozenset()
    practice.upload()


def test_storage_asks_to_slow_down_once(misbehave):
    practice = misbehave(Fault.SLOW_DOWN)
    url = practice.ticket()["presigned_url"]
    answer = practice.put(url, good_zip())
    assert answer.status_code == 503
    assert "<Code>SlowDown</Code>" in answer.text
    assert practice.put(url, good_zip()).status_code == 200


def test_the_next_training_fails(misbehave):
    practice = misbehave(Fault.TRAINING_FAILS)
    first, second = practice.submit(), practice.submit()
    failed = practice.wait_for(first, "FAILED")
    assert failed["error_message"].startswith("Training failed")
    assert stage_of_status(failed["status"], failed["error_message"]) is Stage.FAILED
    assert failed["cloud_storage_url"] is failed["slug"] is None
    practice.wait_for(second)
    assert practice.details(first) == failed


def test_a_status_nobody_knows_is_passed_through(start):
    practice = start(speed=10.0, faults=[Fault.UNKNOWN_STATUS])  # slow enough for it to be seen
    finetune_id = practice.submit()
    strange = practice.wait_for(finetune_id, "WEIGHTS_POLISHING")
    practice.server.set_speed(100.0)
    assert strange["status"] not in STATUS_ORDER
    assert stage_of_status(strange["status"]) is Stage.OTHER
    practice.wait_for(finetune_id)
    assert practice.server.faults() == {Fault.UNKNOWN_STATUS}


def test_retired_takes_no_new_runs_and_all_else_goes_on(practice):
    job = practice.wait_for(practice.submit())
    practice.server.set_fault(Fault.RETIRED, on=True)
    answer = practice.post(data_source_path=practice.upload())
    assert answer.status_code == 410
    assert "no longer" in answer.json()["error"]
    assert practice.jobs() == [job]
    assert practice.client.post(job["inference_api_url"], json={"prompt": "x"}).status_code == 200


def test_no_credits_stops_runs_and_pictures_and_gives_the_money_back(practice):
    job = practice.wait_for(practice.submit())
    practice.server.set_fault(Fault.NO_CREDITS, on=True)
    assert practice.credits() == 0.0
    for answer in (practice.post(data_source_path=practice.upload()),
                   practice.client.post(job["inference_api_url"], json={"prompt": "x"})):
        assert answer.status_code == 406
        assert "credits" in answer.json()["error"]
    practice.server.set_fault(Fault.NO_CREDITS, on=False)
    assert practice.credits() == 96.0


def test_the_limit_of_a_team_stops_runs_alone_and_is_not_about_credits(practice):
    job = practice.wait_for(practice.submit())
    practice.server.set_fault(Fault.TEAM_LIMIT, on=True)
    answer = practice.post(data_source_path=practice.upload())
    assert answer.status_code == 406
    assert "team" in answer.json()["error"]
    assert "credits" not in answer.json()["error"]
    assert practice.credits() == 96.0
    assert practice.jobs() == [job]
    assert practice.client.post(job["inference_api_url"], json={"prompt": "x"}).status_code == 200


@pytest.mark.parametrize(("fault", "left"), [(Fault.MISSING_ROW, 1), (Fault.EMPTY_LIST, 0)])
def test_one_list_lacks_rows_that_are_there(misbehave, practice, fault, left):
    old, new = practice.submit(), practice.submit()
    misbehave(fault)
    assert [job["finetune_id"] for job in practice.jobs()] == [old][:left]
    assert practice.details(new)["finetune_id"] == new
    assert [job["finetune_id"] for job in practice.jobs()] == [new, old]


def test_statuses_go_back_and_forth(misbehave, practice):
    practice.wait_for(practice.submit())
    misbehave(Fault.FLAPPING_STATUS)
    assert [practice.jobs()[0]["status"] for _ in range(4)] == ["REQUESTED", "AVAILABLE"] * 2


def test_a_run_is_charged_when_its_training_ends(misbehave):
    practice = misbehave(Fault.LATE_CHARGE)
    practice.server.set_speed(0.01)
    finetune_id = practice.submit()
    assert practice.credits() == 100.0
    practice.server.set_speed(600.0)
    practice.wait_for(finetune_id)
    assert practice.credits() == 96.0


def test_a_page_answers_an_upload_and_nothing_is_stored(misbehave):
    practice = misbehave(Fault.STORAGE_PAGE)
    url = practice.upload()
    assert practice.post(data_source_path=url).status_code == 400
    assert practice.post(data_source_path=practice.upload()).status_code == 200


def test_a_download_is_redirected_to_another_host(misbehave, practice):
    job = practice.wait_for(practice.submit())
    link = practice.client.request(
        "GET", "/finetune/request/file/download", data={"cloud_storage_url": job["trained_model_url"]}).text
    misbehave(Fault.MODEL_MOVED)
    with httpx.Client(trust_env=False, verify=NO_TLS) as client:
        moved = client.get(link)
        assert moved.status_code == 302
        assert httpx.URL(moved.headers["location"]).host != httpx.URL(link).host
        assert client.get(moved.headers["location"]).content


def test_forms_are_refused_and_json_is_taken(misbehave, practice):
    finetune_id = practice.submit()
    misbehave(Fault.NO_FORMS)
    change = {"request_id": finetune_id, "segmind_public": "True"}
    path = "/finetune/request/access-update"
    assert practice.client.put(path, data=change).status_code == 406
    assert practice.client.put(path, json=change).status_code == 200
    assert practice.details(finetune_id)["public_model"] is True


def test_answers_come_packed_though_plain_ones_were_asked_for(misbehave, practice):
    misbehave(Fault.PACKED)
    answer = practice.client.get("/v1/get-user-credits", headers={"Accept-Encoding": "identity"})
    assert answer.headers["content-encoding"] == "gzip"
