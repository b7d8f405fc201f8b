"""The one webhook: listed, added, replaced with the old one deleted first, which a refusal gives back."""

import logging
from dataclasses import replace

import pytest

from segmind_studio.core.accounts import ApiKey
from segmind_studio.core.errors import ApiProblem
from segmind_studio.core.webhooks import Webhook, sample_payload, webhook_for
from segmind_studio.services.accounts.webhook_service import WebhookService
from segmind_studio.store.webhook_file import DeletedWebhooksFile
from tests.fakes.connections import connection_to
from tests.fakes.scripted_server import HANG, RESET, ScriptedServer, json_reply
from tests.fakes.typed import known

pytestmark = pytest.mark.usefixtures("qapp")


class Hooks:
    """A webhook service as Segmind describes it: one at a time. `refuses` names an address it will not take."""

    def __init__(self):
        self.hook = None
        self.refuses = ""
        self.count = 0
        self.answer = None
        self.others = []

    def __call__(self, seen):
        if self.answer is not None:
            return self.answer
        if seen.path == "/webhook/get":
            return json_reply({"webhooks": [*self.others, *([self.hook] if self.hook else [])]})
        if seen.path == "/webhook/inactive":
            self.hook = None
            return json_reply({"status": "ok"})
        if seen.path == "/webhook/dispatch-logs":
            return json_reply([{"status": 200}])
        body = seen.json()
        if self.hook is not None or body["webhook_url"] == self.refuses:
            return json_reply({"message": "One webhook at a time"}, 400)
        self.count += 1
        self.hook = {"webhook_id": f"w{self.count}", **body}
        return json_reply(self.hook)


@pytest.fixture
def hooks():
    return Hooks()


@pytest.fixture
def server(hooks):
    with ScriptedServer([hooks]) as server:
        yield server


@pytest.fixture
def started(server, tmp_path):
    made = []

    def start():
        made.append(WebhookService(DeletedWebhooksFile(tmp_path / "deleted.json")))
        made[-1].set_connection(connection_to(server.url))
        return made[-1]

    yield start
    for service in made:
        assert service.stop()


@pytest.fixture
def service(started):
    return started()


OLD, NEW = "https://me.example/old", "https://me.example/new"
TYPES = ("FINETUNE",)


def changed(qtbot, service, action, *arguments):
    with qtbot.waitSignal(service.changed, timeout=10_000) as signal:
        action(*arguments)
    qtbot.waitUntil(lambda: not service.busy, timeout=10_000)
    assert signal.args[0] == service.webhooks
    return [hook.url for hook in service.webhooks]


def failed(qtbot, service, action, *arguments):
    with qtbot.waitSignal(service.failed, timeout=10_000) as signal:
        action(*arguments)
    qtbot.waitUntil(lambda: not service.busy, timeout=10_000)
    return signal.args[0]


def paths(server):
    return [seen.path.rpartition("/")[2] for seen in server.seen]


def test_nothing_is_asked_by_itself(service, server):
    assert not server.seen
    assert service.webhooks == ()


def test_list_add_remove(qtbot, service, hooks):
    assert changed(qtbot, service, service.refresh) == []
    assert changed(qtbot, service, service.add, OLD, TYPES) == [OLD]
    assert service.webhooks[0].types == TYPES
    assert changed(qtbot, service, service.remove, service.webhooks[0]) == []
    assert hooks.hook is None


def test_replacing_deletes_the_old_one_first(qtbot, service, server):
    changed(qtbot, service, service.add, OLD, TYPES)
    server.seen.clear()
    assert changed(qtbot, service, service.replace, service.webhooks[0], NEW, TYPES) == [NEW]
    assert paths(server) == ["get", "inactive", "add", "get"]


def test_replacing_one_that_is_gone_adds(qtbot, service):
    assert changed(qtbot, service, service.replace, Webhook("w9", OLD, TYPES), NEW, TYPES) == [NEW]
    assert service.lost is None


def test_a_webhook_for_other_events_is_left_alone(qtbot, service, hooks, server):
    flow = {"webhook_id": "p1", "webhook_url": "https://me.example/flow", "event": {"types": ["PIXELFLOW"]}}
    hooks.others = [flow]
    changed(qtbot, service, service.add, OLD, TYPES)
    old = known(webhook_for(service.webhooks))
    assert old.url == OLD
    server.seen.clear()
    changed(qtbot, service, service.replace, old, NEW, TYPES)
    deleted = [seen.query for seen in server.seen if seen.path == "/webhook/inactive"]
    assert deleted == [f"webhook_id={old.webhook_id}"]
    server.replies[:] = [closed_for("/webhook/add", hooks)]
    failed(qtbot, service, service.replace, known(webhook_for(service.webhooks)), OLD, TYPES)
    assert known(service.lost).url == NEW, "the other one does not stand for it"


def test_one_that_is_removed_on_purpose_is_not_lost(qtbot, service, hooks, server):
    changed(qtbot, service, service.add, OLD, TYPES)
    bad = json_reply({"error": "Bad gateway"}, 502)
    server.replies[:] = [hooks, bad, bad, hooks]
    failed(qtbot, service, service.replace, service.webhooks[0], NEW, TYPES)  # nothing was deleted
    assert changed(qtbot, service, service.remove, service.webhooks[0]) == []
    assert service.lost is None


def test_a_list_that_lags_behind_loses_nothing(qtbot, service, hooks, server):
    changed(qtbot, service, service.add, OLD, TYPES)

    def lagging(seen):
        listed = seen.path == "/webhook/get" and hooks.hook and hooks.hook["webhook_url"] == NEW
        return json_reply({"webhooks": []}) if listed else hooks(seen)

    server.replies[:] = [lagging]
    assert changed(qtbot, service, service.replace, service.webhooks[0], NEW, TYPES) == []
    assert service.lost is None


def test_a_refused_new_one_gives_the_old_one_back(qtbot, service, hooks):
    changed(qtbot, service, service.add, OLD, TYPES)
    hooks.refuses = NEW
    error = failed(qtbot, service, service.replace, service.webhooks[0], NEW, TYPES)
    assert error.problem is ApiProblem.BAD_REQUEST
    assert [hook.url for hook in service.webhooks] == [OLD]
    assert hooks.hook["webhook_url"] == OLD


def test_an_impossible_new_one_deletes_nothing(qtbot, service, hooks, server):
    changed(qtbot, service, service.add, OLD, TYPES)
    failed(qtbot, service, service.replace, service.webhooks[0], "http://far.example/x", TYPES)
    assert "inactive" not in paths(server)
    assert hooks.hook["webhook_url"] == OLD


def closed_for(path, hooks):
    return lambda seen: json_reply({"message": "closed"}, 403) if seen.path == path else hooks(seen)


def test_what_is_neither_taken_nor_put_back_is_lost_until_one_is_listed(qtbot, started, service, hooks, server):
    changed(qtbot, service, service.add, OLD, TYPES)
    server.replies[:] = [closed_for("/webhook/add", hooks)]
    failed(qtbot, service, service.replace, service.webhooks[0], NEW, TYPES)
    assert (service.webhooks, service.lost.url, service.lost.types) == ((), OLD, TYPES)
    later = started()
    with qtbot.waitSignal(later.loss_found) as found:
        pass
    assert OLD in found.args[0].advice
    server.replies[:] = [hooks]
    assert changed(qtbot, later, later.add, NEW, TYPES) == [NEW]
    assert later.lost is None
    changed(qtbot, later, later.remove, later.webhooks[0])
    assert later.lost is None


def test_the_old_one_is_lost_when_the_app_ends_between_the_two_steps(qtbot, started, service, hooks, server):
    changed(qtbot, service, service.add, OLD, TYPES)
    server.replies[:] = [lambda seen: HANG if seen.path == "/webhook/add" else hooks(seen)]
    service.replace(service.webhooks[0], NEW, TYPES)
    qtbot.waitUntil(lambda: paths(server)[-1] == "add" and hooks.hook is None)
    assert service.stop()
    server.replies[:] = [hooks]
    later = started()
    with qtbot.waitSignal(later.loss_found) as found:
        pass
    assert OLD in found.args[0].advice
    later.forget_lost()
    qtbot.waitUntil(lambda: not later.busy)
    server.seen.clear()
    again = started()
    qtbot.waitUntil(lambda: not again.busy)
    assert (again.lost, server.seen) == (None, [])


def test_nothing_is_deleted_that_cannot_be_remembered(qtbot, service, hooks, tmp_path):
    changed(qtbot, service, service.add, OLD, TYPES)
    (tmp_path / "deleted.json").mkdir()
    failed(qtbot, service, service.replace, service.webhooks[0], NEW, TYPES)
    assert hooks.hook["webhook_url"] == OLD


@pytest.mark.parametrize("content", ["", "[]", '{"a": 1}', '{"%s": {"url": 3}}', "\xff"])
def test_a_damaged_file_of_what_was_deleted_is_as_good_as_none(qtbot, started, server, tmp_path, content):
    account_id = connection_to(server.url).account.account_id
    (tmp_path / "deleted.json").write_text(content.replace("%s", account_id), "latin-1")
    service = started()
    qtbot.waitUntil(lambda: not service.busy)
    assert changed(qtbot, service, service.add, OLD, TYPES) == [OLD]
    assert changed(qtbot, service, service.replace, service.webhooks[0], NEW, TYPES) == [NEW]


def test_a_lost_answer_to_the_new_one_is_not_doubled(qtbot, service, hooks, server):
    changed(qtbot, service, service.add, OLD, TYPES)
    original = hooks.__call__

    def lost(seen):
        reply = original(seen)
        return RESET if seen.path == "/webhook/add" else reply

    server.replies[:] = [lost]
    server.seen.clear()
    failed(qtbot, service, service.replace, service.webhooks[0], NEW, TYPES)
    assert paths(server).count("add") == 1
    assert [hook.url for hook in service.webhooks] == [NEW]


def test_logs(qtbot, service):
    with qtbot.waitSignal(service.logs, timeout=10_000) as signal:
        service.load_logs("w1")
    assert (signal.args[0].webhook_id, signal.args[0].rows) == ("w1", ({"status": 200},))
    qtbot.waitUntil(lambda: not service.busy, timeout=10_000)


def test_a_failure_is_told(qtbot, service, hooks):
    hooks.answer = json_reply({"error": "invalid_api_key"}, 401)
    assert failed(qtbot, service, service.refresh).problem is ApiProblem.BAD_KEY


def test_without_a_connection(qtbot, service):
    service.set_connection(None)
    assert "account" in failed(qtbot, service, service.refresh).title


def test_another_account_forgets_and_drops_late_answers(qtbot, service):
    changed(qtbot, service, service.add, OLD, TYPES)
    heard = []
    service.refresh()
    service.set_connection(None)
    assert (service.webhooks, service.known) == ((), False)
    service.changed.connect(heard.append)
    qtbot.waitUntil(lambda: not service.busy, timeout=10_000)
    assert heard == []


def test_who_asks_when_the_account_changes_asks_the_new_one(qtbot, service, connection):
    heard = []
    service.account_changed.connect(lambda: heard.append(service.known))
    service.account_changed.connect(service.refresh)
    with qtbot.waitSignal(service.changed) as listed:
        service.set_connection(connection)
    assert (heard, listed.args[0]) == ([False], ())


def test_a_new_colour_of_the_account_changes_nothing(qtbot, service, server):
    changed(qtbot, service, service.add, OLD, TYPES)
    one = connection_to(server.url)
    service.refresh()
    with qtbot.waitSignal(service.changed):
        service.set_connection(replace(one, account=replace(one.account, colour="green", name="Other")))
    assert service.known
    with qtbot.waitSignal(service.account_changed):  # the earlier one may have been refused
        service.set_connection(replace(one, key=ApiKey("SG_another")))
    assert not service.known


def test_stopping_does_not_wait_for_an_answer(qtbot, service, hooks, server):
    hooks.answer = HANG
    service.refresh()
    qtbot.waitUntil(lambda: bool(server.seen), timeout=10_000)
    assert service.stop(5000)


def test_against_the_practice_service(qtbot, service, connection):
    service.set_connection(connection)
    assert changed(qtbot, service, service.replace, Webhook("", ""), "http://127.0.0.1:9/a", TYPES) == ["http://127.0.0.1:9/a"]
    assert changed(qtbot, service, service.replace, service.webhooks[0], "http://127.0.0.1:9/b", TYPES) == ["http://127.0.0.1:9/b"]
    assert changed(qtbot, service, service.remove, service.webhooks[0]) == []


def test_a_sample_is_sent_without_the_key_and_leaves_no_trace_of_the_path(qtbot, service, hooks, server, caplog):
    caplog.set_level(logging.DEBUG)
    hooks.answer = json_reply({"ok": True}, 202)
    with qtbot.waitSignal(service.sample_sent, timeout=10_000) as sent:
        service.send_sample(f"{server.url}/hooks/s3cret")
    assert (sent.args[0].status, sent.args[0].arrived) == (202, True)
    (seen,) = server.seen
    assert (seen.method, seen.path, seen.json()) == ("POST", "/hooks/s3cret", sample_payload())
    assert not {"x-api-key", "authorization", "cookie"} & {name.lower() for name in seen.headers}
    assert "s3cret" not in caplog.text
    hooks.answer = json_reply({}, 500)
    with qtbot.waitSignal(service.sample_sent, timeout=10_000) as sent:
        service.send_sample(f"{server.url}/hooks/s3cret")
    assert not sent.args[0].arrived
    assert len(server.seen) == 2, "it is not repeated"
    assert failed(qtbot, service, service.send_sample, "http://far.example/x")
