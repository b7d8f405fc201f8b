"""The webhook answers, whose shapes nobody has published."""

import pytest

from segmind_studio.core.errors import ApiError, ApiProblem
from tests.fakes.scripted_server import ScriptedServer, json_reply, text_reply

HOOK = {"webhook_id": "w1", "webhook_url": "https://me/hook", "event": {"types": ["FINETUNE"]}}


@pytest.mark.parametrize("value", [
    [HOOK], {"webhooks": [HOOK]}, {"data": [HOOK]}, {"data": {"webhooks": [HOOK]}}, HOOK, {"webhook": HOOK},
    {"data": HOOK},
    [{"id": "w1", "url": "https://me/hook", "event_types": ["FINETUNE"]}],
    [{"_id": "w1", "webhook_url": "https://me/hook", "types": ["FINETUNE"], "is_active": True}],
    [{"id": "w1", "url": "https://me/hook", "event": "FINETUNE"}],
    [HOOK, {**HOOK, "webhook_id": "w0", "status": "INACTIVE"}],
    [HOOK, {**HOOK, "is_active": False}], [HOOK, 3, None],
])
def test_every_way_of_telling_one_webhook(ask, value):
    (hook,) = ask(json_reply(value)).webhooks()
    assert (hook.webhook_id, hook.url, hook.types) == ("w1", "https://me/hook", ("FINETUNE",))


@pytest.mark.parametrize("reply", [
    json_reply([]), json_reply({"webhooks": []}), json_reply({"webhooks": None}),
    json_reply({"detail": "none"}, 404),
    json_reply({"data": {**HOOK, "active": False}}),
])
def test_none_yet(ask, reply):
    assert ask(reply).webhooks() == ()


@pytest.mark.parametrize("reply", [
    json_reply({}), json_reply("x"), text_reply("<html></html>"), text_reply("<html>", 404),
])
def test_an_odd_answer(ask, reply):
    with pytest.raises(ApiError) as caught:
        ask(reply).webhooks()
    assert caught.value.problem is ApiProblem.ODD_ANSWER


def test_they_are_asked_for_at_their_own_host(ask, server):
    with ScriptedServer([json_reply([HOOK])]) as hooks:
        ask(json_reply([]), webhook_url=hooks.url).webhooks()
        assert hooks.seen[0].target == "/webhook/get"
    assert not server.seen


@pytest.mark.parametrize("value", [[{"status": 200}, "line"], {"logs": [{"status": 200}, "line"]}])
def test_dispatch_logs(ask, server, value):
    assert ask(json_reply(value)).dispatch_logs("w1") == [{"status": 200}, {"value": "line"}]
    assert server.seen[0].target == "/webhook/dispatch-logs?webhook_id=w1"


def test_no_dispatch_logs_yet(ask):
    assert ask(json_reply({"detail": "none"}, 404)).dispatch_logs("w1") == []
