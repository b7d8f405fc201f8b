from __future__ import annotations

import json
import threading

import pytest
from practice_bench import wait_until

from segmind_studio.core.practice import Fault

EVENTS = ["TRAINING_COMPLETED", "INFERENCE_QUEUED", "AVAILABLE"]


def add(practice, url, types=("FINETUNE",)):
    answer = practice.client.post("/webhook/add", json={"webhook_url": url, "event": {"types": list(types)}})
    assert answer.status_code == 200, answer.text
    return answer.json()["webhook_id"]


def logs(practice, webhook_id):
    answer = practice.client.get("/webhook/dispatch-logs", params={"webhook_id": webhook_id})
    assert answer.status_code == 200, answer.text
    return answer.json()["logs"]


def test_there_is_one_webhook_or_none(practice):
    assert practice.client.get("/webhook/get").json() == {"webhooks": []}
    webhook_id = add(practice, "https://example.org/hook")
    told = practice.client.get("/webhook/get").json()["webhooks"]
    assert [(hook["webhook_id"], hook["webhook_url"], hook["event"]) for hook in told] == [
        (webhook_id, "https://example.org/hook", {"types": ["FINETUNE"]})]
    second = practice.client.post("/webhook/add", json={"webhook_url": "http://x.org", "event": {"types": ["A"]}})
    assert second.status_code == 400
    assert "Delete the old webhook" in second.json()["error"]
    assert practice.client.get("/webhook/get").json()["webhooks"] == told


def test_a_webhook_is_changed_and_deleted_by_its_id(practice):
    webhook_id = add(practice, "https://example.org/hook")
    new = {"webhook_id": webhook_id, "webhook_url": "https://example.org/new", "event": {"types": ["A", "B"]}}
    answer = practice.client.post("/webhook/update", json=new)
    assert (answer.status_code, answer.json() | new) == (200, answer.json())
    assert practice.client.get("/webhook/get").json()["webhooks"] == [answer.json()]
    assert practice.client.post("/webhook/update", json=new | {"webhook_id": "x"}).status_code == 404
    assert practice.client.get("/webhook/inactive", params={"webhook_id": "x"}).status_code == 404
    assert practice.client.get("/webhook/inactive").status_code == 400
    assert practice.client.get("/webhook/inactive", params={"webhook_id": webhook_id}).status_code == 200
    assert practice.client.get("/webhook/get").json() == {"webhooks": []}
    assert practice.client.get("/webhook/dispatch-logs", params={"webhook_id": webhook_id}).status_code == 404
    add(practice, "https://example.org/again")


@pytest.mark.parametrize("body", [
    {}, {"webhook_url": "ftp://x.org", "event": {"types": ["A"]}}, {"webhook_url": 5, "event": {"types": ["A"]}},
    {"webhook_url": "https://x.org:port/", "event": {"types": ["A"]}}, {"webhook_url": "https://x.org"},
    {"webhook_url": "https://x y.org/", "event": {"types": ["A"]}},
    {"webhook_url": "https://x.org", "event": {"types": []}}, {"webhook_url": "https://x.org", "event": ["A"]},
    {"webhook_url": "https://x.org", "event": {"types": "A"}},
    {"webhook_url": "https://x.org", "event": {"types": [""]}},
])
def test_a_webhook_must_be_right(practice, body):
    for path in ("add", "update"):
        assert practice.client.post(f"/webhook/{path}", json=body).status_code == 400
    good = {"webhook_url": "https://x.org", "event": {"types": ["A"]}}
    assert practice.client.post("/webhook/update", json=good).status_code == 400
    assert practice.client.post("/webhook/add", json=good | {"webhook_id": "x"}).status_code == 400
    assert practice.client.get("/webhook/get").json() == {"webhooks": []}


def test_three_events_are_delivered_in_order(practice, receiver):
    webhook_id = add(practice, receiver.url)
    finetune_id = practice.submit()
    wait_until(lambda: len(logs(practice, webhook_id)) == 3)
    assert receiver.statuses_seen() == EVENTS
    assert {payload["finetune_id"] for payload in receiver.payloads} == {finetune_id}
    job = practice.details(finetune_id)
    assert [payload["trained_model_url"] for payload in receiver.payloads] == [job["trained_model_url"]] * 3
    assert [payload.get("inference_api_url") for payload in receiver.payloads] == [
        None, None, job["inference_api_url"]]
    newest = logs(practice, webhook_id)[0]
    assert (newest["status"], newest["status_code"], newest["attempt"]) == ("AVAILABLE", 200, 1)
    assert newest["error"] is None


@pytest.mark.parametrize(("fault", "events"), [
    (Fault.WEBHOOK_TWICE, [event for event in EVENTS for _ in range(2)]),
    (Fault.WEBHOOK_SHUFFLED, EVENTS[::-1]),
])
def test_events_can_come_twice_and_in_the_wrong_order(start, receiver, fault, events):
    practice = start(speed=1000.0, faults=(fault,))
    webhook_id = add(practice, receiver.url)
    finetune_id = practice.submit()
    rows = wait_until(lambda: len(found := logs(practice, webhook_id)) == len(events) and found)
    assert receiver.statuses_seen() == events
    assert [json.loads(row["payload"])["status"] for row in rows] == events[::-1]
    assert {row["finetune_id"] for row in rows} == {finetune_id}


def test_late_events_come_after_the_list_shows_them(start, receiver):
    practice = start(speed=1000.0, faults=(Fault.WEBHOOK_LATE,))
    webhook_id = add(practice, receiver.url)
    finetune_id = practice.submit()
    wait_until(lambda: receiver.payloads)
    assert practice.details(finetune_id)["status"] == "AVAILABLE"
    wait_until(lambda: len(logs(practice, webhook_id)) == len(EVENTS))
    assert receiver.statuses_seen() == EVENTS


def test_a_refused_delivery_is_tried_twice_more_and_the_rest_waits(start, receiver):
    practice = start(speed=400.0)
    receiver.statuses = [500, 404, 503, 302]
    webhook_id = add(practice, receiver.url)
    practice.submit()
    wait_until(lambda: len(logs(practice, webhook_id)) == 6)
    assert [(row["status"], row["attempt"], row["status_code"]) for row in logs(practice, webhook_id)[::-1]] == [
        ("TRAINING_COMPLETED", 1, 500), ("TRAINING_COMPLETED", 2, 404), ("TRAINING_COMPLETED", 3, 503),
        ("INFERENCE_QUEUED", 1, 302), ("INFERENCE_QUEUED", 2, 200), ("AVAILABLE", 1, 200)]


def test_a_receiver_that_is_not_there_is_logged(start):
    practice = start(speed=10_000.0)
    webhook_id = add(practice, "http://127.0.0.1:1/hook")
    practice.server.send_sample_webhook()
    rows = wait_until(lambda: (found := logs(practice, webhook_id)) and len(found) == 3 and found)
    assert {row["status_code"] for row in rows} == {None}
    assert all("127.0.0.1" in row["error"] for row in rows)


def test_the_sample_says_that_it_is_one(practice, receiver):
    practice.server.send_sample_webhook()  # nobody to send it to
    add(practice, receiver.url)
    practice.server.send_sample_webhook()
    wait_until(lambda: receiver.payloads)
    assert [(payload["test"], payload["status"]) for payload in receiver.payloads] == [(True, "AVAILABLE")]


def test_a_webhook_for_other_things_gets_nothing(practice, receiver):
    webhook_id = add(practice, receiver.url, ["PIXELFLOW"])
    practice.wait_for(practice.submit())
    assert practice.client.get("/webhook/dispatch-logs", params={"webhook_id": webhook_id}).json() == {"logs": []}
    assert receiver.payloads == []


def test_what_waits_is_delivered_after_a_restart_once(start, receiver):
    practice = start(speed=1000.0)
    webhook_id = add(practice, "http://127.0.0.1:1/hook")
    practice.wait_for(practice.submit(), "AVAILABLE")
    practice.client.post("/webhook/update", json={
        "webhook_id": webhook_id, "webhook_url": receiver.url, "event": {"types": ["FINETUNE"]}})
    wait_until(lambda: receiver.statuses_seen()[-1:] == ["AVAILABLE"])
    receiver.payloads.clear()
    practice.server.set_speed(0.01)
    finetune_id = practice.submit()
    practice.restart(speed=1000.0)
    wait_until(lambda: receiver.statuses_seen() == EVENTS)
    assert {payload["finetune_id"] for payload in receiver.payloads} == {finetune_id}
    practice.restart()
    practice.server.send_sample_webhook()
    wait_until(lambda: len(receiver.payloads) > 3)
    assert [payload.get("test") for payload in receiver.payloads] == [None, None, None, True]


def test_a_delivery_under_way_at_the_stop_is_not_made_twice(start, receiver):
    practice = start(speed=1000.0)
    webhook_id = add(practice, receiver.url)
    receiver.hold.clear()
    practice.server.send_sample_webhook()
    wait_until(lambda: receiver.payloads)
    stopper = threading.Timer(0.1, receiver.hold.set)
    stopper.start()
    practice.restart()
    stopper.join()
    practice.server.send_sample_webhook()
    wait_until(lambda: len(logs(practice, webhook_id)) == 2)
    assert len(receiver.payloads) == 2


def test_a_retry_follows_the_speed(start, receiver):
    practice = start(speed=0.01)
    receiver.statuses = [500]
    webhook_id = add(practice, receiver.url)
    practice.server.send_sample_webhook()
    wait_until(lambda: len(logs(practice, webhook_id)) == 1)
    practice.server.set_speed(10_000.0)  # else it would come in 200 seconds
    wait_until(lambda: len(logs(practice, webhook_id)) == 2)


def test_a_deleted_webhook_gets_nothing_more(start, receiver):
    practice = start(speed=1000.0)
    receiver.statuses = [500] * 10
    webhook_id = add(practice, receiver.url)
    practice.server.set_speed(0.5)  # the second attempt comes in four seconds
    practice.server.send_sample_webhook()
    wait_until(lambda: len(logs(practice, webhook_id)) == 1)
    practice.client.get("/webhook/inactive", params={"webhook_id": webhook_id})
    practice.server.set_speed(10_000.0)
    practice.wait_for(practice.submit())
    assert len(receiver.payloads) == len(logs(practice, webhook_id)) == 1
