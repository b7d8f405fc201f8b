"""The network of the fault matrix obeys: what reaches the service, and what the child receives."""

import threading

import fault_case as words
import httpx
import pytest
from network import Network
from stage import port_of

from tests.fakes.scripted_server import ScriptedServer, json_reply

RESET = (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)  # depends on what the child was doing then
BODY = {"name": "cat", "more": "x" * 200_000}


@pytest.fixture
def service():
    with ScriptedServer([json_reply({"finetune_id": "job-1", "status": "REQUESTED"})]) as server:
        yield server


@pytest.fixture
def network(service):
    network = Network()
    network.api.leads_to = network.s3.leads_to = port_of(service.url)
    yield network
    network.stop()


@pytest.fixture
def child(network):
    with httpx.Client(base_url=network.api.url, trust_env=False, timeout=2.0) as client:
        yield client


def test_what_is_said_comes_through_on_one_connection(network, child, service):
    for _ in range(3):
        assert child.post("/submit", json=BODY).json()["finetune_id"] == "job-1"
    with httpx.Client(base_url=network.s3.url, trust_env=False) as other:
        assert other.get("/photos").status_code == 200
    assert [seen.method for seen in service.seen] == ["POST"] * 3 + ["GET"]
    assert service.seen[0].json() == BODY


@pytest.mark.parametrize(("trouble", "error", "reached"), [
    (words.CUT_AT_ONCE, RESET, 0),
    (words.STALL, httpx.ReadTimeout, 0),
    (words.CUT_BEFORE_ANSWER, RESET, 1),
    (words.STALL_ANSWER, httpx.ReadTimeout, 1),
    (words.CUT_IN_ANSWER, httpx.RemoteProtocolError, 1),
])
def test_a_cut_happens_once_before_or_after_the_service(network, child, service, trouble, error, reached):
    child.get("/before")
    network.arm(trouble)
    with pytest.raises(error):
        child.post("/submit", json={"name": "cat"})
    assert len(service.seen) == 1 + reached
    assert network.disarm() == ""
    assert child.post("/submit", json=BODY).status_code == 200


def test_half_of_a_request_is_no_request(network, child, service):
    network.arm(words.CUT_SENDING)
    with pytest.raises(RESET):
        child.post("/submit", json=BODY)
    network.wait_until_quiet()
    assert all(len(seen.body) < 150_000 for seen in service.seen)


@pytest.mark.parametrize(("trouble", "error"), [
    (words.CUT_AT_ONCE, RESET), (words.CUT_SENDING, RESET), (words.STALL, httpx.ReadTimeout),
])
def test_a_cut_that_comes_in_the_middle_of_an_upload_cuts_that_one(network, child, service, trouble, error):
    def pieces():
        yield b"x" * 1000
        network.arm(trouble)
        yield b"x" * 99_000

    with pytest.raises(error):
        child.put("/photos", content=pieces(), headers={"Content-Length": "100000"})
    network.wait_until_quiet()
    assert all(len(seen.body) < 100_000 for seen in service.seen)
    assert network.disarm() == ""


def test_an_answer_that_is_cut_meanwhile_is_cut(network, child, service):
    def late(_seen):
        network.arm(words.CUT_BEFORE_ANSWER)
        return json_reply({})

    service.replies[:] = [late]
    with pytest.raises(RESET):
        child.get("/list")


@pytest.mark.parametrize(("trouble", "status", "start"), [
    (words.HTML, 200, "<html>"), (words.TRUNCATED, 200, '{"finetune'), (words.OTHER_SHAPE, 200, '{"result"'),
    (words.EMPTY, 200, ""), (words.REDIRECT, 302, ""), (words.BAD_GATEWAY, 502, "<html>"),
])
def test_another_answers_after_the_service_has_done_its_part(network, child, service, trouble, status, start):
    network.arm(trouble)
    answer = child.post("/submit", json=BODY)
    assert answer.status_code == status
    assert answer.text.startswith(start)
    assert "REQUESTED" not in answer.text
    assert service.seen[0].json() == BODY
    assert child.get("/next").json()["finetune_id"] == "job-1"


def test_a_delay_is_only_a_delay(network, child, service):
    network.arm(words.DELAY)
    answer = child.get("/slow")
    assert answer.json()["finetune_id"] == "job-1"
    assert answer.elapsed.total_seconds() >= 0.1


def test_nobody_listens_until_it_is_mended_and_the_address_stays(network, child, service):
    child.get("/before")
    network.refuse()
    with pytest.raises(httpx.ConnectError):
        child.get("/never")
    network.restore()
    assert child.get("/after").status_code == 200
    assert [seen.path for seen in service.seen] == ["/before", "/after"]


def test_a_request_of_a_dead_process_is_waited_for(network, service):
    """What was sent is in transit, also when its sender has ended."""
    answered = threading.Event()

    def late(_seen):
        answered.wait(10)
        return json_reply([])

    service.replies[:] = [late]
    with httpx.Client(base_url=network.api.url, trust_env=False, timeout=0.1) as client, \
            pytest.raises(httpx.ReadTimeout):
        client.get("/list")
    network.next_life()
    waiting = threading.Thread(target=network.wait_until_quiet)
    waiting.start()
    waiting.join(0.2)
    assert waiting.is_alive()
    answered.set()
    waiting.join(5)
    assert not waiting.is_alive()
