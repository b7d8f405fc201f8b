"""Try-it calls: by slug, by address, through the queue; where the key may go; what a picture may be."""

import base64
import json

import pytest

from segmind_studio.core.accounts import AccountKind
from segmind_studio.core.errors import ApiError, ApiProblem, CancelledError
from tests.fakes.connections import KEY
from tests.fakes.scripted_server import RESET, Reply, ScriptedServer, json_reply, text_reply

P = ApiProblem
PNG = b"\x89PNG\r\n\x1a\n" + b"rest of it"
PARAMS = {"prompt": "TOK, a cat", "width": 1024}


def picture(body=PNG, **headers):
    return Reply(200, body, {"Content-Type": "image/png", "x-cost": "0.06", "x-remaining-credits": "9.5",
                             "x-request-id": "r1", **headers})


def failure(action):
    with pytest.raises(ApiError) as caught:
        action()
    return caught.value


def test_by_slug(ask, server):
    made = ask(picture()).generate("cat-1", PARAMS)
    (seen,) = server.seen
    assert (seen.method, seen.target, seen.json()) == ("POST", "/v1/cat-1", PARAMS)
    assert seen.headers["x-api-key"] == KEY
    assert (made.image, made.content_type, made.cost, made.remaining, made.request_id) == (
        PNG, "image/png", 0.06, 9.5, "r1",
    )


def test_by_address(ask, server):
    ask(picture()).generate(f"{server.url}/v1/other", PARAMS)
    assert server.seen[0].target == "/v1/other"


@pytest.mark.parametrize("kind", AccountKind)
@pytest.mark.parametrize("other", ["http://127.0.0.1:1/v1/x", "https://evil.example/v1/x", "http://x.segmind.com/v1/x",
                                   "https://x.segmind.com.evil.example/", "ftp://x/y", "://"])
def test_the_key_goes_nowhere_else(ask, server, kind, other):
    error = failure(lambda: ask(picture(), kind=kind).generate(other, PARAMS))
    assert error.problem is P.BAD_REQUEST
    assert not error.may_have_arrived
    assert not server.seen


def test_another_port_of_this_computer_hears_nothing(ask):
    with ScriptedServer([picture()]) as other:
        failure(lambda: ask(picture()).generate(f"{other.url}/v1/x", PARAMS))
        assert not other.seen


@pytest.mark.parametrize("slug", ["", "../v1/x", "a/b", "a?b", "a b", "a..b", "ä", "x" * 300, ".hidden", "a\n"])
def test_a_slug_is_no_path(ask, server, slug):
    assert failure(lambda: ask(picture()).generate(slug, PARAMS)).problem is P.BAD_REQUEST
    assert not server.seen


@pytest.mark.parametrize("reply", [
    json_reply({"image": base64.b64encode(PNG).decode()}),
    json_reply({"output": ["data:image/png;base64," + base64.b64encode(PNG).decode()]}),
    Reply(200, PNG, {"Content-Type": "application/octet-stream"}),
])
def test_a_picture_may_come_in_other_ways(ask, reply):
    assert ask(reply).generate("cat-1", PARAMS).image == PNG


def test_a_picture_that_is_only_pointed_to_is_fetched_without_the_key(ask):
    with ScriptedServer([picture()]) as storage:
        made = ask(json_reply({"output": {"url": f"{storage.url}/p.png?sig=1"}})).generate("cat-1", PARAMS)
        assert made.image == PNG
        assert storage.seen[0].target == "/p.png?sig=1"
        assert "x-api-key" not in storage.seen[0].headers


@pytest.mark.parametrize("reply", [
    json_reply({"output": "http://far.example/p.png"}), json_reply({}),
    text_reply("<html></html>"), Reply(200, b""),
    json_reply({"image": "bm8gcGljdHVyZQ=="}), Reply(200, b"GIFnot", {"Content-Type": "image/gif"}),
])
def test_a_paid_answer_without_a_picture_may_have_cost(ask, reply):
    error = failure(lambda: ask(reply).generate("cat-1", PARAMS))
    assert error.problem is P.ODD_ANSWER
    assert error.may_have_arrived


@pytest.mark.parametrize("reply", [RESET, json_reply({"error": "x"}, 500), json_reply({"error": "x"}, 503)])
def test_a_picture_is_never_asked_for_twice(ask, server, reply):
    assert failure(lambda: ask(reply).generate("cat-1", PARAMS)).may_have_arrived
    assert len(server.seen) == 1


def test_too_few_credits(ask):
    client = ask(json_reply({"error": "Insufficient credits"}, 406))
    assert failure(lambda: client.generate("cat-1", PARAMS)).problem is P.NO_CREDITS


class Waits(list):
    def __call__(self, seconds):
        self.append(seconds)


class Queued:
    """Ask for a picture by the queue; `waits` has the pauses of the last one."""

    def __init__(self, ask, url):
        self._ask, self._base = ask, f"{url}/v2/requests/r9"
        self.waits = Waits()

    def __call__(self, *replies, cancelled=bool, params=PARAMS):
        base = self._base
        ticket = json_reply({"request_id": "r9", "status_url": f"{base}/status", "response_url": base})
        self.waits = Waits()
        client = self._ask(ticket, *replies)
        return client.queued_image(client.queue_image("cat-1", params), cancelled=cancelled, wait=self.waits)


@pytest.fixture
def queued(ask, server):
    return Queued(ask, server.url)


def test_through_the_queue(queued, server):
    with ScriptedServer([picture()]) as storage:
        made = queued(
            json_reply({"status": "QUEUED"}), json_reply({"status": "PROCESSING"}),
            json_reply({"status": "COMPLETED"}),
            json_reply({"status": "COMPLETED", "output": f"{storage.url}/p.png", "metrics": {"cost": 0.06}}),
        )
        assert "x-api-key" not in storage.seen[0].headers
    assert (made.image, made.request_id, made.cost) == (PNG, "r9", 0.06)
    assert [seen.target for seen in server.seen] == [
        "/v2/cat-1", *["/v2/requests/r9/status"] * 3, "/v2/requests/r9",
    ]
    assert len(queued.waits) == 2
    assert all(0.5 <= seconds <= 5 for seconds in queued.waits)


@pytest.mark.parametrize("status", [200, 422])
def test_a_failed_picture_is_told_with_its_words(queued, status):
    error = failure(lambda: queued(json_reply({"status": "FAILED", "error": "Request moderated"}, status)))
    assert error.problem is P.BAD_REQUEST
    assert error.detail == "Request moderated"
    assert not error.may_have_arrived


@pytest.mark.parametrize("reply", [
    json_reply({"error": "no such request"}, 404), json_reply({"error": "bad key"}, 401),
    json_reply({"nothing": 1}, 400), json_reply({"detail": "a field is missing"}, 422),
])
def test_once_it_is_queued_a_refused_look_proves_nothing(queued, server, reply):
    error = failure(lambda: queued(reply))
    assert error.may_have_arrived
    assert [seen.method for seen in server.seen].count("POST") == 1


def test_trouble_that_passes_is_waited_out(queued, server):
    made = queued(
        json_reply({"error": "slow"}, 429), json_reply({"error": "busy"}, 503),
        json_reply({"status": "COMPLETED"}), picture(),
    )
    assert made.image == PNG
    assert [seen.method for seen in server.seen] == ["POST", "GET", "GET", "GET", "GET"]


def test_cancelling_while_it_waits(queued):
    with pytest.raises(CancelledError):
        queued(json_reply({"status": "QUEUED"}), cancelled=lambda: len(queued.waits) > 1)
    assert len(queued.waits) == 2


def test_a_queue_elsewhere_hears_no_key(ask):
    with ScriptedServer([json_reply({"status": "COMPLETED"})]) as other:
        ticket = json_reply({"request_id": "r", "status_url": f"{other.url}/s", "response_url": f"{other.url}/r"})
        client = ask(ticket)
        mine = client.queue_image("cat-1", PARAMS)
        error = failure(lambda: client.queued_image(mine, cancelled=bool, wait=Waits()))
        assert error.problem is P.BAD_REQUEST
        assert not other.seen


def test_a_queue_without_addresses_is_odd(ask):
    error = failure(lambda: ask(json_reply({"request_id": "r"})).queue_image("cat-1", PARAMS))
    assert error.problem is P.ODD_ANSWER
    assert error.may_have_arrived


def test_the_picture_itself_under_the_response_address(queued):
    assert queued(json_reply({"status": "COMPLETED"}), picture()).image == PNG


def test_a_strange_state_is_waited_for(queued):
    made = queued(json_reply({"status": "WARMING_UP"}), json_reply({"status": "COMPLETED"}), picture())
    assert made.image == PNG


def test_params_are_sent_as_they_are(ask, server):
    ask(picture()).generate("cat-1", {"prompt": "ä", "finetune_strength": 1.5, "seed": 2**40})
    assert json.loads(server.seen[0].body) == {"prompt": "ä", "finetune_strength": 1.5, "seed": 2**40}
