"""The webhook answers, whose shapes nobody has published."""

import pytest

from segmind_studio.core.errors import ApiError, ApiProblem
from tests.fakes.scripted_server import Reply, ScriptedServer, json_reply, text_reply

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
    json_reply({}), json_reply("x"), json_reply(None), json_reply({"error": "down", "webhooks": []}),
    text_reply("<html></html>"), text_reply("<html>", 404),
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


def test_long_dispatch_logs_are_cut(ask):
    rows = [{"payload": "x" * 1_000_000, "n" * 5000: 1, "deep": [["y" * 2000] * 500]}] * 1500
    found = ask(json_reply(rows[:1] + [{"n": n} for n in range(1500)])).dispatch_logs("w1")
    assert len(found) == 1000
    assert len(str(found[0])) < 250_000
    assert "(1000000 characters)" in str(found[0]["payload"])


CHANGES = [
    lambda client: client.add_webhook("https://me/hook", ("FINETUNE",)),
    lambda client: client.update_webhook("w1", "https://me/hook", ("FINETUNE",)),
    lambda client: client.remove_webhook("w1"),
    lambda client: client.set_public("f1", public=True),
]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("reply", [
    json_reply({"error": "one webhook only"}), json_reply({"success": False}), json_reply({"status_code": 409}),
    json_reply({"data": {"error": "one webhook only"}}), text_reply("<html>Log in</html>", 200, "text/html"),
])
def test_a_change_that_did_not_happen_is_told(ask, change, reply):
    with pytest.raises(ApiError) as caught:
        change(ask(reply))
    assert caught.value.problem is ApiProblem.ODD_ANSWER


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("reply", [
    Reply(200), Reply(204), text_reply("OK"), json_reply(None), json_reply({"error": None, "message": "ok"}),
    json_reply({"status": "INACTIVE"}), json_reply([]),
])
def test_a_change_may_be_answered_with_anything_else(ask, change, reply):
    change(ask(reply))
