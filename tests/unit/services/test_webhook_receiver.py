"""The receiver of webhooks with real deliveries of the practice service, and with forged ones."""

from __future__ import annotations

import json
import socket
from dataclasses import replace
from http.client import HTTPConnection

import pytest

from segmind_studio.api.client import SegmindClient
from segmind_studio.core.accounts import AccountKind
from segmind_studio.core.cadence import QUICK_S
from segmind_studio.core.practice import Fault
from segmind_studio.core.runs import Stage
from segmind_studio.core.settings import Settings
from segmind_studio.core.webhook_receiver import Verdict, is_secret_path
from segmind_studio.services.accounts.webhook_receiver import WebhookReceiver
from segmind_studio.services.runs import run_service
from segmind_studio.services.system.settings_service import SettingsService
from tests.fakes.practice_side import jobs
from tests.fakes.run_services import FakeSettings
from tests.fakes.typed import as_service, known

SLOW, FAST = 0.01, 200.0
WAIT_MS = 20_000


class Receiving:
    """A receiver that listens, and a run of the practice service that is polled as seldom as Segmind's."""

    def __init__(self, qtbot, runs, practice, connection):
        self.qtbot, self.runs, self.practice, self.connection = qtbot, runs, practice, connection
        self.secrets = []
        self.settings = FakeSettings(Settings(receiver_port=0))
        self.receiver = WebhookReceiver(as_service(SettingsService, self.settings), runs, self.secrets.append)
        self.receiver.start()

    def turn_on(self):
        self.receiver.turn(on=True)
        self.until(lambda: self.listens)

    @property
    def listens(self):
        return self.receiver.state.where is not None

    @property
    def where(self):
        return known(self.receiver.state.where)

    @property
    def verdicts(self):
        return [event.verdict for event in self.receiver.events]

    @property
    def listings(self):
        return sum(seen.path == "/finetune/request/list" for seen in self.practice.requests())

    def until(self, condition):
        self.qtbot.waitUntil(condition, timeout=WAIT_MS)

    def register(self):
        url = f"http://127.0.0.1:{self.where.port}{self.where.path}"
        with SegmindClient(self.connection) as client:
            client.add_webhook(url, ("FINETUNE",))

    def watch(self, submission, run):
        """Send a run, and poll it at the pace of the real service."""
        self.practice.set_speed(SLOW)
        assert submission.drive(run.run_id) is None
        self.run_id = run.run_id
        account = replace(self.connection.account, kind=AccountKind.SEGMIND)
        self.runs.set_connection(replace(self.connection, account=account, speed=1.0))
        self.until(lambda: self.runs.watch.next_at is not None and self.runs.run(self.run_id) is not None)

    @property
    def run(self):
        return self.runs.run(self.run_id)

    def post(self, path=None, **payload):
        server = HTTPConnection("127.0.0.1", self.where.port, timeout=10)
        server.request("POST", path or self.where.path, json.dumps(payload))
        status = server.getresponse().status
        server.close()
        return status


@pytest.fixture
def receiving(qtbot, runs, practice, connection):
    receiving = Receiving(qtbot, runs, practice, connection)
    yield receiving
    assert receiving.receiver.stop()


@pytest.mark.parametrize(("faults", "count"), [
    ((), 3), ((Fault.WEBHOOK_TWICE,), 6), ((Fault.WEBHOOK_SHUFFLED,), 3), ((Fault.WEBHOOK_LATE,), 3),
    ((Fault.WEBHOOK_SHUFFLED, Fault.WEBHOOK_TWICE), 6),
])
def test_real_deliveries_bring_the_row_up_to_date_at_once(receiving, submission, run, faults, count):
    for fault in faults:
        receiving.practice.set_fault(fault, on=True)
    receiving.turn_on()
    receiving.register()
    receiving.watch(submission, run)
    asked = receiving.listings
    receiving.practice.set_speed(FAST)
    receiving.until(lambda: len(receiving.verdicts) == count and Verdict.REPORTED not in receiving.verdicts)
    assert receiving.run.stage is Stage.READY
    assert receiving.run.reported == ""
    assert set(receiving.verdicts) <= {Verdict.CONFIRMED, Verdict.KNOWN}
    assert Verdict.CONFIRMED in receiving.verdicts
    assert receiving.listings - asked <= 3, "no more than the limit per minute allows"


def test_a_forged_event_changes_nothing_but_its_own_words(receiving, submission, run, journal, monkeypatch):
    receiving.turn_on()
    receiving.watch(submission, run)
    asked, before = receiving.listings, receiving.run
    assert receiving.post(finetune_id=before.service_id, status="AVAILABLE", slug="evil") == 200
    receiving.until(lambda: receiving.listings == asked + 1 and not receiving.runs.watch.checking)
    assert receiving.run == replace(before, reported="AVAILABLE")
    assert journal.get(before.run_id) == before
    assert receiving.verdicts == [Verdict.REPORTED]
    for status in ("AVAILABLE", "INFERENCE_QUEUED", "available", "WARMING"):
        receiving.post(finetune_id=before.service_id, status=status)
    receiving.until(lambda: len(receiving.verdicts) == 5)
    assert receiving.listings == asked + 1, "what was reported before is no news"
    assert receiving.run.reported == "AVAILABLE"
    monkeypatch.setattr(run_service, "REPORT_LASTS_S", 0.0)
    receiving.runs.check_now()
    receiving.until(lambda: set(receiving.verdicts) == {Verdict.UNCONFIRMED})
    assert receiving.run == before


def test_what_is_about_no_run_here_asks_nothing(receiving, submission, run):
    receiving.turn_on()
    receiving.register()
    receiving.watch(submission, run)
    asked = receiving.listings
    receiving.practice.send_sample_webhook()
    receiving.until(lambda: len(receiving.verdicts) == 1)
    assert receiving.post(finetune_id="another", status="AVAILABLE") == 200
    assert receiving.post(hello="world") == 200
    assert receiving.post(finetune_id=receiving.run.service_id, status="REQUESTED") == 200
    receiving.until(lambda: len(receiving.verdicts) == 4)
    assert receiving.verdicts == [Verdict.KNOWN, Verdict.UNREADABLE, Verdict.NO_RUN, Verdict.SAMPLE]
    assert receiving.listings == asked


def test_confirmed_events_slow_the_polling(receiving, submission, run):
    receiving.turn_on()
    receiving.watch(submission, run)
    receiving.practice.set_speed(5.0)
    receiving.until(lambda: jobs(receiving.connection)[0].status != "REQUESTED")
    receiving.practice.set_speed(SLOW)
    assert receiving.runs.watch.next_at - receiving.runs.watch.checked_at < QUICK_S * 2
    receiving.post(finetune_id=receiving.run.service_id, status=jobs(receiving.connection)[0].status)
    receiving.until(lambda: receiving.verdicts == [Verdict.CONFIRMED])
    assert receiving.run.active
    watch = receiving.runs
    receiving.until(lambda: watch.watch.next_at is not None)
    receiving.until(lambda: watch.watch.next_at - watch.watch.checked_at > QUICK_S * 2)


def test_it_listens_only_while_it_is_on_and_at_its_newest_path(receiving):
    assert not receiving.listens
    receiving.turn_on()
    old = receiving.where
    assert is_secret_path(old.path)
    assert [secret.reveal() for secret in receiving.secrets] == [old.path]
    assert old.path not in repr(old)
    receiving.receiver.renew_path()
    receiving.until(lambda: receiving.listens)
    assert receiving.post(old.path) == 404
    assert receiving.post() == 200
    port = receiving.where.port
    receiving.receiver.turn(on=False)
    assert not receiving.listens

    def refused():
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) != 0

    receiving.until(refused)


def test_a_port_that_is_taken_is_said_and_can_be_tried_again(receiving):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        receiving.settings.update(receiver_port=port)
        receiving.receiver.turn(on=True)
        receiving.until(lambda: receiving.receiver.state.error is not None)
        assert str(port) in receiving.receiver.state.error.title
    receiving.receiver.retry()
    receiving.until(lambda: receiving.listens)
    assert receiving.where.port == port


def test_its_end_does_not_wait_for_a_sender(receiving):
    receiving.turn_on()
    with socket.create_connection(("127.0.0.1", receiving.where.port)) as sender:
        sender.sendall(b"POST / HTTP/1.1\r\nContent-Le")
        assert receiving.receiver.stop(5000)


def test_only_so_many_deliveries_are_held(receiving, monkeypatch):
    monkeypatch.setattr("segmind_studio.services.accounts.webhook_receiver.MOST_KEPT", 3)
    receiving.turn_on()
    for number in range(5):
        receiving.post(finetune_id=f"f{number}", status="AVAILABLE")
    receiving.until(lambda: [event.number for event in receiving.receiver.events] == [5, 4, 3])
    receiving.receiver.clear()
    assert receiving.receiver.events == ()
